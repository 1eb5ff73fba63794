"""The forms of admission and exit: 准入申报审批表, 准入审批表, 申请书, 准出审批表.

Each function reads a record and returns a `Paper`; what a person may read is decided before.
"""

from __future__ import annotations

from admission.gates import schema
from admission.models import AdmissionRequest, ExitRequest
from admission.models.states import Term
from checklist import approval_forms as forms
from checklist.approval_forms import BLANK_DAY, WIDTHS
from governance.models import Unit
from governance.papers import Cell, Paper, Table, Text, head, row
from governance.wording import date_words

OWN = ("save_draft", "consult", "file", "resubmit")
"""Steps that bring the applicant's evidence."""
REVIEWS = ("bianban", "sifa")
DRAFT = "(草稿,未提交)"
TICK = {True: "☑", False: "□"}


def request_paper(request: AdmissionRequest, place: int | None = None) -> Paper:
    """The county's form for a request; `place`: which of the copies (from 0)."""
    layout = request.rulebook.value("admission.form")
    rows, notes = FORMS[layout](request)
    shown = [*forms.named(request, *REVIEWS), *forms.deciding(request)]
    annex = [*notes, *forms.other_stages(request, shown)]
    copies = copies_of(request)
    mark = forms.copy_mark(holders_of(request), place) + ("" if request.number else DRAFT)
    return Paper(
        title=title_of(request),
        number=request.number,
        blocks=(
            forms.first_line(request.owner, request.applied_on if request.number else None),
            Table(rows, WIDTHS),
            forms.copies_note(copies),
            Text("附页", "annex"),
            *annex,
            Text("依据材料", "h1"),
            Text(forms.files_of(request, *OWN)),
        ),
        mark=mark,
        seal=False,
        small=True,
        form=True,
    )


def title_of(request: AdmissionRequest) -> str:
    """What the county's form is called."""
    layout = request.rulebook.value("admission.form")
    if layout == "jiaoqu":
        return f"{request.county.short_name}乡镇(街道)职责任务清单准入审批表"
    return "职责准入申请书" if layout == "elements" else "县乡交办事项准入申报审批表"


def copies_of(request: AdmissionRequest) -> list[str]:
    """The holders of copies, as the county's text names them."""
    return request.rulebook.value("admission.copies")


def holders_of(request: AdmissionRequest) -> list[str]:
    """The holders one by one."""
    names = [unit.short_name for unit in townships(request.covers)]
    return forms.holders(copies_of(request), names)


def townships(ids) -> list[Unit]:
    """The units of a list of ids, in their order."""
    return list(Unit.objects.filter(pk__in=ids).order_by("code"))


# ------------------------------------------------------------------ the three forms


def guanxian(request: AdmissionRequest) -> tuple:
    """《县乡交办事项准入申报审批表》, row by row (GX-准入表-03…15)."""
    whole = request.whole_county
    covered = townships(request.covers)
    names = f"全部{len(covered)}个" if whole else "、".join(unit.short_name for unit in covered)
    rows = (
        row(head("申请交办事项"), Cell(request.name, span=3)),
        row(head("申请准入理由"), Cell(request.reason, span=3, tall=True)),
        row(head("联系人"), request.contact, head("联系电话"), request.phone),
        row(head("覆盖地域范围"), f"{forms.rank(request.county)}:{TICK[whole]} 全域",
            Cell(f"乡镇(街道):{names}", span=2)),
        row(head("征求乡镇(街道)意见情况"), Cell(consultation(request), span=3, tall=True)),
        *term_rows(request),
        row(head("工作内容"), Cell(request.content, span=3, tall=True)),
        row(head("目标任务"), Cell(request.target, span=3, tall=True)),
        row(head("划拨工作经费"), Cell(money(request), span=3)),
        *opinion_rows(request),
    )  # fmt: skip
    return rows, [*elements(request), *supports(request)]


def jiaoqu(request: AdmissionRequest) -> tuple:
    """《职责任务清单准入审批表》, row by row (JQ-准入表-03…11); what the article asks for and the
    form has no box for stands in the annex (decision 19).
    """
    staged = request.term == Term.STAGE
    rows = (
        row(head("申请具体事项"), Cell(request.name, span=3)),
        row(head("联系人"), request.contact, head("联系电话"), request.phone),
        row(head("工作时限"), f"阶段性{TICK[staged]}", Cell(span_of(request), span=2)),
        row(head("职责主体及内容"), Cell(request.content, span=3, tall=True)),
        row(head("职责任务"), Cell(request.target, span=3, tall=True)),
        *opinion_rows(request),
    )
    regular = [("工作时限", "常规性,长期")] if request.term == Term.REGULAR else []
    told = [
        ("覆盖地域", "、".join(unit.short_name for unit in townships(request.covers))),
        *regular,
        ("申请理由", request.reason),
        ("征求意见情况", consultation(request)),
        ("经费", money(request)),
    ]
    return rows, [*facts("申请情况", told), *elements(request), *supports(request)]


def by_elements(request: AdmissionRequest) -> tuple:
    """《申请书》 by its elements (TX-准入-07)."""
    parts = {"职责名称": request.name} | request.elements
    order = request.rulebook.value("admission.elements")
    rows = (
        *(row(head(one), Cell(parts.get(one, ""), span=3, tall=one in request.elements))
          for one in order),
        row(head("拟下放职责的部门"), str(request.department or ""),
            head("承接乡镇"), "、".join(one.short_name for one in townships(request.covers))),
        row(head("联系人"), request.contact, head("联系电话"), request.phone),
        *term_rows(request),
        row(head("征求意见情况"), Cell(consultation(request), span=3, tall=True)),
        *opinion_rows(request),
    )  # fmt: skip
    told = [("申请理由", request.reason), ("经费", money(request))]
    return rows, [*facts("申请情况", told), *supports(request)]


FORMS = {"guanxian": guanxian, "jiaoqu": jiaoqu, "elements": by_elements}


# ------------------------------------------------------------------ boxes


def term_rows(request: AdmissionRequest) -> tuple:
    """阶段性 with its days, 常规性 without; the two exclude each other (GX-准入表-09, 10)."""
    stage, regular = request.term == Term.STAGE, request.term == Term.REGULAR
    return (
        row(Cell("工作时限", head=True, down=2), f"阶段性 {TICK[stage]}",
            Cell(span_of(request), span=2)),
        row(f"常规性 {TICK[regular]}", Cell("长期", span=2)),
    )  # fmt: skip


def span_of(request: AdmissionRequest) -> str:
    """从…到…, blank where the duty has no end."""
    if request.term != Term.STAGE:
        return f"从{BLANK_DAY}\n到{BLANK_DAY}"
    first, last = date_words(request.starts_on), date_words(request.ends_on)
    return f"从 {first or BLANK_DAY}\n到 {last or BLANK_DAY}"


def opinion_rows(request: AdmissionRequest) -> tuple:
    """编办 and 司法局 in one box or in two, then the approval (GX-准入表-14, 15)."""
    own, last = forms.rank(request.county), forms.deciding(request)
    offices = {name: forms.named(request, name) for name in REVIEWS}
    if request.rulebook.value("admission.opinions") == "separate":
        return forms.separate_rows(request, offices, last, own)
    if any(offices.values()):
        both = forms.opinion_row(
            "机构编制部门、司法部门意见", [*offices["bianban"], *offices["sifa"]]
        )
        return (both, forms.opinion_row("党委政府审批意见", last))
    before = [one for one in forms.rows_of(request) if one["order"] < last[0]["order"]]
    rows = [forms.opinion_row(one["label"], [one]) for one in before]
    rows += [forms.opinion_row(one["label"], [one]) for one in last]
    return tuple(rows)


def consultation(request: AdmissionRequest) -> str:
    """What each township has answered, and what was agreed upon (GX-准入表-08)."""
    found = []
    for one in request.opinions_now():
        if one.state == "noted":
            words = f"逾期未答复(申请单位说明:{one.text})"
        elif one.answered_on:
            said = f",{one.text}" if one.text else ""
            words = f"{one.get_attitude_display()}{said}({date_words(one.answered_on)})"
        else:
            words = "尚未答复"
        found.append(f"{one.unit.short_name}:{words}")
    if request.agreement:
        found.append(f"协商意见:{request.agreement}")
    return "\n".join(found)


def money(request: AdmissionRequest) -> str:
    """Amount and source (GX-准入表-13)."""
    if request.funds is None:
        return ""
    source = f"({request.funds_source})" if request.funds_source else ""
    return f"{request.funds:,.2f}元{source}"


def elements(request: AdmissionRequest) -> list:
    """The 专项说明 by its parts (GX-准入-06)."""
    return facts("专项说明", list(request.elements.items()))


def supports(request: AdmissionRequest) -> list:
    """What is promised, kind by kind, and until when (GX-准入-13)."""
    kinds = schema().fields["admission.support"].choices
    told = [(f"{kinds.get(key, key)}保障", words) for key, words in request.support.items()]
    if request.support_due_on:
        told.append(("落实日期", date_words(request.support_due_on)))
    return facts("保障措施", told)


def facts(title: str, pairs) -> list:
    """A part of the annex: label and words, nothing where nothing was said."""
    rows = tuple(row(head(label), words) for label, words in pairs if words)
    return [Text(title, "h1"), Table(rows, (22, 78))] if rows else []


# ------------------------------------------------------------------ exits


EXIT_TITLES = {"notice": "交办事项退出申请表", "as_admission": "职责退出申请表", "form": ""}
"""Only 郊区 has a form of its own for exits; elsewhere its rows serve as well."""


def exit_paper(leave: ExitRequest, place: int | None = None) -> Paper:
    """《准出审批表》 of an admitted duty (JQ-准出表-01…10, GX-准入-15)."""
    request = leave.request
    names = [unit.short_name for unit in townships(leave.covers)]
    told = [
        ("准入批准表号", request.number),
        ("退出乡镇", "、".join(names)),
        ("拟退出日", date_words(leave.effective_on)),
        ("来源", leave.get_origin_display()),
        ("依据材料", forms.files_of(leave)),
    ]
    return forms.exit_paper(
        forms.ExitFacts(
            matter=leave,
            applied=leave.applied_on,
            item=f"{request.name}(批准表号{request.number})",
            reason="\n".join(filter(None, [leave.ground, leave.reason])),
            contact=leave.contact,
            phone=leave.phone,
            townships=tuple(names),
            annex=tuple(facts("退出情况", told)),
            title=EXIT_TITLES[leave.rulebook.value("exit.form")],
        ),
        place,
    )


def exit_holders(leave: ExitRequest) -> list[str]:
    """The holders of its copies one by one."""
    names = [unit.short_name for unit in townships(leave.covers)]
    return forms.holders(leave.rulebook.value("admission.copies"), names)
