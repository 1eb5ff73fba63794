"""Emptying the test database between transactional tests, although its ledgers refuse it.

The database itself refuses to delete what is append-only; a test that commits must all the same
leave nothing behind. So the guards rest for the flush, and for nothing else.
"""

from contextlib import contextmanager

from django.db import connection, transaction


def pytest_configure():
    """Let this process's flush go round the guards."""
    operations = type(connection.ops)
    flush = operations.execute_sql_flush

    def unguarded(self, sql_list):
        with _guards_resting(self.connection):
            flush(self, sql_list)

    operations.execute_sql_flush = unguarded


@contextmanager
def _guards_resting(database):
    if database.vendor == "postgresql":
        with transaction.atomic(using=database.alias), database.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            yield
        return
    with transaction.atomic(using=database.alias):
        with database.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            guards = cursor.fetchall()
            for name, _ in guards:
                cursor.execute(f'DROP TRIGGER "{name}"')
        yield
        with database.cursor() as cursor:
            for _, sql in guards:
                cursor.execute(sql)
