"""Statements written by hand, for what nearly every request asks.

To put together a statement costs the ORM ten times what the database needs to answer it. So the
few reads that stand under every page and every step are written out; all others go through the
ORM. The words are plain SQL that both databases understand; moments and days come from
`connection.ops`, values from the fields' own converters.
"""

from collections.abc import Iterable, Sequence
from functools import cache

from django.db import connection


def select(statement: str, params: Sequence = ()) -> list[tuple]:
    """The rows of a statement whose columns are numbers, texts or truth values."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchall()


def marks(values: Iterable) -> str:
    """Place holders for the values behind IN; at least one, as both databases want it."""
    return ", ".join("%s" for _ in values) or "NULL"


@cache
def columns(model, alias: str) -> str:
    """All columns of a model's table, as `made` wants them."""
    quoted = connection.ops.quote_name
    return ", ".join(f"{alias}.{quoted(field.column)}" for field in model._meta.concrete_fields)


@cache
def width(model) -> int:
    """How many columns that are."""
    return len(model._meta.concrete_fields)


@cache
def readers(model, vendor: str) -> tuple:
    """(place, field's expression, converters) of the columns whose values need any."""
    found = []
    for place, field in enumerate(model._meta.concrete_fields):
        column = field.get_col(model._meta.db_table)
        made = [*connection.ops.get_db_converters(column), *column.get_db_converters(connection)]
        if made:
            found.append((place, column, tuple(made)))
    return tuple(found)


@cache
def names(model) -> tuple[str, ...]:
    """The attributes behind `columns`."""
    return tuple(field.attname for field in model._meta.concrete_fields)


def made(model, values: Sequence):
    """An instance from the values of `columns`, as if the ORM had read it."""
    if converters := readers(model, connection.vendor):
        values = list(values)
        for place, column, chain in converters:
            for convert in chain:
                values[place] = convert(values[place], column, connection)
    return model.from_db(connection.alias, names(model), values)
