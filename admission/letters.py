"""The letters of admission: 征求意见函, 不予准入告知书, 交办单, 退出告知书."""

from __future__ import annotations

from admission import printing
from admission.models import AdmissionRequest, ExitRequest, Slip, TownshipOpinion
from admission.models.states import Attitude, Outcome, RequestState, SlipState, Term
from checklist.printing import grounds_of, in_letter, offices
from governance.models import Clock, Event, Unit
from governance.papers import Cell, Paper, Table, Text, head, row
from governance.roles import Role
from governance.wording import date_words

OUTCOMES = {
    Outcome.PURCHASE: "该事项不适合通过准入方式进入,你单位难以完成或者履职成本过高的,"
    "请按照政府购买服务政策规定向社会组织购买公共服务。",
    Outcome.TEMPORARY: "该事项属于临时性事项,请与有关乡镇(街道)协商解决,并支付必要费用。",
}


def time_words(term: str, starts_on, ends_on) -> str:
    """How long, in words."""
    if term == Term.STAGE:
        return f"阶段性,从{date_words(starts_on)}到{date_words(ends_on)}"
    return "常规性,长期" if term else ""


def last_event(record, *steps: str) -> Event | None:
    """The last time one of these steps was done."""
    return Event.objects.of(record).filter(step__in=steps).order_by("-id").first()


# ------------------------------------------------------------------ 征求意见函


def consult_paper(opinion: TownshipOpinion) -> Paper:
    """The letter to one township, with the slip on which it answers (GX-准入-07)."""
    request = opinion.request
    clock = Clock.objects.of(opinion).filter(name="reply").order_by("id").first()
    until = f"请于{in_letter(clock.due_at)}前书面答复。" if clock else "请书面答复。"
    clause = grounds_of(request.rulebook, "GX-准入-07")
    covered = "、".join(unit.short_name for unit in printing.townships(request.covers))
    told = [
        ("事项", request.name),
        ("交办部门", str(request.department or "")),
        ("覆盖地域", covered),
        ("工作时限", time_words(request.term, request.starts_on, request.ends_on)),
        ("申请理由", request.reason),
        ("工作内容", request.content),
        ("目标任务", request.target),
        ("经费", printing.money(request)),
    ]
    event = last_event(opinion, "ask")
    return Paper(
        title="征求意见函",
        blocks=(
            Text(f"{opinion.unit.name}:", "to"),
            Text(
                f"我单位拟申请“{request.name}”准入,交由乡镇(街道)办理或协助办理。依据{clause},"
                f"现书面征求你单位意见。{until}"
            ),
            *printing.facts("一、事项情况", told),
            *printing.facts("二、专项说明", list(request.elements.items())),
            *printing.supports(request),
            Text(f"联系人:{request.contact},联系电话:{request.phone}。"),
            Text(f"{request.owner.name}(印章)\n{date_words(event.at) if event else ''}", "right"),
            Text("附:意见回执", "annex"),
            answer_slip(opinion),
        ),
        small=True,
    )


def answer_slip(opinion: TownshipOpinion) -> Table:
    """What the township says; blank until it has."""
    said = opinion.attitude if opinion.answered_on else ""
    boxes = [f"{printing.TICK[said == key]} {words}" for key, words in Attitude.choices]
    text = opinion.text if said else ""
    closing = f"(印章)  {date_words(opinion.answered_on) or '    年    月    日'}"
    return Table(
        (
            row(head("答复单位"), opinion.unit.name),
            row(head("态度"), "    ".join(boxes)),
            row(head("意见"), Cell(text, tall=True, sign=closing)),
        ),
        (22, 78),
    )


# ------------------------------------------------------------------ 不予准入告知书


SAID_NO = (RequestState.REFUSED, RequestState.DIVERTED)


def refusal_paper(request: AdmissionRequest) -> Paper:
    """不予准入告知书, with the reasons in writing (GX-准入-10)."""
    event = last_event(request, "refuse", "divert")
    clause = grounds_of(request.rulebook, "GX-准入-10")
    desks = [role for role in (Role.BIANBAN, Role.SIFA) if in_chain(request, role)]
    signers = offices(request.county, *(desks or [Role.MEETING_OFFICE]))
    more = OUTCOMES.get(request.outcome, "")
    notes = [more] if more else []
    notes.append("未经批准准入的事项,不得交由乡镇(街道)办理;情况发生变化的,可以重新提出申请。")
    return Paper(
        title="不予准入告知书",
        number=request.number,
        blocks=(
            Text(f"{request.owner.name}:", "to"),
            Text(
                f"你单位{date_words(request.applied_on)}提出的准入申请({request.number},"
                f"{request.name})收悉。经审核,依据{clause},决定不予准入。"
            ),
            Text("一、理由", "h1"),
            *(Text(line) for line in request.answer.splitlines() if line.strip()),
            Text("二、告知事项", "h1"),
            *map(Text, notes),
        ),
        signer="\n".join(signers),
        date=date_words(event.at) if event else "",
    )


def in_chain(request: AdmissionRequest, role: str) -> bool:
    """Whether a post reviews requests in this county."""
    return any(one["role"] == role for one in request.chain())


# ------------------------------------------------------------------ 交办单


def slip_paper(slip: Slip) -> Paper:
    """交办单 with the number of the approval (GX-准入-12); for what came on paper, how the
    township has registered it.
    """
    duty = slip.duty
    own = slip.channel == Slip.Channel.PLATFORM
    request = duty.request if duty else None
    approved = date_words(request.approved_on) if request else ""
    term = time_words(duty.term, duty.starts_on, duty.ends_on) if duty else ""
    contact = f"{request.contact} {request.phone}" if request else ""
    done = last_event(slip, "receive", "decline", "recall")
    closing = f"{done.actor_name}    {date_words(done.at)}" if done else "    年    月    日"
    result = {SlipState.ISSUED: "", SlipState.DECLINED: f"拒收。理由:{slip.reason}"}
    words = result.get(slip.state, slip.get_state_display())
    event = last_event(slip, "issue", "register")
    table = (
        row(head("交办单位"), slip.department.name, head("承接乡镇(街道)"), slip.unit.name),
        row(head("交办事项"), Cell(slip.name, span=3)),
        row(head("批准表号"), slip.stated_number or "(未载)", head("批准日期"), approved),
        row(head("工作时限"), Cell(term, span=3)),
        row(head("交办内容"), Cell(slip.content, span=3, tall=True)),
        row(head("联系人及电话"), Cell(contact, span=3)),
        row(head("签收情况"), Cell(words, span=3, tall=True, sign=closing)),
    )
    return Paper(
        title="交办单" if own else "收到交办登记单",
        number=slip.number,
        blocks=(Table(table, (20, 30, 20, 30)),),
        signer=slip.owner.name,
        date=date_words(event.at) if event else "",
        foot="凭批准表号交办;没有批准表号的,乡镇(街道)可以拒收。",
        small=True,
    )


# ------------------------------------------------------------------ 退出告知书


def notice_paper(leave: ExitRequest, unit: Unit) -> Paper:
    """退出告知书 to one party: what ends where, from which day (GX-准入-15, JQ-准入-18)."""
    request = leave.request
    clause = grounds_of(leave.rulebook, "GX-准入-15")
    names = "、".join(one.short_name for one in printing.townships(leave.covers))
    number = f"({leave.approval_document})" if leave.approval_document else ""
    blocks = (
        Text(f"{unit.name}:", "to"),
        Text(
            f"“{request.name}”(批准表号{request.number})因{leave.ground or '情况变化'},"
            f"依据{clause}申请退出,已于{date_words(leave.approved_on)}获批准{number}。"
        ),
        Text(
            f"自{date_words(leave.effective_on)}起,{names}不再承接该事项。各方应当做好资料交接、经费结算"
            "和后续工作衔接。"
        ),
        Text("特此告知。"),
    )
    return Paper(
        title="退出告知书",
        number=leave.number,
        blocks=blocks,
        signer=leave.owner.name,
        date=date_words(leave.notified_on),
    )
