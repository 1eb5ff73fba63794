"""The list's papers: 清单版本, 运行流程, 调整申请表, 责令限期整改通知书, 告知书.

Each function reads a record and returns a `Paper` (governance.papers); what a person may read is
decided before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from checklist import flowcharts, grounds
from checklist.approval_forms import ExitFacts, exit_paper, files_of, stage_row
from checklist.intake.layouts import LABELS
from checklist.intake.rows import TEXT_FIELDS
from checklist.models import Application, Cause, Edition, EditionItem
from checklist.models.states import ApplicationState, Kind
from checklist.resources import COLUMNS, layout_of, shown_title
from governance import chains, stages
from governance.models import Clock, Event, Unit
from governance.papers import Cell, Paper, Picture, Table, Text, head, row
from governance.roles import Role
from governance.wording import cn_date, date_words, local

WIDTHS = {
    "category": 7, "name": 11, "lead": 9, "joint": 9, "county_duty": 22, "township_duty": 18,
    "basis": 14, "policy_basis": 10, "main": 8, "coop": 10,
}  # fmt: skip
FLOW_WIDTHS = (8, 20, 40, 14, 18)


# ------------------------------------------------------------------ the list


def edition_paper(edition: Edition, members: Iterable[EditionItem]) -> Paper:
    """A whole edition as a table across A4, in the columns of its own layout."""
    groups: dict[str, list] = {}
    for member in members:
        groups.setdefault(layout_of(member.revision), []).append(member.revision)
    blocks = [list_table(layout, found) for layout, found in groups.items()]
    number = edition.document_number or f"第 {edition.serial} 版"
    state = "" if edition.frozen else "(草稿,未公布)"
    sample = "(样例)" if edition.sample and "样例" not in edition.title else ""
    until = f"至{date_words(edition.in_force_until)}" if edition.in_force_until else ""
    since = (
        f"{date_words(edition.in_force_from)}起施行{until}" if edition.in_force_from else "未施行"
    )
    total = sum(len(found) for found in groups.values())
    return Paper(
        title=edition.title,
        number=number,
        blocks=tuple(blocks),
        signer=edition.owner.name if edition.published_at else "",
        date=date_words(edition.published_at),
        seal=False,
        foot=f"{shown_title(edition)}第 {edition.serial} 版,共 {total} 项,{since}。",
        mark=sample + state,
        small=True,
        landscape=True,
    )


def list_table(layout: str, found: list) -> Table:
    """The wordings of one layout; columns in which nothing stands are left out."""
    columns = {
        name: heading
        for name, heading in COLUMNS[layout].items()
        if name in ("name", "main", "coop") or any(getattr(one, name) for one in found)
    }
    rows = [row(head("序号"), *map(head, columns.values()))]
    rows += [
        row(str(place), *(getattr(one, name) for name in columns))
        for place, one in enumerate(found, start=1)
    ]
    shares = (4, *(WIDTHS[name] for name in columns))
    widths = tuple(100 * share // sum(shares) for share in shares)  # never more than the line
    return Table(tuple(rows), widths, repeat_head=True)


def flow_paper(edition: Edition, name: str, rows: Sequence[flowcharts.Row]) -> Paper:
    """施工图 and 说明书 of one item: the drawing, and its steps as a table (TA-04)."""
    boxes = tuple(flow_words(place, one) for place, one in enumerate(rows, start=1))
    pictures = [Picture(drawn) for drawn in flowcharts.pages(rows, name)]
    if pictures:
        pictures[0] = Picture(pictures[0].drawing, boxes)
    sample = "(样例)" if edition.sample else ""
    return Paper(
        title=f"“{name}”工作运行流程",
        number=edition.document_number or f"清单第 {edition.serial} 版",
        blocks=(Text("一、流程图", "h1"), *pictures, Text("二、说明书", "h1"), flow_table(rows)),
        signer="",
        date=date_words(edition.in_force_from),
        seal=False,
        foot=f"随《{edition.title}》第 {edition.serial} 版一并公布。",
        mark=sample + ("" if edition.frozen else "(草稿,未公布)"),
        small=True,
    )


def flow_words(place: int, one: flowcharts.Row) -> str:
    """One step in a box of its own."""
    told = [("时限", one.limit), ("材料", one.material)]
    notes = [f"{label}:{text}" for label, text in told if text]
    return "\n".join([f"{place}. {one.unit}", one.action, *notes])


def flow_table(rows: Sequence[flowcharts.Row]) -> Table:
    """The steps as a table."""
    first = row(*map(head, ("步骤", *flowcharts.COLUMNS)))
    lines = [row(str(place), *one) for place, one in enumerate(rows, start=1)]
    return Table((first, *lines), FLOW_WIDTHS, repeat_head=True)


# ------------------------------------------------------------------ 清单调整申请表


def application_paper(application: Application) -> Paper:
    """《清单调整申请表》: all that was asked, old and new text, and the chain with its blanks.

    Where the county has a form for what leaves its list, that form is printed (decision 35).
    """
    if application.kind == Kind.REMOVE and application.rulebook.value("exit.form") == "form":
        return leaving_paper(application)
    blocks = [what_is_asked(application), Text("一、文本对照", "h1"), wordings(application)]
    rows = flowcharts.rows_from(application.flow)
    if rows:
        blocks += [Text("二、调整后的运行流程", "h1"), flow_table(rows)]
    blocks += [Text("三、审批意见" if rows else "二、审批意见", "h1"), opinions(application)]
    return Paper(
        title="清单调整申请表",
        number=application.number,
        blocks=tuple(blocks),
        signer=application.owner.name,
        date=date_words(application.raised_at) if application.number else "",
        mark="" if application.number else "(草稿,未提交)",
        foot="本表由平台按办理留痕生成;空白各栏为尚未办理的环节。",
        small=True,
    )


def leaving_paper(application: Application) -> Paper:
    """《准出审批表》 for an item of the list; what the form has no box for stands in its annex."""
    owner = application.owner
    ground = grounds.find(application.rulebook, application.kind, application.ground)
    case = [ground.words if ground else "", application.ground_text, application.argument]
    towns = Unit.objects.active().filter(county=application.county, kind=Unit.Kind.TOWNSHIP)
    facts = ExitFacts(
        matter=application,
        applied=application.raised_at,
        item=application.name,
        reason="\n".join(filter(None, case)),
        contact=owner.contact_person,
        phone=owner.contact_phone,
        townships=tuple(towns.order_by("code").values_list("short_name", flat=True)),
        annex=(
            Text("申请情况", "h1"), what_is_asked(application),
            Text("拟退出的清单文本", "h1"), wordings(application),
        ),
    )  # fmt: skip
    return exit_paper(facts)


def what_is_asked(application: Application) -> Table:
    """The upper part of the form."""
    ground = grounds.find(application.rulebook, application.kind, application.ground)
    case = ground.words if ground else application.ground_text
    if application.ground_text and ground:
        case = f"{case}({application.ground_text})"
    authority = dict(grounds.levels(application.rulebook)).get(application.authority, "")
    flow = {True: "涉及", False: "不涉及", None: "未说明"}[application.affects_flow]
    late = "逾期" if application.late else "期限内"
    pairs = (
        ("申请单位", application.owner.name + ("(依职权提出)" if application.by_authority else "")),
        ("申请日期", date_words(application.raised_at) if application.number else ""),
        ("调整类型", application.get_kind_display()),
        ("事项名称", application.name),
        ("事由发生日", date_words(application.cause_on)),
        ("知悉日", date_words(application.known_on)),
        ("申请是否及时", late if application.number else ""),
        ("作出决定的机关", authority or "不适用"),
    )
    rows = [
        row(head(a[0]), a[1], head(b[0]), b[1])
        for a, b in zip(pairs[::2], pairs[1::2], strict=True)
    ]
    rows += [
        row(head(label), Cell(text, span=3, tall=tall))
        for label, text, tall in (
            ("调整情形", case, False),
            ("论证说明", application.argument, True),
            ("法律依据", application.legal_basis, False),
            ("运行流程", flow, False),
            ("论证材料", files_of(application), False),
            ("办理状态", application.get_state_display(), False),
        )
    ]
    return Table(tuple(rows), (16, 34, 16, 34))


def wordings(application: Application) -> Table:
    """Column by column: what stands there now, and what is to stand there."""
    base = application.base.texts() if application.base else dict.fromkeys(TEXT_FIELDS, "")
    rows = [row(head("栏目"), head("原文"), head("调整后"))]
    if application.kind == Kind.REMOVE:
        rows += [row(head(LABELS[name]), text, "(取消)") for name, text in base.items() if text]
    else:
        rows += [
            row(head(LABELS[name]), base.get(name) or "(无)", application.changes[name] or "(删去)")
            for name in TEXT_FIELDS
            if name in application.changes
        ]
    if len(rows) == 1:
        rows.append(row(Cell("文本不变", span=3)))
    return Table(tuple(rows), (16, 42, 42), repeat_head=True)


def opinions(application: Application) -> Table:
    """Who has said what, with signer, day and document; stages to come are blank."""
    rows = [row(*map(head, ("环节", "审批单位", "意见", "签字人", "日期", "文号")))]
    accepted = (
        Event.objects.of(application).filter(step="accept").select_related("unit")
        .order_by("-id").first()
    )  # fmt: skip
    if accepted:
        unit = accepted.unit.name if accepted.unit_id else ""
        rows.append(row("受理", unit, "受理", accepted.actor_name, date_words(accepted.at), ""))
    for group in stages.line(application):
        rows += [stage_row(stage) for stage in group["stages"]]
    if application.reason and application.state in ENDED_BADLY:
        words = f"{application.get_state_display()}:{application.reason}"
        rows.append(row("结果", Cell(words, span=5)))
    return Table(tuple(rows), (15, 19, 28, 12, 14, 12), repeat_head=True)


ENDED_BADLY = (ApplicationState.DECLINED, ApplicationState.REFUSED, ApplicationState.RETURNED)


# ------------------------------------------------------------------ letters


def rectify_paper(cause: Cause) -> Paper:
    """责令限期整改通知书, in the name of 编办 and 司法局 (JQ-清单-24)."""
    clock = Clock.objects.of(cause).filter(name="rectify").order_by("-id").first()
    clause = grounds_of(cause.rulebook, "JQ-清单-24")
    rule = cause.rulebook.value("adjust.apply")
    due = f"请于{in_letter(clock.due_at)}前完成整改,提出清单调整申请," if clock else "请限期整改,"
    item = f",涉及清单事项“{cause.item}”" if cause.item_id else ""
    blocks = (
        Text(f"{cause.unit.name}:", "to"),
        Text(f"{date_words(cause.occurred_on)}发生下列应当调整责任清单的事由{item}:{cause.text}"),
        Text(
            f"按规定,你单位应自事由发生之日起{rule.label}内提出清单调整申请。经查,期限届满,"
            "你单位未提出申请。"
        ),
        Text(f"依据{clause},现责令你单位限期整改。{due}并将整改情况书面报告。"),
        Text("逾期不整改或整改不到位的,将移送纪检监察机关依规依纪处理。"),
    )
    return Paper(
        title="责令限期整改通知书",
        number=cause.number,
        blocks=blocks,
        signer="\n".join(offices(cause.county, Role.BIANBAN, Role.SIFA)),
        date=date_words(clock.started_at) if clock else "",
    )


def refusal_paper(application: Application) -> Paper:
    """不予受理告知书 or 不予调整告知书, with the reason in writing (GX-清单-23, 28)."""
    declined = application.state == ApplicationState.DECLINED
    clause = grounds_of(application.rulebook, "GX-清单-28" if declined else "GX-清单-23")
    step = "decline" if declined else "refuse"
    said = Event.objects.of(application).filter(step=step).select_related("unit")
    event = said.order_by("-id").first()
    word = "不予受理" if declined else "不予调整"
    desk = Role.BIANBAN
    if declined and application.rulebook.value("adjust.receiver") == "meeting_office":
        desk = Role.MEETING_OFFICE
    blocks = (
        Text(f"{application.owner.name}:", "to"),
        Text(
            f"你单位{date_words(application.raised_at)}提出的清单调整申请({application.number},"
            f"{application.title})收悉。经研究,依据{clause},决定{word}。"
        ),
        Text("一、理由", "h1"),
        *(Text(line) for line in application.reason.splitlines() if line.strip()),
        Text("二、告知事项", "h1"),
        Text(
            "补充论证材料或者情况发生变化的,可以重新提出申请;现行清单在依程序调整公布前继续有效。"
        ),
    )
    return Paper(
        title=f"{word}告知书",
        number=application.number,
        blocks=blocks,
        signer="\n".join(offices(application.county, desk)),
        date=date_words(event.at) if event else "",
    )


def grounds_of(rulebook, generic: str) -> str:
    """The county's document and article for a clause, as a letter names it."""
    entry, own = rulebook.clause_for(generic)
    named = f"《{entry.document}》{entry.article_label}"
    return named if own else "有关规定"


def offices(county, *roles: str) -> list[str]:
    """The names of the offices that hold these posts."""
    ids = [found for role in roles if (found := chains.office(county, role))]
    names = dict(Unit.objects.filter(pk__in=ids).values_list("pk", "name"))
    return list(dict.fromkeys(names[one] for one in ids))


def in_letter(moment) -> str:
    """2026年11月25日17时30分, as a letter writes it."""
    return f"{cn_date(moment)}{local(moment):%H时%M分}"
