"""Which papers there are of a file, and where (the pages of admission list them)."""

from __future__ import annotations

from django.urls import reverse

from admission import leaving, letters, printing
from admission.models import AdmissionRequest, AdmittedDuty, ExitRequest, Slip
from admission.models.states import ExitState
from governance.models import Unit

TOLD = (ExitState.NOTIFIED, ExitState.DONE)
"""Exits of which everybody has been told."""


def papers_for(record, user) -> list[dict]:
    """The papers of a file that this person may see: [{"label", "url"}], the form first."""
    of = {
        AdmissionRequest: of_request,
        ExitRequest: of_exit,
        AdmittedDuty: of_duty,
        Slip: of_slip,
    }.get(type(record))
    return of(record, user) if of and record.pk else []


def link(label: str, name: str, *args) -> dict:
    """One paper."""
    return {"label": label, "url": reverse(f"admission:{name}_paper", args=args)}


def of_request(request: AdmissionRequest, user) -> list[dict]:
    """Its form, a letter to each who was asked, and the answer where it is no."""
    found = [link(printing.title_of(request), "request", request.pk)]
    if request.state in letters.SAID_NO:
        found.append(link("不予准入告知书", "refusal", request.pk))
    for one in request.opinions_now():
        found.append(link(f"征求意见函({one.unit.short_name})", "letter", request.pk, one.pk))
    return found


def of_exit(leave: ExitRequest, user) -> list[dict]:
    """Its form, and a notice to every party."""
    title = printing.EXIT_TITLES[leave.rulebook.value("exit.form")] or "准出审批表"
    found = [link(title, "exit", leave.pk)]
    if leave.state in TOLD:
        found += [
            link(f"退出告知书({unit.short_name})", "notice", leave.pk, unit.pk)
            for unit in parties(leave)
        ]
    return found


def of_duty(duty: AdmittedDuty, user) -> list[dict]:
    """The form by which it was admitted, for those who see the request."""
    if not AdmissionRequest.objects.visible_to(user).filter(pk=duty.request_id).exists():
        return []
    return [link(printing.title_of(duty.request), "request", duty.request_id)]


def of_slip(slip: Slip, user) -> list[dict]:
    """The slip itself."""
    own = slip.channel == Slip.Channel.PLATFORM
    return [link("交办单" if own else "收到交办登记单", "slip", slip.pk)]


def parties(leave: ExitRequest) -> list[Unit]:
    """Everybody who is told of an exit, in the order of the units."""
    return list(Unit.objects.filter(pk__in=leaving.everybody(leave)).order_by("code"))
