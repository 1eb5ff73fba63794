"""What the hand-written matrices of the apps share: their rows, their people, the walk."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from governance.perform import Forbidden, StepClosed, allow, check_open, steps_of
from governance.roles import CITY, Role
from tests.factories.governance import County


@dataclass(frozen=True)
class Row:
    """One row of a matrix; `books` are the counties in whose rulebooks it holds."""

    record: str
    step: str
    states: frozenset
    who: frozenset
    books: frozenset
    rule: str


def rows(beside: str, presets=()) -> list[Row]:
    """The matrix beside a module, as written by hand. A row with nobody is one of 系统."""
    everywhere = frozenset(one.partition("-")[0] for one in presets)
    with Path(beside).with_name("matrix.tsv").open(encoding="utf-8") as file:
        return [
            Row(
                line["record"],
                line["step"],
                frozenset(line["states"].split()),
                frozenset(line["who"].split() or ["system"]),
                everywhere if line.get("books", "*") == "*" else frozenset(line["books"].split()),
                line["rule"],
            )
            for line in csv.DictReader(file, delimiter="\t")
        ]


def people(
    county: County, foreign: County, unit_roles: Mapping[str, tuple[str, ...]]
) -> dict[str, object]:
    """Everybody there is: {column: user}; 系统 is None.

    Args:
        unit_roles: role → the unit of the record and, where there is one, another of its kind.
    """
    found: dict[str, object] = {"system": None}
    for role in Role.values:
        if role in unit_roles:
            for name, place in zip(unit_roles[role], ("own", "other"), strict=False):
                found[f"{role}@{place}"] = county.user(role, name)
            found[f"{role}@foreign"] = foreign.user(role, unit_roles[role][0])
        elif role in CITY:
            found[f"{role}@city"] = county.user(role)
        else:
            found[f"{role}@county"] = county.user(role)
            found[f"{role}@foreign"] = foreign.user(role)
    return found


def opened(record, people: Mapping[str, object], at: datetime) -> Iterator[tuple[str, str]]:
    """(step, column) that the code opens on a record as it stands."""
    for name, step in steps_of(type(record)).items():
        try:
            check_open(record, name, step, at)
        except StepClosed as refusal:
            assert refusal.message
            continue
        for column, actor in people.items():
            try:
                allow(record, step, actor)
            except Forbidden as refusal:
                assert refusal.message
            else:
                yield name, column
