"""Chinese search over the records of admission."""

from django.db import migrations

from governance.search import install
from governance.migrating import RunStatements

TABLES = (
    "admission_admissionrequest",
    "admission_townshipopinion",
    "admission_admittedduty",
    "admission_support",
    "admission_slip",
    "admission_exitrequest",
    "admission_temporaryhelp",
    "admission_handdown",
)


class Migration(migrations.Migration):
    dependencies = [("admission", "0001_initial")]
    operations = [RunStatements(*install(table)) for table in TABLES]
