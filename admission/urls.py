"""Addresses of the pages of admission (under /admission/)."""

from django.urls import path

from admission.models import (
    AdmittedDuty,
    HandDown,
    Slip,
    TemporaryHelp,
)
from admission.views import exits, files, registers, requests

app_name = "admission"

urlpatterns = [
    path("requests/", registers.requests, name="requests"),
    path("requests/export/", registers.requests_export, name="requests_export"),
    path("requests/new/", requests.new, name="request_new"),
    path("requests/gate/", requests.gate, name="request_gate"),
    path("requests/loads/", requests.loads, name="request_loads"),
    path("requests/<int:pk>/", requests.request_page, name="request"),
    path("requests/<int:pk>/edit/", requests.edit, name="request_edit"),
    path("duties/<int:pk>/", files.page_of(AdmittedDuty), name="duty"),
    path("slips/<int:pk>/", files.page_of(Slip), name="slip"),
    path("exits/", registers.exits, name="exits"),
    path("exits/export/", registers.exits_export, name="exits_export"),
    path("exits/new/", exits.new, name="exit_new"),
    path("exits/townships/", exits.townships, name="exit_townships"),
    path("exits/<int:pk>/", exits.exit_page, name="exit"),
    path("exits/<int:pk>/edit/", exits.edit, name="exit_edit"),
    path("helps/<int:pk>/", files.page_of(TemporaryHelp), name="help"),
    path("handdowns/<int:pk>/", files.page_of(HandDown), name="handdown"),
]
