"""Long work on uploaded sheets: take an id, call one service; doing one twice is harmless."""

from celery import shared_task

from checklist.paper_jobs import write_paper

__all__ = ["check_import", "write_import", "write_paper"]


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
