"""Matters with a history, for the tests of their pages: notes, files, a trail tampered with."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from governance.models import Attachment
from governance.perform import perform
from governance.roles import Role
from tests.factories import hucall as make

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64


def fresh(record):
    """The record as it stands now."""
    return type(record).objects.get(pk=record.pk)


def noted(county, part, at=make.FILED, audience="shared", **given):
    """A note of the part's clerk, with files perhaps."""
    clerk = county.user(Role.DEPARTMENT_CLERK, part.unit)
    files = given.pop("files", None)
    facts = {"audience": audience, "note": given.get("note", "进展")}
    return perform(
        fresh(part), "note", actor=clerk, at=at, facts=facts, files=files and {"files": files}
    )


def with_file(county, name="现场.png", content=PNG, audience="shared"):
    """A part that is under way, and an attachment of a note on it."""
    part = make.working(county)
    noted(county, part, audience=audience, files=SimpleUploadedFile(name, content))
    return part, Attachment.objects.get()


def tamper(pk: int) -> None:
    """What a database administrator could do to an event behind the triggers' back."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute("UPDATE governance_event SET summary = '改' WHERE id = %s", [pk])
            return
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' "
            "AND tbl_name = 'governance_event'"
        )
        guards = cursor.fetchall()
        for name, _ in guards:
            cursor.execute(f'DROP TRIGGER "{name}"')
        cursor.execute("UPDATE governance_event SET summary = '改' WHERE id = %s", [pk])
        for _, sql in guards:
            cursor.execute(sql)
