"""An import that is killed midway leaves nothing; done again it gives the same list (row 27).

And a sheet beyond the cap is refused before it is parsed, in little memory (rows 22 and 23).
"""

import io
import json
import os
import signal
import subprocess
import sys
import zipfile
from pathlib import Path
from subprocess import PIPE

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection, transaction
from django.urls import reverse

from checklist import services, uploads
from checklist.models import Edition, EditionItem, Import, Item, ItemUnit, Revision
from governance.models import Event, Unit
from governance.roles import Role
from tests.factories.checklist import (
    HEADINGS,
    enter_as,
    make_county,
    make_user,
    row,
    sheet_a,
    workbook,
)
from tests.faults.importer import POINTS

ROOT = Path(__file__).resolve().parents[2]
COUNTY = "371525"
MEGABYTE = 2**20
MOST_MEMORY = 200 * MEGABYTE
"""What security.md row 22 allows a reader of 200,000 rows."""


def importer(*arguments: str) -> subprocess.Popen:
    """The import command as a process of its own, on this test's database."""
    name = connection.settings_dict["NAME"]
    url = f"sqlite:///{name}"
    if connection.vendor == "postgresql":
        url = os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{name}"
    env = os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    command = [sys.executable, "-m", "tests.faults.importer", *arguments]
    return subprocess.Popen(command, cwd=ROOT, env=env, stdout=PIPE, stderr=PIPE, text=True)


def counts() -> list[int]:
    """How many rows an import has written into each table."""
    kinds = (Edition, EditionItem, Item, ItemUnit, Revision, Event)
    return [kind.objects.count() for kind in kinds]


def the_list() -> list:
    """The whole list in its order, without row numbers."""
    found = []
    for member in EditionItem.objects.order_by("edition__serial", "place"):
        units = member.revision.units.order_by("place").values_list("role", "unit__code", "duty")
        edition = (member.edition.serial, member.edition.state, member.edition.title)
        found.append((edition, member.place, member.revision.texts(), list(units)))
    return found


def sheet(folder: Path) -> Path:
    """A list of forty items."""
    path = folder / "清单.xlsx"
    path.write_bytes(sheet_a(*(row(f"事项{number}") for number in range(40))))
    return path


def undisturbed(path: Path) -> list:
    """What an import without any fault leaves; undone afterwards."""
    with transaction.atomic():
        outcome = services.import_sheet(Unit.objects.get(region_code=COUNTY), path, path.name)
        services.publish_first(outcome.edition)
        found = the_list()
        transaction.set_rollback(True)
    return found


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("point", POINTS)
def test_killed_in_the_middle_nothing_is_left_and_the_same_import_succeeds(point, tmp_path, capsys):
    make_county()
    path = sheet(tmp_path)
    before, expected = counts(), undisturbed(path)
    killed = importer(point, str(path), COUNTY, "--publish")
    killed.communicate(timeout=120)
    assert killed.returncode == -signal.SIGKILL
    assert counts() == before
    call_command("import_checklist", str(path), "--county", COUNTY, "--publish")
    answer = json.loads(capsys.readouterr().out)
    assert (answer["rows"], answer["created"], answer["errors"]) == (40, 40, [])
    assert the_list() == expected
    assert len(expected) == 40
    assert Event.objects.count() == before[-1] + 1


# Beyond the cap ------------------------------------------------------------


def large(path: Path, rows: int) -> Path:
    """A list of `rows` rows with six filled cells: the first row of a small one, repeated."""
    small = io.BytesIO(workbook([HEADINGS[:6]]))
    cells = "".join(f'<c r="{one}%d" t="s"><v>{at}</v></c>' for at, one in enumerate("ABCDEF"))
    with zipfile.ZipFile(small) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for info in source.infolist():
            content = source.read(info)
            if info.filename == "xl/worksheets/sheet1.xml":
                head, _, tail = content.partition(b"<sheetData>")
                lines = (f'<row r="{at}">{cells % ((at,) * 6)}</row>' for at in range(1, rows + 1))
                tail = tail[tail.index(b"</sheetData>") :]
                content = head + b"<sheetData>" + "".join(lines).encode() + tail
            made.writestr(info.filename, content)
    return path


@pytest.mark.django_db(transaction=True)
def test_two_hundred_thousand_rows_are_refused_with_the_cap_in_little_memory(tmp_path):
    make_county()
    process = importer("none", str(large(tmp_path / "大表.xlsx", 200_000)), COUNTY)
    told, peak = process.communicate(timeout=250)
    answer = json.loads(told)
    assert process.returncode == 1
    (error,) = answer["errors"]
    assert f"上限 {services.LIMITS.rows} 行" in error["message"]
    assert int(peak.split()[-1]) * 1024 <= MOST_MEMORY


@pytest.mark.django_db
def test_in_the_browser_a_sheet_beyond_the_cap_is_read_behind_the_page_and_names_it(
    client, tmp_path, django_capture_on_commit_callbacks, monkeypatch
):
    county = make_county()
    enter_as(client, make_user(county, Role.BIANBAN))
    told = []
    teller = uploads._teller
    monkeypatch.setattr(
        uploads, "_teller", lambda pk: lambda done: (told.append(done), teller(pk)(done))
    )
    with large(tmp_path / "大表.xlsx", 200_000).open("rb") as file:
        with django_capture_on_commit_callbacks() as waiting:
            answer = client.post(reverse("checklist:upload"), {"file": file})
        record = Import.objects.get()
        assert answer.status_code == 302
        assert record.working  # the answer came before anybody read the sheet
        for callback in waiting:
            callback()
    record = Import.objects.get()
    assert told, (waiting, record.state, record.message)
    assert record.state == Import.State.FAULTY, record.message
    page = client.get(answer.url).content.decode()
    assert f"上限 {services.LIMITS.rows} 行" in page, record.faults


@pytest.mark.django_db
def test_of_very_many_errors_the_number_is_named(monkeypatch, settings):
    county = make_county()
    monkeypatch.setattr(uploads, "MOST", 10)
    faulty = sheet_a(*(row(f"事项{number}", main="没有这个局") for number in range(30)))
    record = uploads.receive(
        SimpleUploadedFile("清单.xlsx", faulty),
        **{"county": county, "actor": make_user(county, Role.BIANBAN)},
        **{"sheet": "", "title": "", "replace": False},
    )
    uploads.check(record.pk)
    record.refresh_from_db()
    assert len(record.faults) == 10
    assert any("错误共 30 处" in remark for remark in record.remarks)
