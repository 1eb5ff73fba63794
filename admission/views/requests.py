"""Pages of one request: its file, and the form on which it is written."""

from __future__ import annotations

from uuid import uuid4

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from admission import applying, filing, requestpage
from admission.models import AdmissionRequest
from admission.views.common import found_or_404
from admission.views.filing import Sheet, written
from governance import presentation
from governance.rulebook_fields import schema
from governance.steps import Denied

LABELS = {
    "consult": "征求乡镇意见",
    "resubmit": "补正后重新提交",
    "save_draft": "保存草稿",
}
ANEW = "重新征求乡镇意见"


@login_required
@require_safe
def request_page(request, pk: int):
    """One request: what is asked for, who has said what, where it stands."""
    record = found_or_404(AdmissionRequest, request.user, pk)
    return render(request, "admission/request.html", requestpage.page(request, record))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request):
    """A new request."""
    record, units = blank(request)
    owner = record.owner
    initial = {"contact": owner.contact_person, "phone": owner.contact_phone}
    if request.GET.get("name"):
        initial["name"] = request.GET["name"][:200]
    record.units = units
    return written(request, SHEET, record, initial)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, pk: int):
    """A draft; one to be put to the townships anew; one sent back for correction."""
    return written(request, SHEET, found_or_404(AdmissionRequest, request.user, pk))


def blank(request):
    """An unsaved request, and the units to choose from.

    Raises:
        Denied: this person applies for no unit.
    """
    units = filing.sources(request.user)
    if not units:
        words = "准入申请由县级部门提出(本县制度方案另有规定的除外)。"
        raise Denied(words, "GX-准入-08")
    wanted = filing.number(request.POST.get("source") or request.GET.get("source"))
    owner = next((one for one in units if one.pk == wanted), units[0])
    return filing.begun(AdmissionRequest, owner, timezone.now()), units


def show(request, record, form, *, status=200, said="", refusal=""):
    """The page of writing."""
    book = record.rulebook
    layout = filing.layout(form, book)
    names = SHEET.open_names(record, request.user)
    units = getattr(record, "units", [])
    context = {
        "record": record,
        "form": form,
        "layout": layout,
        "vetoes": [
            {"binding": True, "rows": layout.binding},
            {"binding": False, "rows": layout.advice},
            {"reference": True, "rows": layout.references},
        ],
        "clauses": filing.clauses(book),
        "headings": filing.headings(form, layout),
        "units": units if len(units) > 1 else [],
        "token": request.POST.get("token") or uuid4().hex,
        "action": SHEET.action(request, record),
        "buttons": [{"name": one, "label": label(record, one)} for one in names],
        "consult_limit": book.value("admission.consult"),
        "asked_before": record.opinions_now() if record.consultation else [],
        "paper": schema().fields["admission.form"].choices[book.value("admission.form")],
        "findings": filing.told(filing.findings(record, form)),
        "loads": filing.load_rows(record.county, filing.chosen(form)),
        "kept": presentation.files_of(record, request.user) if record.pk else [],
        "said": said,
        "refusal": refusal,
    }
    return render(request, "admission/filing.html", context, status=status)


def label(record, name: str) -> str:
    """The words of a button."""
    return ANEW if name == "consult" and record.consultation else LABELS[name]


def done_words(record, name: str) -> str:
    """The sentence after a step."""
    if name == "save_draft":
        return "草稿已保存。"
    if name == "consult":
        return f"已向{len(applying.whom(record))}个单位发出征求意见函。"
    return f"“{LABELS[name]}”已办理,文号 {record.number}。"


SHEET = Sheet(
    model=AdmissionRequest,
    writing=("resubmit", "consult", "save_draft"),
    form=filing.page_form,
    show=show,
    edit="admission:request_edit",
    done=done_words,
)


# ------------------------------------------------------------------ while one types


def being_written(request):
    """The record and the form of the page from which a part is asked. POST, so that long texts
    stay out of addresses and logs; it changes nothing.
    """
    pk = filing.number(request.POST.get("record"))
    record = found_or_404(AdmissionRequest, request.user, pk) if pk else blank(request)[0]
    return record, filing.page_form(record, request.user, data=request.POST)


@login_required
@require_http_methods(["POST"])
def gate(request):
    """What the gate says of what has been typed so far."""
    record, form = being_written(request)
    context = {"findings": filing.told(filing.findings(record, form))}
    return render(request, "admission/_gate.html", context)


@login_required
@require_http_methods(["POST"])
def loads(request):
    """What the townships that are ticked carry already."""
    record, form = being_written(request)
    rows = filing.load_rows(record.county, filing.chosen(form))
    context = {"loads": rows, "clauses": filing.clauses(record.rulebook)}
    return render(request, "admission/_loads.html", context)
