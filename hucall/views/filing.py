"""Filing a call: a new one, a draft taken up again, one sent back for correction."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.views.decorators.http import require_http_methods

from governance import presentation, uploads
from governance.models import User
from governance.perform import offered, perform
from governance.presenting import name_of
from governance.steps import Invalid, Refused, Stale
from governance.views.steps import read_version
from hucall import filing
from hucall.loaded import calls_for_page
from hucall.models import Call
from hucall.views.common import found_or_404, is_platform, number_in

STEPS = {
    "file": "提交呼叫",
    "propose": "报乡镇提交",
    "refile": "补正后提交",
    "save_draft": "存草稿",
    "record_self_handled": "登记自行处置",
}
SENT = 24 * 3600
"""For so long (seconds) a form that was sent already leads to the call it made."""
JUST_NOW = timedelta(minutes=10)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def call_new(request):
    """A new call."""
    return filing_page(request, None)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def self_new(request):
    """What a township has settled itself, for the record (decision 32)."""
    return filing_page(request, None, own=True)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def call_edit(request, pk: int):
    """A draft, a village's proposal, or a call sent back for correction."""
    call = found_or_404(calls_for_page(), request.user, pk)
    if not open_names(call, request.user):
        messages.info(request, "这件呼叫已经提交,不能再修改;可以在下方“补充说明”。")
        return redirect(call)
    return filing_page(request, call)


def open_names(call, user) -> list[str]:
    """The filing steps that this person can do with a saved call."""
    return [one.name for one in offered(call, user) if one.open and one.name in STEPS]


def filing_page(request, call: Call | None, own: bool = False):
    """Show the form, or do what its button says."""
    now, user = timezone.now(), request.user
    choice = filing.sources(user) if call is None else []
    source = None
    if call is None:
        source = chosen_source(request, choice)
        call = filing.new_call(source, now)
    if request.method == "POST" and request.POST.get("action") in STEPS:
        return sent(request, call, choice, own)
    if request.method == "POST":  # “推荐事项” without JavaScript: look again, send nothing
        form = filing.page_form(call, user, initial=request.POST.dict() | {
            "units": request.POST.getlist("units")}, own=own)  # fmt: skip
    else:
        initial = filing.initial_of(call, is_platform(user))
        form = filing.page_form(call, user, initial=initial, own=own)
    return shown(request, call, choice, form, own)


def chosen_source(request, choice: list):
    """For whom the call is filed: the one chosen, else the only one, else the first.

    Raises:
        PermissionDenied: this person files no calls, or their county has no rulebook.
    """
    if not choice:
        raise PermissionDenied("发起呼叫须由乡镇(街道)经办、村(社区)经办或平台管理员办理。")
    wanted = request.POST.get("source") or request.GET.get("source")
    source = next((one for one in choice if one.key == wanted), choice[0])
    if filing.book_of(source.owner.county, timezone.now()) is None:
        raise PermissionDenied("本县还没有生效的制度方案,暂不能发起呼叫,请联系系统管理员。")
    return source


def sent(request, call: Call, choice: list, own: bool):
    """Do the step of the button that was pressed; nothing typed is lost when it is refused."""
    name, user = request.POST["action"], request.user
    try:
        record, again = submit(request, call, name)
    except Invalid as refusal:
        return refused(request, call, choice, refusal.form, own)
    except Stale as refusal:
        fresh = found_or_404(calls_for_page(), user, call.pk)
        return again_shown(request, fresh, choice, own, refusal.message, 409)
    except Refused as refusal:
        return again_shown(request, call, choice, own, refusal.message, refusal.status)
    except ValidationError as error:
        return again_shown(request, call, choice, own, ";".join(error.messages), 400)
    if again:
        messages.info(request, "刚才已经提交成功,没有重复提交。")
    elif name == "save_draft":
        messages.success(request, "草稿已保存。")
        return redirect("hucall:call_edit", record.pk)
    else:
        messages.success(request, f"“{STEPS[name]}”已办理,文号 {record.number or '(提交后产生)'}。")
    return redirect(record)


def submit(request, call: Call, name: str) -> tuple[Call, bool]:
    """Do the step once, however often the button was pressed.

    The person's own row is the lock: the second request waits, then finds by its form's token (or
    by the same words a moment ago) the call that the first one made.

    Returns:
        (the call, whether it had been made already).
    """
    key = filing.mark(request.user, request.POST, request.FILES)
    version = read_version(request.POST.get("version")) if call.pk else None
    with transaction.atomic():
        User.objects.select_for_update().get(pk=request.user.pk)
        made = found_again(request, call, key)
        if made:
            return made, True
        record = perform(
            call,
            name,
            actor=request.user,
            version=version,
            facts=request.POST,
            files=request.FILES,
        )
        if key:
            cache.set(key, record.pk, SENT)
    return record, False


def found_again(request, call: Call, key: str) -> Call | None:
    """The call that this very form has made before."""
    made = cache.get(key) if key else None
    rows = Call.objects.visible_to(request.user)
    if made:
        return rows.filter(pk=made).first()
    if call.pk:
        return None
    recent = rows.filter(
        raised_by=request.user, owner=call.owner_id, raised_at__gte=timezone.now() - JUST_NOW
    ).exclude(state__in=["draft", "withdrawn"])
    return next((one for one in recent.order_by("-id")[:5] if filing.same(one, request.POST)), None)


# ------------------------------------------------------------------ refusals


def refused(request, call: Call, choice: list, judged, own: bool):
    """The form with its errors. Files cannot stay in a browser's form, so what can be kept is
    kept: the call becomes a draft, and the files hang on it.
    """
    draft = kept_as_draft(request, call) if request.FILES and not own else None
    call = draft or call
    form = filing.page_form(call, request.user, data=request.POST, files=None, own=own)
    form._errors = judged.errors
    form.cleaned_data = getattr(judged, "cleaned_data", {})
    said = ""
    if draft:
        said = "已为您存为草稿,照片和附件都保留了,改正后直接提交即可。"
    elif request.FILES:
        said = "照片和附件不能随页面保留,请重新选择。"
    return shown(request, call, [] if draft else choice, form, own, status=400, said=said)


def kept_as_draft(request, call: Call) -> Call | None:
    """Save what was sent as a draft with its files; None where that is not possible."""
    good = MultiValueDict({"files": [f for f in request.FILES.getlist("files") if acceptable(f)]})
    facts = QueryDict(mutable=True)
    facts.update(request.POST)
    if not good.getlist("files"):
        return None
    try:
        record = perform(call, "save_draft", actor=request.user, facts=facts, files=good)
    except (Refused, ValidationError):
        return None
    return calls_for_page().get(pk=record.pk)


def acceptable(upload) -> bool:
    """Whether a file may be kept."""
    try:
        uploads.check(upload)
    except ValidationError:
        return False
    return True


def again_shown(request, call: Call, choice: list, own: bool, words: str, status: int):
    """The form as it was typed, with the reason why nothing was done."""
    form = filing.page_form(call, request.user, data=request.POST, files=request.FILES, own=own)
    form._errors = None
    if request.FILES:
        words += "附件须重新选择。"
    return shown(request, call, choice, form, own, status=status, refusal=words)


# ------------------------------------------------------------------ showing


def shown(request, call, choice, form, own, *, status=200, said="", refusal=""):
    """The page."""
    now = timezone.now()
    typed = {name: str(form[name].value() or "") for name in ("title", "text", "place")}
    item = filing.chosen_item(form)
    files = presentation.files_of(call, request.user) if call.pk else []
    context = {
        "call": call,
        "form": form,
        "own": own,
        "sources": choice if len(choice) > 1 else [],
        "source": str(call.village_id or call.owner_id),
        "token": request.POST.get("token") or uuid4().hex,
        "action": reverse("hucall:call_edit", args=[call.pk]) if call.pk else request.path,
        "buttons": buttons(request.user, call, own),
        "kept": files,
        "said": said,
        "refusal": refusal,
        "due": filing.verify_due(call, now),
        "desk": name_of(call.owner),
        "by_platform": is_platform(request.user),
        "closed": village_closed(call),
        "hints": filing.hints(request.user, call, item=item, now=now, besides=call.pk, **typed),
    }
    return render(request, "hucall/filing.html", context, status=status)


def buttons(user, call, own: bool) -> list[dict]:
    """What can be done with the form, the main one first."""
    if own:
        names = ["record_self_handled"]
    elif call.pk:
        names = open_names(call, user)
    else:
        names = [one.name for one in offered(call, user) if one.open]
    order = [one for one in STEPS if one in names and (own or one != "record_self_handled")]
    return [{"name": one, "label": STEPS[one]} for one in order]


def village_closed(call) -> str:
    """Why a village cannot hand a call up here, if so."""
    if call.village_id and not call.rulebook.value("call.village"):
        return "本县未开通村级呼叫,请报告乡镇(街道)由其发起。"
    return ""


@login_required
@require_http_methods(["GET", "POST"])
def hints_part(request):
    """What the page says while somebody types. POST, so that long texts stay out of addresses
    and logs; it changes nothing.
    """
    given = request.POST if request.method == "POST" else request.GET
    now = timezone.now()
    call = filing.new_call(chosen_source(request, filing.sources(request.user)), now)
    initial = {name: given.get(name, "") for name in ("item", "self_check", "self_check_reason")}
    initial["units"] = given.getlist("units")
    form = filing.page_form(call, request.user, initial=initial)
    typed = {name: given.get(name, "")[:5000] for name in ("title", "text", "place")}
    item = filing.chosen_item(form)
    besides = number_in(given, "call")
    said = filing.hints(request.user, call, item=item, now=now, besides=besides, **typed)
    # What depends on the item alone is sent again only when the item has changed.
    fresh = "shown_item" in given and given["shown_item"] != given.get("item", "")
    return render(request, "hucall/_hints.html", {"hints": said, "form": form, "oob": fresh})
