"""More time: extension, suspension 挂账, and the statutory plan of a hard case."""

from datetime import date

import pytest

from governance import sweep
from governance.models import Clock
from governance.tasks import fire
from hucall import statistics
from tests.factories import hucall as make
from tests.factories.governance import County, load_calendar, moment
from tests.hucall.scene import People, clock, closed, do, fresh, invalid, not_allowed, told

pytestmark = pytest.mark.django_db
MORE = {"workdays": 3, "reason": "等待材料到货"}


@pytest.fixture
def county():
    load_calendar()
    return County()


@pytest.fixture
def people(county):
    return People(county)


def at_work(county, at="2026-11-10 09:00", **facts):
    """A part that has signed in at once."""
    call = make.dispatched(county, at=moment(at), **facts)
    return make.sign_in(county, make.part(call, county), moment(at))


# ------------------------------------------------------------------ extension


@pytest.mark.rule("GX-呼应-10")
@pytest.mark.parametrize(
    ("dispatched", "due", "workdays", "extended"),
    [
        ("2026-11-10 09:00", "2026-11-17 17:30", 3, "2026-11-20 17:30"),  # 周二 → 周五
        ("2026-11-13 09:00", "2026-11-20 17:30", 1, "2026-11-23 17:30"),  # 周五 → 周一
        ("2026-09-21 09:00", "2026-09-29 17:30", 3, "2026-10-09 17:30"),  # 周二 → 节后周五
        ("2026-09-16 09:00", "2026-09-22 17:30", 2, "2026-09-24 17:30"),  # 含调休周日
        ("2026-02-03 09:00", "2026-02-10 17:30", 5, "2026-02-24 17:30"),  # 跨春节,含 2-14
    ],
)
def test_a_granted_extension_moves_the_limit_by_working_days_from_the_date_that_stood(
    county, people, dispatched, due, workdays, extended
):
    part = at_work(county, dispatched)
    assert clock(part, "finish").due_at == moment(due)
    do(part, "request_extension", people.police_leader, due, workdays=workdays, reason="待料")
    assert clock(part, "finish").due_at == moment(due)
    part = do(part, "grant_extension", people.platform, due)
    finish = clock(part, "finish")
    assert (finish.due_at, finish.breached_at) == (moment(extended), None)
    extension = part.extensions.get()
    assert (extension.decision, extension.due_before) == ("granted", moment(due))
    assert "延期已获同意:集市东口道路塌陷" in told(people.police)


@pytest.mark.rule("GX-呼应-10")
def test_the_leader_asks_the_platform_decides(county, people):
    part = at_work(county)
    not_allowed(part, "request_extension", people.police, people.platform, people.clerk, **MORE)
    part = do(part, "request_extension", people.police_leader, **MORE)
    decision = clock(part, "extension_decision")
    assert (str(decision.owed_by), decision.due_at) == ("县政府办", moment("2026-11-10 15:00"))
    for step in ("grant_extension", "refuse_extension"):
        not_allowed(part, step, people.police_leader, people.clerk, people.ducha, reason="x")


@pytest.mark.rule("GX-呼应-10")
@pytest.mark.parametrize(
    ("facts", "fields"),
    [
        ({}, {"workdays", "reason"}),
        ({"workdays": 0, "reason": "待料"}, {"workdays"}),
        ({"workdays": 61, "reason": "待料"}, {"workdays"}),
        ({"workdays": "三", "reason": "待料"}, {"workdays"}),
    ],
)
def test_an_extension_says_how_long_and_why(county, people, facts, fields):
    part = at_work(county)
    assert set(invalid(part, "request_extension", people.police_leader, **facts)) == fields


@pytest.mark.rule("GX-呼应-10")
def test_an_extension_is_asked_for_before_the_limit_passes(county, people):
    part = at_work(county)
    late = "2026-11-17 17:31"
    refusal = closed(part, "request_extension", people.police_leader, late, **MORE)
    assert refusal.message == "办结期限已过,不能再申请延期。"
    do(part, "request_extension", people.police_leader, "2026-11-17 17:30", **MORE)


@pytest.mark.rule("GX-呼应-10")
def test_there_is_one_extension_and_no_more(county, people):
    part = at_work(county)
    do(part, "request_extension", people.police_leader, **MORE)
    refusal = closed(part, "request_extension", people.police_leader, **MORE)
    assert "延期限 1 次" in refusal.message
    do(part, "grant_extension", people.platform)
    closed(part, "request_extension", people.police_leader, "2026-11-18 09:00", **MORE)
    closed(part, "grant_extension", people.platform)


@pytest.mark.rule("GX-呼应-10")
def test_a_refused_extension_moves_nothing_and_says_why(county, people):
    part = at_work(county)
    do(part, "request_extension", people.police_leader, **MORE)
    assert set(invalid(part, "refuse_extension", people.platform)) == {"reason"}
    part = do(part, "refuse_extension", people.platform, reason="材料本地有售")
    assert clock(part, "finish").due_at == moment("2026-11-17 17:30")
    assert clock(part, "extension_decision").met_at == make.FILED
    extension = part.extensions.get()
    assert (extension.decision, extension.opinion) == ("refused", "材料本地有售")


@pytest.mark.rule("GX-呼应-10")
def test_what_was_asked_for_in_time_and_granted_late_is_not_late(county, people):
    """The platform took until after the limit; the sweep had turned the part red meanwhile."""
    part = at_work(county)
    do(part, "request_extension", people.police_leader, "2026-11-17 17:00", **MORE)
    sweep.sweep(moment("2026-11-17 17:30"))
    assert clock(part, "finish").breached_at
    do(part, "grant_extension", people.platform, "2026-11-18 09:00")
    finish = clock(part, "finish")
    assert (finish.due_at, finish.breached_at, finish.level) == (
        moment("2026-11-20 17:30"),
        None,
        0,
    )
    fire(moment("2026-11-18 09:01"))
    assert not part.supervisions.exists()
    sweep.sweep(moment("2026-11-20 17:30"))
    fire(moment("2026-11-20 17:31"))
    assert clock(part, "finish").breached_at == moment("2026-11-20 17:30")
    assert part.supervisions.count() == 1


@pytest.mark.rule("GX-呼应-10")
def test_where_the_county_allows_two_extensions_both_count(county, people):
    county.amend(**{"call.extensions_max": 2})
    part = at_work(county)
    for workdays in (3, 2):
        do(part, "request_extension", people.police_leader, workdays=workdays, reason="待料")
        do(part, "grant_extension", people.platform)
    assert clock(part, "finish").due_at == moment("2026-11-24 17:30")  # 11-17 + 3 + 2 个工作日


@pytest.mark.rule("GX-呼应-10")
def test_a_part_is_warned_anew_of_its_new_limit(county, people):
    part = at_work(county)
    sweep.sweep(moment("2026-11-17 10:00"))
    assert clock(part, "finish").warned_at
    do(part, "request_extension", people.police_leader, "2026-11-17 11:00", **MORE)
    do(part, "grant_extension", people.platform, "2026-11-17 11:30")
    finish = clock(part, "finish")
    assert finish.warned_at is None
    assert moment("2026-11-18 08:00") < finish.warn_at < moment("2026-11-20 17:30")


# ------------------------------------------------------------------ suspension

SHELVED = {"reason": "冬季无法施工", "condition": "气温回升", "review_on": "2026-12-18"}


def shelved(people, part, at, **facts):
    """Asked for and granted at once."""
    do(part, "request_suspension", people.police_leader, at, **(SHELVED | facts))
    return do(part, "grant_suspension", people.platform, at)


@pytest.mark.rule("GX-呼应-11")
def test_a_suspension_pauses_working_time_and_not_the_time_on_the_wall(county, people):
    """挂账周五 16:00,恢复周一 10:00:周末不计,期限顺延 1.5 + 1.5 个工作小时。"""
    part = at_work(county, "2026-11-10 09:00")  # 周二,办结期限 11-17 周二 17:30
    part = shelved(people, part, "2026-11-13 16:00")
    assert part.state == "suspended"
    finish = clock(part, "finish")
    # 余:周五 1.5 小时 + 周一 7 小时 + 周二 7 小时
    assert (finish.paused_at, finish.remaining) == (moment("2026-11-13 16:00"), (3 + 28) * 30)
    part = do(part, "resume", people.police, "2026-11-16 10:00", opinion="已具备条件")
    assert part.state == "working"
    # 周一 10:00 起再计 15.5 小时:周一 5.5、周二 7、周三 3 → 周三 11:30
    assert clock(part, "finish").due_at == moment("2026-11-18 11:30")


@pytest.mark.rule("GX-呼应-11")
def test_a_suspended_part_never_breaches_and_waking_does_not_turn_it_red(county, people):
    part = shelved(people, at_work(county), "2026-11-17 17:00")
    count = sweep.sweep(moment("2026-12-11 17:00"))
    assert count.breached == 0
    assert clock(part, "finish").breached_at is None
    do(part, "resume", people.police, "2026-12-14 09:00")
    assert sweep.sweep(moment("2026-12-14 09:01")).breached == 0
    finish = clock(part, "finish")
    assert (finish.due_at, finish.breached_at) == (moment("2026-12-14 09:30"), None)


@pytest.mark.rule("GX-呼应-11")
def test_a_suspension_asked_for_in_time_and_granted_late_rests_from_the_request_on(county, people):
    """周二 16:30 申请(期限当日 17:30),平台周三上午才同意,其间已扫描为超期。"""
    part = at_work(county, "2026-11-10 09:00")
    do(part, "request_suspension", people.police_leader, "2026-11-17 16:30", **SHELVED)
    sweep.sweep(moment("2026-11-17 17:30"))
    assert clock(part, "finish").breached_at
    part = do(part, "grant_suspension", people.platform, "2026-11-18 09:00")
    finish = clock(part, "finish")
    assert (finish.paused_at, finish.remaining) == (moment("2026-11-17 16:30"), 60)
    assert (finish.breached_at, finish.level, finish.fired_at) == (None, 0, None)
    event = part.events.get(step="grant_suspension")
    assert event.summary == "自申请之时(11月17日 16:30)起暂停计时"
    fire(moment("2026-11-18 09:01"))
    assert not part.supervisions.exists()
    do(part, "resume", people.police, "2026-11-30 09:00")
    finish = clock(part, "finish")
    assert (finish.due_at, finish.breached_at) == (moment("2026-11-30 10:00"), None)
    sweep.sweep(moment("2026-11-30 10:00"))
    fire(moment("2026-11-30 10:01"))
    assert clock(part, "finish").breached_at == moment("2026-11-30 10:00")
    assert part.supervisions.count() == 1


@pytest.mark.rule("GX-呼应-11")
def test_a_late_suspension_heals_no_limit_that_was_broken_before_it_was_asked_for(county, people):
    """应急:到场期限已过才申请挂账,到场仍是超期,办结不是。"""
    call = make.urgent(county, at=moment("2026-11-10 09:00"))
    part = make.sign_in(county, make.part(call, county), moment("2026-11-10 09:05"))
    do(part, "request_suspension", people.police_leader, "2026-11-10 10:30", **SHELVED)
    do(part, "grant_suspension", people.platform, "2026-11-12 09:00")
    arrive, finish = clock(part, "arrive"), clock(part, "finish")
    assert arrive.breached_at == arrive.due_at == moment("2026-11-10 10:00")
    assert (finish.breached_at, finish.remaining) == (None, 22 * 60 + 30)  # 24 小时内用去 1.5 小时


@pytest.mark.rule("GX-呼应-11")
def test_suspended_parts_leave_the_rates_and_stay_visible(county, people):
    part = shelved(people, at_work(county), "2026-11-11 09:00")
    year = moment("2026-01-01 00:00"), moment("2027-01-01 00:00")
    unit = county.unit("县公安局").pk
    row = statistics.rates(county.row.pk, *year, moment("2026-12-01 00:00"))[unit]
    assert (row.owed, row.suspended) == (0, 1)
    assert type(part).objects.visible_to(people.clerk).get() == part
    do(part, "resume", people.platform, "2026-11-12 09:00")
    row = statistics.rates(county.row.pk, *year, moment("2026-12-01 00:00"))[unit]
    assert (row.owed, row.suspended) == (1, 0)


@pytest.mark.rule("GX-呼应-11")
def test_a_suspension_names_condition_and_review_and_is_the_platforms_decision(county, people):
    part = at_work(county)
    fields = {"reason", "condition", "review_on"}
    assert set(invalid(part, "request_suspension", people.police_leader)) == fields
    not_allowed(part, "request_suspension", people.police, people.platform, **SHELVED)
    part = do(part, "request_suspension", people.police_leader, **SHELVED)
    closed(part, "request_extension", people.police_leader, **MORE)
    not_allowed(part, "grant_suspension", people.police_leader, people.ducha, people.clerk)
    assert set(invalid(part, "refuse_suspension", people.platform)) == {"reason"}
    part = do(part, "refuse_suspension", people.platform, reason="可室内施工")
    assert (part.state, clock(part, "finish").paused_at) == ("working", None)
    closed(part, "grant_suspension", people.platform)


@pytest.mark.rule("GX-呼应-11")
@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2026-11-10", "复核日期须晚于今天。"),
        # 11-10 起 60 个工作日(2027 年暂按周末计)
        ("2027-02-03", "挂账最长60个工作日,复核日期不得晚于2027年02月02日。"),
    ],
)
def test_the_review_lies_ahead_and_at_most_sixty_working_days_off(county, people, day, words):
    part = at_work(county)
    facts = SHELVED | {"review_on": day}
    errors = invalid(part, "request_suspension", people.police_leader, **facts)
    assert errors == {"review_on": [words]}


@pytest.mark.rule("GX-呼应-11")
def test_the_review_has_a_clock_and_a_renewal_a_new_one(county, people):
    part = shelved(people, at_work(county), "2026-11-11 09:00")
    review = clock(part, "review")
    assert (str(review.owed_by), review.due_at.date()) == ("县公安局", date(2026, 12, 18))
    not_allowed(part, "renew_suspension", people.police_leader, people.police, **SHELVED)
    facts = {"reason": "仍未解冻", "review_on": "2027-01-15"}
    do(part, "renew_suspension", people.platform, "2026-12-17 09:00", **facts)
    assert fresh(review).met_at == moment("2026-12-17 09:00")
    assert clock(part, "review").due_at.date() == date(2027, 1, 15)
    decisions = list(part.suspensions.order_by("id").values_list("decision", "reason"))
    assert decisions == [("ended", "冬季无法施工"), ("granted", "仍未解冻")]


@pytest.mark.rule("GX-呼应-11")
def test_a_forgotten_review_turns_red(county, people):
    part = shelved(people, at_work(county), "2026-11-11 09:00")
    sweep.sweep(moment("2026-12-21 09:00"))
    review = clock(part, "review")
    assert review.breached_at == review.due_at


@pytest.mark.rule("GX-呼应-11")
def test_department_or_platform_take_it_up_again_and_nobody_else(county, people):
    part = shelved(people, at_work(county), "2026-11-11 09:00")
    not_allowed(part, "resume", people.clerk, people.ducha, people.of("县住建局"))
    closed(part, "finish", people.police, result="已修复路面并恢复通行")
    part = do(part, "resume", people.platform, "2026-11-12 09:00")
    assert part.suspensions.get().decision == "ended"
    assert clock(part, "review").met_at == moment("2026-11-12 09:00")


# ------------------------------------------------------------------ the plan of a hard case

PLAN = {"plan": "分期整改,乡镇协助疏导", "statutory_basis": "《公路法》第三十五条"}


@pytest.mark.rule("GX-呼应-11")
@pytest.mark.parametrize(
    ("day", "due"),
    [
        ("2027-01-08", "2027-01-08"),  # 周五
        ("2026-12-19", "2026-12-21"),  # 周六 → 周一
    ],
)
def test_a_hard_case_is_solved_by_plan_within_the_statutory_limit(county, people, day, due):
    part = at_work(county, difficulty="hard")
    part = do(part, "propose_plan", people.police, **PLAN, statutory_due=day)
    assert "部门提出解决方案,请协助:集市东口道路塌陷" in told(people.clerk)
    assert "部门提出解决方案,请协助:集市东口道路塌陷" in told(people.leader)
    not_allowed(part, "accept_plan", people.police_leader, people.clerk, people.ducha)
    old = clock(part, "finish")
    part = do(part, "accept_plan", people.platform, "2026-11-11 09:00", opinion="同意")
    finish = clock(part, "finish")
    assert (finish.due_at.date().isoformat(), finish.clause) == (due, "GX-呼应-11")
    assert finish.started_at == part.opened_at
    assert fresh(old).cancelled
    assert Clock.objects.of(part).running().filter(name="finish").count() == 1
    closed(part, "propose_plan", people.police, **PLAN, statutory_due=day)


@pytest.mark.rule("GX-呼应-11")
@pytest.mark.parametrize(
    ("facts", "fields"),
    [
        ({"plan": ""}, {"plan"}),
        ({"statutory_due": "2026-11-10"}, {"statutory_due"}),  # 不晚于今天
        ({"statutory_due": "2026-12-30", "statutory_basis": ""}, {"statutory_basis"}),
        ({"statutory_due": "9999-12-31"}, {"statutory_due"}),
        ({"statutory_due": "2026-02-30"}, {"statutory_due"}),
    ],
)
def test_a_statutory_limit_names_its_law_and_lies_within_reason(county, people, facts, fields):
    part = at_work(county)
    assert set(invalid(part, "propose_plan", people.police, **(PLAN | facts))) == fields


@pytest.mark.rule("GX-呼应-11")
def test_a_plan_without_a_statutory_limit_changes_no_limit(county, people):
    part = do(at_work(county), "propose_plan", people.police, plan="先行管控")
    refusal = closed(part, "accept_plan", people.platform)
    assert refusal.message == "没有待确认的方案。"
    assert clock(part, "finish").due_at == moment("2026-11-17 17:30")
