"""The trail 留痕: writing events, sealing them into a chain per county, and checking the chain.

Events are written unsealed in the step's own transaction; a task seals them in order within a
minute (GX-呼应-04). So no step waits for the head of a chain, and a reader can still tell every
changed, missing or reordered row.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from governance.models import Event, Seal, SealHead, Unit
from governance.models.ledger import place

SYSTEM_NAME = "系统"
BATCH = 2000
SETTLED = timedelta(minutes=10)
"""After this time no transaction is still writing an event with a lower id."""


def append(record, move) -> Event:
    """Write the event of one performed step.

    Args:
        record: the matter, saved; move: its `Move`.

    Returns:
        The saved event (also stored as `move.event`).
    """
    internal = move.step.internal(record, move) if move.step.internal else None
    move.event = Event.objects.create(
        **place(record),
        step=move.name,
        label=move.step.label,
        source=move.source,
        target=record.state,
        actor=move.actor,
        actor_name=str(move.actor) if move.actor else SYSTEM_NAME,
        unit_id=move.unit_id,
        post_label=str(move.post) if move.post else "",
        at=move.at,
        clause=record.cites(move.step),
        rulebook_id=record.rulebook_id,
        summary=move.step.says(record, move) if move.step.says else "",
        facts=move.told,
        internal_to_id=internal,
    )
    return move.event


def digest(event: Event, previous: str) -> str:
    """The hash of one event after `previous`, over every column that means something."""
    content = [
        previous,
        event.pk,
        event.county_id,
        event.owner_id,
        event.matter_type_id,
        event.matter_id,
        event.root_type_id,
        event.root_id,
        event.step,
        event.label,
        event.source,
        event.target,
        event.actor_id,
        event.actor_name,
        event.unit_id,
        event.post_label,
        moment(event.at),
        moment(event.recorded_at),
        event.clause,
        event.rulebook_id,
        event.summary,
        event.facts,
        event.confidential,
        event.internal_to_id,
    ]
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def moment(at: datetime) -> str:
    """A moment in UTC, as both databases give it back."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")


def seal(now: datetime | None = None) -> int:
    """Seal what has been written since, county by county, and return how many events."""
    now = now or timezone.now()
    counties = Unit.objects.filter(kind=Unit.Kind.COUNTY).values_list("id", flat=True)
    sealed = 0
    for county_id in counties:
        while count := seal_batch(county_id, now):
            sealed += count
    return sealed


@transaction.atomic
def seal_batch(county_id: int, now: datetime) -> int:
    """Seal at most BATCH events of one county; the head row is the lock."""
    SealHead.objects.get_or_create(county_id=county_id)
    head = SealHead.objects.select_for_update().get(county_id=county_id)
    events = list(
        Event.objects.filter(county_id=county_id, id__gt=head.watermark, seal=None).order_by("id")[
            :BATCH
        ]
    )
    seals = []
    for event in events:
        head.seq += 1
        head.hash = digest(event, head.hash)
        seals.append(
            Seal(county_id=county_id, seq=head.seq, event=event, hash=head.hash, sealed_at=now)
        )
    Seal.objects.bulk_create(seals)
    if len(events) < BATCH:
        head.watermark = settled(county_id, head.watermark, now)
    head.save()
    return len(events)


def settled(county_id: int, watermark: int, now: datetime) -> int:
    """The highest event id below which nothing unsealed can still appear."""
    old = Event.objects.filter(
        county_id=county_id, id__gt=watermark, recorded_at__lt=now - SETTLED
    ).order_by("-id")
    return old.values_list("id", flat=True).first() or watermark


@dataclass(frozen=True)
class Verdict:
    """What `verify` found in one county: the head, or the first broken entry with its reason."""

    county: Unit
    entries: int
    unsealed: int
    head: str
    broken: str = ""


def verify(county: Unit) -> Verdict:
    """Walk a county's chain from its beginning.

    Returns:
        A verdict; `broken` names the first changed, missing or reordered entry in Chinese.
    """
    previous, expected = "", 1
    head = SealHead.objects.filter(county=county).first()
    seals = Seal.objects.filter(county=county).order_by("seq").select_related("event")
    for entry in seals.iterator(chunk_size=BATCH):
        problem = broken(entry, expected, previous)
        if problem:
            return Verdict(county, expected - 1, 0, previous, problem)
        previous, expected = entry.hash, expected + 1
    unsealed = Event.objects.filter(county=county, seal=None).count()
    if head and (head.seq != expected - 1 or head.hash != previous):
        lost = f"链头为第{head.seq}条,链中只有{expected - 1}条:末尾有留痕被删除。"
        return Verdict(county, expected - 1, unsealed, previous, lost)
    return Verdict(county, expected - 1, unsealed, previous)


def broken(entry: Seal, expected: int, previous: str) -> str:
    """Why this entry does not continue the chain; empty where it does."""
    if entry.seq != expected:
        return f"第{expected}条缺失(下一条为第{entry.seq}条)。"
    if digest(entry.event, previous) != entry.hash:
        return f"第{entry.seq}条(留痕编号 {entry.event_id})内容与封存时不一致。"
    return ""
