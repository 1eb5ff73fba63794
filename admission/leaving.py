"""What the steps of an exit read and make. Called by the door alone."""

from datetime import timedelta

from django.utils import timezone

from admission.carrying import exit_of, midnight
from admission.posts import APPLICANTS
from governance.chains import office
from governance.lengths import Length
from governance.roles import Role
from governance.steps import Start

FIELDS = ("request", "covers", "ground", "reason", "contact", "phone", "effective_on")
TOLD = frozenset({*APPLICANTS, Role.BIANBAN, Role.SIFA, Role.COUNTY, Role.MEETING_OFFICE})
REVIEWING = (Role.BIANBAN, Role.SIFA, Role.COUNTY, Role.MEETING_OFFICE)


def fill(exit, move) -> None:
    """Take over what the form asked for."""
    for name in FIELDS:
        if name in move.given:
            setattr(exit, name, move.given[name])


def is_due(exit) -> bool:
    """Whether the time of a duty is over, so that its exit must be asked for."""
    return exit.origin == "lapsed" or over(exit).exists()


def is_free(exit, at) -> bool:
    """Whether the exit may be dropped: not once the time is over; a mere draft always."""
    return not is_due(exit) or (exit.origin == "applied" and exit.state == "draft")


def over(exit):
    """The duties of an exit whose time is over, as a queryset."""
    return exit.request.duties.filter(unit__in=exit.covers, state="lapsed")


def still_over(exit, move):
    """A refusal leaves duties behind that bind nobody any more: their exit is asked for again."""
    duties = list(over(exit).order_by("unit__code", "id"))
    if duties:
        covers = [duty.unit_id for duty in duties]
        yield exit_of(duties[0], covers, "lapsed", f"退出申请未获批准:{exit.answer}")


def notified(exit, move) -> None:
    """Nothing ends before everybody was told; the township's work ends on its day."""
    exit.notified_on = timezone.localdate(move.at)
    exit.effective_on = max(exit.effective_on or exit.notified_on, exit.notified_on)


EFFECT = Start(
    "effect",
    "退出日",
    lambda exit: Length(1, "hours"),
    "owner_id",
    "GX-准入-15",
    timer=True,
    on_breach="take_effect",
    since=lambda exit, move: midnight(exit.effective_on) - timedelta(hours=1),
)
"""Fires at the first moment of the day of the exit."""


def at_once(exit, move):
    """An exit of today does not wait for the sweep."""
    if exit.effective_on <= timezone.localdate(move.at):
        yield exit, "take_effect", {}


def ended(exit, move):
    """Every duty of the townships that are left ends on the day."""
    duties = exit.request.duties.filter(unit__in=exit.covers).exclude(state="ended")
    for duty in duties.order_by("id"):
        reason = f"{exit.ground or exit.get_origin_display()}({exit.number})"
        yield duty, "end", {"day": exit.effective_on, "reason": reason[:200]}


# Words and units ------------------------------------------------------------


def origin_words(exit, move) -> str:
    """The trail's sentence."""
    return f"{exit.get_origin_display()}:{exit.reason[:100]}"


def notice_words(exit, move) -> str:
    """The trail's sentence."""
    return f"{exit.title},自{exit.effective_on:%Y年%-m月%-d日}起"


def townships(exit) -> list[int]:
    """Whoever is left."""
    return exit.covers


def everybody(exit) -> list[int]:
    """Every party: applicant, department, townships, and who reviews in this county."""
    offices = [office(exit.county, role) for role in REVIEWING]
    units = [exit.owner_id, exit.request.department_id, *exit.covers, *offices]
    return list(dict.fromkeys(unit for unit in units if unit))
