"""A process that sweeps and dies by SIGKILL at a named point: python -m tests.faults.sweeper."""

import os
import signal
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.db import connection  # noqa: E402

from tests.faults import scenes  # noqa: E402

POINTS = {
    "clocks_locked": lambda sql: "governance_clock" in sql and sql.startswith("SELECT"),
    "events_written": lambda sql: sql.startswith('INSERT INTO "governance_event"'),
    "notices_written": lambda sql: "governance_notice" in sql and sql.startswith("INSERT"),
    "clocks_written": lambda sql: sql.startswith('INSERT INTO "governance_clock"'),
    "step_underway": lambda sql: "hucall_supervision" in sql and sql.startswith("INSERT"),
}


def die_at(point: str):
    """Kill this process right after the first statement that the point names."""

    def wrapper(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if POINTS[point](sql.strip()):
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    return wrapper


if __name__ == "__main__":
    if sys.argv[1:] == ["none"]:
        scenes.run()
    else:
        with connection.execute_wrapper(die_at(sys.argv[1])):
            scenes.run()
