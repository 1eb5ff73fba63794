"""Bulk data: the same for the same seed, in the shape of real rows, never beside real people."""

import json
from collections import Counter
from datetime import datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from governance.models import Clock, Event, Party, SealHead, Unit, User
from governance.search import terms
from governance.workdays import TZ
from hucall.models import Call, Callback, Rating, Response

AT = "2026-11-20T17:40"  # after the close: what was due today is late
NOW = datetime.fromisoformat(AT).replace(tzinfo=TZ)
CALLS = 400

pytestmark = pytest.mark.django_db(transaction=True)


def load(capsys, **options) -> dict:
    capsys.readouterr()
    call_command("seed_load", calls=CALLS, seed=7, at=AT, **options)
    return json.loads(capsys.readouterr().out)


def indexes() -> set[str]:
    with connection.cursor() as cursor:
        return {
            name
            for model in (Call, Response, Rating, Event, Clock, Party)
            for name in connection.introspection.get_constraints(cursor, model._meta.db_table)
        }


def content() -> list[tuple]:
    """What the calls say, without ids."""
    fields = ("number", "county__name", "owner__name", "state", "title", "raised_at", "finished_at")
    return list(Call.objects.order_by("id").values_list(*fields))


def test_ten_counties_with_calls_in_the_promised_shape(capsys):
    before = indexes()
    told = load(capsys)
    assert told["call"] == Call.objects.count() == CALLS
    assert indexes() == before
    shares()
    ledgers()
    if connection.vendor == "sqlite":
        connection.check_constraints()
    first = content()
    with pytest.raises(CommandError, match="--force"):
        load(capsys)
    load(capsys, force=True)
    assert Call.objects.count() == 2 * CALLS
    assert content()[:CALLS] == first
    assert len(set(Call.objects.values_list("county", "number"))) == 2 * CALLS


def shares() -> None:
    """12 % open; about three parts, three events, two and a half clocks a call."""
    assert 0.07 < Call.objects.filter(state__in=Call.OPEN).count() / CALLS < 0.17
    for model, low, high in ((Response, 2.6, 3.6), (Event, 2.5, 3.5), (Clock, 2.1, 2.9)):
        assert low < model.objects.count() / CALLS < high, model
    kinds = Counter(Unit.objects.exclude(kind="city").values_list("kind", flat=True))
    assert kinds == {"county": 10, "township": 180, "department": 400}


def ledgers() -> None:
    """Who takes part sees the call; search and numbers work; the trail's tail is not sealed."""
    call = Call.objects.filter(state="archived").first()
    part = call.responses.get(duty="lead")
    clerk = User.objects.get(posts__unit=part.unit, posts__role="department_clerk")
    assert call in Call.objects.visible_to(clerk)
    assert call in Call.objects.visible_to(User.objects.get(posts__unit=call.owner))
    assert call in Call.objects.filter(terms__found=call.title[-4:])
    assert call in Call.objects.filter(terms__found=call.number)
    assert set(Rating.objects.values_list("state", flat=True)) >= {"rated", "unrated"}
    assert Callback.objects.exists()
    assert not Clock.objects.filter(met_at=None, level=0, next_at=None).exists()
    assert not Clock.objects.filter(next_at__lte=NOW).exists()
    for clock in Clock.objects.filter(met_at=None):
        assert (clock.due_at <= NOW) == (clock.breached_at is not None)
    assert SealHead.objects.filter(watermark=Event.objects.order_by("id").last().pk).count() == 10


def test_search_terms_are_those_that_the_door_would_write(capsys):
    load(capsys)
    call = Call.objects.filter(state="archived").first()
    part = call.responses.first()
    wanted = terms(*call.searchable())
    with connection.cursor() as cursor:
        cursor.execute("SELECT terms FROM hucall_call WHERE id = %s", [call.pk])
        stored = cursor.fetchone()[0]
        value = Call._meta.get_field("terms").get_db_prep_value(wanted, connection)
        if connection.vendor == "postgresql":
            cursor.execute("SELECT %s::tsvector", [value])
            value = cursor.fetchone()[0]
    assert stored == value
    assert part in Response.objects.filter(terms__found=part.task)


def test_bulk_data_stays_away_from_people_who_really_work_here(capsys):
    User.objects.create_user("real.person", "Real-pass-2026", name="某人")
    with pytest.raises(CommandError, match="已有其他用户"):
        load(capsys)
    assert not Unit.objects.exists()


@pytest.mark.parametrize("count", [0, 10**9])
def test_a_number_out_of_bounds_is_refused(count):
    with pytest.raises(CommandError, match="件数"):
        call_command("seed_load", calls=count)


def test_a_seeded_call_moves_through_the_door(capsys):
    """The rows are good enough for the real steps."""
    from governance.perform import perform

    load(capsys)
    part = Response.objects.filter(state="working", duty="assist").first()
    clerk = User.objects.get(posts__unit=part.unit, posts__role="department_clerk")
    done = perform(part, "finish", actor=clerk, facts={"result": "已处置完毕,复查未反弹。"})
    assert done.state == "finished" and done.ratings.filter(state="pending").exists()
