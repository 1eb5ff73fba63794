"""What differs between two editions, item by item and column by column."""

from __future__ import annotations

from dataclasses import dataclass, field

from checklist import selectors
from checklist.intake.layouts import LABELS
from checklist.intake.rows import TEXT_FIELDS
from checklist.models import Edition, EditionItem, Item, Revision


@dataclass
class Difference:
    """Items that came, went, or changed; each changed one with its columns."""

    added: list[Revision] = field(default_factory=list)
    removed: list[Revision] = field(default_factory=list)
    changed: list[tuple[Revision, Revision, list[dict]]] = field(default_factory=list)
    same: int = 0

    @property
    def empty(self) -> bool:
        """Whether the two editions say the same."""
        return not (self.added or self.removed or self.changed)


def columns(old: Revision, new: Revision) -> list[dict]:
    """The columns that differ, as {label, old, new}."""
    return [
        {"label": LABELS[name], "old": getattr(old, name), "new": getattr(new, name)}
        for name in TEXT_FIELDS
        if getattr(old, name) != getattr(new, name)
    ]


def _wordings(edition: Edition) -> dict[int, Revision]:
    rows = edition.members.select_related("revision").order_by("place", "pk")
    return {row.item_id: row.revision for row in rows}


def compare(older: Edition | None, newer: Edition) -> Difference:
    """Compare two editions of a county; None as the older one makes everything new."""
    before = _wordings(older) if older else {}
    after = _wordings(newer)
    found = Difference()
    for item, revision in after.items():
        old = before.get(item)
        if old is None:
            found.added.append(revision)
        elif old.pk == revision.pk:
            found.same += 1
        else:
            found.changed.append((old, revision, columns(old, revision)))
    found.removed = [revision for item, revision in before.items() if item not in after]
    return found


def predecessor(edition: Edition) -> Edition | None:
    """The published edition before this one; of a draft, the current one."""
    if edition.state == Edition.State.DRAFT:
        return selectors.current_edition(edition.county_id)
    return (
        Edition.objects.filter(
            county=edition.county_id,
            serial__lt=edition.serial,
            state__in=[Edition.State.PUBLISHED, Edition.State.SUPERSEDED],
        )
        .order_by("-serial")
        .first()
    )


def history(item: Item, editions: list[Edition]) -> list[dict]:
    """An item's wording in each edition, newest first, with the columns changed since the last."""
    rows = EditionItem.objects.filter(item=item, edition__in=editions).select_related("revision")
    wording = {row.edition_id: row.revision for row in rows}
    ordered = sorted(editions, key=lambda one: one.serial)
    found = []
    last: Revision | None = None
    for edition in ordered:
        revision = wording[edition.pk]
        changes = columns(last, revision) if last and last.pk != revision.pk else []
        found.append(
            {"edition": edition, "revision": revision, "first": last is None, "changes": changes}
        )
        last = revision
    return found[::-1]
