"""How matters move, drawn from the code itself: transitions, permission matrix, Mermaid.

Nothing here is kept by hand: whoever changes a step changes the charts (ui.md).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from governance.access import Who
from governance.models import Matter
from governance.perform import steps_of
from governance.steps import Step


@dataclass(frozen=True)
class Arrow:
    """One step from one state: several targets where the record decides where it leads."""

    name: str
    step: Step
    source: str
    targets: tuple[str, ...]


def states_of(model: type[Matter]) -> dict[str, str]:
    """The states of a kind with their labels, in the order of the code."""
    return {str(value): str(label) for value, label in model._meta.get_field("state").choices}


@cache
def arrows(model: type[Matter]) -> tuple[Arrow, ...]:
    """Every move of a kind; a step that leaves the state alone leads back to its source."""
    states, found = states_of(model), []
    for name, step in steps_of(model).items():
        moves = getattr(model, name)._django_fsm.transitions
        for start in states:
            transition = moves.get(start) or moves.get("*") or moves.get("+")
            if transition is None or (start not in moves and ends(transition, start) == (start,)):
                continue
            found.append(Arrow(name, step, start, ends(transition, start)))
    return tuple(found)


def ends(transition, source: str) -> tuple[str, ...]:
    """Where a transition can lead from `source`."""
    targets = getattr(transition.target, "allowed_states", None) or [transition.target]
    return tuple(dict.fromkeys(str(source if one is None else one) for one in targets))


@cache
def stoppers(model: type[Matter]) -> dict[str, tuple[Who, ...]]:
    """For each clock of a kind, the people whose steps stop it: clock name → predicates."""
    found: dict[str, list[Who]] = {}
    for step in steps_of(model).values():
        people = [part for part in step.who.parts if part.roles]
        for name in step.stops:
            found.setdefault(name, []).extend(people)
    return {name: tuple(people) for name, people in found.items()}


# -- the permission matrix ------------------------------------------------------------------


def matrix(model: type[Matter], roles: Iterable[str] = ()) -> dict:
    """Step × who × state of one kind.

    Args:
        roles: the reader's roles; their steps are marked `mine`.

    Returns:
        {"states": {value: label}, "rows": [{step, label, who, clause, mine, system, cells}]}; a
        cell is "" (closed), "stay" or the label of the state the step leads to.
    """
    states, mine = states_of(model), frozenset(roles)
    rows = []
    for name, step in steps_of(model).items():
        leads = {a.source: a.targets for a in arrows(model) if a.name == name}
        rows.append(
            {
                "step": name,
                "label": step.label,
                "who": step.who.label,
                "clause": step.clause,
                "mine": bool(mine & step.who.roles),
                "system": not step.who.roles,
                "needs": [one.clause for one in step.needs],
                "cells": [cell(states, state, leads.get(state)) for state in states],
            }
        )
    order = life_order(model)
    return {"states": states, "rows": sorted(rows, key=lambda row: order[row["step"]])}


def life_order(model: type[Matter]) -> dict[str, tuple]:
    """Where each step stands in a matter's life: by the first state from which it is open."""
    places = {state: place for place, state in enumerate(reached(model))}
    last = len(places)
    order = {}
    for place, name in enumerate(steps_of(model)):
        own = [arrow for arrow in arrows(model) if arrow.name == name]
        first = min((places.get(arrow.source, last) for arrow in own), default=last)
        order[name] = (first, place)
    return order


def cell(states: dict[str, str], source: str, targets: tuple[str, ...] | None) -> dict:
    """One cell of the matrix."""
    if not targets:
        return {"open": False, "state": states[source], "leads": ""}
    leads = "不变" if targets == (source,) else " 或 ".join(states.get(t, t) for t in targets)
    return {"open": True, "state": states[source], "leads": leads}


# -- the state chart ------------------------------------------------------------------------


def reached(model: type[Matter]) -> list[str]:
    """The states that a matter can come into, in the order in which it does (breadth first)."""
    states = list(states_of(model))
    leads: dict[str, list[str]] = {}
    for arrow in arrows(model):
        leads.setdefault(arrow.source, []).extend(arrow.targets)
    default = str(model._meta.get_field("state").default)
    order, queue = [], [default if default in states else states[0]]
    while queue:
        state = queue.pop(0)
        if state not in order:
            order.append(state)
            queue += sorted(set(leads.get(state, [])), key=states.index)
    return order


def mermaid(model: type[Matter]) -> str:
    """The process as a Mermaid state diagram, with Chinese labels."""
    states, shown = states_of(model), reached(model)
    lines = ["stateDiagram-v2", f"    %% {model._meta.verbose_name}({model._meta.label})"]
    lines += [f'    state "{states[value]}" as {value}' for value in shown]
    lines.append(f"    [*] --> {shown[0]}")
    for arrow in arrows(model):
        if arrow.source in shown:
            words = f"{arrow.step.label}({arrow.step.who.label})"
            lines += [f"    {arrow.source} --> {end} : {words}" for end in arrow.targets]
    leaving = {a.source for a in arrows(model) if a.targets != (a.source,)}
    lines += [f"    {value} --> [*]" for value in shown if value not in leaving]
    return "\n".join(lines) + "\n"
