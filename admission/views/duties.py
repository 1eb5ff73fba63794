"""准入事项: the ledger, one duty, its money as a sheet."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

from admission import dutypage, ledgers
from admission.models import AdmittedDuty
from admission.views.following import (
    file_context,
    found_or_404,
    ledger_export,
    ledger_page,
)
from checklist.registers import moment
from checklist.views.common import send_file
from governance import sheets

HEADINGS = ("日期", "类别", "金额(元)", "余额(元)", "用途", "凭证号", "登记人", "登记时间")


@login_required
@require_safe
def duties(request):
    """The ledger of admitted duties."""
    return ledger_page(request, ledgers.DUTIES, [])


@login_required
@require_safe
def duties_export(request):
    """Exactly what is filtered, all rows."""
    return ledger_export(request, ledgers.DUTIES)


@login_required
@require_safe
def duty(request, pk: int):
    """One duty: what, since when, until when, with what support and money."""
    record = found_or_404(AdmittedDuty, request.user, pk)
    context = file_context(request, record, ledgers.DUTIES)
    context |= dutypage.page(request, record, context)
    return render(request, "admission/duty.html", context)


@login_required
@require_safe
def entries_export(request, pk: int):
    """The fund ledger of one duty."""
    record = found_or_404(AdmittedDuty, request.user, pk)
    rows = record.entries.select_related("by").order_by("id")
    lines = (
        [f"{one.day:%Y-%m-%d}", one.get_kind_display(), f"{one.amount:.2f}", f"{one.balance:.2f}",
         one.purpose, one.voucher, one.by.name, moment(one.at)]
        for one in rows.iterator(chunk_size=500)
    )  # fmt: skip
    sheet = ("经费台账", list(HEADINGS), lines)
    name = f"经费台账-{record.name}-{record.unit.short_name or record.unit.name}.xlsx"
    widths = {"用途": 40, "凭证号": 18, "登记时间": 18}
    return send_file(lambda target: sheets.write_xlsx(target, [sheet], widths=widths), name)
