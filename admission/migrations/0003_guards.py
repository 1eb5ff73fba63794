"""The database itself guards admitted duties and their money (GX-准入-12, 14)."""

from django.db import migrations

from admission import guards
from governance.migrating import RunStatements


class Migration(migrations.Migration):
    dependencies = [("admission", "0002_search")]
    operations = [RunStatements(guards.install, guards.lift)]
