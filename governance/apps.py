"""The project's shared core."""

from django.apps import AppConfig

from governance.nav import NavEntry
from governance.roles import ADMINISTRATORS, OF_A_COUNTY, Role


class GovernanceConfig(AppConfig):
    name = "governance"
    verbose_name = "基础"
    nav = [
        NavEntry("工作台", "workbench", "workbench", order=10),
        NavEntry("时限推算", "deadlines", "calendar", order=82),
        NavEntry("制度方案", "rulebook_list", "book", roles=OF_A_COUNTY, order=84),
        NavEntry("权限与流程", "permission_matrix", "shield", order=86),
        NavEntry("基础数据", "admin:index", "settings", roles=ADMINISTRATORS, order=88),
        NavEntry("使用手册", "help", "help", order=88),
        NavEntry("访问日志", "access_log", "eye", roles=(Role.AUDITOR,), order=90),
    ]

    def ready(self):
        """Connect what happens at a sign-in (receivers)."""
        from governance import signing_in  # noqa: F401
