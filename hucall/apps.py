"""乡呼县应: calls of townships, answers of the county."""

from django.apps import AppConfig

from governance.nav import NavEntry
from governance.roles import ADMINISTRATORS, OF_A_COUNTY, Role

BUSINESS = OF_A_COUNTY - ADMINISTRATORS
ANSWERING = frozenset(
    {Role.DEPARTMENT_CLERK, Role.DEPARTMENT_LEADER, Role.AGENCY_HEAD, Role.AGENCY_MEMBER}
)
WATCHING = frozenset(
    {
        *(Role.PLATFORM, Role.DUCHA, Role.BIANBAN, Role.KAOHE, Role.COUNTY, Role.JIWEI),
        *(Role.TOWNSHIP_CLERK, Role.TOWNSHIP_LEADER),
        *(Role.DEPARTMENT_CLERK, Role.DEPARTMENT_LEADER),
    }
)


class HucallConfig(AppConfig):
    name = "hucall"
    verbose_name = "乡呼县应"

    nav = (
        NavEntry("乡呼县应", "hucall:home", "call", BUSINESS, order=20),
        NavEntry("本单位响应", "hucall:responses", "inbox", ANSWERING, order=21),
        NavEntry("呼应看板", "hucall:dashboard", "chart", WATCHING, order=22),
    )

    def ready(self):
        """Let the workers know the task that stands beside what it does."""
        from hucall import exports  # noqa: F401 - registers hucall.write_export
