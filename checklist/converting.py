"""From an imported draft to applications: after the first edition no difference enters the list
but through one (GX-清单-29, decision 34, docs/adr/0018-imported-differences.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.apps import apps

from checklist import comparing, selectors
from checklist.intake.layouts import LABELS
from checklist.intake.rows import TEXT_FIELDS
from checklist.models.item import Revision
from checklist.models.states import Kind
from governance import rulebooks

WORDING_ONLY = "本县制度方案没有“内容调整”一类,主体责任也未变动"


@dataclass
class Proposal:
    """One difference between the list in force and an imported draft, as an application.

    Attributes:
        kind: empty where the county's rulebook knows no application for it; `why` says why.
    """

    name: str
    kind: str
    item: Any = None
    base: Revision | None = None
    changes: dict[str, str] | None = None
    why: str = ""

    @property
    def kind_label(self) -> str:
        """As people read it."""
        return Kind(self.kind).label if self.kind else "不能转换"

    @property
    def columns(self) -> list[dict]:
        """The columns that change, for two colours."""
        before = self.base.texts() if self.base else {}
        return [
            {"label": LABELS[name], "old": before.get(name, ""), "new": words}
            for name, words in (self.changes or {}).items()
        ]


def is_import(edition, at=None) -> bool:
    """Whether a draft has come from a sheet, in a county that has a published list."""
    return not edition.is_first() and not edition.applications.exists()


def proposals(edition) -> list[Proposal]:
    """What the draft would change, one application each: new items, changed ones, those gone."""
    current = selectors.current_edition(edition.county_id)
    found = comparing.compare(current, edition)
    book = edition.rulebook or rulebooks.latest(edition.county)
    known = book.value("adjust.kinds") if book else ()
    made = [
        Proposal(one.name, Kind.ADD, changes={k: v for k, v in one.texts().items() if v})
        for one in found.added
    ]
    made += [changed(old, new, known) for old, new, _ in found.changed]
    made += [Proposal(one.name, Kind.REMOVE, one.item, one, {}) for one in found.removed]
    return made


def changed(old: Revision, new: Revision, known) -> Proposal:
    """An item whose wording differs."""
    before, after = old.texts(), new.texts()
    texts = {name: after[name] for name in TEXT_FIELDS if after[name] != before[name]}
    kind = kind_of(old, new, known)
    return Proposal(new.name, kind, old.item, old, texts, "" if kind else WORDING_ONLY)


def kind_of(old: Revision, new: Revision, known) -> str:
    """What the county calls this change: where 主体责任 goes, else 内容调整; empty for neither."""
    main = Revision.Township.MAIN
    if old.township_part != main and new.township_part == main and Kind.TO_TOWNSHIP in known:
        return Kind.TO_TOWNSHIP
    if old.township_part == main and new.township_part != main and Kind.TO_COUNTY in known:
        return Kind.TO_COUNTY
    return Kind.CONTENT if Kind.CONTENT in known else ""


def applications(edition, move):
    """One draft for each difference, of the unit of the one who converts (编办)."""
    model = apps.get_model("checklist.Application")
    words = move.given.get("argument") or f"据导入的《{edition.title}》与现行清单的差异提出。"
    for one in proposals(edition):
        if one.kind:
            application = model(county=edition.county, owner_id=move.unit_id)
            yield application, "prepare", {
                "kind": one.kind,
                "item": one.item,
                "base": one.base,
                "name": one.name,
                "changes": one.changes,
                "argument": words,
            }  # fmt: skip
