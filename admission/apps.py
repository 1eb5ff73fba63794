"""交办事项准入: requests, what was admitted, what it costs, and how it ends."""

from django.apps import AppConfig

from admission.posts import APPLICANTS, REVIEWERS, TAKING_PART
from governance.nav import NavEntry


class AdmissionConfig(AppConfig):
    """The app, and its place in the navigation."""

    name = "admission"
    verbose_name = "交办事项准入"
    nav = [
        NavEntry("准入申请", "admission:requests", "gate", TAKING_PART, order=40),
        NavEntry("准入事项", "admission:duties", "list", TAKING_PART, order=42),
        NavEntry("交办单", "admission:slips", "stamp", (*APPLICANTS, *REVIEWERS), order=43),
        NavEntry("退出申请", "admission:exits", "logout", TAKING_PART, order=44),
    ]
