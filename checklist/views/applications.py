"""The page of one application."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

from checklist import applicationpage
from checklist.models import Application
from checklist.views.common import found_or_404


@login_required
@require_safe
def application(request, pk: int):
    """One application: its text in two colours, its chain, its clocks, its trail, next steps."""
    record = found_or_404(Application, request.user, pk)
    return render(request, "checklist/application.html", applicationpage.page(request, record))
