"""The records of the shared core, one file each."""

from .access_log import AccessLog
from .attachment import Attachment
from .calendar import CalendarDay, CalendarYear, OfficeHours
from .clock import Clock
from .credential import AccessToken, PasswordRecord
from .event import Event, Seal, SealHead
from .matter import Matter, MatterQuerySet
from .notice import Notice, Outbox
from .number import Counter, IdempotencyKey
from .party import Party
from .referral import Referral
from .rulebook import Clause, Rulebook
from .stage import Stage
from .staged import Staged
from .unit import Unit
from .user import Post, User

__all__ = [
    "AccessLog",
    "AccessToken",
    "Attachment",
    "CalendarDay",
    "CalendarYear",
    "Clause",
    "Clock",
    "Counter",
    "Event",
    "IdempotencyKey",
    "Matter",
    "MatterQuerySet",
    "Notice",
    "OfficeHours",
    "Outbox",
    "Party",
    "PasswordRecord",
    "Post",
    "Referral",
    "Rulebook",
    "Seal",
    "SealHead",
    "Stage",
    "Staged",
    "Unit",
    "User",
]
