"""What the approval forms 审批表 have in common: who applies when, the boxes in which reviewers
sign, who keeps a copy; and 《准出审批表》, which two apps print (decision 35).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from governance import chains, stages
from governance.models import Attachment, Unit
from governance.papers import Cell, Line, Paper, Table, Text, clean, head, row
from governance.wording import date_words

BLANK_DAY = "    年    月    日"
WIDTHS = (22, 28, 20, 30)
DIGITS = "零一二三四五六七八九"


def cn_number(number: int) -> str:
    """A number below a hundred as a form writes it: 五, 十二."""
    tens, ones = divmod(number, 10)
    if number > 99:
        return str(number)
    if not tens:
        return DIGITS[ones]
    return ("" if tens == 1 else DIGITS[tens]) + "十" + (DIGITS[ones] if ones else "")


def rank(county: Unit) -> str:
    """The character with which the county's offices are called: 县委编办, 区委编办."""
    own = county.short_name[-1:]
    return own if own in ("区", "市", "旗") else "县"


def first_line(unit: Unit, applied) -> Line:
    """The line above a form (GX-准入表-01, 02)."""
    return Line(f"申请单位(盖章):{unit.name}", f"申请时间:{date_words(applied) or BLANK_DAY}")


def files_of(record, *steps: str) -> str:
    """Names of the evidence that was attached by these steps."""
    rows = Attachment.objects.of_file(record).order_by("id")
    rows = rows.filter(step__in=steps) if steps else rows
    return "、".join(dict.fromkeys(rows.values_list("name", flat=True))) or "无"


# ------------------------------------------------------------------ opinions


def rows_of(matter) -> list[dict]:
    """The stages of the matter's chain in order, those to come as well."""
    return [row for group in stages.line(matter) for row in group["stages"]]


def named(matter, *names: str) -> list[dict]:
    """The stages of these names that the chain has."""
    return [row for row in rows_of(matter) if row["stage"] in names]


def deciding(matter) -> list[dict]:
    """The stages that decide the matter: their opinion is the approval."""
    order = chains.decided_at(matter)
    return [row for row in rows_of(matter) if row["order"] == order]


def said(row: dict) -> str:
    """What was decided at a stage, in words; empty before."""
    record = row["record"]
    if record is None or record.decided_at is None:
        return ""
    number = f"(文号:{record.document_number})" if record.document_number else ""
    return clean(f"{record.get_state_display()}。{record.opinion}{number}").strip()


def opinion_row(label: str, found: Sequence[dict]) -> tuple[Cell, ...]:
    """A box for one or more reviewers: what each says, signer and day; blank before."""
    done = [one for one in found if said(one)]
    if len(found) < 2:
        text = "".join(map(said, done))
        signer = "".join(one["record"].signer for one in done)
    else:
        text = "\n".join(
            f"{one['record'].unit.name}:{said(one)}\n    签字:{one['record'].signer}"
            f"  {date_words(one['record'].decided_on)}"
            for one in done
        )
        signer = ""
    days = [one["record"].decided_on for one in done] if len(done) == len(found) else []
    closing = f"{signer}    {date_words(max(days))}".strip() if days else BLANK_DAY
    return row(head(label), Cell(text, span=3, tall=True, sign=closing))


def other_stages(matter, shown: Iterable[dict]) -> list:
    """The stages for which the form has no box, as a table for the annex."""
    names = {one["stage"] for one in shown}
    rest = [one for one in rows_of(matter) if one["stage"] not in names]
    if not rest:
        return []
    rows = [row(*map(head, ("环节", "审批单位", "意见", "签字人", "日期", "文号")))]
    rows += [stage_row(one) for one in rest]
    table = Table(tuple(rows), (15, 19, 28, 12, 14, 12), repeat_head=True)
    return [Text("其他审批环节", "h1"), table]


def stage_row(stage: dict) -> tuple[Cell, ...]:
    """One stage: what was decided, or room for it."""
    record = stage["record"]
    if record is None or record.decided_at is None:
        unit = record.unit.name if record else ""
        return row(stage["label"], unit, Cell("", tall=True), "", "", "")
    opinion = clean(f"{record.get_state_display()}。{record.opinion}").strip()
    signed = (record.signer, date_words(record.decided_on), record.document_number)
    return row(stage["label"], record.unit.name, opinion, *signed)


# ------------------------------------------------------------------ copies


def holders(copies: Sequence[str], townships: Sequence[str]) -> list[str]:
    """Who keeps a copy: 各乡镇 stands for each of them (decision 36)."""
    found: list[str] = []
    for one in copies:
        found += townships if one.startswith("各乡镇") and townships else [one]
    return list(dict.fromkeys(found))


def copies_note(copies: Sequence[str]) -> Text:
    """The remark below a form (GX-准入表-16, JQ-准入表-12)."""
    if any(one.startswith("各") for one in copies):
        words = f"此表由{'、'.join(copies)}各留存一份。"
    else:
        words = f"此表一式{cn_number(len(copies))}份,{'、'.join(copies)}各一份。"
    return Text(f"备注:相关依据材料另附。{words}", "note")


def copy_mark(kept: Sequence[str], place: int | None) -> str:
    """Which of the copies this is, and for whom."""
    if place is None or not 0 <= place < len(kept):
        return ""
    return f"(第{cn_number(place + 1)}份,{kept[place]}留存)"


# ------------------------------------------------------------------ 准出审批表


@dataclass(frozen=True)
class ExitFacts:
    """What 《准出审批表》 says: from an exit, or from an application to take an item off."""

    matter: object
    applied: object
    item: str
    reason: str
    contact: str
    phone: str
    townships: tuple[str, ...]
    annex: tuple = ()
    title: str = ""


def exit_paper(facts: ExitFacts, place: int | None = None) -> Paper:
    """《职责任务清单准出审批表》, row by row (JQ-准出表-01…10)."""
    matter = facts.matter
    copies = matter.rulebook.value("admission.copies")
    offices = {name: named(matter, name) for name in ("bianban", "sifa")}
    last, own = deciding(matter), rank(matter.county)
    form = separate_rows(matter, offices, last, own)
    table = (
        row(head("申请退出事项"), Cell(facts.item, span=3)),
        row(head("申请退出理由"), Cell(facts.reason, span=3, tall=True)),
        row(head("联系人"), facts.contact, head("联系电话"), facts.phone),
        *form,
    )
    annex = [*facts.annex, *other_stages(matter, [*offices["bianban"], *offices["sifa"], *last])]
    title = facts.title or f"{matter.county.short_name}乡镇(街道)职责任务清单准出审批表"
    kept = holders(copies, list(facts.townships))
    mark = copy_mark(kept, place) + ("" if matter.number else "(草稿,未提交)")
    return Paper(
        title=title,
        number=matter.number,
        blocks=(
            first_line(matter.owner, facts.applied if matter.number else None),
            Table(table, WIDTHS),
            copies_note(copies),
            *((Text("附页", "annex"), *annex) if annex else ()),
        ),
        mark=mark,
        seal=False,
        small=True,
        form=True,
    )


def separate_rows(matter, offices: dict, last: Sequence[dict], own: str) -> tuple:
    """编办, 司法局 and 领导小组, each in a box of its own (JQ-准入表-09…11)."""
    leading = "领导小组审批意见" if own == "区" else f"{own}委、{own}政府审批意见"
    return (
        opinion_row(f"{own}委编办审核意见", offices["bianban"]),
        opinion_row(f"{own}司法局审核意见", offices["sifa"]),
        opinion_row(leading, last),
    )
