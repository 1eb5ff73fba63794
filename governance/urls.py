"""Addresses of the platform. Apps are named as strings: the core imports none of them."""

from django.contrib import admin
from django.urls import include, path

handler403 = "governance.views.refusals.forbidden"

urlpatterns = [
    path("", include("governance.views.urls")),
    path("checklist/", include("checklist.urls")),
    path("public/", include("checklist.public_urls")),
    path("public/", include("admission.public_urls")),
    path("hucall/", include("hucall.urls")),
    path("admission/", include("admission.urls")),
    path("api/v1/", include("governance.api.urls")),
    path("admin/", admin.site.urls),
]
