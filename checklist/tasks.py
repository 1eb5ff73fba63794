"""Celery tasks of the list: each takes an id or nothing and calls one service; doing one twice is
harmless.
"""

from celery import shared_task
from django.utils import timezone

from checklist.paper_jobs import write_paper

__all__ = ["check_import", "raise_law_causes", "write_import", "write_paper"]


@shared_task(name="checklist.raise_law_causes", ignore_result=True)
def raise_law_causes() -> None:
    """Raise the causes of the changes of laws whose day has come."""
    from checklist import law_days

    law_days.raise_due(timezone.now())


@shared_task(name="checklist.check_import", acks_late=True)
def check_import(import_id: int) -> None:
    """Read an uploaded sheet and keep what importing it would change."""
    from checklist import uploads

    uploads.check(import_id)


@shared_task(name="checklist.write_import", acks_late=True)
def write_import(import_id: int) -> None:
    """Write a confirmed import into the county's draft."""
    from checklist import uploads

    uploads.write(import_id)
