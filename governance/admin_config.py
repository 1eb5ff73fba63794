"""The registry (Django admin): one site, for the three administrators."""

from django.contrib.admin.apps import AdminConfig


class RegistryConfig(AdminConfig):
    default_site = "governance.admin_base.RegistrySite"
