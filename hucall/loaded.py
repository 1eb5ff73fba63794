"""A whole file read with a fixed number of queries, however many departments and however long.

The conditions of a step ask a part's extensions, rulings, clocks, fellow parts … each by a small
query of its own, which is right when one step is done. A page asks them for every step of every
part. So the page reads the rows once and lays them where Django keeps prefetched rows; the same
conditions then find their answers in memory.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import Prefetch

from governance.models import Clock
from hucall.models import (
    Call,
    Callback,
    CallbackAnswer,
    Extension,
    Rating,
    Response,
    Ruling,
    Supervision,
    Suspension,
)


class Rows(list):
    """Rows already read, answering the few questions that conditions ask of a queryset."""

    def filter(self, *args, **wanted) -> Rows:
        """The rows that fit every lookup: field=…, field__in=…, field__lte=…."""
        return Rows(row for row in self if all(fits(row, *one) for one in wanted.items()))

    def exclude(self, **wanted) -> Rows:
        """The rows that do not fit."""
        return Rows(row for row in self if not all(fits(row, *one) for one in wanted.items()))

    def order_by(self, *names: str) -> Rows:
        """Sorted by one field, as the conditions do."""
        name = names[0]
        key = name.removeprefix("-")
        return Rows(sorted(self, key=lambda row: getattr(row, key), reverse=name.startswith("-")))

    def select_related(self, *names: str) -> Rows:
        """Everything is here already."""
        return self

    def all(self) -> Rows:
        """The rows."""
        return self

    def exists(self) -> bool:
        """Whether there is any."""
        return bool(self)

    def count(self, *value) -> int:
        """How many there are (with a value: as of a list)."""
        return super().count(*value) if value else len(self)

    def first(self):
        """The first row, or None."""
        return self[0] if self else None

    def running(self) -> Rows:
        """As ClockQuerySet.running."""
        return self.filter(met_at=None)

    def promises(self) -> Rows:
        """As ClockQuerySet.promises."""
        return self.filter(kind=Clock.Kind.PROMISE)


def fits(row, lookup: str, wanted) -> bool:
    """Whether a row answers one lookup."""
    name, _, way = lookup.partition("__")
    value = row.pk if name == "pk" else getattr(row, name)
    if way == "in":
        return value in wanted
    if way == "lte":
        return value is not None and value <= wanted
    if way == "isnull":
        return (value is None) == wanted
    if way:
        raise ValueError(lookup)
    return value == wanted


def lay(record, name: str, rows: Iterable) -> None:
    """Put rows where the record's related manager looks for prefetched ones."""
    if not hasattr(record, "_prefetched_objects_cache"):
        record._prefetched_objects_cache = {}
    record._prefetched_objects_cache[name] = Rows(rows)


@dataclass
class File:
    """A call with all that hangs on it, as one reader may see it."""

    call: Call
    parts: list[Response]
    clocks: list[Clock] = field(default_factory=list)
    ratings: list[Rating] = field(default_factory=list)
    callbacks: list[Callback] = field(default_factory=list)
    supervisions: list[Supervision] = field(default_factory=list)
    rulings: list[Ruling] = field(default_factory=list)
    has: dict[str, bool] = field(default_factory=dict)

    def records(self) -> list:
        """Every record whose steps the page may offer."""
        return [self.call, *self.parts, *self.ratings, *self.callbacks, *self.supervisions]


def calls_for_page():
    """Calls with what their page shows of nearly all of them. Village, item and the call that has
    taken one in are read when they are met: each further table costs more to plan than to read.
    """
    return Call.objects.select_related("owner", "rulebook", "raised_by", "edition", "revision")


OF_PARTS = """EXISTS (SELECT 1 FROM {} x JOIN hucall_response r ON r.id = x.response_id
    WHERE r.call_id = %(call)s)"""
BESIDES = {
    "extensions": OF_PARTS.format("hucall_extension"),
    "suspensions": OF_PARTS.format("hucall_suspension"),
    "rulings": OF_PARTS.format("hucall_ruling"),
    "supervisions": "EXISTS (SELECT 1 FROM hucall_supervision WHERE call_id = %(call)s)",
    "merged": "EXISTS (SELECT 1 FROM hucall_call WHERE merged_into_id = %(call)s)",
    "files": """EXISTS (SELECT 1 FROM governance_attachment
        WHERE root_type_id = %(type)s AND root_id = %(call)s)""",
}


def beside(call: Call) -> dict[str, bool]:
    """What few calls have; what a call does not have then costs no query."""
    with connection.cursor() as cursor:
        wanted = {"call": call.pk, "type": call.type().pk}
        cursor.execute(f"SELECT {', '.join(BESIDES.values())}", wanted)
        return dict(zip(BESIDES, map(bool, cursor.fetchone()), strict=True))


def open_file(call: Call, user, *, judged: bool, called_back: bool) -> File:
    """Read the file of a call.

    Args:
        call: as of `calls_for_page`, already found visible; user: the reader;
        judged: whether the reader may know of ratings; called_back: of callbacks.
    """
    parts = list(Response.objects.filter(call=call).select_related("unit").order_by())
    found = File(call, sorted(parts, key=in_order), has=beside(call))
    # Sorted here: an order over many columns costs more to put into words than to keep.
    rows = Clock.objects.of_file(call).readable_by(user).select_related("owed_by").order_by()
    found.clocks = sorted(rows, key=lambda clock: (clock.due_at, clock.pk))
    adopt(call, parts)
    lay_requests(found)
    if found.has["supervisions"]:
        rows = call.supervisions.select_related("unit").order_by("-id")
        found.supervisions = adopt(call, rows, parts)
    if judged:
        found.ratings = adopt(call, call.ratings.visible_to(user).order_by(), parts)
        found.ratings.sort(key=lambda rating: rating.pk)
    if called_back:
        rows = call.callbacks.visible_to(user).prefetch_related(
            Prefetch("answers", CallbackAnswer.objects.order_by("id"))
        )
        found.callbacks = adopt(call, rows.order_by("id"), parts)
    lay_clocks(found)
    lay(call, "responses", parts)
    return found


def in_order(part: Response) -> tuple:
    """The lead first, then those who assist, then the informed; who has left comes last."""
    gone = part.state in ("returned", "transferred", "void")
    return gone, {"lead": 0, "assist": 1, "copy": 2}[part.duty], part.pk


def adopt(call: Call, rows: Iterable, parts: list | None = None) -> list:
    """The same call, county, owner and rulebook objects on every record of the file."""
    known = {part.pk: part for part in parts or ()}
    found = list(rows)
    for row in found:
        row.call, row.county = call, call.county
        if row.owner_id == call.owner_id:
            row.owner = call.owner
        if row.rulebook_id == call.rulebook_id:
            row.rulebook = call.rulebook
        if getattr(row, "response_id", None) in known:
            row.response = known[row.response_id]
    return found


def lay_requests(found: File) -> None:
    """Extensions, suspensions and rulings of all parts: one query each."""
    ids = [part.pk for part in found.parts]
    for model, name in (
        (Extension, "extensions"),
        (Suspension, "suspensions"),
        (Ruling, "rulings"),
    ):
        grouped = defaultdict(list)
        # Even a query for nothing has to be put into words.
        rows = model.objects.filter(response__in=ids).order_by("id") if found.has[name] else ()
        for row in rows:
            grouped[row.response_id].append(row)
        for part in found.parts:
            lay(part, name, grouped[part.pk])
            if name == "rulings":
                found.rulings += grouped[part.pk]


def lay_clocks(found: File) -> None:
    """Each record's own clocks, from those of the file."""
    grouped = defaultdict(list)
    for clock in found.clocks:
        grouped[clock.matter_type_id, clock.matter_id].append(clock)
    for record in found.records():
        lay(record, "clocks", grouped[record.type().pk, record.pk])
