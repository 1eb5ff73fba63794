"""Background work of 乡呼县应: take an id, call one service."""

from celery import shared_task

from hucall import exports


@shared_task(name="hucall.write_export", acks_late=True)
def write_export(token: str) -> None:
    """Write a long export."""
    exports.run(token)
    exports.tidy()
