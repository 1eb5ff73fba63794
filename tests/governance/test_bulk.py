"""Many rows in one statement: what arrives is what was sent, on both databases."""

from datetime import timedelta

import pytest
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from governance import bulk
from governance.models import Event, Notice, Rulebook
from tests.factories.governance import County

pytestmark = pytest.mark.django_db


@pytest.fixture
def county(db):
    return County()


def facts(county, **more) -> dict:
    """The columns of an event that name its matter."""
    kind = ContentType.objects.get_for_model(Rulebook).pk
    return {
        "county_id": county.row.pk, "matter_type_id": kind, "matter_id": 7, "root_type_id": kind,
        "root_id": 7, "step": "clock_moved", "label": "时限重算", "actor_name": "系统",
        "at": timezone.now(), **more,
    }  # fmt: skip


def test_rows_keep_their_values_and_the_rest_has_its_default(county):
    at = timezone.now().replace(microsecond=123_456)
    said = "“引号”'单引号'\\反斜线\n换行%s{} 𠮷"
    bulk.insert(Event, [facts(county, at=at, summary=said, rulebook_id=None, internal_to_id=None)])
    event = Event.objects.get()
    assert (event.at, event.summary, event.rulebook_id) == (at, said, None)
    assert (event.facts, event.source, event.confidential) == ([], "", False)
    assert timezone.now() - event.recorded_at < timedelta(minutes=5)


def test_rows_are_numbered_in_the_order_in_which_they_were_sent(county):
    bulk.insert(Event, [facts(county, summary=str(n)) for n in range(50)])
    said = list(Event.objects.order_by("id").values_list("summary", flat=True))
    assert said == [str(n) for n in range(50)]


def test_a_row_that_stands_already_is_left_alone(county):
    user = county.user("township_clerk")
    row = {"recipient_id": user.pk, "dedupe": "x", "title": "一", "created_at": timezone.now()}
    bulk.insert(Notice, [row], ignore_conflicts=True)
    bulk.insert(Notice, [row | {"title": "二"}], ignore_conflicts=True)
    assert list(Notice.objects.values_list("title", flat=True)) == ["一"]


def test_only_the_named_fields_of_the_given_rows_are_written(county):
    user = county.user("township_clerk")
    now = timezone.now()
    bulk.insert(Notice, [
        {"recipient_id": user.pk, "dedupe": str(n), "title": "旧", "created_at": now}
        for n in range(3)
    ])  # fmt: skip
    rows = list(Notice.objects.order_by("id"))
    for row in rows[:2]:
        row.title, row.read_at, row.body = "新", now, "不写"
    bulk.update(Notice, rows[:2], ["title", "read_at"])
    found = Notice.objects.order_by("id").values_list("title", "read_at", "body")
    assert list(found) == [("新", now, ""), ("新", now, ""), ("旧", None, "")]


def test_nothing_to_write_is_no_statement(django_assert_num_queries):
    with django_assert_num_queries(0):
        bulk.insert(Event, [])
        bulk.update(Rulebook, [], ["name"])


@pytest.mark.postgres
def test_one_statement_whatever_the_number_of_rows(county, django_assert_num_queries):
    with django_assert_num_queries(1):
        bulk.insert(Event, [facts(county, summary=str(n)) for n in range(3000)])
