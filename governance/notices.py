"""Notices 通知: who is told what, in the inbox and through outside channels."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils import timezone

from governance import bulk, plain
from governance.models import Notice, Outbox, Post, User
from governance.models.user import IN_FORCE, in_force_today

HOLDERS = """SELECT p.unit_id, p.role, {users} FROM governance_post p
    JOIN governance_unit u ON u.id = p.unit_id JOIN governance_user m ON m.id = p.user_id
    WHERE p.unit_id IN ({units}) AND p.role IN ({roles}) AND m.is_active AND {in_force}
    ORDER BY p.id"""


def recipients(wanted: Iterable[tuple[int, frozenset]]) -> dict[tuple[int, frozenset], list]:
    """The users behind (unit id, roles) pairs, found in one query.

    Returns:
        {pair: [user, …]}, each user once.
    """
    wanted = set(wanted)
    if not wanted:
        return {}
    units = {unit for unit, _ in wanted}
    roles = frozenset().union(*(roles for _, roles in wanted))
    statement = HOLDERS.format(
        users=plain.columns(User, "m"),
        units=plain.marks(units),
        roles=plain.marks(roles),
        in_force=IN_FORCE,
    )
    found: dict = {pair: {} for pair in wanted}
    for held_in, role, *values in plain.select(statement, [*units, *roles, *in_force_today()]):
        user = plain.made(User, values)
        for unit, roles in wanted:
            if held_in == unit and role in roles:
                found[(unit, roles)][user.pk] = user
    return {pair: list(users.values()) for pair, users in found.items()}


def county_holders(counties: Iterable[int], roles: Iterable[str]) -> dict[tuple[int, str], list]:
    """The users who hold county-wide roles (督查, 平台), found in one query, by (county, role)."""
    posts = (
        Post.objects.in_force()
        .filter(unit__county__in=set(counties), role__in=set(roles), user__is_active=True)
        .select_related("user", "unit")
        .order_by("pk")
    )
    found: dict = {}
    for post in posts:
        found.setdefault((post.unit.county_id, post.role), {})[post.user_id] = post.user
    return {key: list(users.values()) for key, users in found.items()}


@dataclass(frozen=True, slots=True)
class Line:
    """A notice that is to be written."""

    recipient: User
    dedupe: str
    title: str
    body: str
    created_at: datetime
    url: str = ""
    tone: str = "info"
    urgent: bool = False

    def row(self) -> dict:
        """Its columns."""
        return {
            "recipient_id": self.recipient.pk,
            "dedupe": self.dedupe,
            "title": self.title,
            "body": self.body,
            "url": self.url,
            "created_at": self.created_at,
            "tone": self.tone,
            "urgent": self.urgent,
        }


def of_move(record, move, calendar) -> None:
    """Write what a performed step tells, in the step's own transaction."""
    tells = [(tell, set(tell.units(record)) - {None}) for tell in move.step.tells]
    found = recipients((unit, tell.roles) for tell, units in tells for unit in units)
    lines: dict[int, Line] = {}
    urgent = bool(move.step.urgent and move.step.urgent(record))
    for tell, units in tells:
        for unit in units:
            for user in found.get((unit, tell.roles), ()):
                if user != move.actor:
                    lines.setdefault(user.pk, notice(record, move, tell, user, urgent))
    write(lines.values(), move.at, lambda user: calendar)


def notice(record, move, tell, user, urgent: bool) -> Line:
    """One notice of a step."""
    return Line(
        recipient=user,
        dedupe=f"event:{move.event.pk}",
        title=f"{tell.title}:{record.title}"[:200],
        body=(tell.body(record) if tell.body else record.number)[:500],
        url=record.get_absolute_url(),
        tone=tell.tone,
        urgent=urgent,
        created_at=move.at,
    )


def write(lines: Iterable[Line], now: datetime, calendar_of: Callable) -> None:
    """Insert notices and their outbox rows: three statements, whatever their number.

    Not urgent messages leave in office hours only (decision 27); the inbox shows them at once.
    A notice that stands already (`dedupe`) is left as it is.

    Args:
        calendar_of: (user) -> the working calendar of the user's county.
    """
    lines = list(lines)
    bulk.insert(Notice, [line.row() for line in lines], ignore_conflicts=True)
    reached = {
        (line.recipient.pk, line.dedupe): line
        for line in lines
        if any(address(line.recipient, channel) for channel in settings.NOTICE_CHANNELS)
    }
    if reached:
        enqueue(reached, now, calendar_of)


def enqueue(reached: dict[tuple[int, str], Line], now: datetime, calendar_of: Callable) -> None:
    """Put notices into the outbox, one row per channel that reaches the recipient."""
    stored = Notice.objects.filter(
        recipient__in={user for user, _ in reached}, dedupe__in={key for _, key in reached}
    ).values_list("id", "recipient_id", "dedupe")
    messages = []
    for pk, user_id, dedupe in stored.order_by("id"):
        line = reached.get((user_id, dedupe))
        if line is None:
            continue
        due = now if line.urgent else calendar_of(line.recipient).next_office_moment(now)
        for channel in settings.NOTICE_CHANNELS:
            to = address(line.recipient, channel)
            if to:
                messages.append(Outbox(notice_id=pk, channel=channel, address=to, due_at=due))
    Outbox.objects.bulk_create(messages, ignore_conflicts=True)


def address(user, channel: str) -> str:
    """Where a channel reaches a user; empty where it does not."""
    return {"email": user.email, "sms": user.phone}.get(channel, "")


def inbox(user):
    """A user's notices, newest first."""
    return Notice.objects.filter(recipient=user).order_by("-id")


def unread(user) -> int:
    """How many notices a user has not read."""
    return Notice.objects.filter(recipient=user, read_at=None).count()


def mark_read(user, pks: Iterable[int] | None = None) -> int:
    """Mark some (or all) notices of a user as read."""
    rows = Notice.objects.filter(recipient=user, read_at=None)
    return (rows if pks is None else rows.filter(pk__in=pks)).update(read_at=timezone.now())
