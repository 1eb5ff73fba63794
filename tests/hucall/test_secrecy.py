"""Two worlds in which the same townships rated differently: for everybody who may not know, every
page and every answer of the API is the same, byte for byte (GX-呼应-16, decision 11).
"""

from contextlib import contextmanager
from datetime import timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from governance import sweep
from governance.models import Notice
from governance.roles import Role
from governance.tasks import fire
from hucall.models import Callback, Rating
from tests.factories import hucall as make
from tests.factories.governance import County, load_calendar, moment
from tests.governance.visiting import address, step, visit
from tests.hucall.pages import bytes_of
from tests.hucall.scene import do

pytestmark = [pytest.mark.django_db, pytest.mark.rule("GX-呼应-16")]
SOON = make.FILED + timedelta(minutes=30)
ARCHIVED = moment("2026-11-24 17:30")
LEAD, HELPER = "县公安局", "县政府办"
GOOD = {"level": "satisfied"}
BAD = {"level": "dissatisfied", "reason": "坑洼仍在,敷衍了事"}
WORLDS = {
    "lead praised": {LEAD: GOOD, HELPER: BAD},
    "helper praised": {LEAD: BAD, HELPER: GOOD},
    "nobody spoke": {},
}


@contextmanager
def undone():
    """Whatever happens inside is taken back."""
    with transaction.atomic():
        try:
            yield
        finally:
            transaction.set_rollback(True)


@pytest.fixture
def county():
    load_calendar()
    with time_machine.travel(SOON, tick=False):
        county = County()
        county.amend(**{"call.callback_share": 0})
        county.user(Role.PLATFORM)
        yield county


@pytest.fixture
def call(county):
    """A finished call with two parts; one of the units is the home of the platform itself."""
    call = make.dispatched(county, lead=LEAD, assist=[HELPER])
    lead = make.sign_in(county, make.part(call, county, LEAD))
    make.finish(county, make.sign_in(county, make.part(call, county, HELPER)))
    make.finish(county, lead)
    return call


def curious(county):
    """People who see the call and may not know how it was rated, and some who see nothing."""
    return {
        "rated clerk": county.user(Role.DEPARTMENT_CLERK, LEAD),
        "rated leader": county.user(Role.DEPARTMENT_LEADER, LEAD),
        "clerk of the office": county.user(Role.DEPARTMENT_CLERK, HELPER),
        "督查": county.user(Role.DUCHA),
        "county": county.user(Role.COUNTY),
        "考核办": county.user(Role.KAOHE),
        "other township": county.user(Role.TOWNSHIP_CLERK, "贾镇"),
    }


def addresses(call, lists: bool) -> list[str]:
    """What people open, or try to."""
    parts = list(call.responses.order_by("id"))
    ratings = list(call.ratings.order_by("id"))
    api = "/api/v1/hucall"
    found = [f"{api}/calls/", f"{api}/calls/?state=finished&search=塌陷", f"{api}/responses/"]
    for path in (f"{api}/calls/{call.pk}", *(f"{api}/responses/{part.pk}" for part in parts)):
        found += [f"{path}/", f"{path}/steps/", f"{path}/events/", f"{path}/clocks/"]
    found += [f"{api}/ratings/", f"{api}/ratings/?state=rated", f"{api}/callbacks/"]
    found += [f"{api}/ratings/?call={call.pk}", f"{api}/callbacks/?state=pending"]
    for row in ratings:
        found += [f"{api}/ratings/{row.pk}/", f"{api}/ratings/{row.pk}/events/"]
        found += [f"/hucall/ratings/{row.pk}/", address(row), step(row, "rate")]
    found += [f"/hucall/calls/{call.pk}/", address(call, "trail/")]
    if lists:
        found += ["/", "/hucall/calls/", "/hucall/responses/", "/inbox/", "/search/?q=塌陷"]
        found += ["/search/?q=敷衍了事", "/hucall/ratings/", "/hucall/callbacks/"]
    return found


def seen(clients, urls, posts=()) -> dict:
    """Everything that these people are answered."""
    found = {}
    for name, client in clients.items():
        for url in urls:
            answer = client.get(url)
            found[(name, url)] = (answer.status_code, bytes_of(answer))
        for url in posts:
            answer = client.post(url, {"level": "satisfied"}, content_type="application/json")
            found[(name, "POST", url)] = (answer.status_code, bytes_of(answer))
    return found


def rate(county, call, words) -> None:
    """The township says what it thinks of each part; the platform calls back."""
    clerk, platform = county.user(Role.TOWNSHIP_CLERK), county.user(Role.PLATFORM)
    for unit, given in words.items():
        rating = Rating.objects.get(call=call, response__unit__short_name=unit)
        do(rating, "rate", clerk, SOON, **given)
    for callback in Callback.objects.filter(state="pending"):
        facts = {"caller_level": "dissatisfied", "caller_words": "敷衍了事", "note": "电话"}
        do(callback, "record", platform, SOON, **facts)


def differences(worlds: dict) -> list:
    """Where any two worlds differ."""
    first, *others = worlds.values()
    return [key for key in first for other in others if other[key] != first[key]]


def test_the_worlds_do_differ_for_those_who_may_know(county, call):
    """The proof below would be empty if the comparison were blind."""
    platform = {"platform": visit(county.user(Role.PLATFORM))}
    found = {}
    for name, words in WORLDS.items():
        with undone():
            rate(county, call, words)
            found[name] = seen(platform, ["/api/v1/hucall/ratings/"])
    assert differences(found)


def test_no_search_of_the_site_so_much_as_asks_for_ratings_and_callbacks(county, call):
    """Not by all kinds, and not by naming the kind in the address."""
    rate(county, call, WORLDS["lead praised"])
    reader = visit(county.user(Role.PLATFORM))
    with CaptureQueriesContext(connection) as asked:
        for kind in ("", Rating.type().pk, Callback.type().pk):
            assert reader.get("/search/", {"q": call.title, "kind": kind}).status_code == 200
    assert any("hucall_call" in query["sql"] for query in asked)
    for table in ("hucall_rating", "hucall_callback"):
        assert not any(f'FROM "{table}"' in query["sql"] for query in asked)


def test_right_after_the_rating_nobody_can_tell(county, call):
    clients = {name: visit(user) for name, user in curious(county).items()}
    urls = addresses(call, lists=True)
    posts = [f"/api/v1/hucall/ratings/{row.pk}/steps/rate/" for row in call.ratings.all()]
    found = {}
    for name, words in WORLDS.items():
        with undone():
            rate(county, call, words)
            found[name] = seen(clients, urls, posts)
    assert differences(found) == []


def test_nor_after_the_archive(county, call):
    """Also what was not rated, and whose callback nobody made, leaves no mark outside."""
    people = curious(county)
    names = ("rated clerk", "clerk of the office", "督查")
    found = {}
    with time_machine.travel(ARCHIVED, tick=False):
        clients = {name: visit(people[name]) for name in names}
        for name, words in WORLDS.items():
            with undone():
                rate(county, call, words)
                sweep.sweep(ARCHIVED)
                fire(ARCHIVED)
                found[name] = seen(clients, addresses(call, lists=False))
                told = Notice.objects.filter(recipient__in=people.values()).order_by("id")
                found[name]["notices"] = list(
                    told.values_list("recipient", "title", "body", "created_at")
                )
    assert differences(found) == []
