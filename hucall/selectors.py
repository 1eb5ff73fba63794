"""Reads of 乡呼县应 that pages, the API and higher apps share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import F, Min, Q, QuerySet

from checklist import selectors as checklist
from governance import plain, rulebooks
from governance.models import Clock, Unit
from governance.roles import ADMINISTRATORS
from governance.search import BREAK, terms
from hucall.models import Call, Response, Ruling, Suspension

LOOK_BACK = timedelta(days=30)
"""How far back a call may lie that is offered as a duplicate."""
CANDIDATES = 300
"""How many recent calls are compared; the newest ones."""
ALIKE = 0.28
"""Share of common character pairs from which two calls are worth comparing by a person."""


# ------------------------------------------------------------------ clocks of many files


def counties_of(user) -> set[int]:
    """The counties in which the user works. Naming them costs nothing and spares the database
    the other counties' rows.
    """
    return {post.county_id for post in user.posts_held()} - {None}


def running_clocks(user, model=Call) -> QuerySet:
    """Running promises that `user` may know of, in the files of calls or on single parts.

    A rating's clock is for the township and the platform alone (decision 11), so no list, colour
    or sort order of a department ever touches it.
    """
    clocks = Clock.objects.running().promises().readable_by(user)
    clocks = clocks.filter(county__in=counties_of(user))
    if model is Call:
        return clocks.filter(root_type=Call.type())
    return clocks.filter(matter_type=model.type())


def key_of(model) -> str:
    """The column of a clock that leads to a row: its file's call, or its own record."""
    return "root_id" if model is Call else "matter_id"


FEW = 3000
"""Ids that are worth naming in a query."""


def holding(clocks: QuerySet, model) -> Q:
    """The rows that have one of these clocks: found from the few clocks, not from the many rows.

    A planner takes a subquery for large and reads a county's every row beside it; so few ids are
    read first and named.
    """
    ids = clocks.values_list(key_of(model), flat=True).order_by().distinct()
    named = list(ids[: FEW + 1])
    return Q(pk__in=named if len(named) <= FEW else ids)


def in_light(rows: QuerySet, light: str, user, now: datetime) -> QuerySet:
    """The rows with a promise that is late, or soon due, or on time (the lists' colours)."""
    clocks = running_clocks(user, rows.model)
    ticking = clocks.filter(paused_at=None)
    late = holding(ticking.filter(due_at__lt=now), rows.model)
    soon = holding(ticking.filter(due_at__gte=now, warn_at__lte=now), rows.model)
    if light == "late":
        return rows.filter(late)
    if light == "soon":
        return rows.filter(soon).exclude(late)
    if light == "paused":
        return rows.filter(holding(clocks.filter(paused_at__isnull=False), rows.model))
    return rows.filter(holding(ticking, rows.model)).exclude(late).exclude(soon)


def next_dues(rows: QuerySet, user) -> QuerySet:
    """Rows of {"row": id, "next_due": moment} for those of `rows` that have a ticking promise."""
    key = key_of(rows.model)
    clocks = running_clocks(user, rows.model).filter(paused_at=None)
    clocks = clocks.filter((f"{key}__in", rows.order_by().values("pk")))
    return clocks.order_by().values(row=F(key)).annotate(next_due=Min("due_at"))


SHOWN = (
    *("label", "length", "clause", "started_at", "warn_at", "provisional"),
    *("paused_at", "remaining", "met_at", "cancelled", "kind"),
)
"""What governance.presenting.clock_view reads of a clock besides its due moment."""


def next_clocks(model, ids: Iterable[int], user) -> dict[int, NamedTuple]:
    """For the rows of one page the clock that is due first (a paused one where nothing ticks), as
    a row of what is SHOWN of it.

    One query for the whole page, whatever its length.
    """
    place = key_of(model)
    rows = running_clocks(user, model).filter((f"{place}__in", list(ids)))
    rows = rows.order_by().values_list("due_at", "id", place, *SHOWN, named=True)
    found: dict[int, NamedTuple] = {}
    for clock in sorted(rows):
        key = getattr(clock, place)
        if key not in found or (found[key].paused_at and not clock.paused_at):
            found[key] = clock
    return found


class PartOf(NamedTuple):
    """One part as a list shows it."""

    unit: str
    state: str
    duty: str


PARTS = """SELECT r.call_id, COALESCE(NULLIF(u.short_name, ''), u.name), r.state, r.duty
    FROM hucall_response r JOIN governance_unit u ON u.id = r.unit_id
    WHERE r.call_id IN ({calls}) AND r.state <> 'void' ORDER BY r.id"""


def parts_of(ids: Iterable[int]) -> dict[int, list[PartOf]]:
    """The parts of the calls of one page, the lead first; one query of four columns."""
    keys = list(ids)
    found: dict[int, list[PartOf]] = defaultdict(list)
    for key, *rest in plain.select(PARTS.format(calls=plain.marks(keys)), keys):
        found[key].append(PartOf(*rest))
    order = {"lead": 0, "assist": 1, "copy": 2}
    return {key: sorted(parts, key=lambda part: order[part.duty]) for key, parts in found.items()}


def lend_rulebooks(calls: list[Call]) -> None:
    """Give the calls of a page their rulebooks, as the process keeps them; one query."""
    books = rulebooks.numbered(*{call.rulebook_id for call in calls} - {None})
    for call in calls:
        if call.rulebook_id:
            call.rulebook = books[call.rulebook_id]


# ------------------------------------------------------------------ registers


def suspensions(user) -> QuerySet:
    """挂账 that the user may see, with call and unit; those in force are always listed."""
    seen = Response.objects.visible_to(user)
    rows = Suspension.objects.filter(response__in=seen.values("pk"))
    return rows.select_related("response__call__owner", "response__unit", "asked_by")


def rulings(user) -> QuerySet:
    """Precedents of the user's counties: they guide everybody who may be asked to answer."""
    counties = {p.county_id for p in user.posts_held() if p.role not in ADMINISTRATORS} - {None}
    rows = Ruling.objects.filter(county__in=counties)
    return rows.select_related("unit", "item", "response__call__revision", "ruled_by")


def precedents(county: Unit | int, item=None, words: str = "", limit: int = 5) -> list[Ruling]:
    """Earlier rulings on the same item, or on something like it; shown when a part is returned."""
    rows = Ruling.objects.filter(county=getattr(county, "pk", county)).select_related("unit")
    near = Q(item=item) if item else Q()
    if words.strip():
        near |= Q(terms__found=words)
    return list(rows.filter(near).order_by("-id")[:limit]) if near else []


# ------------------------------------------------------------------ duplicates


@dataclass(frozen=True)
class Alike:
    """A call that may be about the same thing, and how alike it is (0 to 1)."""

    call: Call
    score: float
    same_item: bool


def pairs(*texts: str) -> set[str]:
    """The character pairs of some texts."""
    return {one for one in terms(*texts).split() if len(one) > 1 and one != BREAK}


def duplicates(
    user, county, *, title: str, place: str = "", item=None, now: datetime, besides=None, limit=5
) -> list[Alike]:
    """Calls of the last 30 days that resemble a new one, best first.

    Args:
        user: only calls that this person may see; county: of the new call;
        item: the list item, if known; besides: id of the call itself.
    """
    said = pairs(title, place)
    if not said:
        return []
    rows = Call.objects.visible_to(user).filter(county=county, raised_at__gte=now - LOOK_BACK)
    rows = rows.exclude(state__in=["draft", "proposed", "withdrawn"]).exclude(pk=besides)
    rows = rows.select_related("owner").defer("text", "terms").order_by("-id")[:CANDIDATES]
    found = []
    for call in rows:
        theirs = pairs(call.title, call.place)
        common = len(said & theirs) / max(min(len(said), len(theirs)), 1)
        same = item is not None and call.item_id == getattr(item, "pk", item)
        score = min(common + (0.1 if same else 0), 1.0)
        if score >= ALIKE and common:
            found.append(Alike(call, score, same))
    return sorted(found, key=lambda one: (-one.score, -one.call.pk))[:limit]


# ------------------------------------------------------------------ the list as calls use it


def item_choices(county) -> list[tuple[str, list[tuple[int, str]]]]:
    """The items in force, by category, as the choices of a select; one query."""
    groups: dict[str, list[tuple[int, str]]] = {}
    rows = checklist.current_members(county).order_by("place", "pk")
    for pk, name, category in rows.values_list("item", "revision__name", "revision__category"):
        groups.setdefault(category or "其他", []).append((pk, name))
    return list(groups.items())
