"""Emptying the test database between transactional tests, although its guards refuse it.

The database itself refuses to delete what is append-only; a test that commits must all the same
leave nothing behind. So the guards rest for the flush, and for nothing else. What migrations have
seeded is put back, so that a test finds the same ground wherever it stands in the order.
"""

from contextlib import contextmanager

import pytest
from django.apps import apps
from django.db import connection, transaction

# Django makes these anew after each flush.
REMADE = {"contenttypes", "auth"}
_seeded: list[tuple[type, list[dict]]] = []


def pytest_configure():
    """Let this process's flush go round the guards."""
    operations = type(connection.ops)
    flush = operations.execute_sql_flush

    def unguarded(self, sql_list):
        with _guards_resting(self.connection):
            flush(self, sql_list)
            _put_back()

    operations.execute_sql_flush = unguarded


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """pytest-django's own, and then a look at what the migrations have left in the tables."""
    with django_db_blocker.unblock():
        for model in apps.get_models():
            if model._meta.app_label not in REMADE and model._meta.managed:
                rows = list(model._base_manager.values())
                if rows:
                    _seeded.append((model, rows))


def _put_back() -> None:
    for model, rows in _seeded:
        model._base_manager.bulk_create([model(**row) for row in rows])


@contextmanager
def _guards_resting(database):
    with transaction.atomic(using=database.alias), database.cursor() as cursor:
        if database.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
            yield
            return
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%RAISE(%'"
        )
        guards = cursor.fetchall()
        for name, _ in guards:
            cursor.execute(f'DROP TRIGGER "{name}"')
        yield
        for _, sql in guards:
            cursor.execute(sql)
