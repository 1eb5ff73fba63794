"""Addresses of the pages of admission (under /admission/)."""

from django.urls import path

from admission.models import (
    AdmissionRequest,
    AdmittedDuty,
    ExitRequest,
    HandDown,
    Slip,
    TemporaryHelp,
)
from admission.views import files

app_name = "admission"

urlpatterns = [
    path("requests/<int:pk>/", files.page_of(AdmissionRequest), name="request"),
    path("duties/<int:pk>/", files.page_of(AdmittedDuty), name="duty"),
    path("slips/<int:pk>/", files.page_of(Slip), name="slip"),
    path("exits/<int:pk>/", files.page_of(ExitRequest), name="exit"),
    path("helps/<int:pk>/", files.page_of(TemporaryHelp), name="help"),
    path("handdowns/<int:pk>/", files.page_of(HandDown), name="handdown"),
]
