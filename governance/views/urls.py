"""Addresses of the core's own pages."""

from django.urls import path

from governance.views import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
