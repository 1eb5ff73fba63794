"""The test database after a test that committed: emptied, guarded again, seeds in place.

The two tests leave traces for each other on purpose: whichever runs second finds none.
"""

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.utils import DatabaseError
from django.utils import timezone

from governance.models import Event
from tests import ledgers
from tests.factories.governance import County

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("turn", ["one", "other"])
def test_each_finds_only_the_seeds(turn):
    """Rows from a committed test are gone, those of migrations stand, the guards are back."""
    assert not Event.objects.exists()
    for model, rows in ledgers._seeded:
        assert model._base_manager.count() == len(rows), model
    others = [
        model
        for model in apps.get_models()
        if model._meta.app_label not in ledgers.REMADE
        and model not in [seeded for seeded, _ in ledgers._seeded]
        and model._base_manager.exists()
    ]
    assert not others
    event = write_event()
    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute("DELETE FROM governance_event WHERE id = %s", [event.pk])
    assert Event.objects.filter(pk=event.pk).exists()


def write_event() -> Event:
    county = County().row
    kind = ContentType.objects.get_for_model(county)
    place = {"matter_type": kind, "matter_id": county.pk, "root_type": kind, "root_id": county.pk}
    said = {"step": "test", "label": "测试", "actor_name": "测试员", "at": timezone.now()}
    return Event.objects.create(county=county, **place, **said)
