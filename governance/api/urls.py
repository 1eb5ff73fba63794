"""Addresses of the REST API; apps are named as strings."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", SpectacularSwaggerView.as_view(url_name="schema"), name="docs"),
    path("checklist/", include("checklist.api_urls")),
    path("hucall/", include("hucall.api_urls")),
    path("admission/", include("admission.api_urls")),
]
