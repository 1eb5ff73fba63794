"""An uploaded sheet on its way: kept, checked, confirmed, written; each stage can be repeated.

Checking writes nothing but the import's own record; writing is one transaction. So a worker that
dies midway leaves either nothing or all, and the same task may run again.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from checklist import services, tasks
from checklist.models import Import
from governance.models import Unit

State = Import.State
MOST = 20_000
"""Errors that an import keeps; a sheet with more is wrong as a whole."""
STUCK = timedelta(minutes=2)
"""After this time without any sign of life a stage may be started again by hand."""


def receive(upload, *, county: Unit, actor, sheet: str, title: str, replace: bool) -> Import:
    """Keep an uploaded file and send it to be checked."""
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    record = Import.objects.create(
        county=county, uploaded_by=actor, file=upload, name=upload.name[-200:],
        sha256=digest.hexdigest(), size=upload.size, sheet=sheet, title=title, replace=replace,
    )  # fmt: skip
    _send(tasks.check_import, record)
    return record


def confirm(record: Import) -> bool:
    """Send a checked import to be written; False when it is not waiting for that."""
    moved = Import.objects.filter(pk=record.pk, state=State.READY).update(
        state=State.CONFIRMED, progress=0, touched_at=timezone.now()
    )
    if moved:
        _send(tasks.write_import, record)
    return bool(moved)


def cancel(record: Import) -> bool:
    """Give an import up before it was written."""
    stages = [State.READY, State.FAULTY, State.WAITING, State.FAILED]
    return bool(
        Import.objects.filter(pk=record.pk, state__in=stages).update(
            state=State.CANCELLED, touched_at=timezone.now()
        )
    )


def is_stuck(record: Import) -> bool:
    """Whether nobody seems to be at work on it."""
    return record.working and timezone.now() - record.touched_at > STUCK


def restart(record: Import) -> None:
    """Send a stuck import again."""
    writing = record.state in {State.CONFIRMED, State.WRITING}
    Import.objects.filter(pk=record.pk).update(touched_at=timezone.now())
    _send(tasks.write_import if writing else tasks.check_import, record)


def _send(task, record: Import) -> None:
    """Hand a task to the workers after the commit; without a broker the page offers a restart."""

    def send():
        try:
            task.apply_async((record.pk,), retry=False)
        except task.OperationalError:
            Import.objects.filter(pk=record.pk).update(
                message="后台服务暂时连不上,文件已经收好,稍后可点“重新开始”。"
            )

    transaction.on_commit(send)


def _teller(pk: int):
    def tell(percent: int) -> None:
        Import.objects.filter(pk=pk).update(progress=percent, touched_at=timezone.now())

    return tell


def _data(record: Import) -> bytes:
    with record.file.open("rb") as handle:
        return handle.read()


def check(pk: int) -> None:
    """Read the sheet and keep errors, remarks and differences in the record."""
    record = Import.objects.select_related("county").get(pk=pk)
    if record.state not in {State.WAITING, State.CHECKING}:
        return
    Import.objects.filter(pk=pk).update(state=State.CHECKING, message="")
    try:
        outcome, _ = services.examine(
            record.county, _data(record), record.name, sheet=record.sheet,
            replace=record.replace, tell=_teller(pk),
        )  # fmt: skip
    except Exception:
        Import.objects.filter(pk=pk).update(state=State.FAILED, message=BROKEN)
        raise
    faults = [fault.as_dict() for fault in outcome.faults[:MOST]]
    if len(outcome.faults) > MOST:
        outcome.remarks.append(f"错误共 {len(outcome.faults)} 处,这里列出前 {MOST} 处")
    Import.objects.filter(pk=pk, state=State.CHECKING).update(
        state=State.FAULTY if faults else State.READY,
        progress=100,
        faults=faults,
        remarks=outcome.remarks,
        changes=outcome.plan.as_dict() | {"rows": outcome.rows},
        base=str(outcome.base or ""),
        touched_at=timezone.now(),
    )


def write(pk: int) -> None:
    """Write a confirmed import; the list and the record's state change in one transaction."""
    record = Import.objects.select_related("county", "uploaded_by").get(pk=pk)
    if record.state not in {State.CONFIRMED, State.WRITING}:
        return
    Import.objects.filter(pk=pk).update(state=State.WRITING, message="")
    try:
        data = _data(record)
        _teller(pk)(20)
        with transaction.atomic():
            _write(record, data)
    except Exception:
        Import.objects.filter(pk=pk).update(state=State.FAILED, message=BROKEN)
        raise


BROKEN = "处理时发生意外,清单没有任何改动;请重新上传,若再次出现请联系系统管理员。"


def _write(record: Import, data: bytes) -> None:
    locked = Import.objects.select_for_update().get(pk=record.pk)
    if locked.state != State.WRITING:
        return
    outcome = services.import_sheet(
        record.county, data, record.name, actor=record.uploaded_by, sheet=record.sheet,
        title=record.title, replace=record.replace,
    )  # fmt: skip
    faults = [fault.as_dict() for fault in outcome.faults[:MOST]]
    Import.objects.filter(pk=record.pk).update(
        state=State.FAULTY if faults else State.DONE,
        progress=100,
        faults=faults,
        changes=outcome.plan.as_dict() | {"rows": outcome.rows},
        edition=outcome.edition,
        touched_at=timezone.now(),
    )
