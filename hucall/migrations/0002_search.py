"""Chinese search over the records of 乡呼县应."""

from django.db import migrations

from governance.search import install
from governance.migrating import RunStatements

TABLES = (
    "hucall_call",
    "hucall_response",
    "hucall_rating",
    "hucall_callback",
    "hucall_supervision",
    "hucall_bulletin",
    "hucall_rectification",
    "hucall_ruling",
)


class Migration(migrations.Migration):
    dependencies = [("hucall", "0001_initial")]
    operations = [RunStatements(*install(table)) for table in TABLES]
