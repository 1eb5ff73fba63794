"""责任清单: the published list of who answers for what."""

from django.apps import AppConfig


class ChecklistConfig(AppConfig):
    name = "checklist"
    verbose_name = "责任清单"
    demo = "checklist.demo.load"
