"""The page of a call: what it shows, to whom, with how many queries."""

from datetime import timedelta

import pytest

from governance.perform import perform
from governance.roles import Role
from tests.factories import hucall as make
from tests.factories.governance import load_calendar
from tests.hucall.pages import bytes_of, client_of, item_of, listed_county, rows_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def county():
    load_calendar()
    return listed_county()


def page(user, call, **query):
    return client_of(user).get(f"/hucall/calls/{call.pk}/", query)


def test_call_page_shows_the_call_to_everyone_who_takes_part(county):
    call = make.dispatched(
        county,
        lead="县交通运输局",
        assist=["县公安局"],
        call=make.filed(county, item=item_of(county, "道路塌陷应急处置").pk),
    )
    people = [
        county.user(Role.TOWNSHIP_CLERK),
        county.user(Role.PLATFORM),
        county.user(Role.DEPARTMENT_CLERK, "县公安局"),
        county.user(Role.DEPARTMENT_LEADER, "县交通运输局"),
        county.user(Role.BIANBAN),
        county.user(Role.DUCHA),
    ]
    for person in people:
        answer = page(person, call)
        text = answer.content.decode()
        assert answer.status_code == 200, person
        assert call.number in text and call.title in text
        assert "县公安局的任务" in text and "道路塌陷应急处置" in text
    assert "为什么是这一天" in text


def test_others_get_404(county):
    call = make.dispatched(county)
    assert page(county.user(Role.TOWNSHIP_CLERK, "贾镇"), call).status_code == 404
    assert page(county.user(Role.DEPARTMENT_CLERK, "县交通运输局"), call).status_code == 404
    assert page(county.user(Role.SYSADMIN), call).status_code != 200
    other = listed_county(name="临县", code="371526", mark="临")
    assert page(other.user(Role.PLATFORM), call).status_code == 404


def rich(county, *assist):
    """A call with everything that can hang on one: request, 督办, rework, rating, callback."""
    item = item_of(county, "道路塌陷应急处置").pk
    call = make.dispatched(county, assist=assist, call=make.filed(county, item=item))
    platform, leader = county.user(Role.PLATFORM), county.user(Role.DEPARTMENT_LEADER)
    for part in call.responses.all():
        make.sign_in(county, part)
    lead = make.part(call, county)
    facts = {"workdays": 2, "reason": "等材料"}
    perform(lead, "request_extension", actor=leader, at=make.FILED, facts=facts)
    perform(lead, "grant_extension", actor=platform, at=make.FILED, facts={})
    facts = {"ground": "群众来电", "demand": ""}
    perform(lead, "supervise", actor=platform, at=make.FILED, facts=facts)
    for part in call.responses.exclude(duty="lead"):
        make.finish(county, part)
    make.finish(county, lead)
    township = county.user(Role.TOWNSHIP_CLERK)
    for rating in call.ratings.all():
        facts = {"level": "dissatisfied", "reason": "没有修好"}
        perform(rating, "rate", actor=township, at=make.FILED, facts=facts)
    facts = {"responses": [lead.pk], "reason": "再次塌陷"}
    perform(call, "rework", actor=platform, at=make.FILED, facts=facts)
    return call


def test_ten_departments_and_a_long_history_cost_the_same_queries(
    county, django_assert_max_num_queries
):
    few = rich(county, "县交通运输局")
    many = rich(county, *(f"县{word}局" for word in "甲乙丙丁戊己庚辛壬"))
    clerk = county.user(Role.DEPARTMENT_CLERK)
    for number in range(30):
        part = make.part(many, county)
        facts = {"note": f"进展{number}", "audience": "shared"}
        perform(part, "note", actor=clerk, at=make.FILED + timedelta(minutes=number), facts=facts)
    for user in (county.user(Role.PLATFORM), clerk, county.user(Role.TOWNSHIP_CLERK)):
        client, counts = client_of(user), []
        client.get(f"/hucall/calls/{few.pk}/")
        for call in (few, many):
            with django_assert_max_num_queries(18) as seen:
                assert client.get(f"/hucall/calls/{call.pk}/").status_code == 200
            counts.append(len(seen))
        assert counts[0] == counts[1]


@pytest.mark.rule("GX-呼应-16")
def test_nothing_of_a_rating_reaches_a_department(county):
    call = make.finished(county, assist=[])
    people = [
        county.user(Role.DEPARTMENT_CLERK),
        county.user(Role.DEPARTMENT_LEADER),
        county.user(Role.DUCHA),
    ]
    rating = call.ratings.get()
    addresses = [
        f"/hucall/calls/{call.pk}/",
        "/hucall/calls/",
        "/hucall/calls/?sort=due",
        "/hucall/calls/?light=late",
        "/hucall/calls/?mine=todo",
        "/hucall/calls/?state=finished",
        "/hucall/responses/",
        "/hucall/responses/?sort=due",
    ]
    sheets = ["/hucall/calls/export/", "/hucall/responses/export/"]

    def seen():
        return [
            [bytes_of(client_of(person).get(url)) for url in addresses]
            + [rows_of(client_of(person).get(url)) for url in sheets]
            for person in people
        ]

    before = seen()
    township = county.user(Role.TOWNSHIP_CLERK)
    facts = {"level": "dissatisfied", "reason": "没有修好"}
    perform(rating, "rate", actor=township, at=make.FILED, facts=facts)
    after = seen()
    assert before == after
    for person in people:
        assert client_of(person).get(f"/hucall/ratings/{rating.pk}/").status_code == 404
        assert client_of(person).get("/hucall/ratings/").status_code == 403
        assert client_of(person).get("/hucall/ratings/export/").status_code == 403
    assert "没有修好" in page(township, call).content.decode()
    assert "没有修好" in page(county.user(Role.PLATFORM), call).content.decode()
