"""What calls say before the list changes: who would have been asked, and what the list lacks."""

from datetime import timedelta

import pytest
from django.urls import reverse

from checklist import impact
from governance.perform import perform
from governance.roles import Role
from hucall.models import Call
from hucall.phrases import groups
from tests.checklist.scene import Scene
from tests.factories import checklist as lists
from tests.factories import hucall as make
from tests.factories.governance import load_calendar, moment

AT = moment("2026-11-20 10:00")
SINCE = AT - timedelta(days=365)
RETURN = {"reason": "不属本单位职责", "basis": "清单第3项"}


@pytest.fixture
def scene(db):
    load_calendar()
    made = Scene("jiaoqu-2022")
    made.publish()
    made.platform = made.county.user(Role.PLATFORM)
    return made


def call_on(scene, name="秸秆禁烧", lead="县农业农村局", **facts) -> Call:
    call = make.filed(scene.county, item=scene.item(name).pk, **facts)
    return make.dispatched(scene.county, lead=lead, call=call)


def to_water(scene):
    """Another department is to carry the item."""
    return scene.change("秸秆禁烧", main="县水利局", coop="县公安局", lead="县水利局", joint="")


def section(found, title):
    return next(one for one in found.sections if one.title == title)


# ------------------------------------------------------------------ before a decision


def test_the_preview_names_units_townships_contacts_and_laws(scene):
    change = scene.change(
        "秸秆禁烧", main="县水利局", coop="县公安局", lead="县水利局", joint="",
        basis="《固体废物污染环境防治法》",
    )  # fmt: skip
    found = impact.preview(change, scene.bianban, AT)
    assert [one.name for one in found.gaining] == ["县水利局"]
    assert "县农业农村局" in [one.name for one in found.losing]
    assert [str(unit) for unit, _ in found.missing] == ["县水利局"]
    assert found.bases_new == ["《固体废物污染环境防治法》"]
    assert found.bases_gone == ["《大气污染防治法》"]
    assert not found.problem


def test_townships_behind_a_collective_term_are_touched(scene):
    change = scene.change("秸秆禁烧", township_duty="只报告,不处置")
    found = impact.preview(change, scene.bianban, AT)
    assert {str(unit) for unit in found.townships} >= {"清泉街道", "贾镇"}
    assert found.township_words == f"全部 {found.all_townships} 个乡镇(街道)"


def test_open_calls_and_calls_that_would_have_gone_elsewhere(scene):
    calls = [call_on(scene) for _ in range(2)]
    call_on(scene, "河道采砂监管")
    found = impact.preview(to_water(scene), scene.platform, AT)
    now = section(found, "在办呼叫")
    assert {row[0] for row in now.rows} == {call.number for call in calls}
    assert now.links[0].startswith("/hucall/")
    past = section(found, "近一年的呼叫")
    assert "2 件呼叫" in past.text and "2 件的牵头单位按新文将改变" in past.text
    rows = {row[0]: row[1:] for row in past.rows}
    assert rows["县农业农村局"] == ("2 件", "不再提出")
    assert rows["县水利局"] == ("0 件", "将牵头(主责),约 2 件")


def test_calls_older_than_a_year_do_not_count(scene):
    call_on(scene)
    later = make.FILED + timedelta(days=366)
    found = impact.preview(to_water(scene), scene.platform, later)
    assert "近一年该事项有 0 件" in section(found, "近一年的呼叫").text


def test_nobody_learns_of_calls_that_are_not_theirs(scene):
    call_on(scene)
    change = to_water(scene)
    other = scene.county.user(Role.DEPARTMENT_CLERK, "县公安局")
    found = impact.preview(change, other, AT)
    assert section(found, "在办呼叫").rows == []
    assert "近一年该事项有 0 件" in section(found, "近一年的呼叫").text


def test_a_new_item_has_no_calls_yet(scene):
    application = scene.file(**scene.new_item())
    assert impact.preview(application, scene.platform, AT).sections == []


def test_the_preview_costs_the_same_queries_for_more_calls(scene, django_assert_max_num_queries):
    change = to_water(scene)
    for _ in range(3):
        call_on(scene)
    impact.preview(change, scene.platform, AT)
    with django_assert_max_num_queries(24):
        impact.preview(change, scene.platform, AT)


def test_the_fragment_is_for_those_who_see_the_application(client, scene):
    change = to_water(scene)
    url = reverse("checklist:application_impact", args=[change.pk])
    lists.enter_as(client, scene.town)
    assert client.get(url).status_code == 404
    lists.enter_as(client, scene.clerk)
    page = client.get(url).content.decode()
    assert "影响预览" in page and "增加职责的单位" in page
    part = client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "增加职责的单位" in part and "<html" not in part


def test_the_list_names_no_app_above():
    names = [source.__name__ for source in impact.sources()]
    assert "hucall.impact" in names and "checklist.impact" not in names


# ------------------------------------------------------------------ gaps


def send_back(scene, call, to):
    part = call.responses.exclude(state="returned").order_by("-id").first()
    clerk = scene.county.user(Role.DEPARTMENT_CLERK, str(part.unit))
    perform(part, "propose_return", actor=clerk, at=make.FILED, facts=RETURN)
    part = call.responses.get(pk=part.pk)
    facts = {"to_unit": scene.county.unit(to).pk}
    perform(part, "accept_return", actor=scene.platform, at=make.FILED, facts=facts)


def test_an_item_whose_calls_come_back_is_found(scene):
    for _ in range(2):
        send_back(scene, call_on(scene), "县水利局")
    assert impact.asked("lacks", scene.row, scene.platform, 3, SINCE, "") == []
    found = impact.asked("lacks", scene.row, scene.platform, 2, SINCE, "")
    assert [(one.title, one.count, one.item_id) for one in found] == [
        ("秸秆禁烧", 2, scene.item("秸秆禁烧").pk)
    ]
    assert "退回 2 次" in found[0].detail and len(found[0].examples) == 2


def test_calls_without_an_item_are_grouped_by_what_they_share(scene):
    for title in ("电动车飞线充电隐患", "小区飞线充电无人管", "楼道内飞线充电", "井盖缺失"):
        make.filed(scene.county, title=title)
    found = impact.asked("lacks", scene.row, scene.platform, 3, SINCE, "")
    assert [(one.title, one.count, one.item_id) for one in found] == [("飞线充电", 3, None)]
    assert impact.asked("lacks", scene.row, scene.platform, 3, SINCE, "key") == []


def test_the_radar_is_for_bianban_and_platform(client, scene):
    for title in ("电动车飞线充电隐患", "小区飞线充电无人管", "楼道内飞线充电"):
        make.filed(scene.county, title=title)
    url = reverse("checklist:radar")
    lists.enter_as(client, scene.town)
    assert client.get(url).status_code == 403
    lists.enter_as(client, scene.platform)
    page = client.get(url, {"least": "3", "days": "1000"}).content.decode()
    assert "飞线充电" in page and "causes/new" not in page
    lists.enter_as(client, scene.bianban)
    page = client.get(url, {"least": "3", "days": "1000"}).content.decode()
    assert "据此通知单位申请" in page
    for query in ("?least=x&days=-1", "?kind=zzz", "?least=99999999999"):
        assert client.get(url + query).status_code == 200


def test_the_radar_costs_the_same_queries_for_more_calls(scene, django_assert_max_num_queries):
    for _ in range(3):
        send_back(scene, call_on(scene), "县水利局")
        make.filed(scene.county, title="小区飞线充电")
    impact.asked("lacks", scene.row, scene.platform, 2, SINCE, "")
    with django_assert_max_num_queries(10):
        impact.asked("lacks", scene.row, scene.platform, 2, SINCE, "")


@pytest.mark.parametrize(
    ("texts", "least", "found"),
    [
        (["路灯不亮", "村口路灯坏了", "路灯损坏"], 3, [("路灯", 3)]),
        (["路灯不亮", "路灯不亮", "井盖缺失", "井盖缺失"], 2, [("井盖缺失", 2), ("路灯", 2)]),
        (["甲", "", "乙丙"], 2, []),
        ([], 2, []),
        (["的的的", "的的的"], 2, []),
    ],
)
def test_groups_share_a_phrase(texts, least, found):
    assert [(one.phrase, len(one.places)) for one in groups(texts, least)] == found


def test_names_of_places_are_no_phrase():
    texts = ["清泉街道路灯", "清泉街道井盖", "清泉街道树木"]
    assert groups(texts, 3, frozenset({"清泉街道"})) == []
