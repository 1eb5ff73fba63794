"""The page of one request as plain dicts for the templates: facts, opinions, chain, steps."""

from __future__ import annotations

from django.urls import reverse

from admission import filing, gates
from admission.chainpage import File, file_of, own_stage_steps, station, written
from admission.forms import RequestForm
from admission.forms.request import LABELS
from admission.models import AdmittedDuty, ExitRequest
from admission.papers import papers_for
from admission.presenting import covered_words, names_of, opinion_tag, state_tag, term_words
from admission.sections import listed
from governance import presentation
from governance.models import Event
from governance.presentation import Mark, progress_line
from governance.presenting import name_of, tag
from governance.wording import cn_date, date_words

WRITING = ("resubmit", "consult", "save_draft")
"""Steps whose form is the page on which a request is written."""
STOPPED = ("refused", "withdrawn", "diverted")
TOLD = ("returned", "refused", "withdrawn", "diverted")
"""States whose reason stands at the head of the page."""
FOUND = "把关提示"


def page(request, record) -> dict:
    """The context of templates/admission/request.html."""
    user = request.user
    file = file_of(request, record)
    opinions = list(record.opinions.select_related("unit").order_by("-round", "unit__code", "id"))
    for one in opinions:
        one.request = record
    now = [one for one in opinions if one.round == record.consultation]
    names = names_of([*record.covers, record.owner_id])
    steps = steps_of(file, record, now, user)
    return {
        "record": record,
        "list_url": listed(user, "requests"),
        "tags": tags(record),
        "told": record.answer if record.state in TOLD else "",
        "line": line(record, file, now),
        "opinions": [opinion_dict(one, user, file) for one in now],
        "past": past([one for one in opinions if one.round < record.consultation], user, file),
        "missing": [name_of(one.unit) for one in now if one.state == "asked"],
        "sections": sections(record, names),
        "vetoes": vetoes(record),
        "found": findings(record),
        "duties": duties(record, user),
        "exits": exits(record, user),
        "steps": steps,
        "papers": papers_for(record, user),
        "clauses": filing.clauses(record.rulebook),
        **file.context(record, user),
    }


def tags(record) -> list[dict]:
    """State, kind, outcome."""
    found = [state_tag(record)]
    if record.kind == "grid":
        found.append(tag(record.get_kind_display(), "line"))
    if record.outcome:
        found.append(tag(record.get_outcome_display(), "violet", "swap"))
    if record.term:
        found.append(tag(record.get_term_display(), "line"))
    return found


# ------------------------------------------------------------------ what is asked for


def labels(record) -> dict[str, str]:
    """The words of the county's paper for each field."""
    plain = {name: str(field.label) for name, field in RequestForm.base_fields.items()}
    return plain | LABELS[record.rulebook.value("admission.form")]


def sections(record, names: dict[int, str]) -> list[dict]:
    """The facts as the county's paper has them, in groups; what is empty is left out."""
    words = labels(record)

    def row(name: str, value, pre: bool = False) -> dict:
        return {"label": words.get(name, name), "value": value, "pre": pre}

    paper = [
        row("申请单位", record.owner),
        row("交办部门", record.department if record.department_id != record.owner_id else ""),
        row("申请时间", date_words(record.applied_on)),
        row("name", record.name),
        row("reason", record.reason, True),
        row("contact", record.contact),
        row("phone", record.phone),
        row("覆盖地域", covered(record, names)),
        row("term", term_words(record)),
        row("content", record.content, True),
        row("target", record.target, True),
        row("划拨工作经费", funds(record)),
        row("协商意见", record.agreement, True),
    ]
    kinds = gates.schema().fields["admission.support"].choices
    support = [row(kinds.get(kind, kind), text, True) for kind, text in record.support.items()]
    if support:
        support.append(row("support_due_on", date_words(record.support_due_on)))
    parts = [row(name, text, True) for name, text in record.elements.items()]
    found = [
        {"title": "申请内容", "rows": paper},
        {"title": "专项说明", "rows": parts},
        {"title": "保障措施", "rows": support},
    ]
    for one in found:
        one["rows"] = [row for row in one["rows"] if row["value"]]
    return [one for one in found if one["rows"]]


def covered(record, names: dict[int, str]) -> str:
    """The townships by name, also where the whole county is covered."""
    inside = set(record.covers)
    listed = "、".join(name for pk, name in names.items() if pk in inside)
    if record.whole_county:
        return f"全县({len(inside)}个乡镇、街道:{listed})" if listed else "全县"
    return covered_words(record, names)


def funds(record) -> str:
    """The money promised, and where it comes from."""
    if record.funds is None:
        return ""
    source = f",来源:{record.funds_source}" if record.funds_source else ""
    return f"{record.funds:,.2f} 元{source}"


def vetoes(record) -> list[dict]:
    """What was declared, each with its clause."""
    book = record.rulebook
    return [
        {
            "label": gates.label(key),
            "clause": gates.clause_of(book, key),
            "binding": binding,
            "reference": gates.referred(book, key),
            "said": record.vetoes[key],
        }
        for key, binding in gates.asked(book).items()
        if key in record.vetoes
    ]


def findings(record) -> dict:
    """What the gate found when it was last put or sent, and what the applicant says to it."""
    rows = Event.objects.of(record).filter(step__in=("consult", "resubmit"))
    last = rows.order_by("-id").only("facts").first()
    said = dict(map(tuple, last.facts)).get(FOUND, "") if last else ""
    return {"lines": said.splitlines(), "note": record.gate_note}


def duties(record, user) -> list[dict]:
    """What came of it, one per township, as far as the reader may see."""
    rows = AdmittedDuty.objects.visible_to(user).filter(request=record).select_related("unit")
    return [
        {"name": name_of(one.unit), "url": one.get_absolute_url(), "tag": state_tag(one)}
        for one in rows.order_by("unit__code", "id")
    ]


def exits(record, user) -> list[dict]:
    """Exits of it that the reader may see."""
    rows = ExitRequest.objects.visible_to(user).filter(request=record).order_by("id")
    return [
        {"name": one.number or "退出申请(待提交)", "url": one.get_absolute_url(),
         "tag": state_tag(one)}
        for one in rows
    ]  # fmt: skip


# ------------------------------------------------------------------ opinions


def opinion_dict(one, user, file: File) -> dict:
    """One answer: who, what, when, its clock, its letter."""
    key = presentation.place(one)
    mine = any(post.unit_id == one.unit_id for post in user.posts_held())
    return {
        "unit": one.unit,
        "tag": opinion_tag(one),
        "text": one.text,
        "on": one.answered_on,
        "mine": mine,
        "clocks": [clock for clock in file.by_place.get(key, []) if clock["running"]],
        "files": [file for file in file.files if file["key"] == key],
    }


def past(rows: list, user, file: File) -> list[dict]:
    """Earlier consultations, newest first."""
    rounds: dict[int, list[dict]] = {}
    for one in rows:
        told = opinion_dict(one, user, file)
        if one.attitude:
            told["tag"] = tag(one.get_attitude_display())
        rounds.setdefault(one.round, []).append(told)
    return [{"number": number, "opinions": found} for number, found in rounds.items()]


# ------------------------------------------------------------------ the way


def line(record, file: File, opinions: list) -> list[dict]:
    """The way of the request as stations."""
    began = first_at(file, "consult")
    asked = bool(opinions)
    answered = sum(one.state in ("answered", "noted") for one in opinions)
    note = f"{answered} / {len(opinions)} 已答复" if asked and record.state == "consulting" else ""
    filed = record.raised_at if record.number else None
    # Filing closes the consultation, so that it is done from that moment on.
    marks = [
        Mark("填写申请", began or filed, name_of(record.owner), clause="GX-准入-08"),
        Mark("征求乡镇意见", filed, note=note, clause="GX-准入-07"),
        Mark("提交申请", filed, name_of(record.owner), clause="GX-准入-08"),
    ]
    if record.state == "returned":
        marks.append(Mark("补正后重新提交", None, name_of(record.owner), clause="GX-准入-08"))
    marks += [station(group["stages"]) for group in file.chain]
    effect = first_at(file, "take_effect")
    note = cn_date(record.in_force_on) if record.in_force_on else ""
    marks.append(Mark("准入生效", effect, note=note, clause="GX-准入-12"))
    return progress_line(record, marks, stopped=record.state in STOPPED)


def first_at(file: File, name: str):
    """When a step was done last, as far as the page of the trail tells."""
    return next((one["at"] for one in file.trail.events if one["step"] == name), None)


# ------------------------------------------------------------------ steps


def steps_of(file: File, record, opinions: list, user) -> list[dict]:
    """What the reader can do: own answer and own stages first, then the request itself."""
    own = [step for one in opinions for step in answers(one, user, file)]
    own += own_stage_steps(file, record, user)
    found = presentation.steps_for(record, user)
    url = reverse("admission:request_edit", args=[record.pk])
    if record.state == "consulting":
        found = written(found, WRITING, "修改后重新征求意见", url, tone="quiet")
        found.sort(key=lambda one: (not one["open"], one["name"] != "file"))
    else:
        label = "补正后重新提交" if record.state == "returned" else "继续填写"
        found = written(found, WRITING, label, url)
    return own + found + leaving(record, user)


def answers(one, user, file: File) -> list[dict]:
    """The reader's own answer; for the applicant a note in place of an answer that is overdue."""
    units = {post.unit_id for post in user.posts_held()}
    if one.unit_id in units:
        again = one.state == "answered"
        return [
            step | {"label": "修改答复意见" if again else "答复意见",
                    "tone": "quiet" if again else step["tone"]}
            for step in presentation.steps_for(one, user)
            if step["open"] and step["name"] == "reply"
        ]  # fmt: skip
    late = any(clock["running"] and clock["state"] == "late"
               for clock in file.by_place.get(presentation.place(one), []))  # fmt: skip
    if one.owner_id not in units or one.state != "asked" or not late:
        return []
    return [
        step | {"label": f"说明未答复情况({name_of(one.unit)})"}
        for step in presentation.steps_for(one, user)
        if step["open"] and step["name"] == "note"
    ]


def leaving(record, user) -> list[dict]:
    """The way to an exit, for whom may ask for one of what is still borne."""
    if record.state != "in_force":
        return []
    units = {unit.pk for unit in filing.leavers(user)}
    borne = record.duties.filter(state__in=filing.BOUND)
    own = [one for one in borne if {one.department_id, one.unit_id} & units]
    if not own:
        return []
    url = reverse("admission:exit_new") + f"?request={record.pk}"
    step = {"name": "exit", "label": "申请退出", "open": True, "tone": "quiet", "url": url}
    return [step | {"clause": filing.clauses(record.rulebook).get("exit", ""), "reason": ""}]
