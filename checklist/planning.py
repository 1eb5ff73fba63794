"""What an import would change: the items found against the edition they are compared with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from checklist.intake.layouts import LABELS
from checklist.intake.rows import TEXT_FIELDS, Fault, Found, Part, item_key
from checklist.models import Revision

ROLE_FIELDS = {"main": "main", "coop": "coop", "lead": "lead", "joint": "joint"}


@dataclass
class Change:
    """One item that is new or whose wording differs.

    Attributes:
        found: what the sheet says; texts: with what the sheet is silent about kept.
        old: the wording in the base edition, None for a new item.
    """

    found: Found
    texts: dict[str, str]
    old: Revision | None = None

    def differences(self) -> list[dict[str, str]]:
        """The fields that differ, as {label, old, new}."""
        before = self.old.texts() if self.old else dict.fromkeys(TEXT_FIELDS, "")
        return [
            {"label": LABELS[name], "old": before[name], "new": self.texts[name]}
            for name in TEXT_FIELDS
            if before[name] != self.texts[name]
        ]

    def as_dict(self) -> dict:
        """As the import record keeps it."""
        return {
            "row": self.found.row,
            "sheet": self.found.sheet,
            "category": self.texts["category"],
            "name": self.texts["name"],
            "fields": self.differences(),
        }

    def kept_roles(self) -> set[str]:
        """Roles of which the sheet says nothing, so that the old units stay."""
        return {ROLE_FIELDS[name] for name in ROLE_FIELDS if name in self.found.absent}

    def parts(self) -> list[Part]:
        """The units that the sheet names, without roles that are kept from the old wording."""
        kept = self.kept_roles() if self.old else set()
        return [part for part in self.found.parts if part.role not in kept]


@dataclass
class Plan:
    """All that an import would do to the draft."""

    created: list[Change] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    unchanged: int = 0
    removed: list[Revision] = field(default_factory=list)
    untouched: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        """Whether nothing would change."""
        return not (self.created or self.changed or self.removed)

    def counts(self) -> dict[str, int]:
        """The figures that command and page show."""
        return {
            "created": len(self.created),
            "changed": len(self.changed),
            "unchanged": self.unchanged,
            "removed": len(self.removed),
        }

    def as_dict(self, most: int = 2_000) -> dict:
        """As the import record keeps it: the figures, and up to `most` entries of each kind."""
        return self.counts() | {
            "created_items": [change.as_dict() for change in self.created[:most]],
            "changed_items": [change.as_dict() for change in self.changed[:most]],
            "removed_items": [
                {"category": one.category, "name": one.name} for one in self.removed[:most]
            ],
            "untouched": self.untouched,
        }


class Base:
    """The edition that is compared with: its wordings by code, by key and by name."""

    def __init__(self, revisions: Iterable[Revision]):
        self.revisions = list(revisions)
        self.by_code = {one.code: one for one in self.revisions if one.code}
        self.by_key = {item_key(one.category, one.name): one for one in self.revisions}
        self.by_name: dict[str, list[Revision]] = {}
        for one in self.revisions:
            self.by_name.setdefault(item_key("", one.name), []).append(one)

    def match(self, found: Found) -> Revision | None:
        """The wording that is the same item: by code if given, else by category and name."""
        code = found.texts["code"]
        if code and code in self.by_code:
            return self.by_code[code]
        same = self.by_key.get(found.key)
        if same is None and "category" in found.absent:
            alike = self.by_name.get(item_key("", found.texts["name"]), [])
            same = alike[0] if len(alike) == 1 else None
        if same is not None and code and same.code and same.code != code:
            return None
        return same


def make_plan(items: list[Found], base: Base, *, replace: bool) -> Plan:
    """Compare what was found with the base edition.

    Args:
        items: items of the sheet, already without twins.
        base: the open draft's wordings if there is one, else the current edition's.
        replace: items that the sheet lacks leave the draft.
    """
    plan = Plan()
    touched: dict[int, Found] = {}
    keys: dict[str, Found | None] = {}
    for found in items:
        old = base.match(found)
        if old is not None and old.pk in touched:
            plan.faults.append(_twin(found, touched[old.pk], old))
            continue
        texts = dict(found.texts)
        if old is None:
            plan.created.append(Change(found, texts))
        else:
            touched[old.pk] = found
            texts |= {name: getattr(old, name) for name in found.absent}
            change = Change(found, texts, old)
            if texts == old.texts():
                plan.unchanged += 1
            else:
                plan.changed.append(change)
        keys[item_key(texts["category"], texts["name"])] = found
    left = [one for one in base.revisions if one.pk not in touched]
    if replace:
        plan.removed = left
    else:
        plan.untouched = len(left)
        plan.faults += [fault for one in left if (fault := _collision(one, keys))]
    return plan


def _twin(found: Found, first: Found, old: Revision) -> Fault:
    message = f"与第 {first.row} 行对应同一事项“{old.name}”,每个事项只能出现一次"
    return Fault(found.sheet, found.row, LABELS["name"], message)


def _collision(old: Revision, keys: dict[str, Found | None]) -> Fault | None:
    """A wording that stays in the draft and bears the name of one that the sheet brings in."""
    found = keys.get(item_key(old.category, old.name))
    if found is None:
        return None
    code = f"(编码 {old.code})" if old.code else ""
    message = (
        f"“{old.name}”{code}已在清单中,而表中的编码“{found.texts['code']}”属于另一事项,请核对编码"
    )
    return Fault(found.sheet, found.row, LABELS["code"], message)
