"""Every rule of 乡呼县应 stands behind its tag: the drawer shows statement, document, article."""

import pytest
from django.test import Client

from governance import rulebooks
from governance.roles import Role
from tests.factories import hucall as make
from tests.factories.governance import County, load_calendar
from tests.governance.adopting import PRESETS, cited_abroad, linked_abroad
from tests.governance.visiting import shows_every_rule, text_of, visit

pytestmark = pytest.mark.django_db
OWN = {"taian-2019": "TA-14"}


def test_every_rule_of_the_app_can_be_opened_by_anybody_who_is_signed_in():
    load_calendar()
    rulebooks.load_clauses()
    client = visit(County().user(Role.TOWNSHIP_CLERK))
    shows_every_rule(client, "hucall", 22)
    shows_every_rule(client, "hucall", 22, **{"HX-Request": "true"})


def test_an_unknown_rule_and_a_stranger_find_nothing():
    load_calendar()
    client = visit(County().user(Role.TOWNSHIP_CLERK))
    assert client.get("/clauses/GX-呼应-99/").status_code == 404
    assert Client().get("/clauses/GX-呼应-01/").status_code == 302


@pytest.mark.parametrize("preset", PRESETS)
def test_every_step_and_limit_cites_the_countys_own_article(preset):
    load_calendar()
    county = County(preset=preset)
    call = make.dispatched(county, assist=["县水利局"])
    for part in (make.part(call, county, "县水利局"), make.part(call, county)):
        make.finish(county, make.sign_in(county, part))
    assert call.events.get(step="dispatch").clause == OWN.get(preset, "GX-呼应-09")
    assert cited_abroad(county.row) == []
    page = text_of(visit(county.user(Role.PLATFORM)).get(call.get_absolute_url()))
    assert linked_abroad(county.rulebook, page) == []
