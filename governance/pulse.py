"""When the sweep last ran, as `/readyz` reports it."""

from datetime import datetime

from django.core.cache import cache
from django.utils import timezone

KEY = "governance:last-sweep"


def note(at: datetime | None = None) -> None:
    """Remember that a sweep ended at `at` (now)."""
    cache.set(KEY, (at or timezone.now()).isoformat(), timeout=None)


def seconds_since(now: datetime | None = None) -> float | None:
    """Seconds since the last sweep, or None where none has ended yet."""
    last = cache.get(KEY)
    if last is None:
        return None
    return max(0.0, ((now or timezone.now()) - datetime.fromisoformat(last)).total_seconds())
