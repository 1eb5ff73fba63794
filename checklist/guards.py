"""What the database itself refuses about published editions (GX-清单-29), on both databases.

No value of a user ever enters these statements: names and conditions stand below.

For migrations: `install` after the tables stand; a later migration that alters one of the guarded
tables first calls `lift` and afterwards `install` again (SQLite rebuilds altered tables and loses
their triggers). The documented maintenance path of the trail opens these guards as well.
"""

MESSAGE = "已公布的清单不可改动"

FIXED = (
    "county_id", "owner_id", "serial", "title", "document_number", "published_at",
    "published_by_id", "in_force_from", "sample", "raised_at", "raised_by_id",
)  # fmt: skip
"""Columns of an edition that never change once it is no draft any more."""

TEXTS = (
    "item_id", "layout", "code", "directory_code", "category", "name", "lead", "joint",
    "county_duty", "township_duty", "basis", "policy_basis", "main", "coop", "digest",
)  # fmt: skip
"""Columns of a wording, which is written once."""


def _draft(edition: str) -> str:
    return f"(SELECT state FROM checklist_edition WHERE id = {edition}) <> 'draft'"  # noqa: S608


def _published(revision: str) -> str:
    return (
        "EXISTS (SELECT 1 FROM checklist_editionitem m JOIN checklist_edition e "  # noqa: S608
        f"ON e.id = m.edition_id WHERE m.revision_id = {revision} AND e.state <> 'draft')"
    )


def _rules(differs: str) -> list[tuple[str, str, str]]:
    """(table, event, condition under which it is refused); `differs` is the null-safe operator."""

    def any_of(columns) -> str:
        return " OR ".join(f"OLD.{one} {differs} NEW.{one}" for one in columns)

    return [
        ("edition", "DELETE", "OLD.state <> 'draft'"),
        (
            "edition",
            "UPDATE",
            f"OLD.state <> 'draft' AND ({any_of(FIXED)} OR (OLD.state <> NEW.state AND NOT "
            "(OLD.state = 'published' AND NEW.state = 'superseded')))",
        ),
        ("editionitem", "INSERT", _draft("NEW.edition_id")),
        ("editionitem", "UPDATE", f"{_draft('OLD.edition_id')} OR {_draft('NEW.edition_id')}"),
        ("editionitem", "DELETE", _draft("OLD.edition_id")),
        ("revision", "UPDATE", any_of(TEXTS)),
        ("revision", "DELETE", _published("OLD.id")),
        ("itemunit", "INSERT", _published("NEW.revision_id")),
        ("itemunit", "UPDATE", _published("OLD.revision_id")),
        ("itemunit", "DELETE", _published("OLD.revision_id")),
    ]


def statements(vendor: str) -> list[str]:
    """The statements that set the guards up."""
    if vendor == "postgresql":
        return _postgres()
    return [
        f"CREATE TRIGGER checklist_{table}_{event.lower()} "  # noqa: S608
        f"BEFORE {event} ON checklist_{table} "
        f"WHEN NOT EXISTS (SELECT 1 FROM governance_maintenance) AND ({condition}) "
        f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
        for table, event, condition in _rules("IS NOT")
    ]


def _postgres() -> list[str]:
    made = [
        "CREATE FUNCTION checklist_refuse() RETURNS trigger AS $$ BEGIN "
        "IF current_setting('governance.maintenance', true) = 'on' THEN "
        "RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END; END IF; "
        f"RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = '23514'; END $$ LANGUAGE plpgsql"
    ]
    for table, event, condition in _rules("IS DISTINCT FROM"):
        name = f"checklist_{table}_{event.lower()}"
        made.append(
            f"CREATE FUNCTION {name}() RETURNS trigger AS $$ BEGIN "
            "IF current_setting('governance.maintenance', true) IS DISTINCT FROM 'on' "
            f"AND ({condition}) THEN "
            f"RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = '23514'; END IF; "
            f"RETURN {'OLD' if event == 'DELETE' else 'NEW'}; END $$ LANGUAGE plpgsql"
        )
        made.append(
            f"CREATE TRIGGER {name} BEFORE {event} ON checklist_{table} "
            f"FOR EACH ROW EXECUTE FUNCTION {name}()"
        )
    made += [
        f"CREATE TRIGGER checklist_{table}_truncate BEFORE TRUNCATE ON checklist_{table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION checklist_refuse()"
        for table in ("edition", "editionitem", "revision", "itemunit")
    ]
    return made


def install(apps, schema_editor) -> None:
    """Set the guards up."""
    for statement in statements(schema_editor.connection.vendor):
        schema_editor.execute(statement, params=None)


def lift(apps, schema_editor) -> None:
    """Take the guards away, before a guarded table is altered."""
    postgres = schema_editor.connection.vendor == "postgresql"
    for table, event, _ in _rules("IS NOT"):
        name = f"checklist_{table}_{event.lower()}"
        on = f" ON checklist_{table}" if postgres else ""
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}{on}", params=None)
        if postgres:
            schema_editor.execute(f"DROP FUNCTION IF EXISTS {name}()", params=None)
    if postgres:
        for table in ("edition", "editionitem", "revision", "itemunit"):
            schema_editor.execute(
                f"DROP TRIGGER IF EXISTS checklist_{table}_truncate ON checklist_{table}",
                params=None,
            )
        schema_editor.execute("DROP FUNCTION IF EXISTS checklist_refuse()", params=None)
