"""Writing a request or an exit: a new one, a draft taken up again, one to be corrected."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import redirect
from django.urls import reverse

from admission.views.common import found_or_404
from checklist.views.sending import kept_as_draft, submit
from governance import uploads
from governance.perform import offered
from governance.steps import Forbidden, Invalid, Refused, Stale


@dataclass(frozen=True)
class Sheet:
    """One kind of page of writing.

    Attributes:
        model: what is written; writing: its steps of writing, the main one first; form: makes the
            page's form (record, user, data=, initial=); show: renders the page (request, record,
            form, status=, said=, refusal=); edit: name of the address of a saved one.
        done: the sentence after a step (record, step's name).
    """

    model: Any
    writing: tuple[str, ...]
    form: Callable
    show: Callable
    edit: str
    done: Callable

    def open_names(self, record, user) -> list[str]:
        """The writing steps that this person can do, the main one first."""
        found = {one.name for one in offered(record, user) if one.open}
        return [name for name in self.writing if name in found]

    def action(self, request, record) -> str:
        """Where the form is sent."""
        return reverse(self.edit, args=[record.pk]) if record.pk else request.path


def written(request, sheet: Sheet, record, initial: dict | None = None):
    """The page of one record: show its form (GET), do what the pressed button says (POST)."""
    name = request.POST.get("action")
    if request.method == "POST" and name in sheet.writing:
        return sent(request, sheet, record, name)
    if record.pk and not sheet.open_names(record, request.user):
        messages.info(request, "这件申请现在不能修改,请看“下一步”。")
        return redirect(record)
    if request.method == "POST":  # a button that only loads, without JavaScript
        return sheet.show(request, record, unjudged(request, sheet, record))
    return sheet.show(request, record, sheet.form(record, request.user, initial=initial))


def unjudged(request, sheet: Sheet, record):
    """The form as it was typed, without a word about errors."""
    form = sheet.form(record, request.user, data=request.POST)
    form._errors = {}
    return form


def sent(request, sheet: Sheet, record, name: str):
    """Do the step of the button that was pressed; nothing typed is lost when it is refused.

    Raises:
        PermissionDenied: the step is not for this person.
    """
    try:
        done, again = submit(request, record, name)
    except Invalid as refusal:
        return refused(request, sheet, record, refusal.form)
    except Forbidden as refusal:
        raise PermissionDenied(refusal.message) from refusal
    except Stale as refusal:
        fresh = found_or_404(sheet.model, request.user, record.pk)
        return as_typed(request, sheet, fresh, refusal.message, 409)
    except Refused as refusal:
        return as_typed(request, sheet, record, refusal.message, refusal.status)
    except ValidationError as error:
        return as_typed(request, sheet, record, ";".join(error.messages), 400)
    if again:
        messages.info(request, "刚才已经办理成功,没有重复提交。")
    else:
        messages.success(request, sheet.done(done, name))
    if name == "save_draft":
        return redirect(sheet.edit, done.pk)
    return redirect(done)


def refused(request, sheet: Sheet, record, judged):
    """The form with its errors; what came as a file hangs on a draft from now on."""
    draft = kept_as_draft(request, record) if request.FILES else None
    if draft is not None:
        record = found_or_404(sheet.model, request.user, draft.pk)
    form = sheet.form(record, request.user, data=request.POST)
    form._errors, form.cleaned_data = judged.errors, getattr(judged, "cleaned_data", {})
    said = ""
    if draft is not None:
        said = "已为您存为草稿,附件已保留,改正后直接提交即可。"
    elif request.FILES:
        said = uploads.again(request.FILES)
    return sheet.show(request, record, form, status=400, said=said)


def as_typed(request, sheet: Sheet, record, words: str, status: int):
    """The form as it was typed, with the reason why nothing was done."""
    words += uploads.again(request.FILES)
    form = unjudged(request, sheet, record)
    return sheet.show(request, record, form, status=status, refusal=words)
