"""The page of one exit as plain dicts for the templates: why, since when, who was told, steps."""

from __future__ import annotations

from django.urls import reverse

from admission import leaving
from admission.chainpage import File, file_of, own_stage_steps, station, written
from admission.models import AdmittedDuty
from admission.papers import papers_for
from admission.presenting import names_of, state_tag, term_words
from admission.requestpage import first_at
from admission.sections import listed
from governance import presentation
from governance.models import Unit
from governance.presentation import Mark, progress_line
from governance.presenting import name_of, tag
from governance.wording import cn_date, date_words

WRITING = ("resubmit", "file", "save_draft")
STOPPED = ("refused", "withdrawn")
TOLD = ("returned", "refused", "withdrawn")


def page(request, record) -> dict:
    """The context of templates/admission/exit.html."""
    user = request.user
    file = file_of(request, record)
    names = names_of(record.covers)
    return {
        "record": record,
        "list_url": listed(user, "exits"),
        "admission": record.request,
        "readable": type(record.request).objects.visible_to(user).filter(
            pk=record.request_id).exists(),
        "tags": tags(record),
        "told": record.answer if record.state in TOLD else "",
        "opened": opened(record, names),
        "line": line(record, file),
        "facts": facts(record, names),
        "duties": duties(record, user),
        "parties": parties(record),
        "steps": steps_of(file, record, user),
        "papers": papers_for(record, user),
        **file.context(record, user),
    }  # fmt: skip


def tags(record) -> list[dict]:
    """State, and where it came from."""
    found = [state_tag(record)]
    if record.origin != "applied":
        icon = "late" if record.origin == "lapsed" else "users"
        found.append(tag(record.get_origin_display(), "amber", icon))
    return found


def opened(record, names: dict[int, str]) -> dict | None:
    """Why a file that nobody has applied for stands open, and what follows from it."""
    towns = "、".join(names.values())
    if record.origin == "lapsed":
        last = date_words(record.request.ends_on)
        text = (
            f"“{record.request.name}”的工作时限至{last}期满,系统自动开启退出。"
            f"自次日起{towns}不再承接该事项;{name_of(record.owner)}须在限期内提出退出申请,"
            "逾期的逐级提醒、督办,期满的退出不能撤回。"
        )
        return {"title": "期满自动开启的退出", "text": text, "clause": record.cited("GX-准入-15")}
    if record.origin == "suggested":
        text = (
            f"{towns}建议退出,理由见下。请{name_of(record.owner)}核实:同意的,补充退出情形后提出"
            "退出申请;继续交办的,撤回并说明理由。"
        )
        return {"title": "乡镇建议退出", "text": text, "clause": record.cited("GX-准入-15")}
    return None


def facts(record, names: dict[int, str]) -> list[dict]:
    """What the county's paper asks for."""
    rows = [
        {"label": "申请单位", "value": record.owner},
        {"label": "申请时间", "value": date_words(record.applied_on)},
        {"label": "退出乡镇", "value": "、".join(names.values())},
        {"label": "退出情形", "value": record.ground},
        {"label": "退出理由", "value": record.reason, "pre": True},
        {"label": "联系人", "value": record.contact},
        {"label": "联系电话", "value": record.phone},
        {"label": "原定时限", "value": term_words(record.request)},
        {"label": "退出日" if record.notified_on else "拟退出日", "value": effective(record)},
    ]
    return [row for row in rows if row["value"]]


def effective(record) -> str:
    """From which day the townships are free."""
    if record.effective_on:
        return date_words(record.effective_on)
    return "" if record.state in ("new", "draft") else "告知各方当日"


def duties(record, user) -> list[dict]:
    """The duties that end, as far as the reader may see them."""
    rows = AdmittedDuty.objects.visible_to(user).filter(
        request=record.request_id, unit__in=record.covers
    )
    return [
        {"name": name_of(one.unit), "url": one.get_absolute_url(), "tag": state_tag(one)}
        for one in rows.select_related("unit").order_by("unit__code", "id")
    ]


def parties(record) -> list[str]:
    """Who was told in writing: nobody before the notice."""
    if record.notified_on is None:
        return []
    units = Unit.objects.in_bulk(leaving.everybody(record))
    return [str(units[pk]) for pk in leaving.everybody(record) if pk in units]


def line(record, file: File) -> list[dict]:
    """The way of the exit as stations."""
    filed = record.raised_at if record.number else None
    marks = []
    if record.origin != "applied":
        marks.append(Mark("开启退出", first_at(file, "prepare"), clause="GX-准入-15"))
    marks.append(Mark("提出退出申请", filed, name_of(record.owner), clause="GX-准入-15"))
    if record.state == "returned":
        marks.append(Mark("补正后重新提交", None, name_of(record.owner), clause="GX-准入-15"))
    marks += [station(group["stages"]) for group in file.chain]
    marks.append(Mark("书面告知各方", first_at(file, "notify"), clause="GX-准入-15"))
    note = cn_date(record.effective_on) if record.notified_on else ""
    marks.append(Mark("退出生效", first_at(file, "take_effect"), note=note, clause="GX-准入-15"))
    return progress_line(record, marks, stopped=record.state in STOPPED)


def steps_of(file: File, record, user) -> list[dict]:
    """What the reader can do: own stages first, then the exit itself."""
    found = presentation.steps_for(record, user)
    label = {"returned": "补正后重新提交"}.get(record.state, "继续填写")
    if record.state == "draft" and record.origin != "applied":
        label = "填写并提出退出申请"
    url = reverse("admission:exit_edit", args=[record.pk])
    return own_stage_steps(file, record, user) + written(found, WRITING, label, url)
