"""The evidence chain of one file: every event with its seal checked, and who was told of it.

Checked here is each event against its own seal and the seal before it; that no event is missing
from the county's chain is what `trail.verify` shows. Neither ids nor numbers of the chain leave
this module: their gaps would tell of events that are kept from the reader (GX-呼应-16).
"""

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q

from governance import presentation
from governance.models import Event, Notice, Party, Post, Seal
from governance.models.ledger import place
from governance.trail import digest

MOST = 1000
MARK = 12
"""Signs of a seal's hash that stand on the paper, to be compared with the auditor's."""

SEALS = {
    # state: (word, icon, tone)
    "good": ("已封存,核验一致", "met", "green"),
    "open": ("待封存", "provisional", "amber"),
    "bad": ("核验不一致", "late", "red"),
}


@dataclass
class Line:
    """One event of the paper."""

    shown: dict
    seal: str
    mark: str = ""
    sealed_at: datetime | None = None
    told: list[dict] = field(default_factory=list)

    @property
    def tag(self) -> dict:
        """The state of the seal as ui/tag.html wants it."""
        text, icon, tone = SEALS[self.seal]
        return {"text": text, "icon": icon, "tone": tone}


def chain(root, user) -> tuple[list[Line], int]:
    """The newest MOST events of a file that `user` may read, oldest first.

    Returns:
        (lines, how many older ones are left out); eight queries, however many events.
    """
    rows = Event.objects.of_file(root).readable_by(user).select_related("unit", "seal")
    events = list(rows.order_by("-id")[:MOST])[::-1]
    left_out = rows.count() - len(events) if len(events) == MOST else 0
    before = seals_before(events)
    told = told_of(root, events)
    shown = presentation.event_dicts(events, presentation.files_of(root, user))
    lines = []
    for event, each in zip(events, shown, strict=True):
        line = Line(each, judged(event, before), told=told.get(event.pk, []))
        seal = getattr(event, "seal", None)
        if seal:
            line.mark, line.sealed_at = seal.hash[:MARK], seal.sealed_at
        lines.append(line)
    return lines, left_out


def seals_before(events: list[Event]) -> dict[tuple[int, int], str]:
    """The hash that stands before each event's seal, by (county, number)."""
    wanted: dict[int, set[int]] = {}
    for event in events:
        seal = getattr(event, "seal", None)
        if seal and seal.seq > 1:
            wanted.setdefault(seal.county_id, set()).add(seal.seq - 1)
    found = {}
    for county, numbers in wanted.items():
        rows = Seal.objects.filter(county=county, seq__in=numbers)
        found |= {(county, seq): hash for seq, hash in rows.values_list("seq", "hash")}
    return found


def judged(event: Event, before: dict[tuple[int, int], str]) -> str:
    """Whether an event still says what it said when it was sealed: good, open or bad."""
    seal = getattr(event, "seal", None)
    if seal is None:
        return "open"
    previous = "" if seal.seq == 1 else before.get((seal.county_id, seal.seq - 1))
    return "good" if previous is not None and digest(event, previous) == seal.hash else "bad"


def told_of(root, events: list[Event]) -> dict[int, list[dict]]:
    """Who was told of each event and when they read it, by event.

    Notices are found through their recipients (the people of the units that take part and of
    the county's desks), for which they are indexed.
    """
    at = place(root)
    parties = Party.objects.filter(
        matter_type=at["root_type"], matter_id=at["root_id"]
    ).values_list("unit_id", flat=True)
    units = {event.unit_id for event in events} | set(parties)
    desks = Q(unit__county=root.county_id, role__in=["platform", "ducha"])
    posts = Post.objects.filter(Q(unit__in=units - {None}) | desks).select_related("unit")
    home: dict[int, str] = {}
    for post in posts.order_by("id"):
        home.setdefault(post.user_id, str(post.unit))
    keys = {f"event:{event.pk}": event.pk for event in events}
    notices = Notice.objects.filter(recipient__in=home, dedupe__in=keys).select_related("recipient")
    found: dict[int, list[dict]] = {}
    for row in notices.order_by("id"):
        found.setdefault(keys[row.dedupe], []).append(
            {"unit": home[row.recipient_id], "name": row.recipient.name, "read_at": row.read_at}
        )
    return found


def summary(lines: list[Line]) -> dict:
    """How many events are sealed and right, wait for their seal, or do not agree with it."""
    counts = dict.fromkeys(SEALS, 0)
    for line in lines:
        counts[line.seal] += 1
    return counts | {"total": len(lines)}


def firsts(lines: list[Line]) -> list[dict]:
    """For each unit its first act in the file: who, as what, when, doing which step."""
    found: dict[str, dict] = {}
    for line in lines:
        event = line.shown
        if not event["system"]:
            found.setdefault(event["post"] or event["who"], event)
    return list(found.values())
