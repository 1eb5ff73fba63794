"""责任清单: the published list of who answers for what."""

from django.apps import AppConfig

from governance.nav import NavEntry


class ChecklistConfig(AppConfig):
    """The app, and its place in the navigation."""

    name = "checklist"
    verbose_name = "责任清单"
    nav = [NavEntry("责任清单", "checklist:items", icon="list", order=80, divider=True)]
