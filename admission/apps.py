"""交办事项准入: requests, what was admitted, what it costs, and how it ends."""

from django.apps import AppConfig

from admission.posts import CARRYING, FILING, HANDING, TOWNSHIP
from governance.nav import NavEntry
from governance.roles import Role

LEDGERS = ("admission:helps", "admission:handdowns", "admission:load")
"""Lists without an entry of their own: tabs beside 准入事项 (admission.sections)."""
REPORTING = (*TOWNSHIP, Role.BIANBAN, Role.COUNTY, Role.JIWEI)
"""Who reports what was handed down without admission, who puts it right, who takes referrals."""


class AdmissionConfig(AppConfig):
    """The app, and its place in the navigation."""

    name = "admission"
    verbose_name = "交办事项准入"
    nav = [
        NavEntry("准入申请", "admission:requests", "gate", FILING, order=40),
        NavEntry("准入事项", "admission:duties", "list", CARRYING, order=42, covers=LEDGERS),
        NavEntry("交办单", "admission:slips", "stamp", HANDING, order=43),
        NavEntry("退出申请", "admission:exits", "logout", FILING, order=44),
        NavEntry("擅自交办", "admission:handdowns", "flag", REPORTING, order=45),
    ]
