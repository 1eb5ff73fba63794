"""The channels that units publish for suggestions, and who has none (GX-清单-31, JQ-清单-23)."""

from __future__ import annotations

from dataclasses import dataclass

from checklist.models import Channel
from governance.models import Unit

KINDS = (Unit.Kind.DEPARTMENT, Unit.Kind.TOWNSHIP)


@dataclass(frozen=True)
class Published:
    """One unit's channel, empty where it has published nothing."""

    unit: Unit
    phone: str
    mail: str
    note: str

    @property
    def missing(self) -> list[str]:
        """What the clause asks for and the unit has not published."""
        return [
            label for label, value in (("电话", self.phone), ("电子信箱", self.mail)) if not value
        ]


def of_county(county: Unit) -> list[Published]:
    """Every department and township of a county, in the order of their codes."""
    given = {one.unit_id: one for one in Channel.objects.filter(unit__county=county)}
    units = Unit.objects.filter(county=county, kind__in=KINDS, active=True).order_by("kind", "code")
    empty = Channel()
    return [
        Published(unit, one.phone, one.mail, one.note)
        for unit in units
        for one in (given.get(unit.pk, empty),)
    ]


def gaps(rows: list[Published]) -> list[Published]:
    """The units that have not published both."""
    return [row for row in rows if row.missing]


def keep(unit: Unit, *, actor, phone: str, mail: str, note: str) -> Channel:
    """Write what a unit publishes."""
    values = {"phone": phone, "mail": mail, "note": note, "updated_by": actor}
    return Channel.objects.update_or_create(unit=unit, defaults=values)[0]
