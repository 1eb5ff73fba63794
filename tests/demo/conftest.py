"""The demo, loaded once for all tests of this folder."""

import pytest
from django.core.management import call_command
from django.db import transaction


@pytest.fixture(scope="package")
def told(django_db_setup, django_db_blocker):
    """The demo county and its neighbour; taken back afterwards."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_demo", at="2026-11-20T10:20")
        yield
        transaction.set_rollback(True)
