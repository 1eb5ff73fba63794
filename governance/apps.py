"""The project's shared core."""

from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    name = "governance"
    verbose_name = "基础"

    def ready(self):
        """Connect what happens at a sign-in (receivers)."""
        from governance import signing_in  # noqa: F401
