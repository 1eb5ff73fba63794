"""What the database itself refuses about published editions (GX-清单-29), on both databases.

No value of a user ever enters these statements: names and conditions stand below.

For migrations: `install` (for run flows `install_flows`) after the tables stand; a later one that
alters a guarded table first calls `lift` (`lift_flows`) and afterwards installs again (SQLite
rebuilds altered tables and loses their triggers). The documented maintenance path of the trail
opens these guards as well.
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


FLOW = ("item_id", "digest", "created_at")
FLOW_STEP = ("flowchart_id", "place", "unit", "action", "limit", "material")
"""Columns of a run flow and of its steps, which are written once like a wording (GX-清单-27)."""


def _published(key: str, column: str = "revision_id") -> str:
    return (
        "EXISTS (SELECT 1 FROM checklist_editionitem m JOIN checklist_edition e "  # noqa: S608
        f"ON e.id = m.edition_id WHERE m.{column} = {key} AND e.state <> 'draft')"
    )


def _any_of(columns, differs: str) -> str:
    return " OR ".join(f'OLD."{one}" {differs} NEW."{one}"' for one in columns)


def _rules(differs: str) -> list[tuple[str, str, str]]:
    """(table, event, condition under which it is refused); `differs` is the null-safe operator."""
    return [
        ("edition", "DELETE", "OLD.state <> 'draft'"),
        (
            "edition",
            "UPDATE",
            f"OLD.state <> 'draft' AND ({_any_of(FIXED, differs)} OR (OLD.state <> NEW.state AND "
            "NOT (OLD.state = 'published' AND NEW.state = 'superseded')))",
        ),
        ("editionitem", "INSERT", _draft("NEW.edition_id")),
        ("editionitem", "UPDATE", f"{_draft('OLD.edition_id')} OR {_draft('NEW.edition_id')}"),
        ("editionitem", "DELETE", _draft("OLD.edition_id")),
        ("revision", "UPDATE", _any_of(TEXTS, differs)),
        ("revision", "DELETE", _published("OLD.id")),
        ("itemunit", "INSERT", _published("NEW.revision_id")),
        ("itemunit", "UPDATE", _published("OLD.revision_id")),
        ("itemunit", "DELETE", _published("OLD.revision_id")),
    ]


def _flow_rules(differs: str) -> list[tuple[str, str, str]]:
    """The same for the run flows that are published with the items."""
    return [
        ("flowchart", "UPDATE", _any_of(FLOW, differs)),
        ("flowchart", "DELETE", _published("OLD.id", "flowchart_id")),
        ("flowstep", "INSERT", _published("NEW.flowchart_id", "flowchart_id")),
        ("flowstep", "UPDATE", _any_of(FLOW_STEP, differs)),
        ("flowstep", "DELETE", _published("OLD.flowchart_id", "flowchart_id")),
    ]


LISTS = (_rules, "checklist_refuse")
FLOWS = (_flow_rules, "checklist_refuse_flow")
"""What is set up together: the rules, and the name of PostgreSQL's function against TRUNCATE."""


def _tables(rules) -> list[str]:
    return list(dict.fromkeys(table for table, _, _ in rules("=")))


def statements(vendor: str, rules=_rules, refuse: str = "checklist_refuse") -> list[str]:
    """The statements that set guards up."""
    if vendor == "postgresql":
        return _postgres(rules, refuse)
    return [
        f"CREATE TRIGGER checklist_{table}_{event.lower()} "  # noqa: S608
        f"BEFORE {event} ON checklist_{table} "
        f"WHEN NOT EXISTS (SELECT 1 FROM governance_maintenance) AND ({condition}) "
        f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
        for table, event, condition in rules("IS NOT")
    ]


def _postgres(rules, refuse: str) -> list[str]:
    made = [
        f"CREATE FUNCTION {refuse}() RETURNS trigger AS $$ BEGIN "
        "IF current_setting('governance.maintenance', true) = 'on' THEN "
        "RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END; END IF; "
        f"RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = '23514'; END $$ LANGUAGE plpgsql"
    ]
    for table, event, condition in rules("IS DISTINCT FROM"):
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
        f"FOR EACH STATEMENT EXECUTE FUNCTION {refuse}()"
        for table in _tables(rules)
    ]
    return made


def _set_up(schema_editor, rules, refuse: str) -> None:
    for statement in statements(schema_editor.connection.vendor, rules, refuse):
        schema_editor.execute(statement, params=None)


def _take_away(schema_editor, rules, refuse: str) -> None:
    postgres = schema_editor.connection.vendor == "postgresql"
    for table, event, _ in rules("IS NOT"):
        name = f"checklist_{table}_{event.lower()}"
        on = f" ON checklist_{table}" if postgres else ""
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}{on}", params=None)
        if postgres:
            schema_editor.execute(f"DROP FUNCTION IF EXISTS {name}()", params=None)
    if postgres:
        for table in _tables(rules):
            schema_editor.execute(
                f"DROP TRIGGER IF EXISTS checklist_{table}_truncate ON checklist_{table}",
                params=None,
            )
        schema_editor.execute(f"DROP FUNCTION IF EXISTS {refuse}()", params=None)


def install(apps, schema_editor) -> None:
    """Set the guards of editions up."""
    _set_up(schema_editor, *LISTS)


def lift(apps, schema_editor) -> None:
    """Take the guards of editions away, before a guarded table is altered."""
    _take_away(schema_editor, *LISTS)


def install_flows(apps, schema_editor) -> None:
    """Set the guards of run flows up."""
    _set_up(schema_editor, *FLOWS)


def lift_flows(apps, schema_editor) -> None:
    """Take the guards of run flows away, before a guarded table is altered."""
    _take_away(schema_editor, *FLOWS)
