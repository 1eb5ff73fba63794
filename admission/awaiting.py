"""What follows an approval and lies with somebody without a clock: a slip to be signed for, support
to be confirmed, a help to be answered, a report to be looked into, a duty to be handed over.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Max

from admission.models import AdmittedDuty, HandDown, Slip, Support, TemporaryHelp
from admission.posts import DEPARTMENT, TOWNSHIP
from governance.models import Matter
from governance.presenting import name_of
from governance.roles import Role

SHOWN = 20


@dataclass(frozen=True)
class Desk:
    """Records of one kind that wait for holders of some roles.

    Attributes:
        model: the kind; roles: whose; place: field of the unit that they act for, or county.
        says: state → (what to do, word, icon).
    """

    model: type[Matter]
    roles: tuple[str, ...]
    place: str
    says: dict[str, tuple[str, str, str]]


DESKS = (
    Desk(Slip, TOWNSHIP, "unit", {"issued": ("核对表号,签收或者拒收", "待签收", "stamp")}),
    Desk(
        TemporaryHelp,
        TOWNSHIP,
        "unit",
        {
            "proposed": ("答复是否同意协助", "待答复", "soon"),
            "paid": ("确认收到费用", "待确认", "check"),
        },
    ),
    Desk(
        TemporaryHelp,
        (Role.MEETING_OFFICE,),
        "county",
        {"meeting": ("联席会议审批", "待审批", "meeting")},
    ),
    Desk(
        HandDown,
        (Role.BIANBAN, Role.COUNTY),
        "county",
        {
            "reported": ("核查处理", "待核查", "flag"),
            "answered": ("确认是否已纠正", "待确认", "check"),
        },
    ),
    Desk(AdmittedDuty, DEPARTMENT, "department", {"pending": ("开具交办单", "待交办", "stamp")}),
)


def rows(user, posts) -> list[dict]:
    """Lines below the clocks: one statement for each kind of desk at which the person sits."""
    found = []
    for desk in DESKS:
        attribute = "county_id" if desk.place == "county" else "unit_id"
        places = {getattr(post, attribute) for post in posts if post.role in desk.roles} - {None}
        if places:
            found += [line(one, *desk.says[one.state]) for one in at(desk, user, places)]
    towns = {post.unit_id for post in posts if post.role in TOWNSHIP}
    return found + confirmations(user, towns) if towns else found


def at(desk: Desk, user, places: set[int]):
    """The records that wait there, the newest first; of a duty only what was not handed over."""
    wanted = {f"{desk.place}__in": places, "state__in": tuple(desk.says)}
    found = desk.model.objects.visible_to(user).filter(**wanted).select_related("owner")
    if desk.model is AdmittedDuty:
        found = found.exclude(slips__state="issued").select_related("unit")
    return found.defer("terms").order_by("-id")[:SHOWN]


def line(record, step: str, word: str, icon: str) -> dict:
    """One record."""
    return {
        "step": step,
        "word": word,
        "icon": icon,
        "tone": "amber",
        "title": record.title,
        "number": record.number or getattr(record, "approval_number", ""),
        "meta": name_of(record.owner),
        "url": record.get_absolute_url(),
    }


def confirmations(user, towns: set[int]) -> list[dict]:
    """Duties whose support is said to have come: one line for each, with the number of kinds."""
    waiting = Support.objects.visible_to(user).filter(unit__in=towns, state="delivered")
    counts = waiting.order_by().values_list("duty").annotate(n=Count("pk"), last=Max("pk"))
    number = {duty: n for duty, n, _ in counts.order_by("-last")[:SHOWN]}
    duties = AdmittedDuty.objects.filter(pk__in=number).select_related("unit", "owner")
    return [
        line(one, f"确认{number[one.pk]}项保障到位", "待确认", "check")
        for one in sorted(duties.defer("terms"), key=lambda one: list(number).index(one.pk))
    ]
