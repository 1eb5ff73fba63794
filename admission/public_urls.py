"""Addresses of the pages for citizens (under /public/; decision 38)."""

from django.urls import path

from admission.views import funds

app_name = "public_admission"

urlpatterns = [path("<slug:code>/funds/", funds.funds, name="funds")]
