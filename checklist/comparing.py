"""What differs between two editions, item by item and column by column."""

from __future__ import annotations

from dataclasses import dataclass, field

from checklist import flowcharts, selectors
from checklist.intake.layouts import LABELS
from checklist.intake.rows import TEXT_FIELDS
from checklist.models import Edition, EditionItem, FlowStep, Item, Revision


@dataclass
class Difference:
    """Items that came, went, or changed; each changed one with its columns. `flows` holds the
    items whose run flow differs, each with its rows (flowcharts.differences).
    """

    added: list[Revision] = field(default_factory=list)
    removed: list[Revision] = field(default_factory=list)
    changed: list[tuple[Revision, Revision, list[dict]]] = field(default_factory=list)
    flows: list[tuple[Revision, list[dict]]] = field(default_factory=list)
    same: int = 0

    @property
    def empty(self) -> bool:
        """Whether the two editions say the same."""
        return not (self.added or self.removed or self.changed or self.flows)

    def by_column(self) -> list[dict]:
        """The changes column by column: {"label", "items": [(wording, old text, new text)]}."""
        found: dict[str, list] = {}
        for _, new, changes in self.changed:
            for one in changes:
                found.setdefault(one["label"], []).append((new, one["old"], one["new"]))
        order = [LABELS[name] for name in TEXT_FIELDS]
        return [{"label": name, "items": found[name]} for name in order if name in found]


def columns(old: Revision, new: Revision) -> list[dict]:
    """The columns that differ, as {label, old, new}."""
    return [
        {"label": LABELS[name], "old": getattr(old, name), "new": getattr(new, name)}
        for name in TEXT_FIELDS
        if getattr(old, name) != getattr(new, name)
    ]


def _wordings(edition: Edition) -> dict[int, EditionItem]:
    rows = edition.members.select_related("revision").order_by("place", "pk")
    return {row.item_id: row for row in rows}


def compare(older: Edition | None, newer: Edition) -> Difference:
    """Compare two editions of a county; None as the older one makes everything new."""
    before = _wordings(older) if older else {}
    after = _wordings(newer)
    found = Difference()
    flows = []
    for item, member in after.items():
        old = before.get(item)
        if old is None:
            found.added.append(member.revision)
            continue
        redrawn = old.flowchart_id != member.flowchart_id
        if redrawn:
            flows.append((old, member))
        if old.revision_id != member.revision_id:
            changes = columns(old.revision, member.revision)
            found.changed.append((old.revision, member.revision, changes))
        elif not redrawn:
            found.same += 1
    found.removed = [row.revision for item, row in before.items() if item not in after]
    steps = steps_of({row.flowchart_id for pair in flows for row in pair})
    found.flows = [
        (new.revision, flowcharts.differences(*(steps.get(row.flowchart_id, []) for row in pair)))
        for pair in flows
        for new in pair[1:]
    ]
    return found


def steps_of(charts: set[int | None]) -> dict[int, list[flowcharts.Row]]:
    """The rows of some flowcharts, in one query (none where there is nothing to ask)."""
    wanted, found = charts - {None}, {}
    if wanted:
        for one in FlowStep.objects.filter(flowchart__in=wanted).order_by("flowchart", "place"):
            row = flowcharts.Row(one.unit, one.action, one.limit, one.material)
            found.setdefault(one.flowchart_id, []).append(row)
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
    """An item's wording and run flow in each edition, newest first, with what has changed since
    the last one: `changes` column by column, `flow` row by row (empty where nothing has).
    """
    rows = EditionItem.objects.filter(item=item, edition__in=editions).select_related("revision")
    member = {row.edition_id: row for row in rows}
    steps = steps_of({row.flowchart_id for row in member.values()})
    found = []
    last: EditionItem | None = None
    for edition in sorted(editions, key=lambda one: one.serial):
        row = member[edition.pk]
        changes, flow = [], []
        if last and last.revision_id != row.revision_id:
            changes = columns(last.revision, row.revision)
        if last and last.flowchart_id != row.flowchart_id:
            pair = (steps.get(one.flowchart_id, []) for one in (last, row))
            flow = flowcharts.differences(*pair)
        found.append(
            {"edition": edition, "revision": row.revision, "first": last is None,
             "changes": changes, "flow": flow}
        )  # fmt: skip
        last = row
    return found[::-1]
