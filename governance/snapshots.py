"""A database at one moment, as files, and back: what the two kinds of database do differently.

PostgreSQL: COPY of every table inside one read-only REPEATABLE READ transaction. SQLite: VACUUM
INTO, and back by its online backup. Sessions and the cache stay out: who was signed in then is
not signed in after a restore.
"""

import gzip
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.db import transaction

LEFT_OUT = ("django_session", "governance_cache")
HEADS = (
    "SELECT u.code, h.seq, h.hash FROM governance_sealhead h "
    "JOIN governance_unit u ON u.id = h.county_id ORDER BY u.code"
)
COPY = "copy.sqlite3"


class Differs(Exception):
    """What was put back is not what the manifest says; the message is Chinese."""


@dataclass
class Snapshot:
    """The files of a snapshot and what can be asked of it while it lasts."""

    ask: object
    files: list[Path] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    sequences: dict[str, int] = field(default_factory=dict)
    heads: list[list] = field(default_factory=list)

    def keys(self, table: str, column: str) -> Iterable[str]:
        """The names of files in a column."""
        return [key for (key,) in self.ask(f'SELECT "{column}" FROM "{table}"') if key]  # noqa: S608


@contextmanager
def taken(connection, folder: Path) -> Iterator[Snapshot]:
    """A snapshot of the database, its files in `folder`; the trail in it is whole."""
    take = _taken_postgresql if connection.vendor == "postgresql" else _taken_sqlite
    with take(connection, folder) as snapshot:
        snapshot.heads = [list(head) for head in snapshot.ask(HEADS)]
        yield snapshot


@contextmanager
def put_back(connection, files: list[Path], manifest: dict) -> Iterator[None]:
    """Replace the database by a snapshot; whatever fails inside the block undoes it.

    Raises:
        Differs: rows or heads are not those of the manifest.
    """
    put = _put_postgresql if connection.vendor == "postgresql" else _put_sqlite
    with put(connection, files, manifest):
        with connection.cursor() as cursor:
            cursor.execute(HEADS)
            if [list(head) for head in cursor.fetchall()] != manifest["heads"]:
                raise Differs("恢复出的留痕链头与备份清单不符,已撤销恢复。")
            for table, count in manifest["rows"].items():
                cursor.execute(f'SELECT count(*) FROM "{table}"')  # noqa: S608
                if cursor.fetchone()[0] != count:
                    raise Differs(f"恢复出的表 {table} 行数与备份清单不符,已撤销恢复。")
        yield


# PostgreSQL ------------------------------------------------------------


def tables(connection) -> list[str]:
    """All tables but those that are left out."""
    return sorted(set(connection.introspection.table_names()) - set(LEFT_OUT))


def columns(cursor, table: str) -> str:
    """The columns that are stored; what the database works out itself stays out."""
    cursor.execute(
        "SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = %s::regclass "
        "AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum",
        [table],
    )
    return ", ".join(name for (name,) in cursor.fetchall())


@contextmanager
def _taken_postgresql(connection, folder: Path) -> Iterator[Snapshot]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")

        def ask(sql: str) -> list:
            cursor.execute(sql)
            return cursor.fetchall()

        snapshot = Snapshot(ask)
        for table in tables(connection):
            path = folder / f"{table}.copy.gz"
            query = f'SELECT {columns(cursor, table)} FROM "{table}" ORDER BY 1'  # noqa: S608
            with path.open("wb") as raw, gzip.GzipFile("", "wb", 6, raw, 0) as packed:
                cursor.copy_expert(f"COPY ({query}) TO STDOUT", packed)
            snapshot.rows[table] = cursor.rowcount
            snapshot.files.append(path)
        last = "SELECT sequencename, last_value FROM pg_sequences WHERE last_value IS NOT NULL "
        snapshot.sequences = dict(ask(last + "AND schemaname = current_schema()"))
        yield snapshot


@contextmanager
def _put_postgresql(connection, files: list[Path], manifest: dict) -> Iterator[None]:
    """Guards are open for this transaction only; foreign keys are checked at its end."""
    known = tables(connection)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL governance.maintenance = 'on'")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        emptied = ", ".join(f'"{table}"' for table in [*known, *present(connection)])
        cursor.execute(f"TRUNCATE {emptied}")
        for path in files:
            table = path.name.removesuffix(".copy.gz")
            if table not in known:
                raise Differs(f"备份里有本程序没有的表 {table[:60]},已撤销恢复。")
            with gzip.open(path) as packed:
                cursor.copy_expert(f'COPY "{table}" ({columns(cursor, table)}) FROM STDIN', packed)
        for sequence, last in manifest["sequences"].items():
            cursor.execute("SELECT setval(quote_ident(%s)::regclass, %s)", [sequence, last])
        yield
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def present(connection) -> list[str]:
    """The tables that are left out of a backup and emptied by a restore."""
    return sorted(set(connection.introspection.table_names()) & set(LEFT_OUT))


# SQLite ------------------------------------------------------------


@contextmanager
def _taken_sqlite(connection, folder: Path) -> Iterator[Snapshot]:
    path = folder / COPY
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(path)])
    with closing(sqlite3.connect(path)) as copy:
        names = [
            name for (name,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        for table in set(names) & set(LEFT_OUT):
            copy.execute(f'DELETE FROM "{table}"')  # noqa: S608
        copy.commit()
        snapshot = Snapshot(lambda sql: copy.execute(sql).fetchall(), [path])
        for table in sorted(set(names) & set(tables(connection))):
            (count,) = copy.execute(f'SELECT count(*) FROM "{table}"').fetchone()  # noqa: S608
            snapshot.rows[table] = count
        yield snapshot


@contextmanager
def _put_sqlite(connection, files: list[Path], manifest: dict) -> Iterator[None]:
    """What stood here is kept aside until the new content has proved whole."""
    (path,) = files
    aside = path.with_name("aside.sqlite3")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(aside)])
    _copy_sqlite(path, connection)
    try:
        yield
    except BaseException:
        _copy_sqlite(aside, connection)
        raise


def _copy_sqlite(path: Path, connection) -> None:
    connection.ensure_connection()
    with closing(sqlite3.connect(path)) as source:
        source.backup(connection.connection)
