"""Addresses of the list's pages (under /checklist/)."""

from django.urls import path

from checklist.views import browse, changes, comparison, contacts, flows, imports, laws, printing

app_name = "checklist"

urlpatterns = [
    path("", browse.items, name="items"),
    path("export/", browse.export, name="export"),
    path("items/<int:pk>/", browse.item, name="item"),
    path("items/<int:pk>/contacts/<int:unit>/", contacts.one, name="contact"),
    path("editions/", browse.editions, name="editions"),
    path("editions/<int:pk>/", browse.edition, name="edition"),
    path("editions/compare/", comparison.choose, name="compare_choose"),
    path("editions/<int:pk>/compare/<int:other>/", comparison.compare, name="compare"),
    path("editions/<int:pk>/compare/<int:other>/export/", comparison.export, name="compare_export"),
    path("editions/<int:pk>/flows/", flows.upload, name="flow_upload"),
    path("items/<int:pk>/flow/", flows.flowchart, name="flowchart"),
    *printing.PAPERS,
    *printing.JOBS,
    path("applications/<int:pk>/", changes.application, name="application"),
    path("causes/<int:pk>/", changes.cause, name="cause"),
    path("imports/", imports.upload, name="upload"),
    path("imports/<int:pk>/", imports.show, name="import"),
    path("imports/<int:pk>/progress/", imports.progress, name="import_progress"),
    path("imports/<int:pk>/errors.xlsx", imports.faults, name="import_faults"),
    path("imports/<int:pk>/confirm/", imports.confirm, name="import_confirm"),
    path("imports/<int:pk>/cancel/", imports.cancel, name="import_cancel"),
    path("imports/<int:pk>/restart/", imports.restart, name="import_restart"),
    path("contacts/", contacts.gaps, name="contacts"),
    path("contacts/<int:pk>/", contacts.unit, name="unit_contact"),
    path("laws/", laws.register, name="laws"),
    path("laws/new/", laws.new, name="law_new"),
    path("laws/unknown/", laws.unknown, name="laws_unknown"),
    path("laws/<int:pk>/", laws.law, name="law"),
    path("laws/<int:pk>/edit/", laws.edit, name="law_edit"),
    path("laws/<int:pk>/change/", laws.change, name="law_change"),
    path("laws/<int:pk>/changes/<int:change>/raise/", laws.raise_now, name="law_raise"),
]
