"""Addresses of the pages of admission (under /admission/)."""

from django.urls import path

from admission.views import (
    duties,
    exits,
    handdowns,
    helps,
    load,
    printing,
    registers,
    requests,
    slips,
)

app_name = "admission"

urlpatterns = [
    path("requests/", registers.requests, name="requests"),
    path("requests/export/", registers.requests_export, name="requests_export"),
    path("requests/new/", requests.new, name="request_new"),
    path("requests/gate/", requests.gate, name="request_gate"),
    path("requests/loads/", requests.loads, name="request_loads"),
    path("requests/<int:pk>/", requests.request_page, name="request"),
    path("requests/<int:pk>/edit/", requests.edit, name="request_edit"),
    path("duties/", duties.duties, name="duties"),
    path("duties/export/", duties.duties_export, name="duties_export"),
    path("duties/<int:pk>/", duties.duty, name="duty"),
    path("duties/<int:pk>/funds/", duties.entries_export, name="entries_export"),
    path("slips/", slips.slips, name="slips"),
    path("slips/export/", slips.slips_export, name="slips_export"),
    path("slips/new/", slips.new, name="slip_new"),
    path("slips/register/", slips.register, name="slip_register"),
    path("slips/check/", slips.check, name="slip_check"),
    path("slips/<int:pk>/", slips.slip, name="slip"),
    path("exits/", registers.exits, name="exits"),
    path("exits/export/", registers.exits_export, name="exits_export"),
    path("exits/new/", exits.new, name="exit_new"),
    path("exits/townships/", exits.townships, name="exit_townships"),
    path("exits/<int:pk>/", exits.exit_page, name="exit"),
    path("exits/<int:pk>/edit/", exits.edit, name="exit_edit"),
    path("helps/", helps.helps, name="helps"),
    path("helps/export/", helps.helps_export, name="helps_export"),
    path("helps/new/", helps.new, name="help_new"),
    path("helps/<int:pk>/", helps.help_page, name="help"),
    path("handdowns/", handdowns.handdowns, name="handdowns"),
    path("handdowns/export/", handdowns.handdowns_export, name="handdowns_export"),
    path("handdowns/new/", handdowns.new, name="handdown_new"),
    path("handdowns/<int:pk>/", handdowns.handdown, name="handdown"),
    path("load/", load.load, name="load"),
    path("load/export/", load.load_export, name="load_export"),
    *printing.PAPERS,
]
