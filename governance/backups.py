"""One archive of database and attachments, written and read back without any program of the host.

A tar holds the database as one snapshot (PostgreSQL: a COPY per table; SQLite: a copy of the
file), the files that this snapshot names, and a manifest with the sha256 of every member, the
rows of every table and the heads of the trail (docs/adr/0017). What belongs to the two kinds of
database stands in `snapshots.py`.
"""

import hashlib
import json
import os
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from django.apps import apps
from django.conf import settings
from django.db import connection, models
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from governance import snapshots, trail
from governance.models import Event, Unit, User

FORMAT = 1
MANIFEST = "manifest.json"
MEDIA = "media/"
CHUNK = 1 << 20


class BackupError(Exception):
    """A backup that cannot be taken or read back; the message is Chinese."""


class Digesting:
    """A file object that counts and hashes what is read from it."""

    def __init__(self, source):
        self.source, self.hash = source, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        chunk = self.source.read(size)
        self.hash.update(chunk)
        return chunk


# Writing ------------------------------------------------------------


def write(target: Path) -> dict:
    """Write the archive; it bears its name only when it is whole.

    Returns:
        The manifest; `missing` names files that the database knows and the disk lacks.

    Raises:
        BackupError: the trail is broken, or the place cannot be written to.
    """
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with tempfile.TemporaryDirectory(prefix=".backup-", dir=target.parent) as folder:
            manifest = fill(part, Path(folder))
        part.chmod(0o600)
        os.replace(part, target)
    except OSError as problem:
        raise BackupError(f"写不了备份文件:{problem.strerror or problem}。") from problem
    finally:
        part.unlink(missing_ok=True)
    return manifest


def fill(part: Path, folder: Path) -> dict:
    """Everything of an archive, under its preliminary name."""
    members: dict[str, dict] = {}
    with snapshots.taken(connection, folder) as snapshot, tarfile.open(part, "w") as archive:
        for path in snapshot.files:
            with path.open("rb") as source:
                add(archive, f"database/{path.name}", source, path.stat().st_size, members)
            path.unlink()
        missing = add_media(archive, snapshot, members)
        manifest = {
            "format": FORMAT,
            "taken_at": timezone.localtime().isoformat(timespec="seconds"),
            "engine": connection.vendor,
            "migrations": migrations(),
            "rows": snapshot.rows,
            "sequences": snapshot.sequences,
            "heads": snapshot.heads,
            "missing": missing,
            "members": members,
        }
        content = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
        info = tarfile.TarInfo(MANIFEST)
        info.size = len(content)
        archive.addfile(info, _bytes(content))
    with part.open("rb") as done:
        os.fsync(done.fileno())
    return manifest


def _bytes(content: bytes):
    import io

    return io.BytesIO(content)


def add(archive: tarfile.TarFile, name: str, source, size: int, members: dict) -> None:
    """One member, hashed while it is written."""
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    digesting = Digesting(source)
    archive.addfile(info, digesting)
    members[name] = {"size": size, "sha256": digesting.hash.hexdigest()}


def add_media(archive: tarfile.TarFile, snapshot, members: dict) -> list[str]:
    """Every file that the snapshot names; those that the disk lacks are returned."""
    missing = []
    for key in sorted({key for of in file_fields() for key in snapshot.keys(*of)}):
        path = Path(settings.MEDIA_ROOT) / key
        if not is_safe(key) or not path.is_file():
            missing.append(key)
            continue
        with path.open("rb") as source:
            add(archive, MEDIA + key, source, path.stat().st_size, members)
    return missing


def file_fields() -> list[tuple[str, str]]:
    """Tables and columns that name files."""
    return [
        (model._meta.db_table, field.column)
        for model in apps.get_models()
        for field in model._meta.local_fields
        if isinstance(field, models.FileField)
    ]


def migrations() -> list[str]:
    """The migrations that this database has, as the measure of its shape."""
    applied = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in applied)


# Reading back ------------------------------------------------------------


@contextmanager
def opened(path: Path) -> Iterator[tuple[tarfile.TarFile, dict]]:
    """An archive and its manifest, after every member has been checked.

    Raises:
        BackupError: no archive of ours, incomplete, changed, or with names that lead elsewhere.
    """
    try:
        with tarfile.open(path, "r:") as archive:
            yield archive, checked(archive)
    except FileNotFoundError as problem:
        raise BackupError(f"找不到备份文件:{path}。") from problem
    except (tarfile.TarError, EOFError) as problem:
        raise BackupError("不是备份文件,或文件不完整。") from problem


def checked(archive: tarfile.TarFile) -> dict:
    """The manifest, if the archive holds exactly what it says."""
    infos = archive.getmembers()
    names = [info.name for info in infos]
    for info in infos:
        if not info.isreg() or not is_safe(info.name):
            raise BackupError(f"备份文件里有不允许的条目“{info.name[:80]}”,已拒绝。")
    if len(names) != len(set(names)) or MANIFEST not in names:
        raise BackupError("不是备份文件,或文件不完整(缺少清单或条目重名)。")
    try:
        manifest = json.load(archive.extractfile(MANIFEST))
        members, known = dict(manifest["members"]), manifest["format"]
    except (ValueError, KeyError, TypeError) as problem:
        raise BackupError("备份文件的清单已损坏。") from problem
    if known != FORMAT:
        raise BackupError(f"备份文件的格式是 {known},本程序只认 {FORMAT}。")
    if set(members) != set(names) - {MANIFEST}:
        raise BackupError("备份文件的内容与清单不符(有缺少或多出的条目)。")
    for info in infos:
        if info.name != MANIFEST and digest(archive, info) != members[info.name]["sha256"]:
            raise BackupError(f"备份文件已损坏:“{info.name}”的校验值不符。")
    return manifest


def digest(archive: tarfile.TarFile, info: tarfile.TarInfo) -> str:
    """The sha256 of one member."""
    found, source = hashlib.sha256(), archive.extractfile(info)
    while chunk := source.read(CHUNK):
        found.update(chunk)
    return found.hexdigest()


def is_safe(name: str) -> bool:
    """Whether a name stays below the folder into which it is put."""
    parts = PurePosixPath(name).parts
    return bool(parts) and not name.startswith("/") and ".." not in parts and "\\" not in name


def restore(path: Path, *, force: bool) -> dict:
    """Put database and attachments back as they were; everything or nothing.

    Args:
        force: replace what a database that is in use holds.

    Raises:
        BackupError: the archive is damaged or not for this database, or the trail in it broken.
    """
    with opened(path) as (archive, manifest):
        refuse_other(manifest)
        if not force and in_use():
            raise BackupError("数据库里已有数据;确认要用备份覆盖的,请加 --force。")
        put_media(archive, manifest)
        with tempfile.TemporaryDirectory(prefix="restore-") as folder:
            files = []
            for name in manifest["members"]:
                if name.startswith("database/"):
                    files.append(extract(archive, name, Path(folder) / Path(name).name))
            try:
                with snapshots.put_back(connection, files, manifest):
                    refuse_broken()
            except snapshots.Differs as problem:
                raise BackupError(str(problem)) from problem
    return manifest


def refuse_other(manifest: dict) -> None:
    """Only the same kind of database, in the same shape, takes an archive."""
    if manifest["engine"] != connection.vendor:
        words = {"postgresql": "PostgreSQL", "sqlite": "SQLite"}
        there = words.get(manifest["engine"], manifest["engine"])
        raise BackupError(f"备份取自 {there},当前数据库是 {words[connection.vendor]},不能恢复。")
    if manifest["migrations"] != migrations():
        raise BackupError(
            "备份与当前数据库的结构版本不同:请安装备份时的程序版本并执行 migrate,恢复后再升级。"
        )


def in_use() -> bool:
    """Whether anything stands here that a restore would replace."""
    return any(kind.objects.exists() for kind in (User, Unit, Event))


def put_media(archive: tarfile.TarFile, manifest: dict) -> None:
    """The files first: without rows they harm nobody."""
    for name in manifest["members"]:
        if name.startswith(MEDIA):
            target = Path(settings.MEDIA_ROOT) / name.removeprefix(MEDIA)
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(extract(archive, name, target.with_name(f".{target.name}.part")), target)


def extract(archive: tarfile.TarFile, name: str, target: Path) -> Path:
    """One member to a path of our choice."""
    source = archive.extractfile(name)
    with target.open("wb") as copy:
        while chunk := source.read(CHUNK):
            copy.write(chunk)
    return target


def refuse_broken() -> None:
    """Raise for the first broken entry of any county's trail."""
    for county in Unit.objects.filter(kind=Unit.Kind.COUNTY).order_by("code"):
        verdict = trail.verify(county)
        if verdict.broken:
            raise BackupError(f"留痕核验不通过,{county}:{verdict.broken}")
