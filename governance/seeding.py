"""Bulk data for benchmarks: ten counties made by the ordinary services, and fast inserts.

Each app that has a module `seeding` adds its part by `load(ground, …)`. Rows are written past the
door, in the shape in which the door writes them; the counties are called 样例, their accounts
begin with `seed.`, and nothing of this has a place beside people who really work here.
"""

import csv
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import connection, models

from governance import calendars, demo_accounts, registry, rulebooks
from governance.models import Post, Rulebook, Unit, User
from governance.roles import Role

MARKS = "甲乙丙丁戊己庚辛壬癸"
TOWNSHIPS, DEPARTMENTS = 18, 40
PREFIX = "seed."
EFFECTIVE = date(2019, 9, 20)
OFFICES = {"P02": Role.PLATFORM, "P04": Role.BIANBAN, "P07": Role.DUCHA, "P13": Role.KAOHE}
"""Departments with a county-wide post besides their clerk."""
NEEDED = {*OFFICES, "P05", "P12", "Q02", "Q03"}
NULL, TAB = "\\N", "\t"


@dataclass
class SeedCounty:
    """One county of the ground with the ids that bulk rows need."""

    unit: Unit
    rulebook: Rulebook
    townships: list[Unit]
    departments: list[Unit]
    clerks: dict[int, User] = field(default_factory=dict)
    offices: dict[str, User] = field(default_factory=dict)


def ground() -> list[SeedCounty]:
    """The ten counties with units, rulebooks and accounts; made where they do not stand yet."""
    calendars.load_published()
    rulebooks.load_clauses()
    hashed = make_password(demo_accounts.password())
    return [county(place, mark, hashed) for place, mark in enumerate(MARKS, start=1)]


def is_seed(unit: Unit) -> bool:
    """Whether a county is one of these."""
    return unit.region_code.startswith("9901")


def county(place: int, mark: str, hashed: str) -> SeedCounty:
    """One county: a copy of the demo county's units under another name."""
    code = f"9901{place:02d}"
    unit = Unit.objects.filter(kind=Unit.Kind.COUNTY, region_code=code).first()
    if unit is None:
        outcome = registry.load(sheet(mark, code), "units.tsv")
        if outcome.errors:
            raise ValueError(outcome.errors[0])
        unit = outcome.county
        rulebooks.adopt(unit, "guanxian-2019", EFFECTIVE, note="样例")
    rows = Unit.objects.filter(county=unit).order_by("code")
    made = SeedCounty(
        unit,
        rulebooks.latest(unit),
        list(rows.filter(kind=Unit.Kind.TOWNSHIP)),
        list(rows.filter(kind=Unit.Kind.DEPARTMENT)),
    )
    people(made, place, hashed)
    return made


def sheet(mark: str, code: str) -> bytes:
    """The demo county's unit sheet with this county's name and code, cut to the size wanted."""
    path = settings.FIXTURES_ROOT / "units" / "guanxian.tsv"
    text = path.read_text(encoding="utf-8").replace("冠县", f"样例{mark}县").replace("371525", code)
    head, *rows = csv.reader(io.StringIO(text), delimiter="\t")
    county = next(row for row in rows if row[3] == "县")
    county[4], county[6] = "", mark
    towns = [row for row in rows if registry.kind_of(row[3]) == Unit.Kind.TOWNSHIP]
    departments = [row for row in rows if registry.kind_of(row[3]) == Unit.Kind.DEPARTMENT]
    # What the sample list names comes first, then the desks; the rest as far as there is room.
    departments.sort(key=lambda row: (row[0][0] != "D" and row[0] not in NEEDED, row[0]))
    kept = [*towns[:TOWNSHIPS], *departments[:DEPARTMENTS]]
    for row in kept:
        row[4] = ""
    return "\n".join("\t".join(row) for row in (head, county, *kept)).encode()


def people(made: SeedCounty, place: int, hashed: str) -> None:
    """A clerk for each unit, and the holders of county-wide posts."""
    wanted = {
        f"{PREFIX}c{place:02d}.{unit.code.lower()}": (unit, role)
        for units, role in (
            (made.townships, Role.TOWNSHIP_CLERK),
            (made.departments, Role.DEPARTMENT_CLERK),
        )
        for unit in units
    }
    by_code = {unit.code: unit for unit in made.departments}
    wanted |= {
        f"{PREFIX}c{place:02d}.{role}": (by_code[code], role) for code, role in OFFICES.items()
    }
    known = {user.username: user for user in User.objects.filter(username__in=wanted)}
    fresh = [
        User(
            username=name, name=f"样例{unit}{role.label}"[:60], password=hashed,
            must_change_password=False, county=made.unit,
        )
        for name, (unit, role) in wanted.items()
        if name not in known
    ]  # fmt: skip
    known |= {user.username: user for user in User.objects.bulk_create(fresh)}
    Post.objects.bulk_create(
        Post(user=user, unit=wanted[user.username][0], role=wanted[user.username][1],
             since=date(2020, 1, 1))
        for user in fresh
    )  # fmt: skip
    for name, (unit, role) in wanted.items():
        if role in OFFICES.values():
            made.offices[role] = known[name]
        else:
            made.clerks[unit.pk] = known[name]


# -- fast inserts -----------------------------------------------------------------------------


class Bulk:
    """Rows of one table, written by COPY (PostgreSQL) or executemany (SQLite).

    Args:
        model: the table; varying: the columns that each row gives, as text in their order.
        constants: column → value for all rows; other columns have their field's default.
    """

    def __init__(self, model: type[models.Model], varying: str, **constants: Any):
        self.model = model
        names = varying.split()
        fields = {one.attname: one for one in model._meta.concrete_fields}
        fixed = [one for name, one in fields.items() if name not in names]
        values = [stored(one, constants.pop(one.attname, missing(one))) for one in fixed]
        if constants or not set(names) <= set(fields):
            raise TypeError(f"{model.__name__}: {set(names) - set(fields)} {set(constants)}")
        self.columns = [one.column for one in fixed] + [fields[name].column for name in names]
        self.fixed = values
        self.rows: list[tuple[str, ...]] = []
        self.last = model.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        self.count = 0

    def add(self, *values: str) -> None:
        """One row without the id."""
        self.last += 1
        self.rows.append((str(self.last), *values))

    def flush(self) -> None:
        """Write what has been collected."""
        self.count += len(self.rows)
        (self.copy if connection.vendor == "postgresql" else self.insert)()
        self.rows = []

    def copy(self) -> None:
        begin = "".join(f"{value}{TAB}" for value in self.fixed)
        body = "".join([f"{begin}{TAB.join(row)}\n" for row in self.rows])
        columns = ", ".join(f'"{name}"' for name in self.columns)
        with connection.cursor() as cursor:
            cursor.copy_expert(
                f"COPY {self.model._meta.db_table} ({columns}) FROM STDIN", io.StringIO(body)
            )

    def insert(self) -> None:
        columns = ", ".join(f'"{name}"' for name in self.columns)
        marks = ", ".join(["%s"] * len(self.columns))
        table = self.model._meta.db_table
        rows = [
            [None if value == NULL else value for value in (*self.fixed, *row)] for row in self.rows
        ]
        with connection.cursor() as cursor:
            # Names of our own tables and columns; the values are parameters.
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)  # noqa: S608


def missing(field: models.Field) -> Any:
    """What a column holds of which nobody speaks."""
    if field.has_default():
        return field.get_default()
    return None if field.null else ""


def stored(field: models.Field, value: Any) -> str:
    """A value as text that both databases take."""
    if value is None:
        return NULL
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, dict | list):
        return json.dumps(value)
    return str(value)


@contextmanager
def bare(tables: list[type[models.Model]]) -> Iterator[None]:
    """Take indexes and foreign keys off some tables and put them back afterwards (PostgreSQL).

    Runs inside the caller's transaction: a failure leaves everything as it was.
    """
    if connection.vendor != "postgresql":
        yield
        return
    names = [model._meta.db_table for model in tables]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
        cursor.execute(CONSTRAINTS, [names])
        constraints = cursor.fetchall()
        for table, name, _ in constraints:
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        cursor.execute(INDEXES, [names])
        indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        yield
        for _, statement in indexes:
            cursor.execute(statement)
        for table, name, statement in sorted(constraints, key=lambda one: one[2][:1] == "F"):
            cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {statement}')
        for model in tables:
            cursor.execute(SEQUENCE.format(table=model._meta.db_table))


CONSTRAINTS = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE conrelid::regclass::text = ANY(%s) AND contype IN ('f', 'u')
"""
INDEXES = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
WHERE indrelid::regclass::text = ANY(%s) AND NOT indisprimary
"""
SEQUENCE = """
SELECT setval(pg_get_serial_sequence('{table}', 'id'), GREATEST((SELECT max(id) FROM {table}), 1))
"""


def refresh_statistics(tables: list[type[models.Model]]) -> None:
    """Let the planner know what is there."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            order = "ANALYZE" if connection.in_atomic_block else "VACUUM ANALYZE"
            for model in tables:
                cursor.execute(f"{order} {model._meta.db_table}")
        else:
            cursor.execute("ANALYZE")
