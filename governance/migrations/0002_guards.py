"""The database itself guards the trail and the three administrators, on both databases."""

from django.db import migrations
from governance.migrating import RunStatements

ADMINISTRATORS = "('sysadmin', 'secadmin', 'auditor')"
APPEND_ONLY = ("governance_event", "governance_seal")

POSTGRES = [
    """
    CREATE FUNCTION governance_refuse() RETURNS trigger AS $$
    BEGIN
        IF current_setting('governance.maintenance', true) = 'on' THEN
            RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
        END IF;
        RAISE EXCEPTION '留痕只能追加,不得修改或删除';
    END $$ LANGUAGE plpgsql
    """,
    *(
        f"""
        CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
        FOR EACH ROW EXECUTE FUNCTION governance_refuse()
        """
        for table in APPEND_ONLY
    ),
    *(
        f"""
        CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION governance_refuse()
        """
        for table in APPEND_ONLY
    ),
    f"""
    CREATE FUNCTION governance_three_administrators() RETURNS trigger AS $$
    BEGIN
        IF NEW.active AND EXISTS (
            SELECT 1 FROM governance_post other
            WHERE other.user_id = NEW.user_id AND other.active AND other.id <> NEW.id
              AND (NEW.role IN {ADMINISTRATORS} OR other.role IN {ADMINISTRATORS})
        ) THEN
            RAISE EXCEPTION '三员互斥:管理员不得兼任其他岗位' USING ERRCODE = '23514';
        END IF;
        RETURN NEW;
    END $$ LANGUAGE plpgsql
    """,
    """
    CREATE TRIGGER governance_post_administrators BEFORE INSERT OR UPDATE ON governance_post
    FOR EACH ROW EXECUTE FUNCTION governance_three_administrators()
    """,
]

SQLITE = [
    "CREATE TABLE governance_maintenance (open integer)",
    *(
        f"""
        CREATE TRIGGER {table}_{event.lower()} BEFORE {event} ON {table}
        WHEN NOT EXISTS (SELECT 1 FROM governance_maintenance)
        BEGIN SELECT RAISE(ABORT, '留痕只能追加,不得修改或删除'); END
        """
        for table in APPEND_ONLY
        for event in ("UPDATE", "DELETE")
    ),
    *(
        f"""
        CREATE TRIGGER governance_post_{event.lower()} BEFORE {event} ON governance_post
        WHEN NEW.active AND EXISTS (
            SELECT 1 FROM governance_post other
            WHERE other.user_id = NEW.user_id AND other.active AND other.id IS NOT NEW.id
              AND (NEW.role IN {ADMINISTRATORS} OR other.role IN {ADMINISTRATORS})
        )
        BEGIN SELECT RAISE(ABORT, '三员互斥:管理员不得兼任其他岗位'); END
        """
        for event in ("INSERT", "UPDATE")
    ),
]


def guard(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    for statement in POSTGRES if vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("governance", "0001_initial")]
    operations = [RunStatements(guard, migrations.RunPython.noop)]
