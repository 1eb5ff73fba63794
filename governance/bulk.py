"""Many rows in one statement, without a model instance and a bound parameter per value.

On PostgreSQL the rows travel as one JSON document, which the server unfolds; that is several
times cheaper than `bulk_create` and `bulk_update`, and the statement has the same text whatever
the number of rows. On SQLite Django's own ways serve. Signals are sent and defaults of the
database are used by neither.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.utils import timezone

CHUNK = 20_000
"""Rows of one statement: no document grows past what a server likes to hold at once."""


def insert(model, rows: Iterable[Mapping[str, Any]], ignore_conflicts: bool = False) -> None:
    """Insert rows; fields that they do not name have their default.

    Args:
        rows: {attribute name: value}, all with the same names.
        ignore_conflicts: a row that stands already is left as it is.
    """
    rows = list(rows)
    if not rows:
        return
    if connection.vendor != "postgresql":
        made = [model(**row) for row in rows]
        model.objects.bulk_create(made, ignore_conflicts=ignore_conflicts)
        return
    named = set(rows[0])
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    sent = [field for field in fields if field.attname in named]
    constant = [field for field in fields if field.attname not in named]
    columns = ", ".join(quoted(field) for field in (*sent, *constant))
    values = [*map(quoted, sent), *(f"%s::{field.db_type(connection)}" for field in constant)]
    statement = (
        f"INSERT INTO {connection.ops.quote_name(model._meta.db_table)} ({columns}) "
        f"SELECT {', '.join(values)} FROM jsonb_to_recordset(%s) AS sent({typed(sent)})"
        + (" ON CONFLICT DO NOTHING" if ignore_conflicts else "")
    )
    execute(statement, [default(field) for field in constant], rows)


def update(model, rows: Sequence, names: Sequence[str]) -> None:
    """Write some fields of many saved rows.

    Args:
        rows: instances; names: attribute names of the fields to write.
    """
    if not rows:
        return
    if connection.vendor != "postgresql":
        model.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["id"], update_fields=list(names)
        )
        return
    fields = [model._meta.get_field(name) for name in names]
    table = connection.ops.quote_name(model._meta.db_table)
    columns = ", ".join(f"{quoted(field)} = sent.{quoted(field)}" for field in fields)
    sent = [model._meta.pk, *fields]
    statement = (
        f"UPDATE {table} SET {columns} FROM jsonb_to_recordset(%s) AS sent({typed(sent)}) "
        f"WHERE {table}.{quoted(model._meta.pk)} = sent.{quoted(model._meta.pk)}"
    )
    kept = [field.attname for field in sent]
    execute(statement, [], [{name: getattr(row, name) for name in kept} for row in rows])


def execute(statement: str, constants: list, rows: list[Mapping]) -> None:
    """Send the rows, as few documents as they fit into."""
    with connection.cursor() as cursor:
        for begin in range(0, len(rows), CHUNK):
            document = json.dumps(rows[begin : begin + CHUNK], cls=Encoder, ensure_ascii=False)
            cursor.execute(statement, [*constants, document])


class Encoder(DjangoJSONEncoder):
    """Moments with all their digits."""

    def default(self, o):
        return o.isoformat() if hasattr(o, "isoformat") else super().default(o)


def quoted(field) -> str:
    """A field's column."""
    return connection.ops.quote_name(field.column)


def typed(fields: Iterable) -> str:
    """Columns with their types, as a record's definition."""
    return ", ".join(f"{quoted(field)} {field.rel_db_type(connection)}" for field in fields)


def default(field):
    """What a row has where nothing was said."""
    value = timezone.now() if getattr(field, "auto_now_add", False) else field.get_default()
    return field.get_db_prep_save(value, connection)
