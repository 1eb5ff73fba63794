"""The gate 准入把关: what may not be handed down, each with its clause (GX-准入-02, 03; TW-07, 38;
TX-准入-10, 11). Binding or advice is the county's rulebook's word (decision 36).
"""

import re
from dataclasses import dataclass, replace

from django.utils import timezone

from admission.models import AdmittedDuty, Support
from checklist import selectors as checklist
from checklist.models import ItemUnit
from governance.rulebook_fields import schema


@dataclass(frozen=True)
class Finding:
    """One thing that the gate has found.

    Attributes:
        field: the field of the form that it stands at; text: a Chinese sentence.
        clause: rule id; binding: whether the request cannot go on with it.
        items: ids of the listed items meant.
        reference: only what other counties have written; this one asks for nothing.
    """

    field: str
    text: str
    clause: str
    binding: bool
    items: tuple[int, ...] = ()
    reference: bool = False


@dataclass(frozen=True)
class Vehicle:
    """A forbidden way of handing down: the clause, and the words by which a text gives it away."""

    clause: str
    words: str = ""


VEHICLES = {
    "department_name": Vehicle("GX-准入-02"),
    "coordination_body": Vehicle("GX-准入-02", r"领导小组|指挥部|议事协调机构"),
    "temporary_body": Vehicle("GX-准入-02", r"工作专班|临时机构|筹备组"),
    "pledge": Vehicle("TW-38", r"责任状|承诺书考核"),
    "indicator": Vehicle("TW-38", r"分解指标|指标分解|下达指标|指标任务"),
    "appraisal": Vehicle("TW-38", r"考核验收|一票否决|纳入考核"),
    "counterpart": Vehicle("TW-07", r"对口设(立|置)?机构|加挂牌子|挂牌子"),
    "village_body": Vehicle("TW-07", r"在村(\(社区\))?设(立|置)?机构|村级工作站"),
    "body": Vehicle("TX-准入-11", r"成立(专门)?机构|设立工作站"),
    "place": Vehicle("TX-准入-11", r"专门场所|专用场所"),
    "full_time": Vehicle("TX-准入-11", r"专职人员|专人专岗"),
    "assigned": Vehicle("TX-准入-10"),
}
BODY = re.compile(r"领导小组|指挥部|委员会办公室|工作专班|专班|筹备组|临时")
"""Names of bodies that hand nothing down in their own name."""
TEXTS = ("name", "reason", "content", "target")
SUGGESTED = 3
ELSEWHERE = "外县规定,仅供参考"


def asked(book) -> dict[str, bool]:
    """The cases about which an applicant declares: key → whether binding in this county."""
    binding = dict.fromkeys(book.value("admission.vetoes"), True)
    return binding | dict.fromkeys(book.value("admission.advice"), False)


def label(key: str) -> str:
    """The words of a case."""
    return schema().fields["admission.vetoes"].choices[key]


def clause_of(book, key: str) -> str:
    """The clause of a case in this county: 同心 has its own for what 通渭 forbids as well."""
    clause = VEHICLES[key].clause
    own = {"TW-38": "TX-准入-10"} if book.value("family") == "TX" else {}
    return book.cited(own.get(clause, clause))


def referred(book, key: str) -> bool:
    """Whether a case does not bind here and the county's own texts do not know it at all
    (decision 30): something to think about, not a rule of this county.
    """
    return not asked(book)[key] and not book.clause_for(clause_of(book, key))[1]


# The list --------------------------------------------------------------------


def plain(name: str) -> str:
    """A name without spaces, brackets and marks, for comparison."""
    return re.sub(r"[\s\u3000()()“”\"'、,,。.;;:·-]", "", name).casefold()


def listed(county, name: str, department) -> list[Finding]:
    """The item is on the list already: nothing to apply for (GX-准入-03, decision 1); it is the
    department's own listed duty: it may not be handed down (GX-准入-02).
    """
    edition, wanted = checklist.current_edition(county), plain(name or "")
    if edition is None or not wanted:
        return []
    for revision in checklist.revisions_of(edition):
        if plain(revision.name) == wanted:
            return [same(revision, department)]
    return similar(county, name)


def same(revision, department) -> Finding:
    """What is said of an item with the same name."""
    if department is not None and carries(revision, department):
        text = (
            f"“{revision.name}”是{department.short_name}在清单内的主体责任,"
            "不得以部门名义擅自转交乡镇。"
        )
        return Finding("name", text, "GX-准入-02", True, (revision.item_id,))
    text = f"“{revision.name}”已列入责任清单,无需申请准入,请按清单执行。"
    return Finding("name", text, "GX-准入-03", True, (revision.item_id,))


def carries(revision, department) -> bool:
    """Whether the department bears the main responsibility of an item."""
    rows = ItemUnit.objects.filter(revision=revision, unit=department, role=ItemUnit.Role.MAIN)
    return rows.exists()


def similar(county, name: str) -> list[Finding]:
    """Items that resemble: the applicant says why this is another one."""
    found = checklist.suggest_items(county, name, SUGGESTED)
    if not found:
        return []
    names = "、".join(f"“{one.revision.name}”" for one in found)
    items = tuple(one.revision.item_id for one in found)
    text = f"清单内有相近事项{names},请在“核对说明”中说明本事项未列入清单的理由。"
    return [Finding("gate_note", text, "GX-准入-03", False, items)]


# The vehicle -----------------------------------------------------------------


def body(book, department) -> list[Finding]:
    """No deliberative or temporary body hands anything down (GX-准入-02, TA-10)."""
    if department is None or not BODY.search(department.name):
        return []
    text = f"{department.name}属于议事协调机构或临时机构,不得以其名义转交职责。"
    return [Finding("name", text, "GX-准入-02", True)]


def declared(book, vetoes: dict[str, bool]) -> list[Finding]:
    """What the applicant has said itself."""
    found = []
    for key, binding in asked(book).items():
        if vetoes.get(key):
            text = f"{label(key)}的,不得准入。" if binding else f"{label(key)}:不符合减负要求。"
            found.append(finding(book, key, f"veto_{key}", text, binding))
    return found


def finding(book, key: str, field: str, text: str, binding: bool = False) -> Finding:
    """What is said of a case, in this county's clause or as a reference to another county's."""
    reference = referred(book, key)
    words = f"{text.rstrip('。')}({ELSEWHERE})。" if reference else text
    return Finding(field, words, clause_of(book, key), binding, reference=reference)


def told(book, given: dict) -> list[Finding]:
    """What the wording gives away although it was not declared."""
    words = "\n".join(
        [*(given.get(name) or "" for name in TEXTS), *(given.get("elements") or {}).values()]
    )
    found = []
    for key in asked(book):
        pattern = VEHICLES[key].words
        hit = re.search(pattern, words) if pattern else None
        if hit and not (given.get("vetoes") or {}).get(key):
            text = f"文中出现“{hit[0]}”,请在“核对说明”中说明不属于“{label(key)}”的理由。"
            if referred(book, key):
                text = f"文中出现“{hit[0]}”,请留意是否属于“{label(key)}”。"
            found.append(finding(book, key, "gate_note", text))
    return found


# The load --------------------------------------------------------------------


def loads(county, units: list[int], at) -> list[Finding]:
    """Townships that already carry more than was delivered to them (TX-准入-10)."""
    today = timezone.localdate(at)
    duties = AdmittedDuty.objects.filter(county=county, unit__in=units)
    bound = duties.filter(state__in=("pending", "active")).select_related("unit")
    late = set(
        Support.objects.filter(duty__in=bound, state="promised", due_on__lt=today).values_list(
            "duty_id", flat=True
        )
    )
    found: dict[str, list[int]] = {}
    for duty in bound.order_by("unit__code"):
        count = found.setdefault(duty.unit.short_name, [0, 0])
        count[0] += 1
        count[1] += duty.pk in late
    return [
        Finding("townships", f"{name}现承接{total}项准入事项,其中{open_}项保障未按期落实。",
                "TX-准入-10", False)
        for name, (total, open_) in found.items()
        if open_
    ]  # fmt: skip


def marked(book, found: list[Finding]) -> list[Finding]:
    """Advice that only another county's text gives, marked as such."""
    return [replace(one, reference=not book.clause_for(one.clause)[1]) for one in found]


def here(book, found: list[Finding]) -> list[Finding]:
    """The findings with the clauses of this county's own texts."""
    return [replace(one, clause=book.cited(one.clause)) for one in found]


def while_typed(book, county, department, given: dict) -> list[Finding]:
    """What the gate says while somebody writes; see `examine`."""
    found = [
        *listed(county, given.get("name") or "", department),
        *body(book, department),
        *declared(book, given.get("vetoes") or {}),
        *told(book, given),
    ]
    return here(book, found)


def examine(book, county, department, given: dict, at) -> list[Finding]:
    """All that the gate has to say about a request.

    Args:
        book: the rulebook; county, department: units; given: cleaned facts of the form (name,
            texts, elements, vetoes, covers); at: the moment.
    """
    loaded = marked(book, loads(county, given.get("covers") or [], at))
    return while_typed(book, county, department, given) + here(book, loaded)
