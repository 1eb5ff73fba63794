"""The real import command, dying by SIGKILL at a named point.

python -m tests.faults.importer POINT FILE COUNTY [options]
"""

import os
import re
import signal
import sys
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

POINTS = {
    "draft_begun": 'INSERT INTO "checklist_edition"',
    "wordings_written": 'INSERT INTO "checklist_revision"',
    "units_written": 'INSERT INTO "checklist_itemunit"',
    "members_written": 'INSERT INTO "checklist_editionitem"',
    "publishing": 'INSERT INTO "governance_event"',
}


def die_at(point: str):
    """Kill this process right after the first statement that the point names."""

    def wrapper(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if sql.strip().startswith(POINTS[point]):
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    return wrapper


def peak() -> int:
    """The most memory that this process ever held, in KiB (rusage counts the parent's too)."""
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1])


if __name__ == "__main__":
    point, file, county, *options = sys.argv[1:]
    command = ["import_checklist", file, "--county", county, *options]
    if point == "none":
        try:
            call_command(*command)
        finally:
            print(peak(), file=sys.stderr)
    else:
        with connection.execute_wrapper(die_at(point)):
            call_command(*command)
