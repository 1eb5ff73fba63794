"""The database itself keeps adopted versions of a rulebook as they are, on both databases.

Matters are judged under the version under which they were raised, so no version ever changes or
goes. A later migration that alters the table lifts these guards before and sets them up again after
(SQLite rebuilds an altered table and loses its triggers). The documented maintenance path of the
trail opens them as well.
"""

from django.db import migrations
from governance.migrating import RunStatements

MESSAGE = "制度方案的版本一经采用不得修改或删除"
TABLE = "governance_rulebook"

POSTGRES = [
    f"""
    CREATE FUNCTION {TABLE}_refuse() RETURNS trigger AS $$
    BEGIN
        IF current_setting('governance.maintenance', true) = 'on' THEN
            RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
        END IF;
        RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = '23514';
    END $$ LANGUAGE plpgsql
    """,
    f"""
    CREATE TRIGGER {TABLE}_kept BEFORE UPDATE OR DELETE ON {TABLE}
    FOR EACH ROW EXECUTE FUNCTION {TABLE}_refuse()
    """,
    f"""
    CREATE TRIGGER {TABLE}_no_truncate BEFORE TRUNCATE ON {TABLE}
    FOR EACH STATEMENT EXECUTE FUNCTION {TABLE}_refuse()
    """,
]
SQLITE = [
    f"""
    CREATE TRIGGER {TABLE}_{event.lower()} BEFORE {event} ON {TABLE}
    WHEN NOT EXISTS (SELECT 1 FROM governance_maintenance)
    BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END
    """
    for event in ("UPDATE", "DELETE")
]
LIFTED = {
    "postgresql": [
        f"DROP TRIGGER IF EXISTS {TABLE}_kept ON {TABLE}",
        f"DROP TRIGGER IF EXISTS {TABLE}_no_truncate ON {TABLE}",
        f"DROP FUNCTION IF EXISTS {TABLE}_refuse()",
    ],
    "sqlite": [f"DROP TRIGGER IF EXISTS {TABLE}_{event}" for event in ("update", "delete")],
}


def guard(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    for statement in POSTGRES if vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement, params=None)


def lift(apps, schema_editor):
    for statement in LIFTED[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("governance", "0004_stage")]
    operations = [RunStatements(guard, lift)]
