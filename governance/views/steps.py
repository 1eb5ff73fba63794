"""The page of one step of any matter: read the form (GET), do the step (POST).

It opens in place (htmx takes #step-panel) and stands as a page of its own without JavaScript.
Refusals keep what was typed. The version read goes with the form, so that a second click, or
somebody else's move, is recognised.
"""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.forms import CharField
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from governance import kinds, presentation, uploads
from governance.models import Event
from governance.perform import adopt_rulebook, allow, check_open, perform, steps_of
from governance.steps import Forbidden, Invalid, Refused, Stale, StepClosed
from governance.views.shared import crumbs, matter_or_404
from governance.wording import cn_short


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def step(request, type_id: int, pk: int, name: str):
    """GET: the form of a step, or why it is closed. POST: do it."""
    matter = matter_or_404(request, type_id, pk)
    known = steps_of(type(matter)).get(name)
    if known is None:
        raise Http404("没有这个步骤。")
    if request.method == "POST":
        return done(request, matter, name, known)
    at = timezone.now()
    try:
        adopt_rulebook(matter, at)
        check_open(matter, name, known, at)
        allow(matter, known, request.user)
    except Refused as refusal:
        return closed(request, matter, name, known, refusal)
    form_class = known.form_class()
    form = form_class and form_class(record=matter, actor=request.user, at=at)
    return panel(request, matter, name, known, form)


def done(request, matter, name: str, known):
    """Do the step, and send the reader to the matter; or show the form again with the reason."""
    version = read_version(request.POST.get("version"))
    given = {"facts": request.POST, "files": request.FILES}
    try:
        record = perform(matter, name, actor=request.user, version=version, **given)
    except Invalid as refusal:
        return panel(request, matter, name, known, refusal.form, status=400)
    except Stale as refusal:
        return stale(request, matter, name, known, version, refusal)
    except StepClosed as refusal:
        if repeated(request, matter, name, known, version):
            return away(request, matter, known)
        return closed(request, matter, name, known, refusal, form=typed(request, matter, known))
    except Forbidden as refusal:
        return closed(request, matter, name, known, refusal)
    except ValidationError as refusal:
        words = Refused(";".join(refusal.messages))
        form = typed(request, matter, known)
        return panel(request, matter, name, known, form, status=400, refusal=words)
    return away(request, record, known)


def read_version(text: str | None) -> int:
    """The version that the form was read with; one that matches nothing where it is missing."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else -1


def typed(request, matter, known):
    """The step's form with what was typed, not yet judged."""
    adopt_rulebook(matter, timezone.now())
    form_class = known.form_class()
    given = (request.POST, request.FILES)
    return form_class and form_class(*given, record=matter, actor=request.user)


def away(request, record, known):
    """On to the matter's page; to the workbench where the step has taken it out of sight."""
    messages.success(request, f"“{known.label}”已办理。")
    seen = type(record).objects.visible_to(request.user).filter(pk=record.pk).exists()
    url = kinds.address(record) if seen else reverse("workbench")
    wanted = request.POST.get("next", "")
    if seen and url_has_allowed_host_and_scheme(wanted, {request.get_host()}):
        url = wanted
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return redirect(url)


# -- refusals -------------------------------------------------------------------------------


def moves_since(matter, version: int):
    """The events of the moves after `version`, oldest first (clocks' own events left out)."""
    count = matter.version - version
    if version < 0 or not 0 < count <= 50:
        return []
    moves = Event.objects.of(matter).exclude(target="").select_related("unit", "internal_to")
    return list(moves.order_by("-id")[:count])[::-1]


def repeated(request, matter, name: str, known, version: int) -> bool:
    """Whether this very step, by this person with these facts, is what has happened meanwhile.

    That is a second click, or a form sent again after the network broke: done, not refused.
    """
    since = moves_since(matter, version)
    if len(since) != 1 or since[0].step != name or since[0].actor_id != request.user.pk:
        return False
    form = typed(request, matter, known)
    if form is None:
        return True
    form.is_valid()
    told = form.told() if hasattr(form, "cleaned_data") else []
    return told == since[0].facts


def stale(request, matter, name: str, known, version: int, refusal: Refused):
    """Somebody has moved the matter: show what happened, and let the person confirm anew."""
    now = matter_or_404(request, *presentation.place(matter))
    if repeated(request, now, name, known, version):
        return away(request, now, known)
    try:
        check_open(now, name, known, timezone.now())
        allow(now, known, request.user)
    except Refused as reason:
        return closed(request, now, name, known, reason, form=typed(request, now, known))
    words = Stale(changes(request, now, version) or refusal.message, refusal.clause)
    form = typed(request, now, known)
    return panel(request, now, name, known, form, status=409, refusal=words)


def changes(request, matter, version: int) -> str:
    """What happened since `version`, in the words of the trail; nothing that is kept from the
    reader.
    """
    since = [row.pk for row in moves_since(matter, version)]
    rows = Event.objects.filter(pk__in=since).readable_by(request.user).select_related("unit")
    now = timezone.now()
    told = [
        (cn_short(one["at"], now), one["who"], one["text"])
        for one in presentation.event_dicts(rows.order_by("id"), [])
    ]
    if not told:
        return ""
    return format_html(
        "您打开页面后:{}<br>您填写的内容已保留,请核对后再次提交。{}",
        format_html_join("", "<br>{} {} {}", told),
        uploads.again(request.FILES),
    )


# -- showing --------------------------------------------------------------------------------


def panel(request, matter, name: str, known, form, status: int = 200, refusal=None):
    """The form, as a fragment for a page that is open, or as a page of its own."""
    danger = known.tone == "danger"
    context = {
        "label": known.label,
        "action": reverse("step", args=[*presentation.place(matter), name]),
        "form": form or None,
        "version": matter.version,
        "cancel_url": kinds.address(matter),
        "submit": f"确认{known.label}" if form is None or danger else "",
        "tone": "danger" if danger else "",
        "clause": matter.cites(known),
        "refusal": refusal.message if refusal else "",
        "refusal_clause": refusal.clause if refusal else "",
        "stale": isinstance(refusal, Stale),
        "fresh_url": kinds.address(matter),
    }
    if status == 400 and form is not None and request.FILES:
        words = (context["refusal"], uploads.again(request.FILES))
        context |= {"refusal": " ".join(filter(None, words))}
    return shown(request, matter, context, "ui/step_panel.html", status)


def closed(request, matter, name: str, known, refusal: Refused, form=None):
    """Why the step cannot be done: 409 where the matter's state says so, 403 for other people."""
    context = {
        "label": known.label,
        "refusal": refusal.message,
        "refusal_clause": refusal.clause,
        "forbidden": isinstance(refusal, Forbidden),
        "cancel_url": kinds.address(matter),
        "kept": [pair for pair in kept(form) if pair[1]],
    }
    return shown(request, matter, context, "governance/step_closed.html", refusal.status)


def kept(form) -> list[tuple[str, str]]:
    """What was typed into a form that can no longer be sent, to be copied from the page."""
    if form is None:
        return []
    return [
        (field.label, field.data)
        for field in form.visible_fields()
        if isinstance(field.field, CharField) and isinstance(field.data, str)
    ]


def shown(request, matter, context: dict, fragment: str, status: int):
    """The fragment alone for htmx, else the page around it."""
    if request.htmx:
        return render(request, fragment, context, status=status)
    root, user = matter.root(), request.user
    recent = Event.objects.of_file(root).readable_by(user).select_related("unit")
    context |= {
        "matter": matter,
        "fragment": fragment,
        "crumbs": crumbs(matter, context["label"]),
        "rows": glance(matter, user),
        "clocks": presentation.clocks_of(root, user, running=True),
        "recent": presentation.event_dicts(recent.order_by("-id")[:5], []),
        "trail_url": reverse("trail", args=presentation.place(root)),
    }
    return render(request, "governance/step.html", context, status=status)


def glance(matter, user) -> list[dict]:
    """What the step is about: the matter in a few rows, and what its kind adds to them."""
    root = matter.root()
    rows = [
        {"label": root._meta.verbose_name, "value": root.title, "url": kinds.address(matter)},
        {"label": "文号", "value": root.number or "未编号"},
        {"label": "状态", "value": kinds.state_label(matter)},
        {"label": "发起单位", "value": f"{root.owner}"},
    ]
    if root.raised_at:
        rows.append({"label": "发起时间", "value": cn_short(root.raised_at, timezone.now())})
    extra = getattr(matter, "glance", None)
    return rows + (list(extra(user)) if extra else [])
