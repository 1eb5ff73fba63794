"""擅自交办: what came without admission is reported, and withdrawn or brought in order."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from admission import ledgers
from admission.forms import HandDownForm
from admission.models import AdmissionRequest, HandDown, Slip
from admission.posts import TOWNSHIP
from admission.views.following import (
    begin,
    blank,
    file_context,
    found_or_404,
    ledger_export,
    ledger_page,
    townships,
)
from checklist import filing
from governance.perform import steps_of
from governance.presentation import Mark, progress_line
from governance.presenting import fact, name_of
from governance.wording import cn_date

ORDER = steps_of(HandDown)["order"]


@login_required
@require_safe
def handdowns(request):
    """The reports that the reader may see."""
    url = reverse("admission:handdown_new")
    action = {"label": "报告擅自交办", "url": url, "icon": "flag", "tone": "go"}
    actions = [action] if request.user.holds(*TOWNSHIP) else []
    return ledger_page(request, ledgers.HANDDOWNS, actions)


@login_required
@require_safe
def handdowns_export(request):
    """Exactly what is filtered, all rows."""
    return ledger_export(request, ledgers.HANDDOWNS)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request):
    """A township reports; perhaps what it has refused (`?slip=`)."""
    units = townships(request.user, "报告擅自交办", "GX-准入-02")
    wanted = filing.number(request.GET.get("slip"))
    rows = Slip.objects.filter(unit__in=units, state="declined")
    slip = rows.filter(pk=wanted).select_related("department").first() if wanted else None
    if slip:
        units = [one for one in units if one.pk == slip.unit_id]
    record = blank(request, HandDown, units)
    page = {"template": "admission/handdown_new.html", "slip": slip}
    return begin(request, record, "report", ChosenForm, page, units, from_slip(slip))


class ChosenForm(HandDownForm):
    """The form as the page shows it: slips with number and name."""

    def prepare(self):
        super().prepare()
        self.fields["slip"].label_from_instance = lambda one: f"{one.number} {one.name}"
        self.fields["slip"].empty_label = "没有交办单(口头、会议、文件等)"
        self.fields["department"].empty_label = "请选择部门"


def from_slip(slip) -> dict:
    """What a refused slip says already."""
    if slip is None:
        return {}
    return {
        "slip": slip.pk,
        "department": slip.department_id,
        "manner": HandDown.Manner.DUTY,
        "name": slip.name,
        "happened_on": timezone.localdate(slip.raised_at),
        "text": f"{slip.content}\n拒收理由:{slip.reason}",
    }


@login_required
@require_safe
def handdown(request, pk: int):
    """One report: what came, from whom, what was ordered, whether it was put right."""
    record = found_or_404(HandDown, request.user, pk)
    context = file_context(request, record, ledgers.HANDDOWNS)
    context |= {
        "facts": facts(record, request.user),
        "order": order(record),
        "line": line(record),
    }
    return render(request, "admission/handdown.html", context)


def facts(record, user) -> list[dict]:
    """Who has handed down what, how and when."""
    rows = [
        fact("报告乡镇", record.owner),
        fact("交办部门", record.department),
        fact("方式", record.get_manner_display()),
        fact("交办日期", cn_date(record.happened_on)),
    ]
    if record.slip_id and Slip.objects.visible_to(user).filter(pk=record.slip_id).exists():
        rows.append(fact("拒收的交办单", record.slip.number, url=record.slip.get_absolute_url()))
    seen = AdmissionRequest.objects.visible_to(user)
    if record.request_id and seen.filter(pk=record.request_id).exists():
        url = record.request.get_absolute_url()
        rows.append(fact("补办的准入申请", record.request.number, url=url))
    return rows


def order(record) -> list[dict]:
    """What was demanded, what was found, how it was put right."""
    rows = []
    if record.demand:
        rows += [
            fact("处理要求", f"{record.get_demand_display()},限 {record.limit} 个工作日"),
            fact("责令日期", cn_date(record.ordered_on)),
            fact("责令内容", record.order_text, pre=True),
        ]
    if record.correction:
        rows.append(fact("纠正情况", record.correction, pre=True))
    if record.finding:
        label = "撤回理由" if record.state == "withdrawn" else "认定理由"
        rows.append(fact(label, record.finding, pre=True))
    return rows


def line(record) -> list[dict]:
    """The way of the report as stations."""
    moved = dict(record.events.exclude(target="").order_by("id").values_list("step", "at"))
    marks = [Mark("乡镇报告", record.raised_at, name_of(record.owner), clause="GX-准入-02")]
    if record.state in ("dismissed", "withdrawn"):
        word = "认定不属擅自交办" if record.state == "dismissed" else "撤回报告"
        return progress_line(
            record, [*marks, Mark(word, moved.get("dismiss") or moved.get("withdraw"))]
        )
    marks.append(Mark("编办责令纠正", moved.get("order"), clause=ORDER.clause))
    if record.state == "referred":
        return progress_line(record, [*marks, Mark("逾期,移送问责线索", moved.get("refer"))])
    answered = moved.get("answer") if record.state in ("answered", "closed") else None
    marks.append(Mark("部门纠正", answered, name_of(record.department)))
    return progress_line(record, [*marks, Mark("确认已纠正", moved.get("close"))])
