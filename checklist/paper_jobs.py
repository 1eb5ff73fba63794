"""Papers of long editions: laid out by a worker, with progress in a small file beside the result.

The page survives reloading, and any process can read how far the work is. Nothing outlives a day.
"""

from __future__ import annotations

from uuid import uuid4

from celery import shared_task
from django.core.files.storage import default_storage

from checklist import printing, selectors
from checklist.models import Edition
from governance import papers
from governance.jobs import Jobs

AT_ONCE = 150
"""Items up to which a person waits for the file itself; 300 take some ten seconds as PDF."""
JOBS = Jobs("papers")
BROKEN = "排版时发生意外,请重新打印;若再次出现请联系系统管理员。"
AWAY = "后台服务暂时连不上,请稍后重新打印。"


def content(token: str) -> bytes:
    """The finished file."""
    with default_storage.open(JOBS.place(token, "out")) as file:
        return file.read()


def begin(edition: Edition, user, form: str) -> str:
    """Note a long paper and send its task; returns its token."""
    token = uuid4().hex
    title = f"{edition.title}第{edition.serial}版排版"
    JOBS.note(token, user=user.pk, edition=edition.pk, form=form, state="waiting", title=title,
         done=0, total=3)  # fmt: skip
    try:
        write_paper.apply_async((token,), retry=False)
    except write_paper.OperationalError:
        JOBS.note(token, state="failed", message=AWAY)
    return token


def run(token: str) -> None:
    """Lay a long edition out; doing it twice writes the same file."""
    job = JOBS.read(token)
    if not job or job.get("state") == "done":
        return
    JOBS.note(token, state="running", done=0, message="读取清单")
    try:
        edition = Edition.objects.select_related("owner").get(pk=job["edition"])
        made = printing.edition_paper(edition, selectors.members(edition))
        JOBS.note(token, done=1, message="排版")
        data = {"pdf": papers.pdf, "docx": papers.docx}[job["form"]](made)
        JOBS.note(token, done=2, message="保存")
        JOBS.keep(token, "out", data)
    except papers.PdfMissing as missing:
        JOBS.note(token, state="failed", message=str(missing))
        return
    except Exception:
        JOBS.note(token, state="failed", message=BROKEN)
        raise
    JOBS.note(token, state="done", done=3, message="", name=f"{made.file_name}.{job['form']}")


@shared_task(name="checklist.write_paper", acks_late=True)
def write_paper(token: str) -> None:
    """Lay out a long paper, and remove what nobody has fetched for a day."""
    run(token)
    JOBS.tidy()
