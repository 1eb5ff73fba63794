"""Suggestions: heard, routed, answered, adopted; the person behind them is for few eyes only."""

import io
from datetime import date

import openpyxl
import pytest

from checklist import hearing_figures
from checklist.models import Channel, Suggestion
from governance.models import Event, Unit
from governance.perform import open_steps, perform
from governance.roles import Role
from governance.steps import Forbidden, Invalid, StepClosed
from tests.checklist.scene import NOW, Scene, again
from tests.factories.governance import County, load_calendar, moment
from tests.governance.visiting import step, text_of, visit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
PERSON = {"name": "赵小样", "phone": "13000000001", "mail": "zhao@example.org"}


@pytest.fixture
def scene():
    load_calendar()
    made = Scene()
    made.publish()
    return made


def facts(**given) -> dict:
    """A complete suggestion keyed in from a call."""
    return {
        "channel": "phone",
        "person": "citizen",
        "text": "秸秆禁烧的职责不清,建议写明由谁巡查。",
    } | PERSON | given  # fmt: skip


def heard(scene, actor=None, at=NOW, **given) -> Suggestion:
    """A suggestion as a township's clerk has keyed it in (or somebody else)."""
    actor = actor or scene.town
    record = Suggestion(county=scene.row, owner=actor.posts_held()[0].unit)
    return perform(record, "submit", actor=actor, at=at, facts=facts(**given))


def routed(scene, unit="县农业农村局", **given) -> Suggestion:
    """A suggestion that 编办 has routed."""
    record = heard(scene, **given)
    to = {"unit": scene.county.unit(unit).pk}
    return perform(record, "route", actor=scene.bianban, at=NOW, facts=to)


def answered(scene, **given) -> Suggestion:
    """A suggestion that its unit has answered."""
    reply = {"reply_text": "已在清单中写明。", "result": "explained"} | given
    return perform(routed(scene), "reply", actor=scene.clerk, at=NOW, facts=reply)


# -- the way of a suggestion ----------------------------------------------------------------


@pytest.mark.rule("GX-清单-30", "GX-清单-31")
def test_from_a_call_to_the_answer(scene):
    record = heard(scene)
    assert record.state == "received" and record.number.startswith("冠建〔2026〕")
    record = routed(scene)
    assert record.state == "routed" and str(record.unit) == "县农业农村局"
    record = answered(scene)
    assert (record.state, record.result) == ("answered", "explained")
    assert record.replied_at == NOW
    record = perform(record, "close", actor=scene.bianban, at=NOW)
    assert record.state == "closed"
    assert record.events.order_by("id").first().clause == "GX-清单-30"


@pytest.mark.rule("JQ-清单-23")
def test_jiaoqu_hears_under_its_own_article():
    load_calendar()
    scene = Scene("jiaoqu-2022")
    scene.publish()
    for channel in ("phone", "letter", "mail", "visit"):
        record = heard(scene, channel=channel)
        assert record.state == "received" and record.channel == channel
        assert record.events.get().clause == "JQ-清单-23"
    Channel.objects.create(unit=scene.county.unit("贾镇"), phone="0454-1", mail="jz@example.org")
    assert "jz@example.org" in text_of(visit(scene.clerk).get("/checklist/channels/"))


@pytest.mark.parametrize("preset", ["tongxin-2021", "taian-2019", "tongwei-2020"])
def test_where_the_switch_is_off_nobody_keys_in(preset):
    load_calendar()
    scene = Scene(preset)
    with pytest.raises(StepClosed, match="没有开通"):
        heard(scene)
    with pytest.raises(StepClosed, match="没有开通"):
        perform(Suggestion(county=scene.row, owner=scene.row), "submit", at=NOW, facts=facts())
    assert visit(scene.town).get("/checklist/suggestions/new/").status_code == 403
    assert visit(scene.town).get("/checklist/suggestions/").status_code == 200


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"phone": "", "mail": ""}, "phone"),
        ({"phone": "<script>"}, "phone"),
        ({"mail": "nobody"}, "mail"),
        ({"text": ""}, "text"),
        ({"text": "长" * 2001}, "text"),
        ({"text": "甲\0乙"}, "text"),
        ({"channel": "web"}, "channel"),
        ({"person": "king"}, "person"),
        ({"item": "999999"}, "item"),
    ],
)
def test_what_is_not_complete_is_refused(scene, given, field):
    with pytest.raises(Invalid) as refused:
        heard(scene, **given)
    assert field in refused.value.form.errors


def test_who_wants_no_answer_need_not_be_reachable(scene):
    record = heard(scene, phone="", mail="", name="", no_answer="on")
    assert record.no_answer and record.contact_for(scene.bianban) == []


def test_a_unit_hands_back_what_is_not_its_own(scene):
    record = perform(
        routed(scene), "hand_back", actor=scene.clerk, at=NOW, facts={"reason": "不属本局职责"}
    )
    assert record.state == "received" and record.unit is None
    assert not Suggestion.objects.visible_to(scene.clerk).exists()


def test_spam_is_rejected_with_a_reason(scene):
    record = heard(scene)
    with pytest.raises(Invalid):
        perform(record, "reject", actor=scene.bianban, at=NOW)
    record = perform(record, "reject", actor=scene.bianban, at=NOW, facts={"reason": "广告"})
    assert (record.state, record.reason) == ("invalid", "广告")


@pytest.mark.parametrize("name", ["route", "adopt", "close", "reject"])
def test_what_is_the_bianbans_is_nobody_elses(scene, name):
    record = answered(scene) if name == "close" else routed(scene)
    for somebody in (scene.clerk, scene.town, scene.sifa, scene.chief):
        with pytest.raises(Forbidden):
            perform(record, name, actor=somebody, at=NOW, facts={"reason": "否"})
    other = County("另县", "999999", "另")
    with pytest.raises(Forbidden):
        perform(record, name, actor=other.user(Role.BIANBAN), at=NOW)


def test_only_the_unit_routed_to_or_the_bianban_answers(scene):
    record = routed(scene)
    police = scene.county.user(Role.DEPARTMENT_CLERK, "县公安局")
    reply = {"reply_text": "好", "result": "adopted"}
    for somebody in (police, scene.town, scene.sifa):
        with pytest.raises(Forbidden):
            perform(record, "reply", actor=somebody, at=NOW, facts=reply)
    assert {one.name for one in open_steps(record, scene.clerk) if one.open} == {
        "reply",
        "hand_back",
    }
    assert perform(record, "reply", actor=scene.bianban, at=NOW, facts=reply).state == "answered"


def test_a_clerk_keys_in_for_the_own_unit_only(scene):
    record = Suggestion(county=scene.row, owner=scene.county.unit("贾镇"))
    with pytest.raises(Forbidden):
        perform(record, "submit", actor=scene.town, at=NOW, facts=facts())


@pytest.mark.rule("GX-清单-30", "GX-清单-07")
def test_an_adopted_suggestion_becomes_a_cause_with_its_ten_days(scene):
    record = routed(scene)
    given = {
        "unit": scene.county.unit("县农业农村局").pk,
        "item": scene.item("秸秆禁烧").pk,
        "text": "秸秆禁烧职责不清",
        "occurred_on": "2026-09-10",
    }
    record = perform(record, "adopt", actor=scene.bianban, at=NOW, facts=given)
    cause = record.cause
    assert record.state == "routed" and record.result == "adopted"
    assert (cause.source, cause.state, str(cause.unit)) == ("suggestion", "open", "县农业农村局")
    assert cause.number and record.number in cause.text and PERSON["name"] not in cause.text
    assert cause.clocks.get(name="apply").due_at == moment("2026-09-23 17:30")
    with pytest.raises(StepClosed, match="不能重复"):
        perform(record, "adopt", actor=scene.bianban, at=NOW, facts=given)


@pytest.mark.parametrize("day", ["2026-09-09", "2026-09-11"])
def test_the_day_of_adoption_lies_between_receipt_and_today(scene, day):
    given = {"unit": scene.county.unit("县公安局").pk, "text": "某事", "occurred_on": day}
    with pytest.raises(Invalid):
        perform(heard(scene), "adopt", actor=scene.bianban, at=NOW, facts=given)


# -- who sees what --------------------------------------------------------------------------


def test_who_sees_a_suggestion(scene):
    record = routed(scene)
    police = scene.county.user(Role.DEPARTMENT_CLERK, "县公安局")
    other = County("另县", "999999", "另")
    sees = {
        "bianban": scene.bianban, "handler": scene.clerk, "keyer": scene.town, "police": police,
        "sifa": scene.sifa, "county": scene.chief, "city": scene.city_bianban,
        "platform": scene.county.user(Role.PLATFORM), "sysadmin": scene.county.user(Role.SYSADMIN),
        "foreign": other.user(Role.BIANBAN),
    }  # fmt: skip
    can = {
        name for name, user in sees.items()
        if Suggestion.objects.visible_to(user).filter(pk=record.pk).exists()
    }  # fmt: skip
    assert can == {"bianban", "handler", "keyer"}
    assert visit(police).get(record.get_absolute_url()).status_code == 404


def test_the_person_is_for_bianban_and_handler_alone(scene):
    record = routed(scene)
    for user, full in ((scene.bianban, True), (scene.clerk, True), (scene.town, False)):
        text = text_of(visit(user).get(record.get_absolute_url()))
        for word in PERSON.values():
            assert (word in text) is full
    assert ("联系电话", "1***") in record.contact_for(scene.town)
    assert "13000000001" not in str(record.contact_for(scene.town))


def test_the_person_stands_in_no_trail_search_list_or_export(scene):
    record = answered(scene)
    told = str(list(Event.objects.values_list("facts", "summary", "label")))
    client = visit(scene.bianban)
    listed = text_of(client.get("/checklist/suggestions/"))
    book = openpyxl.load_workbook(
        io.BytesIO(b"".join(client.get("/checklist/suggestions/export/").streaming_content))
    )
    cells = str([[cell.value for cell in line] for line in book.active.iter_rows()])
    trail = text_of(client.get(f"/matters/{record.type().pk}/{record.pk}/trail/"))
    for word in PERSON.values():
        assert word not in told and word not in listed and word not in cells
        assert word not in trail
        assert not Suggestion.objects.found(word).exists()
    assert record.number in cells and Suggestion.objects.found("巡查").exists()


# -- pages ----------------------------------------------------------------------------------


def test_a_clerk_keys_in_on_the_page(scene):
    client = visit(scene.town)
    assert client.get("/checklist/suggestions/new/").status_code == 200
    bad = client.post("/checklist/suggestions/new/", facts(text=""))
    assert bad.status_code == 400 and PERSON["name"] in text_of(bad)
    done = client.post("/checklist/suggestions/new/", facts(item=scene.item("秸秆禁烧").pk))
    record = Suggestion.objects.get()
    assert done.status_code == 302 and done["Location"] == record.get_absolute_url()
    assert str(record.owner) == "清泉街道" and str(record.item) == "秸秆禁烧"
    assert visit(scene.sifa).get("/checklist/suggestions/new/").status_code == 403


def test_the_list_is_filtered_and_the_export_has_what_is_filtered(scene):
    heard(scene, text="甲的建议")
    routed(scene, text="乙的建议", channel="letter", person="legal")
    client = visit(scene.bianban)
    for query, names in (
        ({}, ["乙的建议", "甲的建议"]),
        ({"state": "received"}, ["甲的建议"]),
        ({"channel": "letter"}, ["乙的建议"]),
        ({"person": "legal"}, ["乙的建议"]),
        ({"unit": scene.county.unit("县农业农村局").pk}, ["乙的建议"]),
        ({"q": "甲的"}, ["甲的建议"]),
        ({"q": "丙的"}, []),
        ({"state": "nonsense", "before": "x"}, ["乙的建议", "甲的建议"]),
    ):
        page = client.get("/checklist/suggestions/", query)
        assert [one.text for one in page.context["rows"]] == names, query
    raw = b"".join(
        client.get("/checklist/suggestions/export/", {"state": "received"}).streaming_content
    )
    book = openpyxl.load_workbook(io.BytesIO(raw))
    assert [line[4].value for line in book.active.iter_rows(min_row=2)] == ["甲的建议"]


def test_steps_open_on_their_pages(scene):
    record = heard(scene)
    client = visit(scene.bianban)
    assert client.get(record.get_absolute_url()).status_code == 200
    for name in ("route", "reply", "adopt", "reject"):
        assert client.get(step(record, name)).status_code == 200
    done = client.post(
        step(record, "route"),
        {"unit": scene.county.unit("县公安局").pk, "version": record.version},
    )
    assert done.status_code == 302 and again(record).state == "routed"


@pytest.mark.rule("GX-清单-31")
def test_figures_by_month_channel_unit_and_result(scene):
    heard(scene, at=moment("2026-03-05 09:00"))
    heard(scene, channel="letter")
    answered(scene, result="adopted")
    found = hearing_figures.of_year(Suggestion.objects.visible_to(scene.bianban), 2026)
    assert found["total"] == 3 and dict(found["months"])["9月"] == 2
    assert dict(found["months"])["3月"] == 1
    assert dict(found["channels"]) == {"网页": 0, "电话": 2, "信函": 1, "电子邮件": 0, "来访": 0}
    assert dict(found["results"])["采纳"] == 1 and dict(found["results"])["尚无结果"] == 2
    assert dict(found["units"]) == {"尚未转办": 2, "县农业农村局": 1}
    page = visit(scene.bianban).get("/checklist/suggestions/statistics/")
    assert page.status_code == 200 and "共 3 件" in text_of(page)
    own = visit(scene.clerk).get("/checklist/suggestions/statistics/?year=2026")
    assert "共 1 件" in text_of(own)
    for year in ("x", "99999999999999", "0001"):
        assert visit(scene.clerk).get(f"/checklist/suggestions/statistics/?year={year}").status_code == 200  # noqa: E501  # fmt: skip


@pytest.mark.rule("GX-清单-31")
def test_units_publish_phone_and_mail_and_bianban_sees_who_has_not(scene):
    clerk, desk = visit(scene.clerk), visit(scene.bianban)
    unit = scene.county.unit("县农业农村局")
    page = desk.get("/checklist/channels/")
    assert unit in [one.unit for one in page.context["gaps"]]
    url = f"/checklist/channels/{unit.pk}/"
    assert clerk.post(url, {"phone": "0635-1234567", "mail": "无"}).status_code == 400
    assert clerk.post(url, {"phone": "0635-1234567", "mail": "nyj@example.org"}).status_code == 302
    assert Channel.objects.get(unit=unit).updated_by == scene.clerk
    page = desk.get("/checklist/channels/")
    assert unit not in [one.unit for one in page.context["gaps"]]
    assert "nyj@example.org" in text_of(page)
    other = scene.county.unit("县公安局")
    assert clerk.get(f"/checklist/channels/{other.pk}/").status_code == 403
    assert desk.get(f"/checklist/channels/{other.pk}/").status_code == 200
    foreign = County("另县", "999999", "另").unit("外局", "department")
    assert desk.get(f"/checklist/channels/{foreign.pk}/").status_code == 404
    assert clerk.get("/checklist/channels/").context["gaps"] == []
    assert Unit.objects.get(pk=unit.pk).contact_phone == ""
    assert date(2026, 9, 10) == Channel.objects.get(unit=unit).updated_at.date()
