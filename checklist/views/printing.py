"""The list's papers on the screen, as PDF and as .docx; read by whoever may see the record."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from checklist import flowcharts, paper_jobs, printing, selectors
from checklist.models import Application, Cause
from checklist.models.states import ApplicationState, CauseState
from checklist.views.common import edition_or_404, shown, wrong_day
from checklist.views.flows import member_or_404
from governance import papers

WRITERS = {"pdf": (papers.pdf, papers.PDF), "docx": (papers.docx, papers.DOCX)}
ORDERED = (CauseState.RECTIFYING, CauseState.REFERRED)
SAID_NO = (ApplicationState.DECLINED, ApplicationState.REFUSED)


def paths(route: str, view, name: str) -> list:
    """The addresses of one paper: the sheet on the screen, and its two files."""
    return [
        path(f"{route}paper/", view, {"form": ""}, name=f"{name}_paper"),
        path(f"{route}paper.pdf", view, {"form": "pdf"}, name=f"{name}_pdf"),
        path(f"{route}paper.docx", view, {"form": "docx"}, name=f"{name}_docx"),
    ]


def answer(request, made: papers.Paper, form: str, name: str, args, back: str, query: str = ""):
    """One paper: on the screen, or as a file.

    Args:
        form: "", pdf or docx; name, args: of the addresses (see `paths`); back: the record's page.
    """
    screen = reverse(f"checklist:{name}_paper", args=args) + query
    if form:
        try:
            return handed_out(made, form)
        except papers.PdfMissing as missing:
            messages.warning(request, str(missing))
            return redirect(screen)
    context = {
        "paper": made,
        "back": back,
        "pdf_ready": papers.pdf_ready(),
        "pdf_url": reverse(f"checklist:{name}_pdf", args=args) + query,
        "docx_url": reverse(f"checklist:{name}_docx", args=args) + query,
    }
    return render(request, "checklist/paper.html", context)


def handed_out(made: papers.Paper, form: str) -> HttpResponse:
    """A file to keep; never cached, named as the paper is called."""
    write, content_type = WRITERS[form]
    response = HttpResponse(write(made), content_type=content_type)
    name = f"{made.file_name}.{form}"
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def record_or_404(model, user, pk: int, **wanted):
    """A record of the wanted kind that the reader may see."""
    rows = model.objects.visible_to(user).filter(pk=pk, **wanted)
    found = rows.select_related("county", "owner", "rulebook", "item").first()
    if found is None:
        raise Http404
    return found


@login_required
@require_GET
def edition(request, pk: int, form: str):
    """A whole edition; a long one is written by a worker, with progress."""
    found = edition_or_404(request, pk)
    if form and found.members.count() > paper_jobs.AT_ONCE:
        token = paper_jobs.begin(found, request.user, form)
        return redirect("checklist:paper_job", token)
    made = printing.edition_paper(found, selectors.members(found))
    return answer(request, made, form, "edition", [pk], found.get_absolute_url())


@login_required
@require_GET
def flow(request, pk: int, form: str):
    """施工图 and 说明书 of one item."""
    seen = shown(request)
    if seen.problem:
        return wrong_day(request, seen)
    member = member_or_404(request, pk, seen.edition)
    if member.flowchart_id is None:
        raise Http404
    rows = flowcharts.rows_of(member.flowchart)
    made = printing.flow_paper(seen.edition, member.revision.name, rows)
    back = reverse("checklist:flowchart", args=[pk]) + seen.query
    return answer(request, made, form, "flow", [pk], back, seen.query)


@login_required
@require_GET
def application(request, pk: int, form: str):
    """《清单调整申请表》."""
    found = record_or_404(Application, request.user, pk)
    made = printing.application_paper(found)
    return answer(request, made, form, "application", [pk], found.get_absolute_url())


@login_required
@require_GET
def refusal(request, pk: int, form: str):
    """不予受理(不予调整)告知书; there is none where nobody has said no."""
    found = record_or_404(Application, request.user, pk, state__in=SAID_NO)
    made = printing.refusal_paper(found)
    return answer(request, made, form, "refusal", [pk], found.get_absolute_url())


@login_required
@require_GET
def rectify(request, pk: int, form: str):
    """责令限期整改通知书; there is none where nothing was ordered."""
    found = record_or_404(Cause, request.user, pk, state__in=ORDERED)
    made = printing.rectify_paper(found)
    return answer(request, made, form, "rectify", [pk], found.get_absolute_url())


# ------------------------------------------------------------------ long ones


def job_or_404(request, token: str) -> dict:
    """A long paper of this person; another's does not exist."""
    job = paper_jobs.JOBS.read(token)
    if job is None or (job and job.get("user") != request.user.pk):
        raise Http404
    return job


def job_context(token: str, job: dict) -> dict:
    """What ui/progress.html wants."""
    done = job.get("state") == "done"
    return {
        "job": {"title": "清单排版", "state": "running", "done": 0, "total": 0} | job,
        "url": reverse("checklist:paper_job_progress", args=[token]),
        "result_url": reverse("checklist:paper_job_file", args=[token]) if done else None,
        "back": reverse("checklist:edition", args=[job["edition"]]) if job.get("edition") else "",
    }


@login_required
@require_GET
def job_page(request, token: str):
    """How far a long paper is; can be left and opened again."""
    context = job_context(token, job_or_404(request, token))
    return render(request, "checklist/paper_job.html", context)


@login_required
@require_GET
def job_progress(request, token: str):
    """The progress alone, asked for every two seconds."""
    return render(request, "ui/progress.html", job_context(token, job_or_404(request, token)))


@login_required
@require_GET
def job_file(request, token: str):
    """The finished file, if the reader may still see the edition."""
    job = job_or_404(request, token)
    if job.get("state") != "done":
        raise Http404
    edition_or_404(request, job["edition"])
    response = HttpResponse(paper_jobs.content(token), content_type=WRITERS[job["form"]][1])
    response["Content-Disposition"] = content_disposition_header(True, job["name"])
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


JOBS = [
    path("papers/<str:token>/", job_page, name="paper_job"),
    path("papers/<str:token>/progress/", job_progress, name="paper_job_progress"),
    path("papers/<str:token>/file/", job_file, name="paper_job_file"),
]
PAPERS = [
    *paths("editions/<int:pk>/", edition, "edition"),
    *paths("items/<int:pk>/flow/", flow, "flow"),
    *paths("applications/<int:pk>/", application, "application"),
    *paths("applications/<int:pk>/refusal/", refusal, "refusal"),
    *paths("causes/<int:pk>/", rectify, "rectify"),
]
