"""What the database itself refuses about admitted duties and their money, on both databases: an
entry of the fund ledger is never changed or removed (GX-准入-14), a duty never changes whom it
binds, who handed it down, by which request and under which number (GX-准入-12), and never goes.

No value of a user ever enters these statements: names and conditions stand below.

For migrations: `install` after the tables stand; a later one that alters a guarded table first
calls `lift` and afterwards installs again (SQLite rebuilds altered tables and loses their
triggers). The documented maintenance path of the trail opens these guards as well.
"""

LEDGER = "经费台账只能追加,不能修改或删除"
FIXED = "准入事项的批准表号、承接乡镇、交办部门和准入申请不可改动"
COLUMNS = ("approval_number", "unit_id", "department_id", "request_id", "county_id")
TABLES = ("admission_fundentry", "admission_admittedduty")
REFUSE = "admission_refuse"


def _rules(differs: str) -> list[tuple[str, str, str, str]]:
    """(table, event, condition under which it is refused, the words)."""
    entry, duty = TABLES
    moved = " OR ".join(f"OLD.{name} {differs} NEW.{name}" for name in COLUMNS)
    always = "1 = 1"
    return [
        (entry, "UPDATE", always, LEDGER),
        (entry, "DELETE", always, LEDGER),
        (duty, "UPDATE", moved, FIXED),
        (duty, "DELETE", always, FIXED),
    ]


def statements(vendor: str) -> list[str]:
    """The statements that set the guards up."""
    if vendor == "postgresql":
        return _postgres()
    return [
        f"CREATE TRIGGER {table}_{event.lower()} BEFORE {event} ON {table} "  # noqa: S608
        f"WHEN NOT EXISTS (SELECT 1 FROM governance_maintenance) AND ({condition}) "
        f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
        for table, event, condition, words in _rules("IS NOT")
    ]


def _postgres() -> list[str]:
    made = [
        f"CREATE FUNCTION {REFUSE}() RETURNS trigger AS $$ BEGIN "
        "IF current_setting('governance.maintenance', true) = 'on' THEN RETURN NULL; END IF; "
        f"RAISE EXCEPTION '{LEDGER}' USING ERRCODE = '23514'; END $$ LANGUAGE plpgsql"
    ]
    for table, event, condition, words in _rules("IS DISTINCT FROM"):
        name = f"{table}_{event.lower()}"
        made.append(
            f"CREATE FUNCTION {name}() RETURNS trigger AS $$ BEGIN "
            "IF current_setting('governance.maintenance', true) IS DISTINCT FROM 'on' "
            f"AND ({condition}) THEN "
            f"RAISE EXCEPTION '{words}' USING ERRCODE = '23514'; END IF; "
            f"RETURN {'OLD' if event == 'DELETE' else 'NEW'}; END $$ LANGUAGE plpgsql"
        )
        made.append(
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {name}()"
        )
    return made + [
        f"CREATE TRIGGER {table}_truncate BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {REFUSE}()"
        for table in TABLES
    ]


def install(apps, schema_editor) -> None:
    """Set the guards up."""
    for statement in statements(schema_editor.connection.vendor):
        schema_editor.execute(statement, params=None)


def lift(apps, schema_editor) -> None:
    """Take the guards away, before a guarded table is altered."""
    postgres = schema_editor.connection.vendor == "postgresql"
    for table, event, _, _ in _rules("IS NOT"):
        name = f"{table}_{event.lower()}"
        on = f" ON {table}" if postgres else ""
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}{on}", params=None)
        if postgres:
            schema_editor.execute(f"DROP FUNCTION IF EXISTS {name}()", params=None)
    if postgres:
        for table in TABLES:
            schema_editor.execute(
                f"DROP TRIGGER IF EXISTS {table}_truncate ON {table}", params=None
            )
        schema_editor.execute(f"DROP FUNCTION IF EXISTS {REFUSE}()", params=None)
