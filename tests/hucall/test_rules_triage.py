"""Verification and dispatch: the platform's part, the list's proposal, several departments."""

import pytest

from checklist.models import Edition
from governance.models import Clock, Party
from governance.perform import NEW
from governance.roles import Role
from hucall import dispatching
from hucall.models import Call, Response
from tests.factories import hucall as make
from tests.factories.governance import County, load_calendar, moment
from tests.hucall.pages import item_of, listed_county
from tests.hucall.scene import (
    People,
    clock,
    closed,
    do,
    fresh,
    invalid,
    not_allowed,
    openable,
    running,
    told,
    trail,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def county():
    load_calendar()
    return County()


@pytest.fixture
def people(county):
    return People(county)


@pytest.fixture
def listed():
    load_calendar()
    county = listed_county()
    People(county)
    return county


def choice(county, lead=(), assist=(), copy=(), **facts) -> dict:
    """The facts of a dispatch."""
    given = {"difficulty": "general", "units": []} | facts
    for duty, names in (("lead", lead), ("assist", assist), ("copy", copy)):
        for name in names:
            unit = county.unit(name)
            given["units"].append(unit.pk)
            given[f"duty_{unit.pk}"] = duty
    return given


# ------------------------------------------------------------------ the platform's limit


@pytest.mark.rule("GX-呼应-09")
@pytest.mark.parametrize(
    ("filed", "due"),
    [
        ("2026-11-10 09:00", "2026-11-10 15:00"),  # 周二 → 当天:上午 3 小时,下午 1 小时
        ("2026-11-10 11:00", "2026-11-10 17:00"),  # 午休不计
        ("2026-11-10 16:30", "2026-11-11 11:30"),  # 周二 16:30 → 周三 11:30
        ("2026-11-13 16:30", "2026-11-16 11:30"),  # 周五 16:30 → 周一 11:30
        ("2026-11-14 10:00", "2026-11-16 14:30"),  # 周六 → 周一
        ("2026-09-18 16:00", "2026-09-20 11:00"),  # 周五 → 调休周日
        ("2026-09-30 15:30", "2026-10-08 10:30"),  # 节前周三 → 节后周四
    ],
)
def test_the_platform_dispatches_within_four_working_hours(county, people, filed, due):
    call = make.filed(county, at=moment(filed))
    assert clock(call, "verify").due_at == moment(due)
    call = make.dispatched(county, call=call, at=moment(due))
    verify = clock(call, "verify")
    assert (verify.met_at, verify.breached_at) == (moment(due), None)


@pytest.mark.rule("GX-呼应-09")
def test_dispatching_a_minute_late_is_late_although_no_sweep_has_run(county, people):
    call = make.dispatched(county, call=make.filed(county), at=moment("2026-11-10 15:01"))
    assert clock(call, "verify").breached_at == moment("2026-11-10 15:00")


# ------------------------------------------------------------------ proposal by the list


@pytest.mark.rule("GX-呼应-09")
def test_the_list_proposes_who_answers(listed):
    item = item_of(listed, "道路塌陷应急处置")
    call = make.filed(listed, item=item.pk)
    found = [(str(one.unit), one.duty) for one in dispatching.proposal(call)]
    assert found == [("县交通运输局", "lead"), ("县公安局", "assist")]


@pytest.mark.rule("GX-呼应-09")
def test_where_the_township_is_the_main_one_the_first_county_department_leads(listed):
    call = make.filed(listed, item=item_of(listed, "秸秆禁烧").pk)
    leads = [str(one.unit) for one in dispatching.proposal(call) if one.duty == "lead"]
    assert leads == ["县农业农村局"]


@pytest.mark.rule("GX-呼应-09")
def test_without_an_item_the_platform_chooses(listed):
    assert dispatching.proposal(make.filed(listed)) == []


@pytest.mark.rule("GX-呼应-09", "GX-呼应-05")
def test_the_edition_in_force_is_stamped_and_later_editions_change_nothing(listed):
    item = item_of(listed, "道路塌陷应急处置")
    call = make.dispatched(listed, lead="县交通运输局", item=item.pk)
    assert (call.edition, call.revision.item) == (listed.edition, item)
    Edition.objects.filter(pk=listed.edition.pk).update(state="superseded")
    call = fresh(call)
    assert (call.edition_id, call.revision.name) == (listed.edition.pk, "道路塌陷应急处置")


# ------------------------------------------------------------------ several departments


@pytest.mark.rule("GX-呼应-12", "TA-15")
def test_each_department_gets_its_own_part_task_limit_and_notice(county, people):
    market = people.of("县市场监管局")
    call = make.dispatched(county, lead="县公安局", assist=["县市场监管局", "县住建局"])
    parts = {str(p.unit): p for p in call.responses.all()}
    assert {name: p.duty for name, p in parts.items()} == {
        "县公安局": "lead",
        "县市场监管局": "assist",
        "县住建局": "assist",
    }
    for name, part in parts.items():
        assert (part.state, part.task) == ("waiting", f"{name}的任务")
        assert clock(part, "sign_in").owed_by == clock(part, "finish").owed_by == part.unit
    assert told(market) == told(people.police) == ["新的呼叫待报到:集市东口道路塌陷"]
    make.sign_in(county, parts["县市场监管局"])
    assert [fresh(part).state for part in parts.values()] == ["waiting", "working", "waiting"]
    assert clock(parts["县公安局"], "sign_in").met_at is None


@pytest.mark.rule("GX-呼应-12")
@pytest.mark.parametrize("leads", [[], ["县公安局", "县市场监管局"]])
def test_one_department_leads_and_only_one(county, people, leads):
    facts = choice(county, lead=leads, assist=["县住建局"])
    errors = invalid(make.filed(county), "dispatch", people.platform, **facts)
    assert errors == {"units": ["请确定一个牵头单位(只能一个)。"]}


@pytest.mark.rule("GX-呼应-12")
def test_a_call_is_dispatched_to_somebody(county, people):
    errors = invalid(make.filed(county), "dispatch", people.platform, difficulty="general")
    assert set(errors) == {"units"}


@pytest.mark.rule("GX-呼应-12")
def test_who_is_only_informed_owes_nothing_and_answers_nothing(county, people):
    call = make.dispatched(county, lead="县公安局", copy=["县委宣传部"])
    copy = make.part(call, county, "县委宣传部")
    assert copy.state == "copied"
    assert not Clock.objects.of(copy).exists()
    clerk = people.of("县委宣传部")
    assert Call.objects.visible_to(clerk).get() == call
    closed(copy, "sign_in", clerk)
    closed(copy, "finish", clerk, result="已阅知此事")


@pytest.mark.rule("GX-呼应-12", "TA-15")
def test_more_departments_can_be_called_in_while_it_is_under_way(county, people):
    call = make.dispatched(county)
    call = do(call, "add_units", people.platform, **choice(county, assist=["县住建局"]))
    assert str(call.responses.get(duty="assist").unit) == "县住建局"
    errors = invalid(call, "add_units", people.platform, **choice(county, lead=["县水利局"]))
    assert errors == {"units": ["本件已有牵头单位,补派单位只能配合或抄告。"]}
    again = choice(county, assist=["县住建局"])
    assert set(invalid(call, "add_units", people.platform, **again)) == {"units"}
    not_allowed(call, "add_units", people.clerk, people.police, **again)


# ------------------------------------------------------------------ whose work it is


@pytest.mark.rule("GX-呼应-05", "TA-14")
@pytest.mark.parametrize(
    ("step", "facts"),
    [
        ("dispatch", {}),
        ("return_for_correction", {"reason": "缺图"}),
        ("turn_back", {"reason": "可自行处置"}),
        ("merge", {"reason": "同一事"}),
    ],
)
def test_verification_is_the_work_of_the_platform_alone(county, people, step, facts):
    call = make.filed(county)
    foreign = County("郊区", "230811", "郊", "jiaoqu-2022").user(Role.PLATFORM)
    others = [people.clerk, people.leader, people.police, people.ducha, people.bianban, foreign]
    not_allowed(call, step, *others, None, **facts)
    assert trail(call) == ["file"]


@pytest.mark.rule("TA-14")
def test_the_office_accepts_dispatches_and_supervises(county, people):
    call = make.dispatched(county, call=make.filed(county))
    part = make.part(call, county)
    do(part, "supervise", people.platform, ground="迟迟未报到")
    assert (trail(call), trail(part)) == (["file", "dispatch"], ["open", "supervise"])
    assert call.supervisions.get().number == "冠督〔2026〕1号"


@pytest.mark.rule("GX-呼应-05")
def test_an_inaccurate_call_goes_back_for_correction_within_a_limit_and_is_verified_anew(
    county, people
):
    call = make.filed(county)
    assert set(invalid(call, "return_for_correction", people.platform)) == {"reason"}
    call = do(call, "return_for_correction", people.platform, reason="请补充现场照片")
    assert (call.state, call.reason) == ("correcting", "请补充现场照片")
    correct = clock(call, "correct")
    assert (str(correct.owed_by), correct.due_at) == ("清泉街道", moment("2026-11-11 17:30"))
    assert clock(call, "verify").met_at == make.FILED
    assert "呼叫退回补正:集市东口道路塌陷" in told(people.clerk)
    not_allowed(call, "refile", people.leader, people.platform, people.police)
    content = make.CONTENT | {"text": "已补充照片与面积"}
    call = do(call, "refile", people.clerk, "2026-11-10 16:30", **content)
    assert (call.state, call.text, call.reason) == ("submitted", "已补充照片与面积", "")
    assert clock(call, "correct").met_at == moment("2026-11-10 16:30")
    assert clock(call, "verify").due_at == moment("2026-11-11 11:30")


@pytest.mark.rule("GX-呼应-07", "GX-呼应-05")
@pytest.mark.parametrize(("over_call", "true"), [("on", False), ("", True)])
def test_what_the_township_can_settle_is_turned_back_with_a_reason(county, people, over_call, true):
    call = make.filed(county)
    assert set(invalid(call, "turn_back", people.platform)) == {"reason"}
    facts = {"reason": "下放权力可处置", "over_call": over_call}
    call = do(call, "turn_back", people.platform, **facts)
    assert (call.state, call.over_call, call.verified_true) == ("self_handled", not true, true)
    assert "呼叫转为自行处置:集市东口道路塌陷" in told(people.clerk)
    assert "呼叫转为自行处置:集市东口道路塌陷" in told(people.leader)
    assert running(call) == set()


@pytest.mark.rule("GX-呼应-05")
def test_a_dispatched_call_is_revoked_with_a_reason_and_all_its_parts_end(county, people):
    call = make.dispatched(county, assist=["县住建局"])
    assert set(invalid(call, "revoke", people.platform)) == {"reason"}
    not_allowed(call, "revoke", people.clerk, people.police, people.ducha)
    call = do(call, "revoke", people.platform, reason="误报")
    assert call.state == "withdrawn"
    assert set(call.responses.values_list("state", flat=True)) == {"void"}
    assert running(call) == set()
    assert "呼叫已撤销:集市东口道路塌陷" in told(people.clerk)


# ------------------------------------------------------------------ duplicates


@pytest.fixture
def two(county, people):
    """A call under way, and one about the same thing from the next township."""
    first = make.dispatched(county)
    clerk = county.user(Role.TOWNSHIP_CLERK, "贾镇")
    second = make.filed(county, by=clerk, owner=county.unit("贾镇"))
    return first, second


@pytest.mark.rule("GX-呼应-05")
def test_a_duplicate_is_merged_and_its_township_follows_the_one_that_goes_on(county, people, two):
    first, second = two
    jiazhen = county.user(Role.TOWNSHIP_CLERK, "贾镇")
    assert not Call.objects.visible_to(jiazhen).filter(pk=first.pk).exists()
    second = do(second, "merge", people.platform, into=first.pk, reason="同一路段")
    assert (second.state, second.merged_into) == ("merged", first)
    assert running(second) == set()
    assert Call.objects.visible_to(jiazhen).filter(pk=first.pk).exists()
    assert Party.objects.filter(unit=county.unit("贾镇"), matter_id=first.pk).count() == 1
    first = fresh(first)
    assert (first.state, first.owner.short_name) == ("handling", "清泉街道")
    event = first.events.get(step="take_in")
    assert event.summary == "贾镇 冠呼〔2026〕2号“集市东口道路塌陷”并入本件"
    assert "呼叫已并入同一事项:集市东口道路塌陷" in told(jiazhen)


@pytest.mark.rule("GX-呼应-05")
def test_a_merged_call_never_comes_back(county, people, two):
    first, second = two
    second = do(second, "merge", people.platform, into=first.pk, reason="同一路段")
    everybody = [
        *(people.platform, people.clerk, people.leader, people.ducha, people.police, None),
        *(county.user(role, "贾镇") for role in (Role.TOWNSHIP_CLERK, Role.TOWNSHIP_LEADER)),
    ]
    assert openable(second, *everybody) == set()
    make.finish(county, make.sign_in(county, make.part(first, county)))
    assert (fresh(first).state, fresh(second).state) == ("finished", "merged")


@pytest.mark.rule("GX-呼应-05")
def test_a_call_is_merged_into_an_open_call_of_the_county_and_never_into_itself(
    county, people, two
):
    first, second = two
    other = County("郊区", "230811", "郊", "jiaoqu-2022")
    make.finish(county, make.sign_in(county, make.part(first, county)))
    merged = do(make.filed(county), "merge", people.platform, into=second.pk, reason="同一事")
    for target in (second, first, merged, make.filed(other)):
        errors = invalid(second, "merge", people.platform, into=target.pk, reason="同一事")
        assert set(errors) == {"into"}


def test_no_record_begins_by_a_step_in_the_middle(county, people):
    assert make.new_call(county).state == "new"
    closed(make.new_call(county), "dispatch", people.platform)
    assert not Response.objects.exists()
    assert NEW == ""
