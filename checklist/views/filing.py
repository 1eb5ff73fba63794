"""Writing an application: a new one, a draft taken up again, one sent back for correction."""

from __future__ import annotations

from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from checklist import filing
from checklist.applicationpage import WRITING
from checklist.models import Application
from checklist.models.states import Kind
from checklist.views.common import found_or_404
from checklist.views.sending import kept_as_draft, submit
from governance import presentation, uploads
from governance.perform import offered
from governance.steps import Invalid, Refused, Stale

LABELS = {"file": "提交申请", "resubmit": "补正后重新提交", "save_draft": "保存草稿"}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request):
    """A new application, perhaps for a cause (`?cause=`)."""
    application, initial, units = blank(request)
    return page(request, application, initial, units)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, pk: int):
    """A draft, or an application sent back for correction."""
    application = found_or_404(Application, request.user, pk)
    if not open_names(application, request.user):
        messages.info(request, "这件申请现在不能修改,请看“下一步”。")
        return redirect(application)
    return page(request, application, filing.stored(application), [])


def blank(request) -> tuple[Application, dict, list]:
    """An unsaved application with what is known of it, and the units to choose from.

    Raises:
        PermissionDenied: this person applies for no unit, or the county has no rulebook.
    """
    now, units = timezone.now(), filing.sources(request.user)
    if not units:
        raise PermissionDenied("调整申请由部门、乡镇(街道)和编办、县委县政府提出。")
    asked = request.POST.get("cause") or request.GET.get("cause")
    cause = filing.cause_for(request.user, asked, units)
    wanted = filing.number(request.POST.get("source") or request.GET.get("source"))
    owner = cause.unit if cause else next((one for one in units if one.pk == wanted), units[0])
    if not filing.has_rulebook(owner.county, now):
        raise PermissionDenied("本县还没有生效的制度方案,暂不能申请,请联系系统管理员。")
    application = filing.begun(Application, owner, now)
    item = filing.number(request.GET.get("item"))
    initial = filing.from_cause(cause) if cause else {"item": item} if item else {}
    if request.GET.get("kind") in Kind.values and not cause:
        initial["kind"] = request.GET["kind"]
    return application, initial, [] if cause else units


def page(request, application, initial: dict, units: list):
    """Show the form, or do what its button says."""
    action = request.POST.get("action")
    if request.method == "POST" and action in open_names(application, request.user):
        return sent(request, application, action, units)
    if request.method == "POST":  # “载入现行文本” without JavaScript: look again, send nothing
        initial = filing.reloaded(application, request.POST)
    form = filing.page_form(application, request.user, initial=initial)
    return shown(request, application, form, units)


def open_names(application, user) -> list[str]:
    """The writing steps that this person can do, the main one first."""
    found = {one.name for one in offered(application, user) if one.open}
    return [name for name in WRITING if name in found]


def sent(request, application, name: str, units: list):
    """Do the step of the button that was pressed; nothing typed is lost when it is refused."""
    try:
        record, again = submit(request, application, name)
    except Invalid as refusal:
        return refused(request, application, units, refusal.form)
    except Stale as refusal:
        fresh = found_or_404(Application, request.user, application.pk)
        return as_typed(request, fresh, units, refusal.message, 409)
    except Refused as refusal:
        return as_typed(request, application, units, refusal.message, refusal.status)
    except ValidationError as error:
        return as_typed(request, application, units, ";".join(error.messages), 400)
    if again:
        messages.info(request, "刚才已经办理成功,没有重复提交。")
    elif name == "save_draft":
        messages.success(request, "草稿已保存。")
    else:
        late = ",已超过限期,标记为“逾期提出”" if record.late else ""
        messages.success(request, f"“{LABELS[name]}”已办理,文号 {record.number}{late}。")
    if name == "save_draft":
        return redirect("checklist:application_edit", record.pk)
    return redirect(record)


# ------------------------------------------------------------------ refusals


def refused(request, application, units: list, judged):
    """The form with its errors; what came as a file hangs on a draft from now on."""
    draft = kept_as_draft(request, application) if request.FILES else None
    if draft is not None:
        application, units = found_or_404(Application, request.user, draft.pk), []
    form = filing.page_form(application, request.user, data=request.POST)
    form._errors, form.cleaned_data = judged.errors, getattr(judged, "cleaned_data", {})
    said = ""
    if draft is not None:
        said = "已为您存为草稿,论证材料已保留,改正后直接提交即可。"
    elif request.FILES:
        said = uploads.again(request.FILES)
    return shown(request, application, form, units, status=400, said=said)


def as_typed(request, application, units: list, words: str, status: int):
    """The form as it was typed, with the reason why nothing was done."""
    form = filing.page_form(application, request.user, data=request.POST)
    form._errors = {}
    words += uploads.again(request.FILES)
    return shown(request, application, form, units, status=status, refusal=words)


# ------------------------------------------------------------------ showing


def shown(request, application, form, units, *, status=200, said="", refusal=""):
    """The page."""
    now, book = timezone.now(), application.rulebook
    cause = application.cause
    if cause is None:
        cause = filing.cause_for(request.user, form["cause"].value(), [application.owner])
    since = cause.occurred_on if cause else filing.day_in(form["cause_on"].value())
    names = open_names(application, request.user)
    context = {
        "application": application,
        "form": form,
        "cause": cause,
        "has_causes": not cause and form.fields["cause"].queryset.exists(),
        "units": units if len(units) > 1 else [],
        "token": request.POST.get("token") or uuid4().hex,
        "action": reverse("checklist:application_edit", args=[application.pk])
        if application.pk
        else request.path,
        "buttons": [{"name": name, "label": LABELS[name]} for name in names],
        "beside": filing.beside(application, form),
        "deadline": filing.deadline(application.county, book, since, now),
        "with_flow": book.value("checklist.process"),
        "argument_clause": book.cited("GX-清单-28"),
        "kept": presentation.files_of(application, request.user) if application.pk else [],
        "said": said,
        "refusal": refusal,
    }
    return render(request, "checklist/filing.html", context, status=status)


@login_required
@require_http_methods(["POST"])
def parts(request):
    """What depends on kind and item, while somebody chooses. POST, so that long texts stay out
    of addresses and logs; it changes nothing.
    """
    pk = filing.number(request.POST.get("application"))
    if pk:
        application = found_or_404(Application, request.user, pk)
    else:
        application, _, _ = blank(request)
    initial = filing.reloaded(application, request.POST)
    form = filing.page_form(application, request.user, initial=initial)
    context = {
        "form": form,
        "beside": filing.beside(application, form),
        "with_flow": application.rulebook.value("checklist.process"),
    }
    return render(request, "checklist/_filing_parts.html", context)


@login_required
@require_safe
def due(request):
    """By when one has to apply, for the day that stands in the form."""
    application, _, _ = blank(request)
    day = request.GET.get("cause_on") or request.GET.get("occurred_on")
    found = filing.deadline(
        application.county, application.rulebook, filing.day_in(day), timezone.now()
    )
    return render(request, "checklist/_deadline.html", {"deadline": found})
