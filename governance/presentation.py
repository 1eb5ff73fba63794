"""What pages of matters show, from the ledgers: steps, trail, clocks, files, the line of steps.

Helpers for the pages of every app. Each returns plain dicts as the partials in templates/ui want
them and costs a constant number of queries, however long the history is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from governance import calendars
from governance.models import Attachment, Clock, Event
from governance.perform import OpenStep, offered
from governance.presenting import clock_view

TRAIL_PAGE = 100
ONLY_US = "仅本单位可见"
NOT_FOR_HANDLERS = "不向承办部门公开"
TONES = {"clock_warned": "amber", "clock_breached": "red", "clock_escalated": "red"}


def place(matter) -> tuple[int, int]:
    """(content type id, pk): where a matter stands in the ledgers, and in shared addresses."""
    return matter.type().pk, matter.pk


# -- steps ----------------------------------------------------------------------------------


def step_dict(one: OpenStep, matter) -> dict:
    """A step as `ui/next_steps.html` and `ui/step_bar.html` want it, with its own address."""
    return {
        "name": one.name,
        "label": one.label,
        "open": one.open,
        "reason": one.reason,
        "clause": one.clause or one.step.clause,
        "tone": one.step.tone,
        "url": reverse("step", args=[*place(matter), one.name]),
    }


def steps_for(matter, user, at: datetime | None = None) -> list[dict]:
    """The steps of one matter that a page offers to `user`, the main ones first."""
    order = {"primary": 0, "normal": 1, "quiet": 2, "danger": 3}
    shown = [step_dict(one, matter) for one in offered(matter, user, at)]
    return sorted(shown, key=lambda one: (not one["open"], order.get(one["tone"], 1)))


def steps_panel(request, matter, *parts) -> dict:
    """Context for the places of a page where steps are offered.

    Args:
        matter: the page's own matter; parts: further records of its file whose steps the page
            offers too (the reader's own response, a rating).

    Returns:
        `open_steps` of all of them for ui/next_steps.html and ui/step_bar.html, and
        `steps_url`, the address before a step's name for the matter itself.
    """
    steps = [one for each in (matter, *parts) for one in steps_for(each, request.user)]
    steps.sort(key=lambda one: not one["open"])
    url = reverse("step", args=[*place(matter), "_"]).removesuffix("_/")
    return {"open_steps": steps, "steps_url": url}


# -- clocks ---------------------------------------------------------------------------------


def clock_dict(clock: Clock, calendar, now: datetime) -> dict:
    """A clock as `ui/clocks.html` wants it; `key` is the (type id, pk) of its own matter."""
    return clock_view(clock, calendar, now) | {
        "name": clock.name,
        "unit": clock.owed_by,
        "why_url": reverse("clock_why", args=[clock.pk]),
        "key": (clock.matter_type_id, clock.matter_id),
        "running": clock.met_at is None,
    }


def clocks_of(root, user, now: datetime | None = None, *, running: bool = False) -> list[dict]:
    """The promises of a whole file that `user` may read: running ones first, due first.

    Args:
        running: leave out what is met or cancelled.
    """
    now = now or timezone.now()
    rows = Clock.objects.of_file(root).promises().readable_by(user).select_related("owed_by")
    if running:
        rows = rows.running()
    calendar = calendars.for_county(root.county_id)
    ordered = sorted(rows, key=lambda row: (row.met_at is not None, row.due_at, row.pk))
    return [clock_dict(row, calendar, now) for row in ordered]


def clocks_by_matter(clocks: Iterable[dict]) -> dict[tuple[int, int], list[dict]]:
    """The clocks of `clocks_of`, by the (type id, pk) of the record that each belongs to."""
    grouped: dict = {}
    for clock in clocks:
        grouped.setdefault(clock["key"], []).append(clock)
    return grouped


# -- files ----------------------------------------------------------------------------------


def file_dict(row: Attachment) -> dict:
    """An attachment as `ui/attachments.html` wants it."""
    return {
        "name": row.name,
        "url": reverse("attachment", args=[row.pk]),
        "size": row.size,
        "is_picture": row.is_picture,
        "at": row.at,
        "key": (row.matter_type_id, row.matter_id),
        "step": row.step,
    }


def files_of(root, user) -> list[dict]:
    """The attachments of a whole file that `user` may open, oldest first."""
    rows = Attachment.objects.of_file(root).readable_by(user).order_by()
    return [file_dict(row) for row in sorted(rows, key=lambda row: row.pk)]


# -- trail ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Trail:
    """One page of a trail: `events` for ui/trail.html, and where the older ones begin."""

    events: list[dict]
    more: int | None = None

    @property
    def more_url(self) -> str:
        """The query of the next page; empty at the beginning of the trail."""
        return f"?trail={self.more}#trail" if self.more else ""


def trail_of(root, user, before: object = None, files: list[dict] | None = None) -> Trail:
    """The trail of a whole file as `user` may read it, newest first, TRAIL_PAGE at a time.

    Args:
        before: how many of the reader's own events lie before this page (`request.GET.get(
            "trail")`): a position among what the reader may see, never an event's id, so that
            nothing tells of events that are kept from the reader (GX-呼应-16).
        files: those of `files_of`, where the page has read them already.
    """
    rows = Event.objects.of_file(root).readable_by(user).select_related("unit").only(*TOLD)
    end = position(before)
    if not end:
        page = list(rows.order_by("-id")[: TRAIL_PAGE + 1])
        end = rows.count() if len(page) > TRAIL_PAGE else len(page)
        page = page[:TRAIL_PAGE]
    else:
        start = max(end - TRAIL_PAGE, 0)
        page = list(rows.order_by("id")[start:end])[::-1]
    files = files_of(root, user) if files is None else files
    more = end - len(page) if end > len(page) else None
    return Trail(event_dicts(page, files), more)


TOLD = (
    *("matter_type", "matter_id", "step", "label", "summary", "internal_to", "confidential", "at"),
    *("actor", "actor_name", "unit__name", "unit__short_name", "post_label", "clause", "facts"),
)
"""What `event_dict` reads of an event."""


def position(text: object) -> int | None:
    """A page's position from an address; None for the newest page and for nonsense."""
    text = str(text or "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else None


def event_dicts(rows: Iterable[Event], files: Iterable[dict]) -> list[dict]:
    """Events as `ui/trail.html` wants them, each with the files that came with it."""
    brought: dict = {}
    for file in files:
        brought.setdefault((*file["key"], file["step"], file["at"]), []).append(file)
    return [
        event_dict(row, brought.get((row.matter_type_id, row.matter_id, row.step, row.at), []))
        for row in rows
    ]


def event_dict(row: Event, files: Sequence[dict] = ()) -> dict:
    """One event in a plain sentence."""
    by_clock = row.step.startswith("clock_")
    words = row.summary if by_clock and row.summary else row.label
    if row.summary and not by_clock:
        words = f"{row.label}:{row.summary}"
    kept = ONLY_US if row.internal_to_id else NOT_FOR_HANDLERS if row.confidential else ""
    return {
        "at": row.at,
        "text": f"{words}〔{kept}〕" if kept else words,
        "label": row.label,
        "who": event_who(row),
        "post": row.post_label,
        "clause": row.clause,
        "facts": row.facts,
        "files": list(files),
        "tone": TONES.get(row.step, ""),
        "system": row.actor_id is None,
        "step": row.step,
        "key": (row.matter_type_id, row.matter_id),
    }


def event_who(row: Event) -> str:
    """Unit and name; the platform itself for what clocks did."""
    if row.actor_id is None:
        return row.actor_name
    return f"{row.unit} {row.actor_name}" if row.unit_id else row.actor_name


# -- the line of steps ----------------------------------------------------------------------


@dataclass(frozen=True)
class Mark:
    """One station of a matter's way. `at` None: not reached; `skip`: does not apply here."""

    label: str
    at: datetime | None = None
    who: str = ""
    note: str = ""
    clause: str = ""
    skip: bool = False


def progress_line(matter, marks: Sequence[Mark], stopped: bool = False) -> list[dict]:
    """The stations as `ui/steps_line.html` wants them, each with the time it took and the clause
    as the matter's county has it.

    The first station not reached is where the matter stands now (or stopped, if `stopped`).
    """
    line, before, open_found = [], None, False
    for mark in marks:
        row = {"label": mark.label, "note": mark.note, "clause": matter.cited(mark.clause)}
        if mark.skip:
            row["state"] = "skip"
        elif mark.at:
            row |= {"state": "done", "who": mark.who, "when": mark.at}
            if before and mark.at >= before:
                row["took"] = mark.at - before
            before = mark.at
        elif open_found:
            row["state"] = "todo"
        else:
            row["state"], open_found = ("stop" if stopped else "now"), True
        line.append(row)
    return line
