"""Addresses of 乡呼县应 (under /hucall/)."""

from django.urls import path
from django.views.generic import RedirectView

from hucall.registers import REGISTERS
from hucall.views import bulk, calls, dashboard, exporting, filing, lists, papers, records, special

app_name = "hucall"

RECORDS = {
    "rating": "ratings",
    "callback": "callbacks",
    "supervision": "supervisions",
    "bulletin": "bulletins",
    "rectification": "rectifications",
}

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="hucall:calls"), name="home"),
    path("calls/new/", filing.call_new, name="call_new"),
    path("calls/self/", filing.self_new, name="self_new"),
    path("calls/hints/", filing.hints_part, name="call_hints"),
    path("calls/<int:pk>/", calls.call_page, name="call"),
    path("calls/<int:pk>/edit/", filing.call_edit, name="call_edit"),
    path("calls/<int:pk>/steps/<slug:name>/", special.call_step, name="call_step"),
    path("responses/<int:pk>/", calls.response_page, name="response"),
    path("responses/<int:pk>/steps/<slug:name>/", special.response_step, name="response_step"),
    path("responses/supervise/", bulk.supervise_many, name="supervise_many"),
    path("rulings/<int:pk>/", records.ruling_page, name="ruling"),
    path("bulletins/new/", records.bulletin_new, name="bulletin_new"),
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    path("calls/<int:pk>/paper/", papers.paper, {"kind": "call"}, name="call_paper"),
    path(
        "supervisions/<int:pk>/paper/",
        papers.paper,
        {"kind": "supervision"},
        name="supervision_paper",
    ),
    path("bulletins/<int:pk>/paper/", papers.paper, {"kind": "bulletin"}, name="bulletin_paper"),
    path("exports/<slug:token>/", exporting.export_page, name="export"),
    path("exports/<slug:token>/progress/", exporting.export_progress, name="export_progress"),
    path("exports/<slug:token>/file/", exporting.export_file, name="export_file"),
]
for name in REGISTERS:
    urlpatterns += [
        path(f"{name}/", lists.register_page, {"name": name}, name=name),
        path(f"{name}/export/", exporting.export, {"name": name}, name=f"{name}_export"),
    ]
for kind, folder in RECORDS.items():
    urlpatterns.append(path(f"{folder}/<int:pk>/", records.record_page, {"kind": kind}, name=kind))
