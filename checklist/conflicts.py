"""The duty-conflict finder: what does not fit in a whole list, item by item.

Findings are hints for a person: each says what, by which clause, and who might apply for a change.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from checklist import selectors
from checklist.models import Citation, Edition, EditionItem, ItemUnit, LegalBasis, Revision
from governance.models import Unit

KINDS = {
    "no_lead": ("没有主体责任单位", "GX-清单-02"),
    "two_leads": ("多个主体责任(牵头)部门", "GX-清单-02"),
    "county_duty": ("乡镇承担了依据写给县级部门的职责", "GX-清单-20"),
    "repealed": ("依据已废止", "GX-清单-10"),
    "unknown": ("依据未登记", "GX-清单-02"),
    "contact": ("联络信息不完整", "GX-呼应-03"),
    "flow": ("没有运行流程", "GX-清单-01"),
    "both": ("同一单位既主责又配合", "GX-清单-02"),
}
"""Kind of finding → (in words, the clause it rests on), in the order of weight."""

ORGAN = re.compile(
    r"(?:县级以上(?:地方)?(?:各级)?人民政府|县(?:、[^、,。;]{1,4}){0,2}人民政府|县级)"
    r"[^。;;\n]{0,24}?(?:主管部门|行政部门|管理部门|监督部门|执法部门|有关部门)"
)
"""How a law says that an organ of the county is to act."""
CARRYING = (ItemUnit.Role.MAIN, ItemUnit.Role.LEAD)
SHOWN = 4


@dataclass(frozen=True)
class Finding:
    """One thing that does not fit. `unit` is who might apply for a change, None if unclear."""

    kind: str
    item_id: int
    name: str
    what: str
    unit: Unit | None = None

    @property
    def label(self) -> str:
        """The kind in words."""
        return KINDS[self.kind][0]

    @property
    def clause(self) -> str:
        """The clause that it rests on."""
        return KINDS[self.kind][1]

    @property
    def text(self) -> str:
        """The cause in words, ready for a notice."""
        return f"清单事项“{self.name}”:{self.what}。请核实后提出清单调整申请。"


def find(edition: Edition, day: date, flows: bool) -> list[Finding]:
    """All findings of an edition, kind by kind, in the order of the list.

    Args:
        day: as of which laws are repealed; flows: whether the county publishes run flows.
    """
    members = list(selectors.members(edition))
    found = [one for member in members for one in of_member(member, flows)]
    names = {member.revision_id: member for member in members}
    found += of_laws(edition, names, day)
    found += of_contacts(edition, {member.item_id: member for member in members})
    order = {kind: place for place, kind in enumerate(KINDS)}
    places = {member.item_id: place for place, member in enumerate(members)}
    return sorted(found, key=lambda one: (order[one.kind], places[one.item_id], one.what))


def of_member(member: EditionItem, flows: bool) -> Iterator[Finding]:
    """What the wording of one item shows by itself."""
    revision = member.revision
    parts = list(revision.units.all())
    main = [one for one in parts if one.role == ItemUnit.Role.MAIN]
    leads = [one for one in parts if one.role == ItemUnit.Role.LEAD]
    bearer = first_unit(main) or first_unit(leads) or first_unit(parts)

    def finding(kind: str, what: str) -> Finding:
        return Finding(kind, member.item_id, revision.name, what, bearer)

    if not main and not leads:
        yield finding("no_lead", "没有列明主体责任单位")
    yield from (finding("two_leads", words) for words in too_many(main, leads))
    named = ORGAN.search(f"{revision.basis}\n{revision.policy_basis}")
    if named and revision.township_part == Revision.Township.MAIN:
        yield finding("county_duty", f"主体责任在乡镇(街道),而依据写明“{named[0]}”")
    if flows and member.flowchart_id is None:
        yield finding("flow", "本县公布运行流程,该事项没有")
    twice = {name_of(one) for one in main} & {
        name_of(one) for one in parts if one.role == ItemUnit.Role.COOP
    }
    if twice:
        yield finding("both", f"{'、'.join(sorted(twice))}既是主体责任单位又是配合单位")


def too_many(main: list[ItemUnit], leads: list[ItemUnit]) -> Iterator[str]:
    """Two leads; or two main departments of which none is named as the lead."""
    lead_units = {name_of(one) for one in leads}
    if len(lead_units) > 1:
        yield f"有 {len(lead_units)} 个牵头部门:{'、'.join(sorted(lead_units))}"
    departments = {name_of(one) for one in main if not selectors.is_township(one)}
    if len(departments) > 1 and len(lead_units & departments) != 1:
        yield f"有 {len(departments)} 个主体责任部门而未明确牵头:{'、'.join(sorted(departments))}"


def name_of(part: ItemUnit) -> str:
    """A part with its qualifier: 县水利局(河道) is not 县水利局."""
    return str(part)


def first_unit(parts: list[ItemUnit]) -> Unit | None:
    """The first unit among some parts."""
    return next((one.unit for one in parts if one.unit_id), None)


def of_laws(edition: Edition, members: dict[int, EditionItem], day: date) -> list[Finding]:
    """Wordings that rest on a law that is repealed, or that the register does not know."""
    rows = Citation.objects.filter(revision__memberships__edition=edition)
    found = []
    for one in rows.select_related("basis__successor").order_by("revision", "place"):
        member = members[one.revision_id]
        parts = [part for part in member.revision.units.all() if part.role in CARRYING]
        unit = first_unit(parts)
        if one.basis is None:
            kind, what = "unknown", f"依据《{one.name}》没有登记在法律依据库中"
        elif one.basis.status_on(day) == LegalBasis.Status.REPEALED:
            successor = f",由{one.basis.successor}取代" if one.basis.successor_id else ""
            kind, what = "repealed", f"依据{one.basis}已废止{successor}"
        else:
            continue
        found.append(Finding(kind, member.item_id, member.revision.name, what, unit))
    return found


def of_contacts(edition: Edition, members: dict[int, EditionItem]) -> list[Finding]:
    """Items with units for which nobody can be reached, one finding each."""
    missing: dict[int, list[Unit]] = {}
    for gap in selectors.contact_gaps(edition):
        for revision, _ in gap.items:
            missing.setdefault(revision.item_id, []).append(gap.unit)
    found = []
    for item, units in missing.items():
        names = "、".join(str(unit) for unit in units[:SHOWN])
        more = f"等 {len(units)} 个单位" if len(units) > SHOWN else ""
        what = f"{names}{more}缺科室、联系人或电话"
        found.append(Finding("contact", item, members[item].revision.name, what, units[0]))
    return found


def counts(findings: list[Finding]) -> list[dict]:
    """How many of each kind, those that occur: [{"kind", "label", "count"}]."""
    found = dict.fromkeys(KINDS, 0)
    for one in findings:
        found[one.kind] += 1
    return [
        {"kind": kind, "label": KINDS[kind][0], "count": count}
        for kind, count in found.items()
        if count
    ]
