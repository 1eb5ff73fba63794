"""“Not ours”: the window, the platform's word, the ruling of 编办, fresh limits for the next."""

import pytest

from governance.models import Clock
from hucall import selectors
from hucall.models import Response, Ruling
from tests.factories import hucall as make
from tests.factories.governance import County, load_calendar, moment
from tests.hucall.scene import (
    People,
    clock,
    closed,
    do,
    fresh,
    invalid,
    not_allowed,
    running,
    told,
)

pytestmark = pytest.mark.django_db
WHY = {"reason": "不属本单位职责", "basis": "清单第12项"}


@pytest.fixture
def county():
    load_calendar()
    return County()


@pytest.fixture
def people(county):
    return People(county)


@pytest.fixture
def part(county, people):
    return make.part(make.dispatched(county, assist=["县住建局"]), county)


def passed_on(county, part, to, people, at=make.FILED):
    """The holder returns a part, and the platform gives it to another unit."""
    clerk = people.of(str(part.unit))
    do(part, "propose_return", clerk, at, **WHY)
    do(part, "accept_return", people.platform, at, to_unit=county.unit(to).pk)
    return make.part(part.call, county, to)


# ------------------------------------------------------------------ the window


@pytest.mark.rule("GX-呼应-09", "GX-呼应-10")
@pytest.mark.parametrize(
    ("dispatched", "last"),
    [
        ("2026-11-10 09:00", "2026-11-11 17:30"),  # 周二 → 周三下班
        ("2026-11-13 16:00", "2026-11-16 17:30"),  # 周五 → 周一下班
        ("2026-11-14 10:00", "2026-11-16 17:30"),  # 周六 → 周一下班
        ("2026-09-18 16:00", "2026-09-20 17:30"),  # 周五 → 调休周日下班
        ("2026-09-30 16:00", "2026-10-08 17:30"),  # 节前周三 → 节后周四下班
        ("2026-02-13 10:00", "2026-02-14 17:30"),  # 周五 → 调休周六下班
    ],
)
def test_a_part_can_be_returned_until_the_window_closes_and_not_after(
    county, people, dispatched, last
):
    part = make.part(make.dispatched(county, at=moment(dispatched)), county)
    assert part.return_until == moment(last)
    late = moment(last.replace("17:30", "17:31"))
    refusal = closed(part, "propose_return", people.police, late, **WHY)
    assert refusal.message == "退回须在派发后 1个工作日内提出,且未被驳回过。"
    assert refusal.clause == "GX-呼应-10"
    part = do(part, "propose_return", people.police, last, **WHY)
    assert part.state == "returning"


@pytest.mark.rule("GX-呼应-09")
def test_a_return_says_why_and_names_the_duty_of_the_list(county, people, part):
    assert set(invalid(part, "propose_return", people.police)) == {"reason", "basis"}
    not_allowed(part, "propose_return", people.clerk, people.platform, people.of("县住建局"))
    part = do(part, "propose_return", people.police, **WHY)
    event = part.events.get(step="propose_return")
    assert ["清单依据", "清单第12项"] in event.facts
    decision = clock(part, "return_decision")
    assert (str(decision.owed_by), decision.due_at) == ("县政府办", moment("2026-11-10 15:00"))
    assert "部门申请退回:集市东口道路塌陷" in told(people.platform)


def test_a_finished_part_is_not_returned(county, people):
    part = make.finish(county, make.working(county))
    closed(part, "propose_return", people.police, **WHY)


# ------------------------------------------------------------------ the platform decides


@pytest.mark.rule("GX-呼应-05")
def test_an_accepted_return_gives_the_next_unit_its_full_time_and_leaves_no_stale_clock(
    county, people, part
):
    do(part, "propose_return", people.police, "2026-11-11 10:00", **WHY)
    not_allowed(part, "accept_return", people.police, people.bianban, people.clerk)
    part = do(
        *(part, "accept_return", people.platform, "2026-11-11 15:00"),
        to_unit=county.unit("县水利局").pk,
    )
    assert part.state == "returned"
    assert not Clock.objects.of(part).running().exists()
    assert not Clock.objects.of(part).exclude(breached_at=None).exists()
    new = make.part(part.call, county, "县水利局")
    assert (new.state, new.duty, new.opened_at) == ("waiting", "lead", moment("2026-11-11 15:00"))
    assert clock(new, "sign_in").due_at == moment("2026-11-12 17:30")
    assert clock(new, "finish").due_at == moment("2026-11-18 17:30")
    assert new.return_until == moment("2026-11-12 17:30")


@pytest.mark.rule("GX-呼应-05")
def test_while_the_platform_decides_the_departments_clocks_stand_still(county, people, part):
    do(part, "propose_return", people.police, "2026-11-10 17:00", **WHY)
    assert clock(part, "sign_in").paused_at == moment("2026-11-10 17:00")
    part = do(part, "refuse_return", people.platform, "2026-11-12 09:00", reason="职责清单已列明")
    assert part.state == "waiting"
    # 周二 17:00 暂停时余 30 分钟 + 周三全天 7 小时;周四 09:00 起续算 → 周五 09:30
    assert clock(part, "sign_in").due_at == moment("2026-11-13 09:30")


@pytest.mark.rule("GX-呼应-05")
def test_a_refused_return_is_not_tried_again(county, people, part):
    do(part, "propose_return", people.police, **WHY)
    assert set(invalid(part, "refuse_return", people.platform)) == {"reason"}
    do(part, "refuse_return", people.platform, "2026-11-10 10:00", reason="职责清单已列明")
    closed(part, "propose_return", people.police, "2026-11-10 10:01", **WHY)


@pytest.mark.rule("GX-呼应-10")
def test_who_was_late_before_returning_stays_late(county, people):
    """The limit had passed unseen by any sweep when the return was asked for."""
    part = make.part(make.urgent(county, assist=()), county)
    do(part, "propose_return", people.police, "2026-11-10 09:30", **WHY)
    assert clock(part, "sign_in").breached_at == moment("2026-11-10 09:15")
    do(part, "refuse_return", people.platform, "2026-11-10 10:00", reason="职责清单已列明")
    assert clock(part, "sign_in").breached_at == moment("2026-11-10 09:15")


def test_a_lead_does_not_leave_without_a_successor(county, people, part):
    do(part, "propose_return", people.police, **WHY)
    errors = invalid(part, "accept_return", people.platform)
    assert errors == {"to_unit": ["牵头单位退出的,须指定新的承办单位或牵头单位。"]}
    helper = make.part(part.call, county, "县住建局")
    do(part, "accept_return", people.platform, new_lead=helper.pk)
    assert fresh(helper).duty == "lead"
    assert part.call.responses.filter(duty="lead", state__in=Response.OPEN).count() == 1


def test_a_unit_that_is_at_work_on_the_call_already_is_no_successor(county, people, part):
    do(part, "propose_return", people.police, **WHY)
    busy = county.unit("县住建局").pk
    assert set(invalid(part, "accept_return", people.platform, to_unit=busy)) == {"to_unit"}


def test_what_was_asked_for_before_the_return_is_moot(county, people, part):
    """An extension asked for and not decided ends with the return, and with it its clock."""
    make.sign_in(county, part)
    do(part, "request_extension", people.police_leader, workdays=3, reason="等材料")
    part = do(part, "propose_return", people.police, "2026-11-10 10:00", **WHY)
    assert part.extensions.get().decision == "dropped"
    do(part, "accept_return", people.platform, to_unit=county.unit("县水利局").pk)
    assert not Clock.objects.of(part).running().exists()


# ------------------------------------------------------------------ transfer


@pytest.mark.rule("GX-呼应-09")
def test_a_transfer_needs_reason_and_successor_and_starts_anew(county, people, part):
    make.sign_in(county, part)
    do(part, "request_extension", people.police_leader, workdays=3, reason="等材料")
    errors = invalid(part, "transfer", people.platform)
    assert set(errors) == {"reason", "to_unit"}
    not_allowed(part, "transfer", people.police, people.clerk, people.bianban)
    facts = {"reason": "属河道管理", "to_unit": county.unit("县水利局").pk}
    part = do(part, "transfer", people.platform, "2026-11-12 09:00", **facts)
    assert (part.state, part.reason) == ("transferred", "属河道管理")
    assert not Clock.objects.of(part).running().exists()
    assert part.extensions.get().decision == "dropped"
    new = make.part(part.call, county, "县水利局")
    assert (new.state, new.duty, new.signed_in_at) == ("waiting", "lead", None)
    assert clock(new, "finish").due_at == moment("2026-11-19 17:30")
    assert ("县公安局", "finish") not in running(part.call)


def test_a_part_that_was_late_when_it_was_transferred_stays_on_record(county, people, part):
    facts = {"reason": "迟迟不办", "to_unit": county.unit("县水利局").pk}
    do(part, "transfer", people.platform, "2026-11-12 09:00", **facts)
    assert clock(part, "sign_in").breached_at == moment("2026-11-11 17:30")


# ------------------------------------------------------------------ 编办 rules


@pytest.fixture
def disputed(county, people, part):
    """After two returns the third unit returns it, too."""
    second = passed_on(county, part, "县水利局", people)
    third = passed_on(county, second, "县交通运输局", people)
    return do(third, "propose_return", people.of("县交通运输局"), **WHY)


@pytest.mark.rule("GX-呼应-09")
def test_after_two_returns_it_is_编办_that_rules(county, people, disputed):
    assert disputed.state == "ruling"
    ruling = clock(disputed, "ruling")
    assert (str(ruling.owed_by), ruling.due_at) == ("县委编办", moment("2026-11-13 17:30"))
    assert clock(disputed, "return_decision") is None
    assert told(people.bianban) == ["退回争议待裁定:集市东口道路塌陷"]
    for step in ("accept_return", "refuse_return"):
        closed(disputed, step, people.platform, reason="x")
    not_allowed(disputed, "overrule_return", people.platform, people.ducha, people.clerk)
    assert set(invalid(disputed, "overrule_return", people.bianban)) == {"text"}


@pytest.mark.rule("GX-呼应-09")
def test_transfers_count_like_returns(county, people, part):
    for name in ("县水利局", "县交通运输局"):
        facts = {"reason": "改派", "to_unit": county.unit(name).pk}
        do(part, "transfer", people.platform, **facts)
        part = make.part(part.call, county, name)
    part = do(part, "propose_return", people.of("县交通运输局"), **WHY)
    assert part.state == "ruling"


@pytest.mark.rule("GX-呼应-09")
def test_the_county_sets_after_how_many_returns_编办_rules(county, people):
    county.amend(**{"call.returns_before_ruling": 1})
    first = make.part(make.dispatched(county), county)
    second = passed_on(county, first, "县水利局", people)
    assert do(second, "propose_return", people.of("县水利局"), **WHY).state == "ruling"


@pytest.mark.rule("GX-呼应-09")
def test_a_ruling_is_final_for_the_unit_that_it_names(county, people, disputed):
    clerk = people.of("县交通运输局")
    part = do(disputed, "overrule_return", people.bianban, text="县道管养属交通运输部门")
    assert part.state == "waiting"
    refusal = closed(part, "propose_return", clerk, **WHY)
    assert refusal.message == "编办已裁定由本单位承办,不得再退。"
    facts = {"reason": "改派", "to_unit": county.unit("县公安局").pk}
    refusal = closed(part, "transfer", people.platform, **facts)
    assert refusal.message == "编办已裁定由本单位承办,不得改派。"


@pytest.mark.rule("GX-呼应-09")
def test_the_unit_to_which_编办_gives_it_cannot_return_it_either(county, people, disputed):
    unit = county.unit("县综合执法局")
    part = do(disputed, "uphold_return", people.bianban, text="属城市管理", to_unit=unit.pk)
    assert part.state == "returned"
    new = make.part(disputed.call, county, "县综合执法局")
    assert clock(new, "finish").due_at == moment("2026-11-17 17:30")
    refusal = closed(new, "propose_return", people.of("县综合执法局"), **WHY)
    assert refusal.message == "编办已裁定由本单位承办,不得再退。"


@pytest.mark.rule("GX-呼应-09")
def test_a_ruling_is_kept_as_a_precedent_that_can_be_found(county, people, disputed):
    do(disputed, "overrule_return", people.bianban, text="县道管养属交通运输部门")
    ruling = Ruling.objects.get()
    assert (str(ruling.unit), ruling.upheld, ruling.ruled_by) == (
        "县交通运输局",
        False,
        people.bianban,
    )
    for words in ("管养", "县道管养", "道路塌陷", "交通运输局"):
        assert Ruling.objects.filter(terms__found=words).get() == ruling
    assert selectors.precedents(county.row, words="道路") == [ruling]
    assert selectors.rulings(people.police).get() == ruling
    other = County("郊区", "230811", "郊", "jiaoqu-2022")
    assert not selectors.rulings(People(other).police).exists()


@pytest.mark.rule("GX-呼应-09")
def test_a_rightly_returned_part_is_not_owed(county, people, part):
    passed_on(county, part, "县水利局", people)
    owed = part.call.responses.filter(state__in=Response.OWED)
    assert {str(one.unit) for one in owed} == {"县水利局", "县住建局"}
