"""The page of one file of admission: its facts, its clocks, its trail, the next steps."""

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from governance import presentation


def page_of(model):
    """A view of one record of a kind, for those who may see it."""

    @login_required
    @require_safe
    def view(request, pk: int):
        record = model.objects.visible_to(request.user).filter(pk=pk).first()
        if record is None:
            raise Http404
        return render(request, "admission/record.html", context(request, record))

    return view


def context(request, record) -> dict:
    """What every file shows."""
    user = request.user
    files = presentation.files_of(record, user)
    return {
        "record": record,
        "clocks": [one for one in presentation.clocks_of(record, user) if one["running"]],
        "files": files,
        "trail": presentation.trail_of(record, user, request.GET.get("trail"), files),
        **presentation.steps_panel(request, record),
    }
