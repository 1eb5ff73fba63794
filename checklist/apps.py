"""责任清单: the published list of who answers for what."""

from django.apps import AppConfig

from checklist.posts import CHANGERS
from governance.nav import NavEntry
from governance.roles import OF_A_COUNTY, Role

HEARING = (
    *(Role.BIANBAN, Role.TOWNSHIP_CLERK, Role.TOWNSHIP_LEADER),
    *(Role.DEPARTMENT_CLERK, Role.DEPARTMENT_LEADER),
)
"""Who keys in, handles and answers suggestions."""


class ChecklistConfig(AppConfig):
    """The app, and its place in the navigation."""

    name = "checklist"
    verbose_name = "责任清单"
    nav = [
        NavEntry("清单调整", "checklist:applications", "swap", CHANGERS, order=60),
        NavEntry("责任清单", "checklist:items", "list", OF_A_COUNTY, order=80, divider=True),
        NavEntry("意见建议", "checklist:suggestions", "inbox", HEARING, order=82),
        NavEntry("法律依据", "checklist:laws", "book", OF_A_COUNTY, order=84),
    ]
