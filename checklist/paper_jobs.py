"""Papers of long editions: laid out by a worker, with progress in a small file beside the result.

The page survives reloading, and any process can read how far the work is. Nothing outlives a day.
"""

from __future__ import annotations

import json
import re
from datetime import timedelta
from uuid import uuid4

from celery import shared_task
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from checklist import printing, selectors
from checklist.models import Edition
from governance import papers

AT_ONCE = 150
"""Items up to which a person waits for the file itself; 300 take some ten seconds as PDF."""
KEPT = timedelta(days=1)
FOLDER = "papers"
TOKEN = re.compile(r"[0-9a-f]{32}\Z")
BROKEN = "排版时发生意外,请重新打印;若再次出现请联系系统管理员。"
AWAY = "后台服务暂时连不上,请稍后重新打印。"


def place(token: str, ending: str) -> str:
    """Where a part of a paper lies in the media storage."""
    return f"{FOLDER}/{token}.{ending}"


def keep(name: str, data: bytes) -> None:
    """Write a file, in the place of the one that stood there."""
    if default_storage.exists(name):
        default_storage.delete(name)
    default_storage.save(name, ContentFile(data))


def note(token: str, **state) -> None:
    """Write down how far a paper is."""
    told = (read(token) or {}) | state
    keep(place(token, "json"), json.dumps(told, ensure_ascii=False).encode())


def read(token: str) -> dict | None:
    """How far a paper is; None for one that does not exist (any more)."""
    name = place(token, "json")
    if not TOKEN.match(token) or not default_storage.exists(name):
        return None
    try:
        with default_storage.open(name) as file:
            return json.loads(file.read())
    except (ValueError, OSError):  # just being written
        return {}


def content(token: str) -> bytes:
    """The finished file."""
    with default_storage.open(place(token, "out")) as file:
        return file.read()


def begin(edition: Edition, user, form: str) -> str:
    """Note a long paper and send its task; returns its token."""
    token = uuid4().hex
    title = f"{edition.title}第{edition.serial}版排版"
    note(token, user=user.pk, edition=edition.pk, form=form, state="waiting", title=title,
         done=0, total=3)  # fmt: skip
    try:
        write_paper.apply_async((token,), retry=False)
    except write_paper.OperationalError:
        note(token, state="failed", message=AWAY)
    return token


def run(token: str) -> None:
    """Lay a long edition out; doing it twice writes the same file."""
    job = read(token)
    if not job or job.get("state") == "done":
        return
    note(token, state="running", done=0, message="读取清单")
    try:
        edition = Edition.objects.select_related("owner").get(pk=job["edition"])
        made = printing.edition_paper(edition, selectors.members(edition))
        note(token, done=1, message="排版")
        data = {"pdf": papers.pdf, "docx": papers.docx}[job["form"]](made)
        note(token, done=2, message="保存")
        keep(place(token, "out"), data)
    except papers.PdfMissing as missing:
        note(token, state="failed", message=str(missing))
        return
    except Exception:
        note(token, state="failed", message=BROKEN)
        raise
    note(token, state="done", done=3, message="", name=f"{made.file_name}.{job['form']}")


@shared_task(name="checklist.write_paper", acks_late=True)
def write_paper(token: str) -> None:
    """Lay out a long paper, and remove what nobody has fetched for a day."""
    run(token)
    tidy()


def tidy() -> int:
    """Remove papers older than a day; returns how many files."""
    if not default_storage.exists(FOLDER):
        return 0
    removed = 0
    for name in default_storage.listdir(FOLDER)[1]:
        path = f"{FOLDER}/{name}"
        if default_storage.get_modified_time(path) < timezone.now() - KEPT:
            default_storage.delete(path)
            removed += 1
    return removed
