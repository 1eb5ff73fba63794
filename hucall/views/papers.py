"""The papers of 乡呼县应 on the screen, as PDF and as .docx; seen by whoever sees the record."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from governance import papers
from hucall import sheets
from hucall.models import Bulletin, Call, Supervision
from hucall.views.common import found_or_404

KINDS = {
    "call": (
        Call.objects.select_related(
            "owner", "county", "rulebook", "item", "revision", "edition", "raised_by"
        ),
        sheets.call_paper,
    ),
    "supervision": (
        Supervision.objects.select_related(
            "unit", "rulebook", "call__owner", "call__county", "call__rulebook"
        ),
        sheets.supervision_paper,
    ),
    "bulletin": (
        Bulletin.objects.select_related("owner", "county", "rulebook"),
        sheets.bulletin_paper,
    ),
}
WRITERS = {"pdf": (papers.pdf, papers.PDF), "docx": (papers.docx, papers.DOCX)}


@login_required
@require_GET
def paper(request, kind: str, pk: int):
    """One paper. `?format=pdf` or `?format=docx` hands out a file, anything else shows the sheet.

    Raises:
        Http404: the reader may not see the record, or there is none.
    """
    rows, compose = KINDS[kind]
    record = found_or_404(rows, request.user, pk)
    made = compose(record)
    wanted = request.GET.get("format", "")
    if wanted in WRITERS:
        try:
            return handed_out(made, wanted)
        except papers.PdfMissing as missing:
            messages.warning(request, str(missing))
            return redirect(request.path)
    context = {
        "paper": made,
        "back": record.get_absolute_url(),
        "pdf_ready": papers.pdf_ready(),
    }
    return render(request, f"hucall/paper_{kind}.html", context)


def handed_out(made: papers.Paper, wanted: str) -> HttpResponse:
    """A file to keep; never cached, named as the paper is called."""
    write, content_type = WRITERS[wanted]
    response = HttpResponse(write(made), content_type=content_type)
    name = f"{made.file_name}.{wanted}"
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["Cache-Control"] = "no-store"
    return response
