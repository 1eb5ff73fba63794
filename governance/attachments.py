"""Attachments 附件: storing what a step brings, and finding what a person may open."""

from governance.models import Attachment
from governance.models.ledger import place
from governance.uploads import check


def store(record, move) -> list[Attachment]:
    """Keep the files of a performed step, in the step's own transaction.

    Files of a step that is rolled back stay on disk without a row; `manage.py tidy_media`
    removes them.
    """
    internal = move.step.internal(record, move) if move.step.internal else None
    rows = []
    for upload in move.files:
        known = check(upload)
        rows.append(
            Attachment.objects.create(
                **place(record),
                step=move.name,
                file=upload,
                name=known.name,
                media_type=known.media_type,
                size=known.size,
                sha256=known.sha256,
                uploaded_by=move.actor,
                unit_id=move.unit_id,
                at=move.at,
                internal_to_id=internal,
            )
        )
    return rows
