"""The door: the only way in which a matter moves (design.md §4).

Page, API, command and Celery all come through `perform`. One transaction: lock the file and read
the record afresh → is the step open, and do its conditions hold → may this actor → are the facts
right → run, save → clocks → follow-up steps → number → event, attachments, parties → notices.
Nothing leaves the machine before the commit.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from governance import (
    attachments,
    bulk,
    calendars,
    clocks,
    notices,
    numbering,
    plain,
    rulebooks,
    trail,
)
from governance.models import Party
from governance.steps import Forbidden, Invalid, Move, Stale, Step, StepClosed

NEW = ""
"""The source of a matter's first step, before it has been saved."""

COMMON = ("county", "owner", "rulebook")
"""What the records of one file share."""

UNITS = ("county", "owner")
"""Those of them that are read with the record; a rulebook is kept by the process."""


@dataclass(frozen=True)
class OpenStep:
    """One step as a page shows it: open, or closed with the reason and the clause."""

    name: str
    step: Step
    open: bool
    reason: str = ""
    clause: str = ""

    @property
    def label(self) -> str:
        return self.step.label


def perform(
    matter,
    name: str,
    *,
    actor=None,
    at: datetime | None = None,
    version: int | None = None,
    facts: Mapping | None = None,
    files: Mapping | None = None,
):
    """Do one step of a matter.

    Args:
        matter: a saved matter (it is read afresh), or a new one on its first step.
        name: the transition method; actor: the user, None for 系统; at: when it happens.
        version: the matter's version as the actor read it; None skips the check.
        facts, files: what the step's form asks for, as a mapping or QueryDict.

    Returns:
        The record as saved.

    Raises:
        StepClosed, Stale: 409. Forbidden: 403. Invalid: 400, with the bound form.
    """
    at = at or timezone.now()
    facts = facts or {}
    with transaction.atomic():
        record = fresh(matter, others_of(matter, name, facts))
        step = step_of(record, name)
        if version is not None and record.pk and record.version != version:
            raise Stale("页面打开后,该办件已有新的进展,请核对后重新操作。您填写的内容已保留。")
        adopt_rulebook(record, at)
        check_open(record, name, step, at)
        post = allow(record, step, actor)
        move = Move(name, step, actor, post, at, record.state if record.pk else NEW)
        ask(record, move, facts, files)
        return run(record, move)


def others_of(matter, name: str, facts: Mapping) -> Iterable:
    """The other files that a step will move too, as its facts name them."""
    step = steps_of(type(matter)).get(name)
    return step.also(matter, facts) if step and step.also else ()


def fresh(matter, others: Iterable = ()):
    """The record, locked and read anew.

    The root of its file is locked first, and with it the `others`, always in the order of kind
    and number: so two moves never wait for each other in a circle.
    """
    root = matter.root()
    files = sorted((one for one in (root, *others) if one.pk), key=rank)
    locked = {rank(one): lock(one) for one in files}
    if not matter.root_field:
        return locked[rank(matter)] if matter.pk else matter
    record = lock(matter, ()) if matter.pk else matter
    join(record, locked[rank(root)])
    return record


def join(record, root) -> None:
    """Hang a record on the root of its file, with what both have in common: nothing is read twice
    (a rulebook is a large document).
    """
    setattr(record, record.root_field, root)
    for name in COMMON:
        if getattr(record, f"{name}_id") == getattr(root, f"{name}_id"):
            setattr(record, name, getattr(root, name))


def rank(matter) -> tuple[str, int]:
    """The place of a matter in the order in which files are locked."""
    return matter._meta.label, matter.pk


def lock(matter, joined: tuple[str, ...] = UNITS):
    """Read one record afresh under a row lock (never refresh_from_db: stack.md §3).

    Args:
        joined: relations to read with it, besides those that its steps always ask for.
    """
    rows = type(matter).objects.select_for_update(of=("self",))
    if wanted := (*joined, *matter.read_with):
        rows = rows.select_related(*wanted)
    record = rows.get(pk=matter.pk)
    if joined and record.rulebook_id:
        record.rulebook = rulebooks.numbered(record.rulebook_id)[record.rulebook_id]
    return record


def step_of(record, name: str) -> Step:
    """The step behind a transition's name.

    Raises:
        StepClosed: no such step exists for this kind of matter.
    """
    step = steps_of(type(record)).get(name)
    if step is None:
        raise StepClosed("没有这个步骤。")
    return step


def steps_of(model) -> dict[str, Step]:
    """All steps of a kind of matter, by name, in the order in which they are written."""
    if "_steps" not in model.__dict__:
        found = {}
        for klass in reversed(model.__mro__):
            for name, member in vars(klass).items():
                meta = getattr(member, "_django_fsm", None)
                if meta:
                    found[name] = next(iter(meta.transitions.values())).custom["step"]
        model._steps = found
    return model._steps


def adopt_rulebook(record, at: datetime) -> None:
    """A matter keeps the version of the rulebook under which its file was raised."""
    if record.rulebook_id is None:
        known = record.root().rulebook if record.root_field else None
        record.rulebook = known or rulebooks.valid(record.county, timezone.localdate(at))


def check_open(record, name: str, step: Step, at: datetime) -> None:
    """Refuse a step that the state or a condition closes."""
    method = getattr(record, name)
    meta = method._django_fsm
    if not meta.has_transition(meta.field.get_state(record)):
        state = record.get_state_display()
        raise StepClosed(f"当前状态为“{state}”,不能{step.label}。", record.cites(step))
    for need in step.needs:
        if not need.test(record, at):
            raise StepClosed(need.why(record, at), record.cited(need.clause) or record.cites(step))


def allow(record, step: Step, actor):
    """The post in which the actor may do this step; None for 系统."""
    if actor is None:
        if any(getattr(part, "system", False) for part in step.who.parts):
            return None
        raise Forbidden(f"“{step.label}”须由{step.who.label}办理。", record.cites(step))
    post = step.who(record, actor) if actor.is_active else None
    if post is None:
        raise Forbidden(f"“{step.label}”须由{step.who.label}办理。", record.cites(step))
    return post


def ask(record, move: Move, facts: Mapping, files) -> None:
    """Validate the facts by the step's form and keep them in the move."""
    form_class = move.step.form_class()
    if form_class is None:
        return
    form = form_class(facts, files, record=record, actor=move.actor, at=move.at)
    if not form.is_valid():
        raise Invalid(form)
    move.given = form.cleaned_data
    move.files = list(form.cleaned_data.get("files") or ())
    move.told = form.told()


def run(record, move: Move):
    """Everything that a permitted step does, inside the caller's transaction."""
    calendar = calendars.for_county(record.county)
    if record.raised_at is None:
        record.raised_at, record.raised_by = move.at, move.actor
    if move.step.before:
        follow(move.step.before(record, move), move)
    getattr(record, move.name)(move)
    record.version += 1
    numbered = move.step.number and not record.number
    if record.pk or not numbered:  # what is new and bears a number soon is indexed with it
        record.index()
    record.clean()
    record.save()
    clocks.apply(record, move, calendar)
    later = follow(move.step.follow(record, move), move, record) if move.step.follow else []
    if numbered:
        number(record, move)
    trail.append(record, move)
    attachments.store(record, move)
    enlist(record, new=move.source == NEW)
    notices.of_move(record, move, calendar)
    if later:  # what the record goes on to do itself comes after what it has done
        follow(later, move)
        record = fresh(record)
    return record


def number(record, move: Move) -> None:
    """Draw the document number, last of all, so that its lock is held for the shortest time."""
    record.number = numbering.draw(record.county, move.step.number, move.at)
    record.index()
    record.save(update_fields=["number", "terms"])


def follow(steps: Iterable, move: Move, own=None) -> list:
    """Do the steps that follow, in the name of the same actor and post.

    Each is (matter, name, facts). Their states and conditions are checked as ever; who may do
    them is settled by the step that they follow from. Those of the record `own` itself are left
    to the caller and returned: their events come after the one of the step that is being done.
    """
    later = []
    for matter, name, given in steps:
        if own is not None and matter == own:
            later.append((matter, name, given))
            continue
        record = fresh(matter)
        step = step_of(record, name)
        adopt_rulebook(record, move.at)
        check_open(record, name, step, move.at)
        source = record.state if record.pk else NEW
        actor, post = (None, None) if step.automatic else (move.actor, move.post)
        run(record, Move(name, step, actor, post, move.at, source, given=given))
    return later


PARTIES = "SELECT unit_id FROM governance_party WHERE matter_type_id = %s AND matter_id = %s"


def enlist(record, new: bool) -> None:
    """Write the units that take part, so that they see the file from now on.

    Args:
        new: the record has just been made, so that a file of its own has no parties yet.
    """
    root = record.root()
    missing = record.concerned() | root.concerned()
    kind = root.type().pk
    if root is not record or not new:
        missing.difference_update(*plain.select(PARTIES, [kind, root.pk]))
    rows = [{"unit_id": unit, "matter_type_id": kind, "matter_id": root.pk} for unit in missing]
    bulk.insert(Party, rows, ignore_conflicts=True)


def open_steps(matter, actor, at: datetime | None = None) -> list[OpenStep]:
    """Every step of a matter as `actor` finds it, open or closed with its reason."""
    at = at or timezone.now()
    found = []
    for name, step in steps_of(type(matter)).items():
        try:
            check_open(matter, name, step, at)
            allow(matter, step, actor)
        except (StepClosed, Forbidden) as refusal:
            found.append(OpenStep(name, step, False, refusal.message, refusal.clause))
        else:
            found.append(OpenStep(name, step, True, "", matter.cites(step)))
    return found


def offered(matter, actor, at: datetime | None = None) -> list[OpenStep]:
    """The steps a page shows: those that are the actor's, and of the closed ones those whose
    `hint` says that people look for them from here on.
    """
    shown = []
    for one in open_steps(matter, actor, at):
        if one.open or (
            one.step.hint and one.step.who(matter, actor) and matter.state in one.step.hint
        ):
            shown.append(one)
    return shown
