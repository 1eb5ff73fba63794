"""The page of one admitted duty as plain dicts for its template."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone

from admission import ledgers
from admission.carrying import midnight
from admission.models import ExitRequest, Slip
from admission.presenting import state_tag, yuan
from governance import presentation
from governance.presentation import Mark, progress_line
from governance.presenting import fact, name_of
from governance.wording import cn_date

ENTRIES = 50
"""Movements of money on the page; all of them stand in the export."""


def page(request, duty, shown: dict) -> dict:
    """What templates/admission/duty.html shows beside what every file shows."""
    user, today = request.user, timezone.localdate()
    slips = list(
        Slip.objects.visible_to(user).filter(duty=duty).order_by("-id").select_related("unit")[:20]
    )
    return {
        "rest": ledgers.rest(duty, today),
        "urgency": ledgers.urgency(duty),
        "line": line(duty),
        "facts": facts(duty, user),
        "texts": texts(duty),
        "supports": supports(duty, user, shown["clocks"], today),
        "entries": duty.entries.select_related("by").order_by("-id")[:ENTRIES],
        "movements": duty.entries.count(),
        "money": money(duty),
        "slips": [{"record": one, "tag": state_tag(one)} for one in slips],
        "exits": [
            {"record": one, "tag": state_tag(one)}
            for one in ExitRequest.objects.visible_to(user)
            .filter(request=duty.request)
            .order_by("-id")
            if duty.unit_id in one.covers
        ],
        "steps": steps(duty, user, shown["steps"]),
    }


def seen(record, user) -> str:
    """The address of a record for those who may see it; the treasury sees the money alone."""
    found = type(record).objects.visible_to(user).filter(pk=record.pk).exists()
    return record.get_absolute_url() if found else ""


def facts(duty, user) -> list[dict]:
    """Who, by which approval, from when to when."""
    request = duty.request
    rows = [
        fact("交办部门", duty.department),
        fact("承接乡镇", duty.unit),
        fact("批准表号", duty.approval_number, url=seen(request, user)),
        fact("批准日期", cn_date(request.approved_on) if request.approved_on else ""),
        fact("工作时限", f"{duty.get_term_display()},{span(duty)}"),
    ]
    if request.contact:
        rows.append(fact("部门联系人", f"{request.contact} {request.phone}".strip()))
    if duty.listing_id:
        rows.append(fact("列入清单", "清单调整申请", url=seen(duty.listing, user)))
    if duty.ended_on:
        rows.append(fact("退出", f"{cn_date(duty.ended_on)},{duty.end_reason}"))
    return rows


def span(duty) -> str:
    """From when to when, in words."""
    if duty.ends_on is None:
        return f"{cn_date(duty.starts_on)}起"
    return f"{cn_date(duty.starts_on)}至{cn_date(duty.ends_on)}"


def texts(duty) -> list[dict]:
    """What is to be done."""
    pairs = (("工作内容", duty.request.content), ("目标任务", duty.request.target))
    return [fact(label, words, pre=True) for label, words in pairs if words]


def line(duty) -> list[dict]:
    """The way of the duty as stations."""
    moved = {}
    for step, at in duty.events.filter(step__in=("admit", "activate", "lapse", "end")).values_list(
        "step", "at"
    ):
        moved.setdefault(step, at)
    marks = [
        Mark("列入台账", moved.get("admit"), note=duty.approval_number, clause="GX-准入-12"),
        Mark("乡镇签收交办单", moved.get("activate"), name_of(duty.unit), clause="GX-准入-12"),
    ]
    if duty.ends_on:
        marks.append(
            Mark("承接", moved.get("lapse") or moved.get("end"), note=f"至{cn_date(duty.ends_on)}")
        )
    ended = moved.get("end") or (midnight(duty.ended_on) if duty.ended_on else None)
    marks.append(Mark("退出", ended, clause="GX-准入-15"))
    return progress_line(duty, marks)


def supports(duty, user, clocks: list[dict], today) -> list[dict]:
    """Each promise with what has come of it, and the steps that the reader can do."""
    by_place = presentation.clocks_by_matter(clocks)
    found = []
    rows = duty.supports.select_related("county", "owner", "rulebook", "unit", "department")
    for one in rows.order_by("id"):
        one.duty = duty
        found.append(
            {
                "record": one,
                "tag": state_tag(one),
                "late": one.state == "promised" and one.due_on < today,
                "clocks": by_place.get(presentation.place(one), []),
                "steps": [step for step in presentation.steps_for(one, user) if step["open"]],
            }
        )
    return found


def money(duty) -> dict:
    """Allotted, spent, left; beside it what the whole request names."""
    request = duty.request
    towns = len(request.covers) or request.duties.count()
    shared = f",由 {towns} 个乡镇共用" if towns > 1 else ""
    source = f";来源:{request.funds_source}" if request.funds_source else ""
    asked = f"审批表划拨经费 {yuan(request.funds)}(整件申请{shared}){source}"
    return {
        "allotted": yuan(duty.allotted),
        "spent": yuan(duty.spent),
        "balance": yuan(duty.balance),
        "asked": asked if request.funds else "审批表未写明划拨经费。",
    }


def steps(duty, user, found: list[dict]) -> list[dict]:
    """The steps of the duty; for its department first the slip that hands it over, then the way
    to an exit.
    """
    roles = ("department_clerk", "department_leader")
    mine = any(p.unit_id == duty.department_id and p.role in roles for p in user.posts_held())
    if not mine or duty.state == "ended":
        return found
    before = []
    if duty.state in ("pending", "active"):
        tone = "primary" if duty.state == "pending" else "normal"
        slip = f"{reverse('admission:slip_new')}?duty={duty.pk}"
        before.append(way("issue", "开具交办单", tone, duty.cited("GX-准入-12"), slip))
    rows = ExitRequest.objects.visible_to(user).filter(request=duty.request, state="draft")
    begun = next((one for one in rows if duty.unit_id in one.covers), None)
    url = begun.get_absolute_url() if begun else f"{reverse('admission:exit_new')}?duty={duty.pk}"
    over = duty.state == "lapsed"  # what is left to do is to go through with the exit
    tone = "primary" if over else "quiet"
    leave = way("exit", "申请退出", tone, duty.cited("GX-准入-15"), url)
    return [leave, *found] if over else [*before, *found, leave]


def way(name: str, label: str, tone: str, clause: str, url: str) -> dict:
    """A page where something begins, offered among the steps."""
    return {"name": name, "label": label, "open": True, "tone": tone, "clause": clause, "url": url}
