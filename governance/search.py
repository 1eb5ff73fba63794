"""Chinese full-text search: our own character bigrams, one field on both databases.

PostgreSQL stores them as a tsvector under a GIN index, SQLite as text beside an FTS5 table that
triggers keep in step (`install`). A trigram index does not serve two Chinese characters
(measured: it returns every row), and the built-in parsers do not cut Chinese at all.
"""

import re
import unicodedata
from collections import Counter

from django.db import models
from django.db.models import Lookup

LONGEST = 20_000
"""Characters of a text that are indexed; positions of a tsvector end at 16,383."""
LONGEST_WORD = 60
"""Signs of a Latin word that are indexed; PostgreSQL refuses words of more than 2,046 bytes."""
PLACES, OFTEN = 16_383, 255
"""How far into a text, and how often per token, PostgreSQL keeps positions; SQLite follows."""
UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\ufeff\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""Signs that no reader sees: widths of nothing, directions of writing, variants of one sign."""

RUNS = re.compile(r"[a-z0-9]+|[^\W\da-z_]+")
WORD = re.compile(r"[a-z0-9]+\Z")


BREAK = "|"
"""Stands between two texts, so that a phrase never reaches from one into the next."""


def normal(text: str) -> str:
    """Fold width and case, so that ＡＢ, ab and AB are the same word."""
    clean = text.encode("utf-8", "ignore").decode().replace("\0", "")
    return unicodedata.normalize("NFKC", UNSEEN.sub("", clean)).lower()


def cut(run: str) -> list[str]:
    """Tokens of one run: a Latin word as it is, Chinese as overlapping pairs and the last sign."""
    if WORD.match(run):
        return [run[:LONGEST_WORD]]
    return [run[i : i + 2] for i in range(len(run))]


def terms(*texts: str | None) -> str:
    """The tokens of some texts, in order, separated by blanks."""
    tokens: list[str] = []
    for text in texts:
        for run in RUNS.findall(normal(text or "")[:LONGEST]):
            tokens += cut(run)
        tokens.append(BREAK)
    return " ".join(tokens)


def phrases(words: str) -> list[tuple[list[str], bool]]:
    """What is looked for: each run of the query as a phrase; True where its last token is begun.

    A Latin word or a single sign finds all that begins with it, unless the query goes on right
    behind it (the 2 of “2号” is no 2026); pairs are looked for as they are.
    """
    query, found = normal(words)[:100], []
    for match in RUNS.finditer(query):
        run = match[0]
        whole = bool(WORD.match(run)) or len(run) == 1
        begun = whole and RUNS.match(query, match.end()) is None
        found.append((cut(run) if whole else cut(run)[:-1], begun))
    return found


def kept(tokens: list[str]) -> list[str]:
    """The tokens whose places both databases keep; a break stands for each of the others."""
    count: Counter[str] = Counter()
    found = []
    for token in tokens[: PLACES - 1]:
        count[token] += 1
        found.append(token if count[token] <= OFTEN else BREAK)
    return found


def coded(token: str) -> str:
    """A token in ASCII: FTS5 knows the letters of an old Unicode only, and 生僻字 are younger."""
    return "".join(f"{ord(sign):06x}" for sign in token)


class SearchField(models.TextField):
    """Tokens as made by `terms`; look things up with `terms__found="道路"`."""

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("default", "")
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def db_type(self, connection):
        return "tsvector" if connection.vendor == "postgresql" else "text"

    def get_placeholder(self, value, compiler, connection):
        return "%s::tsvector" if connection.vendor == "postgresql" else "%s"

    def get_db_prep_value(self, value, connection, prepared=False):
        if value is None:
            return value
        tokens = kept(value.split())
        if connection.vendor != "postgresql":
            return " ".join(map(coded, tokens))
        places: dict[str, list[str]] = {}
        for place, token in enumerate(tokens, start=1):
            if token != BREAK:
                places.setdefault(token, []).append(str(place))
        return " ".join(f"'{token}':{','.join(at)}" for token, at in places.items())


@SearchField.register_lookup
class Found(Lookup):
    """`field__found="道路 塌陷"`: every run stands somewhere in the texts, sign after sign."""

    lookup_name = "found"

    def get_prep_lookup(self):
        return phrases(self.rhs)

    def as_sql(self, compiler, connection):
        if not self.rhs:
            return "1=0", []
        if connection.vendor == "postgresql":
            column, params = self.process_lhs(compiler, connection)
            return f"{column} @@ %s::tsquery", [*params, tsquery(self.rhs)]
        table = self.lhs.target.model._meta.db_table
        key = compiler.quote_name_unless_alias(self.lhs.alias)
        return (
            f"{key}.id IN (SELECT rowid FROM {table}_found WHERE {table}_found MATCH %s)",
            [fts5(self.rhs)],
        )


def tsquery(found: list[tuple[list[str], bool]]) -> str:
    """The query as PostgreSQL reads it; tokens are letters and digits only, so nothing escapes."""
    return " & ".join(
        "(" + " <-> ".join(f"'{token}'" for token in run) + (":*)" if begun else ")")
        for run, begun in found
    )


def fts5(found: list[tuple[list[str], bool]]) -> str:
    """The query as SQLite's FTS5 reads it."""
    return " AND ".join(
        '"' + " ".join(map(coded, run)) + ('" *' if begun else '"') for run, begun in found
    )


def install(table: str):
    """For migrations: (forward, backward) functions that index `table`.terms on this database."""

    def forward(apps, schema_editor):
        for statement in statements(table, schema_editor.connection.vendor):
            schema_editor.execute(statement, params=None)

    def backward(apps, schema_editor):
        if schema_editor.connection.vendor != "postgresql":
            schema_editor.execute(f"DROP TABLE IF EXISTS {table}_found", params=None)

    return forward, backward


def statements(table: str, vendor: str) -> list[str]:
    """The statements that make the index."""
    if vendor == "postgresql":
        return [f"CREATE INDEX {table}_terms ON {table} USING gin (terms)"]
    put = f"INSERT INTO {table}_found(rowid, terms) VALUES (new.id, new.terms);"
    drop = f"DELETE FROM {table}_found WHERE rowid = old.id;"
    return [
        f"CREATE VIRTUAL TABLE {table}_found USING fts5(terms, tokenize='ascii')",
        f"CREATE TRIGGER {table}_found_i AFTER INSERT ON {table} BEGIN {put} END",
        f"CREATE TRIGGER {table}_found_d AFTER DELETE ON {table} BEGIN {drop} END",
        f"CREATE TRIGGER {table}_found_u AFTER UPDATE OF terms ON {table} "
        f"WHEN old.terms IS NOT new.terms BEGIN {drop} {put} END",
    ]
