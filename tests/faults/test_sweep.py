"""The sweep under faults: interrupted, killed, doubled, late; the same database in the end.

Decision 27 and design.md §4: a missed, doubled or killed beat changes nothing but the delay.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import DataError, connection, transaction
from django.test.utils import CaptureQueriesContext

from governance import sweep
from governance.models import Clock, Event, Notice, Outbox
from governance.tasks import fire
from hucall.models import Supervision
from tests.factories import hucall as make
from tests.factories.governance import moment
from tests.faults import scenes
from tests.faults.sweeper import POINTS

ROOT = Path(__file__).resolve().parents[2]


class Injected(BaseException):
    """An interruption in the middle of a statement; unlike a failure, nobody goes on after it."""


def fail_at(number: int):
    """Fail at the n-th statement."""
    count = 0

    def wrapper(execute, sql, params, many, context):
        nonlocal count
        count += 1
        if count == number:
            raise Injected(sql)
        return execute(sql, params, many, context)

    return wrapper


def undisturbed() -> dict:
    """What one run without any fault would leave; undone afterwards."""
    with transaction.atomic():
        scenes.run()
        result = scenes.picture()
        transaction.set_rollback(True)
    return result


@pytest.mark.django_db(transaction=True)
@pytest.mark.rule("GX-呼应-18")
def test_interrupted_at_every_statement_in_turn_it_ends_in_the_same_database():
    scenes.build()
    expected = undisturbed()
    assert expected["supervisions"]
    assert expected["referrals"]
    number, interruptions = 0, 0
    while True:
        number += 1
        try:
            with connection.execute_wrapper(fail_at(number)):
                scenes.run()
        except Injected:
            interruptions += 1
            continue
        break
    assert interruptions > 15
    assert scenes.picture() == expected


def sweeper(point: str) -> subprocess.Popen:
    """A sweeping process on this test's own database."""
    settings = connection.settings_dict
    url = os.environ.get("DATABASE_URL", "")
    if connection.vendor == "postgresql":
        url = url.rpartition("/")[0] + "/" + settings["NAME"]
    else:
        url = f"sqlite:///{settings['NAME']}"
    env = os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    command = [sys.executable, "-m", "tests.faults.sweeper", point]
    return subprocess.Popen(command, cwd=ROOT, env=env)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("point", POINTS)
def test_killed_in_the_middle_it_ends_in_the_same_database(point):
    scenes.build()
    expected = undisturbed()
    assert sweeper(point).wait(120) == -signal.SIGKILL
    scenes.run()
    assert scenes.picture() == expected


@pytest.mark.django_db(transaction=True)
def test_run_twice_at_once_it_tells_everybody_once():
    scenes.build()
    expected = undisturbed()
    both = [sweeper("none"), sweeper("none")]
    assert [process.wait(120) for process in both] == [0, 0]
    scenes.run()
    assert scenes.picture() == expected


@pytest.mark.django_db
def test_a_second_run_writes_nothing():
    scenes.build()
    scenes.run()
    before = scenes.picture()
    assert sweep.sweep(scenes.NOW).as_dict() == {"warned": 0, "breached": 0, "escalated": 0}
    scenes.run()
    assert scenes.picture() == before


@pytest.mark.django_db
def test_after_an_outage_it_catches_up_and_breaches_bear_the_due_time():
    scenes.build()
    scenes.run()
    breached = Clock.objects.exclude(breached_at=None)
    assert breached.exists()
    assert all(clock.breached_at == clock.due_at for clock in breached)
    for event in Event.objects.filter(step="clock_breached"):
        clocks = Clock.objects.filter(matter_type=event.matter_type, matter_id=event.matter_id)
        assert event.at in set(clocks.values_list("due_at", flat=True))


@pytest.mark.django_db
def test_each_person_is_told_once_per_clock_and_level():
    scenes.build()
    scenes.run()
    keys = list(Notice.objects.values_list("recipient", "dedupe"))
    assert len(keys) == len(set(keys))
    assert Outbox.objects.exists()


def failing_first(order: list[int]):
    """The first file that is to be supervised cannot be; which ones were tried stands in order."""

    def wrapper(execute, sql, params, many, context):
        if sql.startswith('INSERT INTO "hucall_supervision"'):
            order.append(1)
            if len(order) == 1:
                raise DataError("value out of range")
        return execute(sql, params, many, context)

    return wrapper


@pytest.mark.django_db
@pytest.mark.rule("GX-呼应-18")
def test_a_due_step_that_fails_is_logged_stays_due_and_holds_up_none_behind_it(caplog):
    scenes.build()
    expected = undisturbed()
    sweep.sweep(scenes.NOW)
    due = list(
        Clock.objects.filter(fired_at__isnull=False, done_at=None).order_by("fired_at", "id")
    )
    assert len(due) > 3
    with connection.execute_wrapper(failing_first([])):
        fire(scenes.NOW)
    left = Clock.objects.filter(fired_at__isnull=False, done_at=None)
    assert [clock.pk for clock in left] == [due[0].pk]
    assert [record.clock for record in caplog.records if record.levelname == "ERROR"] == [due[0].pk]
    assert Supervision.objects.count() == len(expected["supervisions"]) - 1
    fire(scenes.NOW)
    assert not left.all().exists()
    mended = scenes.picture()["supervisions"]
    assert {row[1:] for row in mended} == {row[1:] for row in expected["supervisions"]}


@pytest.mark.django_db
def test_steps_that_fail_each_minute_do_not_use_up_the_run(monkeypatch):
    scenes.build()
    sweep.sweep(scenes.NOW)
    monkeypatch.setattr("governance.tasks.FIRES", 1)
    due = Clock.objects.filter(fired_at__isnull=False, done_at=None)
    waiting = due.count()
    with connection.execute_wrapper(failing_first([])):
        assert fire(scenes.NOW) == 1
    assert due.count() == waiting - 1


@pytest.mark.postgres  # SQLite bounds the parameters of one statement, so a batch becomes several
@pytest.mark.django_db
def test_the_number_of_statements_does_not_grow_with_the_number_of_clocks():
    county = scenes.build()
    with transaction.atomic():
        with CaptureQueriesContext(connection) as few:
            sweep.sweep(scenes.NOW)
        transaction.set_rollback(True)
    for _ in range(12):
        make.dispatched(county, at=moment("2026-11-10 10:00"), assist=["县市场监管局"])
    with CaptureQueriesContext(connection) as many:
        sweep.sweep(scenes.NOW)
    assert len(many) == len(few)
    assert len(few) <= 16
