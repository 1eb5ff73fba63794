"""Pages of applications and causes: lists, files, and the forms that begin them."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_GET

from checklist.models import Application, Cause
from governance import presentation, stages


@login_required
@require_GET
def application(request, pk: int):
    """One application: its text in two colours, its chain, its clocks, its trail, next steps."""
    record = found(Application, request.user, pk)
    parts = list(record.current().select_related("unit"))
    context = {"application": record, "line": stages.line(record), **shared(request, record, parts)}
    return render(request, "checklist/application.html", context)


@login_required
@require_GET
def cause(request, pk: int):
    """One cause: who owes an application, and until when."""
    record = found(Cause, request.user, pk)
    return render(request, "checklist/cause.html", {"cause": record, **shared(request, record)})


def found(model, user, pk: int):
    """A record that the user may see.

    Raises:
        Http404: there is none.
    """
    rows = model.objects.visible_to(user).select_related("county", "owner", "rulebook", "item")
    record = rows.filter(pk=pk).first()
    if record is None:
        raise Http404
    return record


def shared(request, record, parts=()) -> dict:
    """What every file shows: steps, clocks, files, trail."""
    files = presentation.files_of(record, request.user)
    trail = presentation.trail_of(record, request.user, request.GET.get("trail"), files)
    return {
        "clocks": presentation.clocks_of(record, request.user),
        "files": files,
        "events": trail.events,
        "more_url": trail.more_url,
        **presentation.steps_panel(request, record, *parts),
    }
