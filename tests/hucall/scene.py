"""Short words for the rule tests: who is who in a county, doing a step, being refused one."""

import pytest

from governance.models import Clock, Event, Notice
from governance.perform import Forbidden, Invalid, StepClosed, open_steps, perform
from governance.roles import Role
from tests.factories import hucall as make
from tests.factories.governance import moment

__all__ = ["People", "clock", "closed", "do", "fresh", "invalid", "not_allowed", "told", "trail"]


class People:
    """The people of a county by what they are in a call of 清泉街道 answered by 县公安局."""

    ROLES = {
        "clerk": Role.TOWNSHIP_CLERK,
        "leader": Role.TOWNSHIP_LEADER,
        "village": Role.VILLAGE_CLERK,
        "police": Role.DEPARTMENT_CLERK,
        "police_leader": Role.DEPARTMENT_LEADER,
        "head": Role.AGENCY_HEAD,
        "platform": Role.PLATFORM,
        "bianban": Role.BIANBAN,
        "ducha": Role.DUCHA,
        "jiwei": Role.JIWEI,
        "county": Role.COUNTY,
    }

    def __init__(self, county):
        self._county = county
        for role in self.ROLES.values():
            county.user(role)  # a desk without people is told nothing and owes nothing

    def __getattr__(self, name):
        return self._county.user(self.ROLES[name])

    def of(self, unit: str, role: str = Role.DEPARTMENT_CLERK):
        """Somebody of another unit."""
        return self._county.user(role, unit)


def when(at):
    """A moment, given as one or as text."""
    return moment(at) if isinstance(at, str) else at


def do(matter, name: str, actor=None, at=make.FILED, **facts):
    """Do a step; `at` may be text."""
    return perform(matter, name, actor=actor, at=when(at), facts=facts)


def fresh(record):
    """The record as it stands in the database."""
    return type(record).objects.get(pk=record.pk)


def closed(matter, name: str, actor=None, at=make.FILED, **facts) -> StepClosed:
    """The step is refused because of the state or of a condition (409)."""
    with pytest.raises(StepClosed) as refusal:
        do(matter, name, actor, at, **facts)
    return refusal.value


def not_allowed(matter, name: str, *actors, at=make.FILED, **facts) -> None:
    """The step is refused to each of these people (403)."""
    for actor in actors:
        with pytest.raises(Forbidden):
            do(matter, name, actor, at, **facts)


def invalid(matter, name: str, actor, at=make.FILED, **facts) -> dict[str, list[str]]:
    """The facts are refused (400): {field: Chinese sentences}."""
    with pytest.raises(Invalid) as refusal:
        do(matter, name, actor, at, **facts)
    return {name: list(map(str, each)) for name, each in refusal.value.form.errors.items()}


def clock(matter, name: str) -> Clock | None:
    """The running clock of this name, else the last one that ended, else None."""
    rows = Clock.objects.of(matter).filter(name=name)
    return rows.running().first() or rows.order_by("-id").first()


def running(root) -> set[tuple[str, str]]:
    """What still runs in a whole file, as (unit, clock) pairs."""
    rows = Clock.objects.of_file(root).running().select_related("owed_by")
    return {(str(row.owed_by), row.name) for row in rows}


def trail(matter) -> list[str]:
    """The steps of one record in their order."""
    return list(Event.objects.of(matter).values_list("step", flat=True))


def told(user) -> list[str]:
    """The titles in somebody's inbox, oldest first."""
    return list(
        Notice.objects.filter(recipient=user).order_by("id").values_list("title", flat=True)
    )


def openable(matter, *actors, at=make.FILED) -> set[str]:
    """The steps that any of these people (None: 系统) could do."""
    return {
        one.name
        for actor in actors
        for one in open_steps(fresh(matter), actor, when(at))
        if one.open
    }
