"""Attachments: opened or saved as what they are, by those who may see their matter."""

import io
import zipfile

import pytest

from governance.roles import Role
from tests.factories.governance import County
from tests.governance.matters import PNG, with_file
from tests.governance.visiting import address, text_of, visit

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n%%EOF\n"


def got(user, row, tail=""):
    """The answer to somebody who asks for an attachment, read to its end."""
    answer = visit(user).get(f"/attachments/{row.pk}/{tail}")
    answer.body = answer.getvalue() if answer.streaming else answer.content
    return answer


def office_file() -> bytes:
    """The smallest thing that passes for a Word file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    return file.getvalue()


def test_a_picture_opens_and_is_tied_down(county):
    _, row = with_file(county, "现场 照片.png")
    answer = got(county.user(Role.TOWNSHIP_CLERK), row)
    assert answer.status_code == 200 and answer.body == PNG
    heads = answer.headers
    assert heads["Content-Type"] == "image/png"
    assert heads["X-Content-Type-Options"] == "nosniff"
    assert heads["Content-Security-Policy"].startswith("sandbox")
    assert "no-store" in heads["Cache-Control"]
    name = "%E7%8E%B0%E5%9C%BA%20%E7%85%A7%E7%89%87.png"
    assert heads["Content-Disposition"] == f"inline; filename*=utf-8''{name}"


def test_a_document_is_saved_under_its_name(county):
    _, row = with_file(county, "方案.docx", office_file())
    answer = got(county.user(Role.TOWNSHIP_CLERK), row)
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''")


def test_a_pdf_opens_and_is_saved_on_request(county):
    _, row = with_file(county, "批复.pdf", PDF)
    user = county.user(Role.TOWNSHIP_CLERK)
    opened, saved = got(user, row), got(user, row, "?download")
    assert opened.headers["Content-Disposition"].startswith("inline")
    assert saved.headers["Content-Disposition"].startswith("attachment")


def test_an_attachment_is_for_those_who_may_see_its_matter(county):
    _, row = with_file(county)
    other = County("阳谷县", "371521", "阳")
    for user in (
        county.user(Role.DEPARTMENT_CLERK, "县水利局"),
        county.user(Role.TOWNSHIP_CLERK, "贾镇"),
        county.user(Role.SYSADMIN),
        other.user(Role.PLATFORM),
    ):
        assert got(user, row).status_code == 404
    assert got(None, row).status_code == 302
    assert got(county.user(Role.DUCHA), row).status_code == 200


def test_a_file_of_an_internal_note_stays_inside(county):
    part, row = with_file(county, audience="internal")
    assert got(county.user(Role.DEPARTMENT_LEADER), row).status_code == 200
    for role in (Role.TOWNSHIP_CLERK, Role.PLATFORM, Role.DUCHA):
        assert got(county.user(role), row).status_code == 404
        assert row.name not in text_of(visit(county.user(role)).get(address(part.call, "trail/")))


def test_access_ends_with_the_post(county):
    _, row = with_file(county)
    user = county.user(Role.TOWNSHIP_CLERK)
    assert got(user, row).status_code == 200
    user.posts.update(active=False)
    assert got(county.user(Role.TOWNSHIP_CLERK), row).status_code in (302, 404)


def test_a_lost_file_and_a_number_that_is_none_are_404(county):
    _, row = with_file(county)
    client = visit(county.user(Role.TOWNSHIP_CLERK))
    row.file.storage.delete(row.file.name)
    assert client.get(f"/attachments/{row.pk}/").status_code == 404
    assert client.get(f"/attachments/{10**25}/").status_code == 404
