"""Rulebooks in use: adopting a version, editing into the next one, finding the one in force."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import transaction

from governance import catalogue, plain
from governance.models import Clause, Rulebook, Unit
from governance.presets import RulebookError, checked, load_preset, preset_names, validate
from governance.rulebook_fields import Field, schema

__all__ = [
    "Change",
    "RulebookError",
    "adopt",
    "current",
    "diff",
    "edit",
    "in_force",
    "latest",
    "load_clauses",
    "load_preset",
    "preset_names",
    "schema",
    "validate",
]


def in_force(county: Unit, day: date) -> Rulebook:
    """The county's rulebook as of a day, in one query.

    Raises Rulebook.DoesNotExist with a Chinese sentence if none is in force yet.
    """
    found = current(county, day)
    if found is None:
        raise Rulebook.DoesNotExist(f"{county}在{day:%Y年%m月%d日}还没有生效的制度方案")
    return found


def current(county: Unit, day: date) -> Rulebook | None:
    """`in_force`, or None while the county has none."""
    return Rulebook.objects.filter(county=county).in_force(day).first()


ADOPTED = "SELECT id, adopted_at FROM governance_rulebook"


def valid(county: Unit, day: date) -> Rulebook:
    """`in_force` as the process keeps it, for steps: they read values and nothing that hangs on
    the row, and a rulebook is a large document.
    """
    asked = f"{ADOPTED} WHERE county_id = %s AND effective_from <= %s ORDER BY version DESC LIMIT 1"
    found = plain.select(asked, [county.pk, day.isoformat()])
    return kept(*found[0]) if found else in_force(county, day)


def numbered(*pks: int) -> dict[int, Rulebook]:
    """The versions of these numbers, as the process keeps them; one query."""
    found = plain.select(f"{ADOPTED} WHERE id IN ({plain.marks(pks)})", pks)
    return {pk: kept(pk, adopted_at) for pk, adopted_at in found}


@lru_cache(maxsize=64)
def kept(pk: int, adopted_at: datetime) -> Rulebook:
    """A version by its number, read once per process: an adopted version never changes. The
    moment of adoption tells it from one of the same number in a restored database.
    """
    return Rulebook.objects.get(pk=pk)


def latest(county: Unit) -> Rulebook | None:
    """The county's newest version, in force or still to come."""
    return Rulebook.objects.filter(county=county).order_by("-version").first()


def adopt(
    county: Unit, source: str | Mapping[str, Any], effective_from: date, by=None, note: str = ""
) -> Rulebook:
    """Adopt a new version for a county.

    Args:
        source: name of a shipped preset, or a whole rulebook {key: stored value}.
        effective_from: first day; not before that of the version before.
        by: the user who adopts it, None for an installation.

    Raises RulebookError for data that the schema refuses or a date that lies too early,
    LookupError for a preset that does not exist.
    """
    preset = source if isinstance(source, str) else ""
    data = load_preset(source) if preset else checked(source)
    with transaction.atomic():
        return _add(county, data, effective_from, by, note, preset)


def edit(
    county: Unit, changes: Mapping[str, Any], effective_from: date, by=None, note: str = ""
) -> Rulebook:
    """Adopt the county's newest version with some fields changed; the old version stays.

    Args:
        changes: {key: new value}; fields with the value they have already count as unchanged.

    Raises RulebookError as `adopt` does, and if nothing would change.
    """
    with transaction.atomic():
        last = _locked(county)
        if last is None:
            raise RulebookError([("", f"{county}还没有制度方案,请先采用一个预设")])
        before = {key: last.stored(key) for key in schema().fields}
        data = checked(before | dict(changes))
        if data == before:
            raise RulebookError([("", "没有任何改动,不需要新版本")])
        return _add(county, data, effective_from, by, note, last.preset)


def _locked(county: Unit) -> Rulebook | None:
    """The newest version; whoever holds the county's row adds the next one."""
    Unit.objects.select_for_update().get(pk=county.pk)
    return latest(county)


def _add(county, data, effective_from, by, note, preset) -> Rulebook:
    last = _locked(county)
    if last and effective_from < last.effective_from:
        day = f"{last.effective_from:%Y年%m月%d日}"
        message = f"生效日期不得早于上一版本的生效日期({day})"
        raise RulebookError([("effective_from", message)])
    return Rulebook.objects.create(
        county=county,
        version=last.version + 1 if last else 1,
        effective_from=effective_from,
        preset=preset,
        data=data,
        note=note,
        adopted_by=by,
    )


class Change(NamedTuple):
    """One field in which two versions differ, as a person reads both."""

    field: Field
    before: str
    after: str


def diff(a: Rulebook, b: Rulebook) -> list[Change]:
    """The fields whose values differ between two versions, in reading order."""
    return [
        Change(field, a.shown(key), b.shown(key))
        for key, field in schema().fields.items()
        if a.stored(key) != b.stored(key)
    ]


def load_clauses() -> dict[str, int]:
    """Bring the clause table to the state of fixtures/rules.tsv; a second run changes nothing.

    Returns {"created", "changed", "removed", "unchanged"}.
    """
    names = list(catalogue.Entry.__dataclass_fields__)
    stored = {clause.rule_id: clause for clause in Clause.objects.all()}
    created, changed = [], []
    for place, entry in enumerate(catalogue.entries().values(), 1):
        wanted = {name: getattr(entry, name) for name in names} | {"place": place}
        clause = stored.pop(entry.rule_id, None)
        if clause is None:
            created.append(Clause(**wanted))
        elif any(getattr(clause, name) != value for name, value in wanted.items()):
            for name, value in wanted.items():
                setattr(clause, name, value)
            changed.append(clause)
    with transaction.atomic():
        Clause.objects.filter(pk__in=[clause.pk for clause in stored.values()]).delete()
        Clause.objects.bulk_create(created, batch_size=200)
        Clause.objects.bulk_update(changed, [*names[1:], "place"], batch_size=100)
    total = len(catalogue.entries())
    return {
        "created": len(created),
        "changed": len(changed),
        "removed": len(stored),
        "unchanged": total - len(created) - len(changed),
    }
