"""The vocabulary of a step: what surrounds a transition, as data (design.md §4).

A step is a django-fsm transition whose `custom` is made by `step(...)`:

    @transition(state, source=State.WAITING, target=State.WORKING, custom=step(
        "报到", who=access.answering, clause="GX-呼应-10", stops=["sign_in"],
        starts=[Start("finish", "办结", param("call.finish.{pace}"), owes="unit_id")]))
    def sign_in(self, move): ...

The body gets the `Move` (who, as what, when, with which facts). It assigns fields and makes the
record's own children; it does nothing else.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.module_loading import import_string

from governance.roles import CLERKS


@dataclass(frozen=True)
class Need:
    """A condition of a step beyond the state; `reason` is what a person reads when it fails.

    Args:
        test: (record, at) -> bool; asks the record only, never the clock on the wall.
        reason: Chinese sentence, or (record, at) -> sentence.
        clause: rule id the refusal rests on.
    """

    test: Callable[[Any, datetime], bool]
    reason: str | Callable[[Any, datetime], str]
    clause: str = ""

    def why(self, record, at: datetime) -> str:
        """The reason as a sentence for this record."""
        return self.reason(record, at) if callable(self.reason) else self.reason


@dataclass(frozen=True)
class Param:
    """The length of a clock, read from the matter's rulebook.

    Args:
        key: rulebook parameter; `{…}` are fields of the record.
        when: (record) -> bool; where it is False, the record has no such clock.
    """

    key: str
    when: Callable[[Any], bool] | None = None

    def of(self, record) -> str:
        """The rulebook key for this record, e.g. call.finish.urgent; empty: no such clock here."""
        if self.when and not self.when(record):
            return ""
        return self.key.format(record=record) if "{" in self.key else self.key


def param(key: str, when: Callable[[Any], bool] | None = None) -> Param:
    """Name a rulebook parameter, e.g. `param("call.sign_in.{record.pace}")`."""
    return Param(key, when)


@dataclass(frozen=True)
class Start:
    """A clock that a step starts.

    Args:
        name: stable name, unique among the running clocks of a record.
        label: what a person reads, or (record) -> words.
        length: rulebook parameter, or (record) -> Length, where the record itself says how long.
        owes: name of the field that holds the owing unit's id, or (record) -> id.
        clause: rule id of the promise, or (record) -> rule id.
        ladder: rulebook ladder, or (record) -> ladder: "general" or "urgent".
        timer: no promise, only the moment at which `on_breach` is due.
        on_breach: step of the same record that falls due with the clock, done by 系统.
        since: (record, move) -> moment of the start, where it is not the step's own.
    """

    name: str
    label: str | Callable
    length: Param | Callable
    owes: str | Callable
    clause: str | Callable = ""
    ladder: str | Callable = "general"
    timer: bool = False
    on_breach: str = ""
    since: Callable | None = None


@dataclass(frozen=True)
class Tell:
    """Whom a step notifies: the holders of `roles` in the units that `units(record)` names."""

    units: Callable[[Any], Iterable[int]]
    title: str
    roles: frozenset = CLERKS
    tone: str = "info"
    body: Callable[[Any], str] | None = None


def owner(record) -> list[int]:
    """For `Tell`: the unit that has raised the record."""
    return [record.owner_id]


@dataclass(frozen=True)
class Step:
    """What surrounds a transition. `who` is a predicate of an access module: → Post or None.

    `before` and `follow` name steps of other matters, done in the same transaction before and after
    this one: the edition in force makes room before its successor takes its place.

    A step that is `automatic` stands in the trail in the name of 系统, also where it follows from
    what a person did: nobody opened that rating but the rule that every response is rated.

    `pauses_since(record, move)` is the moment from which clocks pause, where that is not the
    step's own: the time in which somebody else decided is not counted.

    `also(record, facts)` names the matters of other files that `follow` will move, from facts that
    no form has judged yet, so that the door can lock all files in one order.
    """

    label: str
    who: Callable
    clause: str = ""
    form: str = ""
    needs: tuple = ()
    starts: tuple = ()
    stops: tuple = ()
    pauses: tuple = ()
    pauses_since: Callable | None = None
    resumes: tuple = ()
    cancels: tuple = ()
    extends: Callable | None = None
    tells: tuple = ()
    before: Callable | None = None
    follow: Callable | None = None
    also: Callable | None = None
    number: str = ""
    tone: str = "normal"
    hint: tuple = ()
    says: Callable | None = None
    internal: Callable | None = None
    urgent: Callable | None = None
    automatic: bool = False

    def form_class(self):
        """The form that asks for the step's facts, or None. Named by path: models know no forms."""
        return import_string(self.form) if self.form else None


def step(label: str, **surroundings) -> dict:
    """Make the `custom` of a transition; lists become tuples, so that steps stay constant."""
    frozen = {k: tuple(v) if isinstance(v, list) else v for k, v in surroundings.items()}
    return {"step": Step(label, **frozen)}


def of(model: type, name: str) -> Step:
    """What surrounds one transition of a kind of matter; AttributeError if there is none."""
    return next(iter(getattr(model, name)._django_fsm.transitions.values())).custom["step"]


@dataclass
class Move:
    """One performance of a step, as the body and the ledgers see it.

    Attributes:
        actor: the user, or None for 系统; `post`: the post that allows it.
        at: when it happens; `source`: the state before.
        given: the form's cleaned facts; `told`: the same as [label, text] pairs for the trail.
    """

    name: str
    step: Step
    actor: Any
    post: Any
    at: datetime
    source: str
    given: Mapping = field(default_factory=dict)
    told: list = field(default_factory=list)
    files: list = field(default_factory=list)
    event: Any = None

    @property
    def unit_id(self) -> int | None:
        """The unit for which the actor acts."""
        return self.post.unit_id if self.post else None


class Refused(Exception):
    """A step that may not be done. `message` is Chinese, `clause` the rule id it rests on."""

    status = 409
    code = "refused"

    def __init__(self, message: str, clause: str = ""):
        super().__init__(message)
        self.message = message
        self.clause = clause


class StepClosed(Refused):
    """The step is not open from this state, or a condition does not hold."""

    code = "step_closed"


class Stale(Refused):
    """Somebody else has moved the matter since the page was read."""

    code = "stale"


class Forbidden(Refused):
    """This actor holds no post that may do the step."""

    status = 403
    code = "forbidden"


class Denied(PermissionDenied):
    """A page that is not for this person, with the clause that says whose it is."""

    def __init__(self, message: str, clause: str = ""):
        super().__init__(message)
        self.clause = clause


class Invalid(Refused):
    """The facts are not complete or not right; `form` carries the errors at their fields."""

    status = 400
    code = "invalid"

    def __init__(self, form):
        super().__init__("请改正标出的内容。")
        self.form = form
