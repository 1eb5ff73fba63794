"""交办单: work is handed over with the number of its approval, or may be refused."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from admission import carrying, ledgers
from admission.forms import PaperSlipForm, SlipForm
from admission.models import AdmittedDuty, HandDown, Slip
from admission.posts import DEPARTMENT, TOWNSHIP
from admission.presenting import state_tag
from admission.views.following import (
    begin,
    blank,
    departments,
    file_context,
    found_or_404,
    ledger_export,
    ledger_page,
    townships,
)
from checklist import filing
from governance.models import Unit
from governance.presenting import fact
from governance.wording import cn_date, cn_datetime

REGISTERING = "登记收到的交办"


@login_required
@require_safe
def slips(request):
    """The slips that the reader's units have sent or received."""
    return ledger_page(request, ledgers.SLIPS, actions(request.user))


def actions(user) -> list[dict]:
    """The buttons to begin."""
    found = []
    if user.holds(*DEPARTMENT):
        url = reverse("admission:slip_new")
        found.append({"label": "开具交办单", "url": url, "icon": "plus", "tone": "go"})
    if user.holds(*TOWNSHIP):
        url = reverse("admission:slip_register")
        found.append({"label": "登记收到的交办", "url": url, "icon": "plus", "tone": "go"})
    return found


@login_required
@require_safe
def slips_export(request):
    """Exactly what is filtered, all rows."""
    return ledger_export(request, ledgers.SLIPS)


# ------------------------------------------------------------------ beginning one


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request):
    """A department hands over what was admitted; perhaps a named duty (`?duty=`)."""
    units = departments(request.user, "开具交办单", "GX-准入-12")
    wanted = filing.number(request.GET.get("duty"))
    duty = AdmittedDuty.objects.filter(department__in=units, pk=wanted).first() if wanted else None
    if duty:
        units = [one for one in units if one.pk == duty.department_id]
    record = blank(request, Slip, units)
    initial = {"duty": duty.pk, "content": duty.request.content} if duty else {}
    page = {"template": "admission/slip_new.html", "has_duties": has_duties(record)}
    return begin(request, record, "issue", LabelledSlipForm, page, units, initial)


def has_duties(record) -> bool:
    """Whether there is anything to hand over."""
    rows = AdmittedDuty.objects.filter(department=record.owner, state__in=("pending", "active"))
    return rows.exists()


class LabelledSlipForm(SlipForm):
    """The form as the page shows it: duties with their number."""

    def prepare(self):
        super().prepare()
        field = self.fields["duty"]
        field.empty_label = "请选择已获准入的事项"
        field.label_from_instance = lambda one: f"{one.title} {one.approval_number}"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def register(request):
    """A township registers what has come on paper or by word; its number is checked at once."""
    units = townships(request.user, REGISTERING, "GX-准入-12")
    record = blank(request, Slip, units)
    said = request.POST if request.method == "POST" else request.GET
    page = {
        "template": "admission/slip_register.html",
        "checked": checked(record.owner, said.get("department"), said.get("stated_number")),
    }
    return begin(request, record, "register", PaperSlipForm, page, units, {})


@login_required
@require_safe
def check(request):
    """What the number means for this township, while somebody types."""
    owner = blank(request, Slip, townships(request.user, REGISTERING)).owner
    found = checked(owner, request.GET.get("department"), request.GET.get("stated_number"))
    return render(request, "admission/_slip_check.html", {"checked": found})


def checked(unit: Unit, department, number) -> dict | None:
    """Whether a number is an approval that binds this township: words, tone, and the duty.

    Only the township's own duties are looked at, so that nothing is learnt about others.
    """
    number = (number or "").replace("\0", "").strip()[:60]
    if not number:
        return None
    rows = AdmittedDuty.objects.filter(unit=unit, approval_number=number).exclude(state="new")
    duty = rows.select_related("department", "unit").first()
    if duty is None:
        words = "没有批准给本乡镇(街道)的这个表号。登记后可以拒收,并报告擅自交办。"
        return {"tone": "warning", "title": "不是有效的批准表号", "text": words}
    department = filing.number(department)
    if department and duty.department_id != department:
        words = f"这个表号批准的是{duty.department}的“{duty.name}”,与所选部门不一致。"
        return {"tone": "warning", "title": "与交办部门不符", "text": words, "duty": duty}
    slip = Slip(duty=duty, unit=unit, stated_number=number)
    if not carrying.approved(slip, timezone.now()):
        words = f"“{duty.name}”工作时限已满或者已经退出,不再约束本乡镇(街道),可以拒收。"
        return {"tone": "warning", "title": "已经期满或者退出", "text": words, "duty": duty}
    last = f"至{cn_date(duty.ends_on)}" if duty.ends_on else "长期"
    words = f"{duty.department}“{duty.name}”,{cn_date(duty.starts_on)}起,{last}。"
    return {"tone": "success", "title": "有效的批准表号", "text": words, "duty": duty}


# ------------------------------------------------------------------ one slip


@login_required
@require_safe
def slip(request, pk: int):
    """One slip: its number, what is to be done, receive or refuse."""
    record = found_or_404(Slip, request.user, pk)
    context = file_context(request, record, ledgers.SLIPS)
    valid = carrying.approved(record, timezone.now())
    context |= {
        "facts": facts(record),
        "valid": valid,
        "verdict": verdict(record, valid),
        "duty_tag": state_tag(record.duty) if record.duty_id else None,
        "report_url": report_url(record, request.user),
        "reports": HandDown.objects.visible_to(request.user).filter(slip=record).order_by("id"),
    }
    return render(request, "admission/slip.html", context)


def facts(record) -> list[dict]:
    """Who hands over what to whom, under which number."""
    rows = [
        fact("交办部门", record.department),
        fact("承接乡镇", record.unit),
        fact("交办方式", record.get_channel_display()),
        fact("交办时间", cn_datetime(record.raised_at)),
        fact("批准表号", record.stated_number or "单上没有载明"),
    ]
    if record.duty_id:
        rows.append(fact("准入事项", record.duty.name, url=record.duty.get_absolute_url()))
    return rows


def verdict(record, valid: bool) -> dict | None:
    """What the platform says about the number, as long as nobody has decided."""
    if record.state != "issued":
        return None
    if valid:
        words = "批准表号有效,事项在工作时限内,乡镇(街道)应当协助落实。"
        clause = record.cited("GX-准入-12")
        return {"tone": "success", "title": "表号有效", "text": words, "clause": clause}
    words = "没有有效的批准表号,不属于准入事项,乡镇(街道)可以拒收。"
    clause = record.cited("GX-准入-01")
    return {"tone": "warning", "title": "表号无效", "text": words, "clause": clause}


def report_url(record, user) -> str:
    """Where the township reports what it has refused; empty for everybody else."""
    posts = [p for p in user.posts_held() if p.role in TOWNSHIP and p.unit_id == record.unit_id]
    if record.state != "declined" or not posts or record.reports.exists():
        return ""
    return reverse("admission:handdown_new") + f"?slip={record.pk}"
