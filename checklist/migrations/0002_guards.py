"""Published editions are guarded by the database; texts are searchable; terms are there."""

from django.db import migrations

from checklist import guards, terms
from governance import search


def seed_terms(apps, schema_editor):
    terms.seed(apps.get_model("checklist", "CollectiveTerm"))


class Migration(migrations.Migration):
    dependencies = [("checklist", "0001_initial"), ("governance", "0002_guards")]
    operations = [
        migrations.RunPython(seed_terms, migrations.RunPython.noop),
        migrations.RunPython(*search.install("checklist_revision")),
        migrations.RunPython(*search.install("checklist_edition")),
        migrations.RunPython(guards.install, guards.lift),
    ]
