"""The papers of admission on the screen, as PDF and as .docx; read by whoever may see the file."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from admission import letters, papers, printing
from admission.models import AdmissionRequest, ExitRequest, Slip
from checklist.views.printing import handed_out, paths
from governance import papers as writing


def seen_or_404(model, user, pk: int, **wanted):
    """A file of the wanted kind that the reader may see."""
    rows = model.objects.visible_to(user).filter(pk=pk, **wanted)
    return get_object_or_404(rows.select_related("county", "owner", "rulebook"))


def copy_of(request, holders: list[str]) -> int | None:
    """Which copy is wanted, counted from 1 in the address; None for none in particular.

    Raises:
        Http404: there is no such copy.
    """
    text = request.GET.get("copy", "")
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and 1 <= int(text[:4]) <= len(holders)):
        raise Http404
    return int(text[:4]) - 1


def answer(request, made: writing.Paper, form: str, name: str, args, back: str, copies=()):
    """One paper: on the screen, or as a file; `copies`: who keeps one."""
    place = request.GET.get("copy", "")
    query = f"?{urlencode({'copy': place})}" if place and copies else ""
    screen = reverse(f"admission:{name}_paper", args=args)
    if form:
        try:
            return handed_out(made, form)
        except writing.PdfMissing as missing:
            messages.warning(request, str(missing))
            return redirect(screen + query)
    context = {
        "paper": made,
        "back": back,
        "pdf_ready": writing.pdf_ready(),
        "pdf_url": reverse(f"admission:{name}_pdf", args=args) + query,
        "docx_url": reverse(f"admission:{name}_docx", args=args) + query,
        "screen": screen,
        "copies": [(f"{number}", one) for number, one in enumerate(copies, start=1)],
        "copy": place,
    }
    return render(request, "admission/paper.html", context)


@login_required
@require_GET
def request_form(request, pk: int, form: str):
    """The form of a request, for all or for one of its holders."""
    found = seen_or_404(AdmissionRequest, request.user, pk)
    holders = printing.holders_of(found)
    made = printing.request_paper(found, copy_of(request, holders))
    return answer(request, made, form, "request", [pk], found.get_absolute_url(), holders)


@login_required
@require_GET
def exit_form(request, pk: int, form: str):
    """The form of an exit, for all or for one of its holders."""
    found = seen_or_404(ExitRequest, request.user, pk)
    holders = printing.exit_holders(found)
    made = printing.exit_paper(found, copy_of(request, holders))
    return answer(request, made, form, "exit", [pk], found.get_absolute_url(), holders)


@login_required
@require_GET
def letter(request, pk: int, opinion: int, form: str):
    """征求意见函 to one of those who were asked."""
    found = seen_or_404(AdmissionRequest, request.user, pk)
    asked = get_object_or_404(found.opinions_now(), pk=opinion)
    made = letters.consult_paper(asked)
    return answer(request, made, form, "letter", [pk, opinion], found.get_absolute_url())


@login_required
@require_GET
def refusal(request, pk: int, form: str):
    """不予准入告知书; there is none where nobody has said no."""
    found = seen_or_404(AdmissionRequest, request.user, pk, state__in=letters.SAID_NO)
    made = letters.refusal_paper(found)
    return answer(request, made, form, "refusal", [pk], found.get_absolute_url())


@login_required
@require_GET
def slip(request, pk: int, form: str):
    """交办单."""
    found = seen_or_404(Slip, request.user, pk)
    made = letters.slip_paper(found)
    return answer(request, made, form, "slip", [pk], found.get_absolute_url())


@login_required
@require_GET
def notice(request, pk: int, unit: int, form: str):
    """退出告知书 to one party; there is none before everybody was told."""
    found = seen_or_404(ExitRequest, request.user, pk, state__in=papers.TOLD)
    party = next((one for one in papers.parties(found) if one.pk == unit), None)
    if party is None:
        raise Http404
    made = letters.notice_paper(found, party)
    return answer(request, made, form, "notice", [pk, unit], found.get_absolute_url())


PAPERS = [
    *paths("requests/<int:pk>/", request_form, "request"),
    *paths("requests/<int:pk>/letters/<int:opinion>/", letter, "letter"),
    *paths("requests/<int:pk>/refusal/", refusal, "refusal"),
    *paths("exits/<int:pk>/", exit_form, "exit"),
    *paths("exits/<int:pk>/notices/<int:unit>/", notice, "notice"),
    *paths("slips/<int:pk>/", slip, "slip"),
]
