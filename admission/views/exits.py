"""Pages of one exit: its file, and the form on which it is written."""

from __future__ import annotations

from uuid import uuid4

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from admission import exitpage, filing
from admission.forms import ExitForm
from admission.models import AdmissionRequest, AdmittedDuty, ExitRequest
from admission.views.common import found_or_404
from admission.views.filing import Sheet, written
from governance import presentation
from governance.models import Unit
from governance.steps import Denied

LABELS = {"file": "提交退出申请", "resubmit": "补正后重新提交", "save_draft": "保存草稿"}


@login_required
@require_safe
def exit_page(request, pk: int):
    """One exit: why, where it stands, who was told, from which day."""
    record = found_or_404(ExitRequest, request.user, pk)
    return render(request, "admission/exit.html", exitpage.page(request, record))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request):
    """A new exit, perhaps of an admission (`?request=`) or of one duty (`?duty=`)."""
    record, initial = blank(request)
    return written(request, SHEET, record, initial)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, pk: int):
    """A draft, what the clock has opened, or one sent back for correction."""
    return written(request, SHEET, found_or_404(ExitRequest, request.user, pk))


def blank(request) -> tuple[ExitRequest, dict]:
    """An unsaved exit, and what is known of it.

    Raises:
        Denied: this person may not apply for an exit.
    """
    units = filing.sources(request.user, "exit.applicants")
    if not units:
        words = "退出申请由交办部门提出;乡镇可在准入事项页面建议退出。"
        raise Denied(words, "GX-准入-15")
    duty = duty_asked(request)
    pk = duty.request_id if duty else asked(request)
    found = AdmissionRequest.objects.visible_to(request.user).filter(pk=pk).first() if pk else None
    owner = owner_of(units, found, filing.number(request.POST.get("source")))
    record = filing.begun(ExitRequest, owner, timezone.now())
    record.units = units
    initial = {"contact": owner.contact_person, "phone": owner.contact_phone}
    if found:
        towns = [duty.unit_id] if duty else list(filing.left_units(found, owner))
        initial |= {"request": found.pk, "townships": towns}
    elif owner.kind == Unit.Kind.TOWNSHIP:
        initial["townships"] = [owner.pk]
    return record, initial


def asked(request) -> int | None:
    """The admission that the address or the form names."""
    return filing.number(request.POST.get("request") or request.GET.get("request"))


def duty_asked(request) -> AdmittedDuty | None:
    """The duty from whose page one comes, if the reader may see it."""
    pk = filing.number(request.GET.get("duty")) if request.method == "GET" else None
    return AdmittedDuty.objects.visible_to(request.user).filter(pk=pk).first() if pk else None


def owner_of(units: list[Unit], found, wanted: int | None) -> Unit:
    """For which of the person's units: the one chosen, else the one that hands the duty down."""
    first = next((one for one in units if found and one.pk == found.department_id), units[0])
    return next((one for one in units if one.pk == wanted), first)


# ------------------------------------------------------------------ the form


def page_form(record, user, *, data=None, initial=None):
    """The form as the page lays it out: only townships that carry the admission chosen."""
    form = ExitForm(data, record=record, actor=user, initial=initial)
    chosen = chosen_of(form, record)
    towns = form.fields["townships"]
    if chosen is not None:
        towns.queryset = towns.queryset.filter(pk__in=filing.left_units(chosen, record.owner))
    elif record.owner.kind != Unit.Kind.TOWNSHIP:
        towns.queryset = towns.queryset.none()
    if "request" in form.fields:
        field = form.fields["request"]
        field.empty_label = "请选择准入事项"
        field.label_from_instance = lambda one: f"{one.name}({one.number})"
    ground = form.fields["ground"]
    ground.choices = [("", "请选择"), *(one for one in ground.choices if one[0])]
    form.chosen = chosen
    return form


def chosen_of(form, record):
    """The admission that is to be left, as far as it is known."""
    if "request" not in form.fields:
        return record.request
    pk = filing.number(getattr(form["request"].value(), "pk", form["request"].value()))
    return form.fields["request"].queryset.filter(pk=pk).first() if pk else None


def show(request, record, form, *, status=200, said="", refusal=""):
    """The page of writing."""
    book = record.rulebook
    units = getattr(record, "units", [])
    context = {
        "record": record,
        "admission": form.chosen,
        "form": form,
        "units": units if len(units) > 1 else [],
        "token": request.POST.get("token") or uuid4().hex,
        "action": SHEET.action(request, record),
        "buttons": [
            {"name": one, "label": LABELS[one]} for one in SHEET.open_names(record, request.user)
        ],
        "listed": book.value("exit.form") == "form",
        "clauses": filing.clauses(book),
        "clause": book.cited("GX-准入-15"),
        "opened": exitpage.opened(record, names(record)) if record.pk else None,
        "kept": presentation.files_of(record, request.user) if record.pk else [],
        "said": said,
        "refusal": refusal,
    }
    return render(request, "admission/exit_filing.html", context, status=status)


def names(record) -> dict[int, str]:
    """The townships that are left."""
    return exitpage.names_of(record.covers)


def done_words(record, name: str) -> str:
    """The sentence after a step."""
    if name == "save_draft":
        return "草稿已保存。"
    return f"“{LABELS[name]}”已办理,文号 {record.number}。"


SHEET = Sheet(
    model=ExitRequest,
    writing=("resubmit", "file", "save_draft"),
    form=page_form,
    show=show,
    edit="admission:exit_edit",
    done=done_words,
)


@login_required
@require_http_methods(["POST"])
def townships(request):
    """The townships that carry the admission chosen. POST, as the form is; it changes nothing."""
    pk = filing.number(request.POST.get("record"))
    if pk:
        record, initial = found_or_404(ExitRequest, request.user, pk), None
        admission = AdmissionRequest.objects.visible_to(request.user).filter(
            pk=asked(request)
        ).first()  # fmt: skip
        if admission:
            towns = list(filing.left_units(admission, record.owner))
            initial = {"request": admission.pk, "townships": towns}
    else:
        record, initial = blank(request)
    form = page_form(record, request.user, initial=initial)
    return render(request, "admission/_exit_towns.html", {"form": form, "admission": form.chosen})
