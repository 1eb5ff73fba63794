"""The registries under /admin/: who of the three administrators, and where."""

from django.urls import reverse

from governance.roles import Role

ROLES = {"system": Role.SYSADMIN, "security": Role.SECADMIN, "audit": Role.AUDITOR}


def page(name: str, which: str, *args) -> str:
    """The address of a page of a registry: page("unit", "change", 7)."""
    return reverse(f"admin:governance_{name}_{which}", args=args)
