"""Earmarked money: a ledger that only grows, a balance that never falls below zero (GX-准入-14)."""

from decimal import Decimal

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.db.models import Sum

from admission import guards
from admission.models import AdmittedDuty, FundEntry
from governance.steps import Refused
from tests.admission.scene import again
from tests.factories.governance import moment
from tests.faults.server import at_once

DAY = moment("2026-09-14 10:00")
SQL = {
    "UPDATE admission_fundentry SET amount = 1": guards.LEDGER,
    "UPDATE admission_fundentry SET purpose = 'x'": guards.LEDGER,
    "UPDATE admission_fundentry SET balance = balance": guards.LEDGER,
    "DELETE FROM admission_fundentry": guards.LEDGER,
    "UPDATE admission_admittedduty SET approval_number = 'x'": guards.FIXED,
    "UPDATE admission_admittedduty SET unit_id = department_id": guards.FIXED,
    "UPDATE admission_admittedduty SET department_id = unit_id": guards.FIXED,
    "UPDATE admission_admittedduty SET request_id = request_id + 1": guards.FIXED,
    "UPDATE admission_admittedduty SET county_id = unit_id": guards.FIXED,
    "DELETE FROM admission_admittedduty": guards.FIXED,
}


@pytest.fixture
def paid(scene):
    """A duty with 1000 yuan, 400 of them spent."""
    duty = scene.carried()
    scene.allot(duty)
    scene.spend(duty)
    return again(duty)


class Editor:
    """What a migration's editor is to the guards: SQLite's own stands outside any transaction."""

    connection = connection

    def execute(self, statement, params=None):
        with connection.cursor() as cursor:
            cursor.execute(statement)


def ask(*statements: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.mark.django_db
@pytest.mark.rule("GX-准入-14")
@pytest.mark.parametrize("statement", SQL)
def test_the_database_itself_refuses(paid, statement):
    with pytest.raises(DatabaseError, match=SQL[statement]):
        ask(statement)
    assert list(FundEntry.objects.values_list("kind", "amount", "balance")) == [
        ("allot", Decimal(1000), Decimal(1000)),
        ("spend", Decimal(400), Decimal(600)),
    ]


@pytest.mark.django_db
@pytest.mark.postgres
@pytest.mark.parametrize("table", guards.TABLES)
def test_postgres_refuses_to_empty_the_tables(paid, table):
    with pytest.raises(DatabaseError, match=guards.LEDGER):
        ask("SET CONSTRAINTS ALL IMMEDIATE", f"TRUNCATE {table} CASCADE")


@pytest.mark.django_db
def test_the_documented_maintenance_path_stays_open(paid):
    opening = {
        "sqlite": "INSERT INTO governance_maintenance VALUES (1)",
        "postgresql": "SET LOCAL governance.maintenance = 'on'",
    }
    ask(opening[connection.vendor], "DELETE FROM admission_fundentry")
    assert not FundEntry.objects.exists()


@pytest.mark.django_db
def test_a_later_migration_can_lift_the_guards_and_set_them_up_again(paid):
    guards.lift(None, Editor())
    ask("UPDATE admission_fundentry SET purpose = '勘误'")
    guards.install(None, Editor())
    with pytest.raises(DatabaseError, match=guards.LEDGER):
        ask("UPDATE admission_fundentry SET purpose = 'x'")


@pytest.mark.django_db
def test_what_a_duty_goes_through_is_not_hindered(paid, scene):
    """State, money and end of a duty change; only what it is stays."""
    AdmittedDuty.objects.filter(pk=paid.pk).update(spent=500)
    assert again(paid).balance == 500


@pytest.mark.django_db(transaction=True)
@pytest.mark.rule("GX-准入-14")
def test_twenty_at_once_never_spend_more_than_there_is(scene):
    duty = scene.carried()
    scene.allot(duty, "1000")

    def spend(number):
        with time_machine.travel(DAY, tick=False):
            return scene.spend(duty, "130", at=DAY)

    answers = at_once(20, spend)
    done = [one for one in answers if not isinstance(one, Exception)]
    refused = [one for one in answers if isinstance(one, Exception)]
    assert all(isinstance(one, Refused) for one in refused), refused
    assert 1 <= len(done) <= 7
    duty = again(duty)
    spent = FundEntry.objects.filter(kind="spend")
    assert duty.spent == spent.aggregate(sum=Sum("amount"))["sum"] == 130 * len(done)
    assert duty.balance >= 0 and spent.count() == len(done)
    balances = list(FundEntry.objects.values_list("balance", flat=True))
    assert balances == [Decimal(1000) - 130 * n for n in range(len(done) + 1)]
