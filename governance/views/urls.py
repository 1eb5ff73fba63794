"""Addresses of the core's own pages."""

from django.urls import include, path, register_converter

from governance import opaque
from governance.views import (
    account_urls,
    attachments,
    charts_pages,
    deadlines,
    handbook,
    health,
    inbox,
    matters,
    rulebooks,
    search,
    steps,
    styleguide,
    workbench,
)

MATTER = "matters/<int:type_id>/<int:pk>/"

register_converter(opaque.Converter, "opaque")

urlpatterns = [
    path("", workbench.workbench, name="workbench"),
    path("tasks/<slug:which>/", workbench.tasks, name="tasks"),
    path(MATTER, matters.matter, name="matter"),
    path(f"{MATTER}trail/", matters.trail, name="trail"),
    path(f"{MATTER}steps/<slug:name>/", steps.step, name="step"),
    path("inbox/", inbox.inbox, name="notices"),
    path("inbox/read/", inbox.mark_read, name="notices_read"),
    path("inbox/<opaque:pk>/", inbox.notice, name="notice"),
    path("attachments/<int:pk>/", attachments.attachment, name="attachment"),
    path("deadlines/", deadlines.deadlines, name="deadlines"),
    path("clocks/<opaque:pk>/why/", deadlines.clock_why, name="clock_why"),
    path("search/", search.search, name="search"),
    path("permissions/", charts_pages.permissions, name="permission_matrix"),
    path("permissions/<str:label>/", charts_pages.permissions, name="permissions"),
    path("statecharts/", charts_pages.statechart, name="statecharts"),
    path("statecharts/<str:label>/", charts_pages.statechart, name="statechart"),
    path("help/", handbook.help_page, name="help"),
    path("", include(account_urls)),
    path("", include(rulebooks.urlpatterns)),
    path("_ui/", styleguide.styleguide, name="styleguide"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
