"""What stands on the papers of 乡呼县应: 呼叫单, 督办通知书, 通报 (governance.papers).

A printed sheet leaves the system and lies on everybody's desk: it holds what all who take part may
know, the same for every reader. Ratings, callbacks, confidential and internal lines of the trail
never stand on it (GX-呼应-16, decision 11).
"""

from __future__ import annotations

from governance.models import Clock, Event
from governance.papers import Cell, Paper, Table, Text, body, head, row
from governance.wording import cn_date, local
from hucall.presenting import item_name, kind_word

TRAIL = 40
"""How many lines of the trail a 呼叫单 shows, the last ones."""
UNTOLD = ("clock_warned", "clock_escalated")
"""What the clocks tell people on the way is left to the page; what they broke is not."""
GONE = ("returned", "transferred", "void")


def when(moment) -> str:
    """2026-11-25 17:30 in the narrow cells of a form."""
    return f"{local(moment):%Y-%m-%d %H:%M}" if moment else ""


# ------------------------------------------------------------------ 呼叫单


def call_paper(call) -> Paper:
    """呼叫单: the call, who answers, what came of it, and the trail in short."""
    parts = sorted(
        call.responses.exclude(state="void").select_related("unit"),
        key=lambda part: (
            part.state in GONE,
            {"lead": 0, "assist": 1, "copy": 2}[part.duty],
            part.pk,
        ),
    )
    word = call.rulebook.value("call.word") if call.rulebook_id else "乡呼县应"
    return Paper(
        title=f"“{word}”呼叫单",
        number=call.number,
        blocks=(
            what_is_called(call),
            Text("各单位办理情况", "h1"),
            who_answers(parts),
            *opinions(call, parts),
            Text("留痕摘要", "h1"),
            trail(call),
        ),
        signer=str(call.owner.name),
        date=cn_date(call.raised_at) if call.raised_at else "",
        foot="本单由平台按留痕生成,评价与回访按保密要求不在本单列示。",
        mark="" if call.number else "(草稿)",
        small=True,
    )


def what_is_called(call) -> Table:
    """The upper half of the form."""
    listed = item_name(call)
    if listed and call.edition_id:
        listed = f"{listed}({call.edition})"
    checked = "已自查" if call.self_check else "未自查"
    if call.self_check_reason:
        checked += f":{call.self_check_reason}"
    rows = (
        row(head("发起单位"), call.owner.name, head("类别"), kind_word(call)),
        row(head("发起时间"), when(call.raised_at), head("渠道"), call.get_channel_display()),
        row(head("什么事"), Cell(call.title, span=3)),
        row(head("地点"), Cell(call.place, span=3)),
        row(head("具体情况"), Cell(call.text, span=3, tall=True)),
        row(head("清单事项"), Cell(listed or "未对应清单事项", span=3)),
        row(head("乡镇自查"), Cell(checked, span=3)),
        row(head("平台核实"), Cell(verified(call), span=3)),
        row(head("状态"), call.get_state_display(), head("办结时间"), when(call.finished_at)),
    )
    return Table(rows, (15, 40, 15, 30))


def verified(call) -> str:
    """What the platform found, in words."""
    if call.verified_at is None:
        return "应急直呼,待事后核实" if call.is_urgent and call.dispatched_at else "待核实"
    truth = "不属实,认定为乱呼叫" if call.over_call else "属实"
    sent = f",{when(call.dispatched_at)} 派发" if call.dispatched_at else ""
    reason = f";{call.reason}" if call.reason else ""
    return f"{truth}({when(call.verified_at)}){sent}{reason}"


def who_answers(parts: list) -> Table:
    """One line per department."""
    first = tuple(map(head, ("承办单位", "分工", "职责任务", "报到", "办结", "办理结果")))
    lines = [
        row(
            part.unit.name,
            part.get_duty_display() if part.state not in GONE else part.get_state_display(),
            part.task,
            when(part.signed_in_at),
            when(part.finished_at) or part.get_state_display(),
            part.result or part.latest,
        )
        for part in parts
    ] or [row(Cell("尚未派发", span=6))]
    return Table((first, *lines), (20, 10, 20, 10, 10, 30), repeat_head=True)


def opinions(call, parts: list) -> list:
    """What was asked for and decided, and the result as the lead put it together."""
    rows = []
    for part in parts:
        for asked, label in ((part.extensions, "延期"), (part.suspensions, "挂账")):
            rows += [
                row(
                    head(label),
                    f"{part.unit.name}:{one.reason}(审批:{one.get_decision_display()}"
                    f"{',' + one.opinion if one.opinion else ''})",
                )
                for one in asked.order_by("id")
            ]
        rows += [
            row(head("编办裁定"), f"{one.unit.name}承办:{one.text}({when(one.ruled_at)})")
            for one in part.rulings.select_related("unit").order_by("id")
        ]
    if call.summary:
        rows.append(row(head("办理结果"), Cell(call.summary, tall=True)))
    return [Text("审批、裁定与结果", "h1"), Table(tuple(rows), (15, 85))] if rows else []


def trail(call) -> Table:
    """The last moves that everybody who takes part may read."""
    events = Event.objects.of_file(call).filter(confidential=False, internal_to=None)
    events = events.exclude(step__in=UNTOLD).select_related("unit")
    found = sorted(events.order_by("-id")[:TRAIL], key=lambda one: (one.at, on_part(one), one.pk))
    lines = [
        row(
            when(one.at),
            one.unit.name if one.unit_id else "系统",
            one.actor_name,
            one.label + (f":{one.summary}" if one.summary else ""),
        )
        for one in found
    ]
    first = tuple(map(head, ("时间", "单位", "经手人", "事项")))
    return Table((first, *lines), (20, 25, 15, 40), repeat_head=True)


def on_part(event) -> bool:
    """A step that followed from the call's own was written before it, and is read after it."""
    return (event.matter_type_id, event.matter_id) != (event.root_type_id, event.root_id)


# ------------------------------------------------------------------ 督办通知书


def supervision_paper(supervision) -> Paper:
    """督办通知书: a letter to the department that is late."""
    call = supervision.call
    book = supervision.rulebook or call.rulebook
    clocks = Clock.objects.of(supervision).filter(name="reply").order_by("-id")
    reply = clocks.first()
    due = f"请于{in_letter(reply.due_at)}前将办理情况书面反馈。" if reply else ""
    blocks = [
        Text(f"{supervision.unit.name}:", "to"),
        Text(
            f"{call.owner.name}于{cn_date(call.raised_at)}发起的呼叫《{call.title}》"
            f"({call.number}),由你单位承办。经查,{supervision.ground}。"
        ),
        Text(supervision.demand),
    ]
    if due:
        blocks.append(Text(due))
    if supervision.reply:
        blocks += [Text("反馈情况", "h1"), *body_of(supervision.reply)]
    return Paper(
        title="督办通知书",
        number=supervision.number,
        blocks=tuple(blocks),
        signer=f"{call.county.short_name}{desk(book)}",
        date=cn_date(supervision.raised_at) if supervision.raised_at else "",
    )


def in_letter(moment) -> str:
    """2026年11月25日17时30分, as a letter writes it."""
    return f"{cn_date(moment)}{local(moment):%H时%M分}"


def desk(book) -> str:
    """The office that runs the platform, in the county's words, without 县 or 区 in front."""
    name = book.value("call.desk") if book else "县政府办公室"
    return name.removeprefix("县").removeprefix("区")


def body_of(text: str) -> tuple[Text, ...]:
    """Plain paragraphs."""
    return tuple(Text(line) for line in text.splitlines() if line.strip())


# ------------------------------------------------------------------ 通报


def bulletin_paper(bulletin) -> Paper:
    """通报 in the words that were published, or of the draft."""
    published = bulletin.published_at
    return Paper(
        title=bulletin.title,
        number=bulletin.number,
        blocks=body(bulletin.text),
        signer=bulletin.owner.name,
        date=cn_date(published) if published else "",
        mark="" if published else "(草稿,未发布)",
    )
