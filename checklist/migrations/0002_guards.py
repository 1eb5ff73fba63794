"""Published editions are guarded by the database; texts are searchable; terms are there."""

from django.db import migrations

from checklist import guards, terms
from governance import search
from governance.migrating import RunStatements


def seed_terms(apps, schema_editor):
    terms.seed(apps.get_model("checklist", "CollectiveTerm"))


class Migration(migrations.Migration):
    dependencies = [("checklist", "0001_initial"), ("governance", "0002_guards")]
    operations = [
        migrations.RunPython(seed_terms, migrations.RunPython.noop),
        RunStatements(*search.install("checklist_revision")),
        RunStatements(*search.install("checklist_edition")),
        RunStatements(guards.install, guards.lift),
    ]
