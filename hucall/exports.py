"""Exports: exactly what a list shows, all rows of it, as a workbook.

A short one is written at once. A long one is written by a worker; its progress stands in a small
file beside it, so that the page survives reloading and any process can read it. Nothing of an
export outlives a day.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from uuid import uuid4

from celery import shared_task
from django.http import QueryDict
from django.utils import timezone

from governance import calendars, sheets
from governance.jobs import Jobs
from governance.models import User
from hucall.registers import REGISTERS, Register, seen

AT_ONCE = 3000
"""Rows up to which a person waits for the file itself."""
MOST = 1_000_000
"""Rows of one workbook; a sheet holds no more than 1,048,576."""
CHUNK = 1000
JOBS = Jobs("exports")


def selection(register: Register, user, county, query: QueryDict):
    """The rows of an export: the same register, filters and visibility as on the page."""
    form = register.filter(query, user=user, county=county)
    return form.apply(register.rows(user), timezone.now()).order_by("-pk")


def headings(register: Register) -> list[str]:
    """The columns of the sheet."""
    return [one.label for one in register.columns if one.text]


def lines(register: Register, rows, user, county, tell=None) -> Iterator[list]:
    """The rows of the sheet, read in blocks by key, so that memory does not grow with them."""
    calendar = calendars.for_county(county)
    columns = [one for one in register.columns if one.text]
    done, last = 0, None
    while done < MOST:
        block = list((rows.filter(pk__lt=last) if last else rows)[:CHUNK])
        if not block:
            return
        look = seen(register, block, user, calendar)
        for row in block:
            yield [one.text(row, look) for one in columns]
        done, last = done + len(block), block[-1].pk
        if tell:
            tell(done)


def write(target, register: Register, rows, user, county, tell=None) -> int:
    """Write the workbook into a binary file; returns the number of rows."""
    widths = {one.label: one.width for one in register.columns}
    sheet = (register.title, headings(register), lines(register, rows, user, county, tell))
    return sheets.write_xlsx(target, [sheet], widths=widths)


def file_name(register: Register) -> str:
    """What the file is called when it is saved."""
    return f"{register.title}{timezone.localtime():%Y%m%d-%H%M}.xlsx"


# ------------------------------------------------------------------ long ones


def begin(register: Register, user, county, query: QueryDict, total: int) -> str:
    """Note a long export and return its token; the caller sends the task."""
    token = uuid4().hex
    JOBS.note(
        token,
        register=register.name,
        user=user.pk,
        county=county.pk,
        query=query.urlencode(),
        total=total,
        done=0,
        state="waiting",
        title=f"导出{register.title}",
        name=file_name(register),
        at=timezone.now().isoformat(),
    )
    return token


def run(token: str) -> None:
    """Write a long export; doing it twice writes the same file."""
    job = JOBS.read(token)
    if not job or job.get("state") == "done":
        return
    user = User.objects.get(pk=job["user"])
    register = REGISTERS[job["register"]]
    county = next(p.unit.county for p in user.posts_held() if p.county_id == job["county"])
    rows = selection(register, user, county, QueryDict(job["query"]))
    JOBS.note(token, state="running", done=0)
    try:
        with tempfile.TemporaryFile() as target:
            done = write(target, register, rows, user, county, lambda n: JOBS.note(token, done=n))
            target.seek(0)
            JOBS.keep(token, "xlsx", target.read())
    except Exception:
        JOBS.note(
            token, state="failed", message="导出时发生意外,请重新导出;若再次出现请联系系统管理员。"
        )
        raise
    JOBS.note(token, state="done", done=done, total=done)


@shared_task(name="hucall.write_export", acks_late=True)
def write_export(token: str) -> None:
    """Write a long export, and remove what nobody has fetched for a day."""
    run(token)
    JOBS.tidy()
