"""When the day of a recorded change of a law comes: each county's causes, raised by 系统.

Only changes recorded on their day or before it: what was recorded afterwards has used up part of
the ten days already, so each county's 编办 looks at it first (docs/adr/0022).
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date, datetime

from celery.exceptions import SoftTimeLimitExceeded
from django.db import connection
from django.db.models import F, Q
from django.utils import timezone

from checklist import citing, laws, selectors
from checklist.models import Citation, Edition, LawChange
from governance.models import Unit
from governance.steps import Refused

log = logging.getLogger(__name__)


def raise_due(now: datetime) -> int:
    """Raise what changes of laws have made due by now, in every county; returns how many causes.

    Everything is read from rows: missed days are caught up, and a second run finds nothing to do.
    Each change is one transaction per county; one that fails is logged and tried again by the
    next run, and those behind it go on.

    Raises:
        SoftTimeLimitExceeded: the worker's time is up. DatabaseError: the database is gone.
    """
    made = 0
    for change in due_on(timezone.localdate(now)):
        for county in touched(change):
            try:
                made += len(laws.raise_causes(change, county, actor=None, at=now))
            except SoftTimeLimitExceeded:
                raise
            except Refused as refusal:
                log.warning("cause refused: %s", refusal.message, extra={"change": change.pk})
            except Exception:
                if not connection.is_usable():
                    raise
                log.exception("causes of a law stay due", extra={"change": change.pk})
    return made


def due_on(day: date) -> list[LawChange]:
    """The changes that hold on a day and were recorded no later than their own, oldest first."""
    rows = laws.standing().filter(on__lte=day, at__date__lte=F("on"))
    return list(rows.select_related("basis").order_by("on", "id"))


def touched(change: LawChange) -> list[Unit]:
    """The counties whose current edition cites the law."""
    editions = Edition.objects.filter(
        state=Edition.State.PUBLISHED, members__revision__citations__basis=change.basis_id
    )
    counties = Unit.objects.filter(pk__in=editions.values("county"))
    own = change.basis.county_id
    return list((counties.filter(pk=own) if own else counties).order_by("pk"))


def pending(county: Unit | int, until: date) -> list[tuple[LawChange, int]]:
    """The changes up to a day with causes that a county still lacks, and how many; oldest first.

    One statement where there are none, as on most days.
    """
    key = getattr(county, "pk", county)
    cited = Citation.objects.filter(
        revision__memberships__edition__county=key,
        revision__memberships__edition__state=Edition.State.PUBLISHED,
    )
    rows = laws.standing().filter(on__lte=until, basis__in=cited.values("basis"))
    rows = rows.select_related("basis__successor").order_by("on", "id")
    counted = [
        (change, sum(part.cause is None for part in parts))
        for change, parts in laws.plans(rows, county)
    ]
    return [pair for pair in counted if pair[1]]


@dataclass(frozen=True)
class Ahead:
    """A recorded change whose day has not come, and how many causes it will raise in a county."""

    change: LawChange
    planned: list

    @property
    def units(self) -> list[Unit]:
        """Who will have to apply."""
        return list(dict.fromkeys(one.unit for one in self.planned))


def ahead(county: Unit, day: date, basis=None) -> list[Ahead]:
    """What lies ahead of a county, soonest first; of one law where it is named."""
    cited = citing.of_edition(selectors.current_edition(county)).values("basis")
    rows = laws.standing().filter(Q(on__gt=day), basis__in=cited)
    if basis is not None:
        rows = rows.filter(basis=basis)
    rows = rows.select_related("basis__successor", "basis__county").order_by("on", "id")
    return [Ahead(one, planned) for one, planned in laws.plans(rows, county)]
