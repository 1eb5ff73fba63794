"""Pages for citizens: there only where both instance and county open them; nothing leaks."""

import re

import pytest
import time_machine
from django.conf import settings as configured
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from checklist import limits
from checklist.models import Channel, Suggestion
from checklist.views import public
from governance.perform import perform
from tests.checklist.scene import NOW, Scene
from tests.factories.governance import County, load_calendar
from tests.governance.visiting import text_of, visit

pytestmark = pytest.mark.django_db
CODE = "371525"
PATHS = ("", "suggest/", "reply/", "channels/")


@pytest.fixture(autouse=True)
def today(settings):
    """An exposed instance in September 2026."""
    settings.PUBLIC_PAGES = True
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def scene():
    load_calendar()
    made = Scene()
    made.publish()
    made.county.amend(**{"checklist.public": True})
    return made


def path(tail: str = "", code: str = CODE) -> str:
    """An address under /public/."""
    return f"/public/{code}/{tail}"


def said(**given) -> dict:
    """A citizen's suggestion; each one a form of its own."""
    said.count = getattr(said, "count", 0) + 1
    facts = {"person": "citizen", "text": "建议写明巡查责任。", "phone": "0635-1234567"}
    return facts | {"name": "钱样例", "once": f"form-{said.count}"} | given


# -- open or not there ----------------------------------------------------------------------


def test_off_by_default(settings):
    assert configured.PUBLIC_PAGES is True  # by the fixture; the default stands in settings.py
    load_calendar()
    Scene().publish()
    assert Client().get(path()).status_code == 404


@pytest.mark.parametrize("tail", [*PATHS, "items/1/"])
def test_off_and_unknown_cannot_be_told_apart(tail, settings):
    load_calendar()
    scene = Scene()
    scene.publish()
    County("另县", "999999", "另")
    visitor = Client()
    closed = visitor.get(path(tail))
    unknown = visitor.get(path(tail, "123456"))
    assert closed.status_code == unknown.status_code == 404
    assert closed.content == unknown.content
    assert closed.headers == unknown.headers
    scene.county.amend(**{"checklist.public": True})
    settings.PUBLIC_PAGES = False
    off = visitor.get(path(tail))
    assert off.status_code == 404 and off.content == unknown.content


def test_every_preset_ships_with_the_pages_closed():
    from governance import rulebooks

    for name in rulebooks.preset_names():
        preset = rulebooks.load_preset(name)
        assert preset["checklist.public"] is preset["admission.public"] is False


def test_the_money_of_admitted_duties_has_a_switch_of_its_own(scene):
    visitor = Client()
    assert visitor.get(path("funds/")).status_code == 404
    assert "经费公开" not in text_of(visitor.get(path()))
    scene.county.amend(**{"admission.public": True})
    assert visitor.get(path("funds/")).status_code == 200
    assert "经费公开" in text_of(visitor.get(path()))
    scene.county.amend(**{"checklist.public": False})
    page = visitor.get(path("funds/"))
    assert page.status_code == 200 and "公开渠道" not in text_of(page)
    assert {visitor.get(path(tail)).status_code for tail in PATHS} == {404}


def test_another_countys_opening_opens_nothing_here(scene):
    other = County("另县", "999999", "另")
    other.amend(**{"checklist.public": True})
    item = scene.item("秸秆禁烧").pk
    assert Client().get(path(f"items/{item}/")).status_code == 200
    assert Client().get(path(f"items/{item}/", "999999")).status_code == 404


@pytest.mark.rule("GX-清单-30", "JQ-清单-23")
def test_the_list_is_read_without_an_account(scene):
    page = Client().get(path())
    assert page.status_code == 200 and page["Cache-Control"] == "public, max-age=300"
    assert "秸秆禁烧" in text_of(page)
    found = Client().get(path(), {"q": "采砂"})
    assert "<mark>采砂</mark>" in text_of(found) and "农村公路养护" not in text_of(found)
    for query in ({"q": "\0"}, {"q": "(" * 500}, {"after": "99999999999"}, {"category": "无"}):
        assert Client().get(path(), query).status_code == 200
    item = Client().get(path(f"items/{scene.item('秸秆禁烧').pk}/"))
    assert "大气污染防治法" in text_of(item) and "suggest/?item=" in text_of(item)
    assert Client().post(path()).status_code == 405


def test_contacts_that_name_persons_stay_inside(scene):
    unit = scene.county.unit("县农业农村局")
    unit.contact_person, unit.contact_phone = "孙某", "13900000000"
    unit.save()
    Channel.objects.create(unit=unit, phone="0635-7654321", mail="nyj@example.org")
    for tail in ("channels/", f"items/{scene.item('秸秆禁烧').pk}/"):
        text = text_of(Client().get(path(tail)))
        assert "0635-7654321" in text and "nyj@example.org" in text
        assert "孙某" not in text and "13900000000" not in text


@pytest.mark.rule("GX-清单-31", "JQ-清单-23")
def test_channels_of_each_department_and_township_are_published(scene):
    text = text_of(Client().get(path("channels/")))
    for name in ("县农业农村局", "县公安局", "清泉街道", "贾镇"):
        assert name in text


@pytest.mark.parametrize("tail", [*PATHS, "item"])
def test_no_session_no_user_no_way_inside(scene, tail):
    tail = f"items/{scene.item('秸秆禁烧').pk}/" if tail == "item" else tail
    stranger = Client()
    page = stranger.get(path(tail))
    assert page.status_code == 200
    assert configured.SESSION_COOKIE_NAME not in page.cookies
    assert configured.SESSION_COOKIE_NAME not in stranger.cookies
    signed_in = text_of(visit(scene.bianban).get(path(tail)))
    assert str(scene.bianban) not in signed_in and scene.bianban.username not in signed_in
    links = re.findall(r'(?:href|action)="(/[^"]*)"', text_of(page))
    inside = [one for one in links if not one.startswith(("/public/", "/static/"))]
    assert not inside


def test_the_absent_page_leads_nowhere_inside(scene):
    text = text_of(Client().get(path("", "000000")))
    links = re.findall(r'(?:href|action)="(/[^"]*)"', text)
    assert all(one.startswith("/static/") for one in links)


# -- suggestions ----------------------------------------------------------------------------


@pytest.mark.rule("GX-清单-30", "JQ-清单-23")
def test_a_citizen_suggests_and_reads_the_answer_by_the_code(scene):
    visitor = Client()
    assert visitor.get(path("suggest/"))["Cache-Control"] == "no-store"
    item = scene.item("秸秆禁烧").pk
    page = visitor.post(path("suggest/"), said(item=item, channel="phone"))
    assert page.status_code == 200
    code = re.search(r"<b>([2-9A-Z-]{19})</b>", text_of(page))[1]
    record = Suggestion.objects.get()
    assert (record.channel, record.state, record.raised_by) == ("web", "received", None)
    assert str(record.owner) == "县委编办" and str(record.item) == "秸秆禁烧"
    assert code.replace("-", "") not in str(Suggestion.objects.values_list()[0])
    first = visitor.post(path("reply/"), {"query": code})
    assert "已收到" in text_of(first) and first["Cache-Control"] == "no-store"
    given = {"reply_text": "已写明由乡镇巡查。", "result": "adopted"}
    perform(record, "reply", actor=scene.bianban, at=NOW, facts=given)
    text = text_of(Client().post(path("reply/"), {"query": code.lower().replace("-", " ")}))
    assert "已写明由乡镇巡查。" in text and "采纳" in text
    assert "钱样例" not in text and "0635-1234567" not in text
    assert configured.SESSION_COOKIE_NAME not in visitor.cookies


def test_a_code_is_long_random_and_of_one_county(scene):
    codes = set()
    for _ in range(3):
        page = Client().post(path("suggest/"), said())
        codes.add(re.search(r"<b>([2-9A-Z-]{19})</b>", text_of(page))[1])
    assert len(codes) == 3
    assert len(set(public.ALPHABET)) ** public.CODE_SIGNS >= 2**79
    other = County("另县", "999999", "另")
    other.amend(**{"checklist.public": True})
    for wrong in ("", "A" * 16, "' or 1=1", "\0", "甲" * 16):
        assert Client().post(path("reply/"), {"query": wrong}).status_code == 404
    foreign = Client().post(path("reply/", "999999"), {"query": codes.pop()})
    assert foreign.status_code == 404


@pytest.mark.parametrize(
    "given",
    [
        {"text": ""},
        {"text": "长" * 2001},
        {"phone": "", "mail": ""},
        {"item": "999999999999999999999"},
        {"person": ""},
        {"name": "名" * 101},
    ],
)
def test_what_is_not_right_comes_back_with_what_was_typed(scene, given):
    page = Client().post(path("suggest/"), said(**given))
    assert page.status_code == 400 and not Suggestion.objects.exists()
    assert 'class="errors"' in text_of(page)


def test_files_are_not_taken(scene):
    upload = SimpleUploadedFile("x.pdf", b"%PDF-1.4", "application/pdf")
    page = Client().post(path("suggest/"), said(files=upload))
    assert page.status_code == 400 and not Suggestion.objects.exists()


def test_a_machine_that_fills_every_field_is_thanked_and_forgotten(scene):
    page = Client().post(path("suggest/"), said(website="http://spam.example"))
    assert page.status_code == 200 and not Suggestion.objects.exists()


def test_a_second_click_makes_no_second_suggestion(scene):
    form = said()
    assert Client().post(path("suggest/"), form).status_code == 200
    assert Client().post(path("suggest/"), form).status_code == 409
    assert Suggestion.objects.count() == 1


def test_five_an_hour_from_one_address(scene):
    for _ in range(5):
        assert Client().post(path("suggest/"), said()).status_code == 200
    refused = Client().post(path("suggest/"), said())
    assert refused.status_code == 429 and "过于频繁" in text_of(refused)
    assert "建议写明巡查责任。" in text_of(refused)
    assert Suggestion.objects.count() == 5
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    assert elsewhere.post(path("suggest/"), said()).status_code == 200
    forged = Client().post(path("suggest/"), said(), headers={"X-Forwarded-For": "192.0.2.8"})
    assert forged.status_code == 429


@pytest.mark.sqlite
def test_after_an_hour_there_is_room_again(scene):
    """Beside SQLite the cache is a table that goes by our clock; Redis has a clock of its own."""
    for _ in range(6):
        Client().post(path("suggest/"), said())
    with time_machine.travel(NOW.replace(hour=11, minute=1)):
        assert Client().post(path("suggest/"), said()).status_code == 200


def test_two_hundred_a_day_in_a_county(scene, monkeypatch):
    monkeypatch.setattr(public, "PER_DAY", 2)
    answers = [
        Client(REMOTE_ADDR=f"192.0.2.{n}").post(path("suggest/"), said()).status_code
        for n in range(3)
    ]
    assert answers == [200, 200, 429] and public.LOOKUPS == 20


def test_nobody_tries_codes_for_long(scene):
    visitor = Client()
    answers = [visitor.post(path("reply/"), {"query": "A" * 16}).status_code for _ in range(21)]
    assert answers == [404] * 20 + [429]


def test_slots_are_taken_one_by_one(rf):
    one, two = rf.get("/", REMOTE_ADDR="192.0.2.1"), rf.get("/", REMOTE_ADDR="192.0.2.2")
    assert [limits.take("x", one, 2) for _ in range(3)] == [True, True, False]
    assert limits.take("x", two, 2) and limits.take("y", one, 2)


def test_a_form_from_elsewhere_is_refused(scene):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(path("suggest/"), said()).status_code == 403
    assert strict.post(path("reply/"), {"query": "A" * 16}).status_code == 403


def test_a_county_may_show_its_list_and_hear_nothing(scene):
    scene.county.amend(**{"checklist.suggestions": False})
    assert Client().get(path()).status_code == 200
    assert "提意见建议" not in text_of(Client().get(path()))
    assert Client().get(path("suggest/")).status_code == 404
    assert Client().post(path("suggest/"), said()).status_code == 404
    assert not Suggestion.objects.exists()
