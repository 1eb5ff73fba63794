"""Backup and restore: the same database afterwards, or nothing touched and a reason.

The trail in it is whole, the append-only guards stand again, and work goes on.
"""

import io
import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from governance import backups, trail
from governance.models import Attachment, Event, Unit
from governance.perform import perform
from governance.roles import Role
from tests.factories import hucall as make
from tests.factories.governance import County, load_calendar
from tests.machine import tables

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[2]
PICTURE = b"\x89PNG\r\n\x1a\n" + b"0" * 5000
OTHER = {"sqlite": "postgresql", "postgresql": "sqlite"}


@pytest.fixture
def county(settings, tmp_path):
    """A call with its file, and a sealed trail."""
    settings.MEDIA_ROOT = tmp_path / "media"
    load_calendar()
    found = County()
    part = make.working(found)
    upload = SimpleUploadedFile("现场.png", PICTURE)
    clerk = found.user(Role.DEPARTMENT_CLERK)
    facts = {"note": "已到现场", "audience": "shared"}
    perform(part, "note", actor=clerk, at=make.FILED, facts=facts, files={"files": [upload]})
    trail.seal()
    return found


def rows() -> dict[str, list]:
    """All rows of our tables; both commands write a line of their own into the access log."""
    found = {}
    with connection.cursor() as cursor:
        for table in set(tables()) - {"governance_accesslog"}:
            cursor.execute(f'SELECT * FROM "{table}" ORDER BY 1')
            found[table] = cursor.fetchall()
    return found


def manage(*arguments: str, media: Path) -> subprocess.CompletedProcess:
    """A command of the platform as an operator runs it."""
    name = connection.settings_dict["NAME"]
    url = f"sqlite:///{name}"
    if connection.vendor == "postgresql":
        url = os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{name}"
    env = os.environ | {"DATABASE_URL": url, "MEDIA_ROOT": str(media)}
    env |= {"VAR_DIR": str(media.parent / "var"), "DJANGO_SETTINGS_MODULE": "governance.settings"}
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)


def rewritten(source: Path, target: Path, change) -> Path:
    """The archive with its members as `change({name: bytes})` leaves them."""
    with tarfile.open(source) as archive:
        members = {info.name: archive.extractfile(info).read() for info in archive}
    change(members)
    with tarfile.open(target, "w") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return target


def test_a_restored_database_is_the_one_that_was_backed_up(county, settings, tmp_path):
    before, heads = rows(), [trail.verify(county.row).head]
    saved = manage("backup", str(tmp_path / "b.tar"), media=settings.MEDIA_ROOT)
    assert saved.returncode == 0, saved.stderr
    answer = json.loads(saved.stdout)
    assert (answer["attachments"], answer["missing"]) == (1, 0)
    assert [head["hash"] for head in answer["heads"].values()] == heads
    call_command("flush", verbosity=0, interactive=False)
    elsewhere = tmp_path / "elsewhere" / "media"
    back = manage("restore", str(tmp_path / "b.tar"), media=elsewhere)
    assert back.returncode == 0, back.stderr
    assert rows() == before
    assert (elsewhere / Attachment.objects.get().file.name).read_bytes() == PICTURE
    assert trail.verify(county.row).head == heads[0]
    # The guards stand, and the next call goes on where the last one ended.
    with pytest.raises(DatabaseError), transaction.atomic():
        Event.objects.update(summary="改过")
    last = Event.objects.order_by("-id").first().pk
    assert make.filed(county).number == "冠呼〔2026〕2号"
    assert Event.objects.order_by("-id").first().pk > last
    refused = manage("restore", str(tmp_path / "b.tar"), media=elsewhere)
    assert refused.returncode == 1
    assert "--force" in refused.stderr
    forced = manage("restore", str(tmp_path / "b.tar"), "--force", media=elsewhere)
    assert forced.returncode == 0, forced.stderr
    assert rows() == before


def test_a_backup_has_its_name_only_when_it_is_whole(county, tmp_path, monkeypatch):
    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backups, "add_media", full)
    with pytest.raises(CommandError, match="写不了备份文件"):
        call_command("backup", str(tmp_path / "b.tar"))
    assert [path.name for path in tmp_path.iterdir()] == ["media"]


def test_an_older_backup_is_never_overwritten(county, tmp_path):
    (tmp_path / "b.tar").write_bytes(b"old")
    with pytest.raises(CommandError, match="文件已存在"):
        call_command("backup", str(tmp_path / "b.tar"))


def test_a_file_that_is_gone_is_named(county, tmp_path, capsys):
    Path(Attachment.objects.get().file.path).unlink()
    call_command("backup", str(tmp_path / "b.tar"))
    told = capsys.readouterr()
    assert json.loads(told.out)["missing"] == 1
    assert Attachment.objects.get().file.name in told.err


def test_a_broken_trail_is_neither_saved_nor_restored(county, tmp_path, monkeypatch):
    with transaction.atomic(), connection.cursor() as cursor:
        opened = {
            "postgresql": "SET LOCAL governance.maintenance = 'on'",
            "sqlite": "INSERT INTO governance_maintenance VALUES (1)",
        }
        cursor.execute(opened[connection.vendor])
        cursor.execute("UPDATE governance_event SET summary = '改过' WHERE step = 'file'")
        if connection.vendor == "sqlite":
            cursor.execute("DELETE FROM governance_maintenance")
    with pytest.raises(CommandError, match=r"第1条.*与封存时不一致"):
        call_command("backup", str(tmp_path / "b.tar"))
    assert not (tmp_path / "b.tar").exists()
    backups.write(tmp_path / "b.tar")  # somebody went round the command
    Unit.objects.update(contact_office="恢复前")
    before = rows()
    with pytest.raises(CommandError, match=r"留痕核验不通过.*第1条"):
        call_command("restore", str(tmp_path / "b.tar"), "--force")
    assert rows() == before


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("flip", "校验值不符"),
        ("drop", "与清单不符"),
        ("outside", "不允许的条目"),
        ("engine", "不能恢复"),
        ("older", "结构版本不同"),
        ("rows", "行数与备份清单不符"),
        ("garbage", "不是备份文件"),
    ],
)
def test_what_is_damaged_or_not_ours_touches_nothing(county, tmp_path, change, words):
    call_command("backup", str(tmp_path / "b.tar"))
    before = rows()

    def spoil(members: dict[str, bytes]) -> None:
        manifest = json.loads(members["manifest.json"])
        first = next(name for name in members if name.startswith("database/"))
        if change == "flip":
            members[first] = members[first][:-1] + b"\0\0"
        elif change == "drop":
            del members[first]
        elif change == "outside":
            members["../outside"] = b"x"
        elif change == "engine":
            manifest["engine"] = OTHER[connection.vendor]
        elif change == "older":
            manifest["migrations"].pop()
        elif change == "rows":
            manifest["rows"]["governance_event"] += 1
        members["manifest.json"] = json.dumps(manifest).encode()

    made = rewritten(tmp_path / "b.tar", tmp_path / "c.tar", spoil)
    if change == "garbage":
        made.write_bytes(b"not a tar at all")
    with pytest.raises(CommandError, match=words):
        call_command("restore", str(made), "--force")
    assert rows() == before
    assert not (tmp_path.parent / "outside").exists()
