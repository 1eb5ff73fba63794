"""The database itself guards the run flows of published items, on both databases (GX-清单-27)."""

from django.db import migrations

from checklist import guards
from governance.migrating import RunStatements


class Migration(migrations.Migration):
    dependencies = [("checklist", "0005_suggestions")]
    operations = [RunStatements(guards.install_flows, guards.lift_flows)]
