"""The ends of a call: archive on a fixed day, rework that forgets nothing, files that stay shut."""

import pytest

from governance import sweep
from governance.models import Clock
from governance.roles import Role
from governance.tasks import fire
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
    openable,
    running,
    told,
)

pytestmark = pytest.mark.django_db
ARCHIVE = moment("2026-11-24 17:30")  # 周二 + 10 个工作日


@pytest.fixture
def county():
    load_calendar()
    return County()


@pytest.fixture
def people(county):
    return People(county)


def pass_time(at) -> None:
    """What beat sets off."""
    sweep.sweep(at)
    fire(at)


def rate(call, people, level, at=make.FILED):
    """The township rates the only part."""
    reason = "" if level == "satisfied" else "没有修好"
    return do(call.ratings.get(), "rate", people.clerk, at, level=level, reason=reason)


# ------------------------------------------------------------------ archive


@pytest.mark.rule("GX-呼应-06", "GX-呼应-15")
@pytest.mark.parametrize("level", ["satisfied", "mostly", "dissatisfied", None])
def test_a_call_is_archived_on_its_day_whatever_was_rated(county, people, level):
    call = make.finished(county)
    if level:
        rate(call, people, level, "2026-11-11 09:00")
    assert clock(call, "archive").due_at == ARCHIVE
    pass_time(moment("2026-11-24 17:29"))
    assert fresh(call).state == "finished"
    pass_time(ARCHIVE)
    call = fresh(call)
    assert (call.state, call.archived_at) == ("archived", ARCHIVE)
    assert call.events.get(step="archive").actor_name == "系统"


@pytest.mark.rule("GX-呼应-15")
def test_what_was_not_rated_is_marked_unrated_and_the_township_is_told(county, people):
    call = make.finished(county)
    pass_time(ARCHIVE)
    rating = call.ratings.get()
    assert (rating.state, rating.get_state_display(), rating.level) == ("unrated", "未评", "")
    assert "评价逾期,已按未评归档:集市东口道路塌陷" in told(people.clerk)
    assert not any("评价" in title for title in told(people.police))
    closed(rating, "rate", people.clerk, level="satisfied")


@pytest.mark.rule("GX-呼应-06")
def test_an_archived_file_is_locked(county, people):
    call = make.finished(county)
    pass_time(ARCHIVE)
    part = call.responses.get()
    everybody = [
        *(people.clerk, people.leader, people.platform, people.police, people.police_leader),
        *(people.ducha, people.bianban, people.jiwei, None),
    ]
    assert openable(call, *everybody, at=ARCHIVE) == set()
    assert openable(call.ratings.get(), *everybody, at=ARCHIVE) == set()
    # 剔除考核是督查对统计的决定,不改动档案内容。
    assert openable(part, *everybody, at=ARCHIVE) <= {"exclude", "reopen"}
    closed(call, "rework", people.platform, ARCHIVE, responses=[part.pk], reason="晚了")
    assert running(call) == set()


@pytest.mark.rule("GX-呼应-06")
def test_nobody_archives_by_hand(county, people):
    call = make.finished(county)
    not_allowed(call, "archive", people.platform, people.clerk, people.ducha)
    closed(make.filed(county), "archive")


@pytest.mark.rule("GX-呼应-06")
def test_an_outage_delays_the_archive_and_changes_nothing_else(county, people):
    call = make.finished(county)
    pass_time(moment("2026-12-20 03:00"))
    assert fresh(call).state == "archived"
    assert clock(call, "archive").due_at == ARCHIVE
    pass_time(moment("2026-12-20 03:01"))
    assert call.events.filter(step="archive").count() == 1


# ------------------------------------------------------------------ rework


@pytest.mark.rule("GX-呼应-05")
def test_rework_is_the_platforms_step_with_its_own_reason(county, people):
    call = make.finished(county)
    part = call.responses.get()
    not_allowed(call, "rework", people.clerk, people.leader, people.ducha, people.police)
    assert set(invalid(call, "rework", people.platform)) == {"responses", "reason"}
    call = do(call, "rework", people.platform, responses=[part.pk], reason="照片显示仍有坑洼")
    part = fresh(part)
    assert (call.state, part.state, part.round, part.finished_at) == (
        "handling",
        "working",
        2,
        None,
    )
    assert clock(part, "finish").due_at == moment("2026-11-13 17:30")  # 周二 + 3 个工作日
    assert clock(call, "archive").cancelled
    assert "平台退回重办:集市东口道路塌陷" in told(people.police)
    event = part.events.get(step="reopen")
    assert event.summary == "县公安局 第2轮办理:照片显示仍有坑洼"


@pytest.mark.rule("GX-呼应-10")
def test_rework_keeps_the_lateness_of_round_one(county, people):
    late = moment("2026-11-18 09:00")
    part = make.sign_in(county, make.part(make.dispatched(county), county))
    part = make.finish(county, part, at=late)
    call = fresh(part.call)
    do(call, "rework", people.platform, late, responses=[part.pk], reason="仍有坑洼")
    part = make.finish(county, fresh(part), at=moment("2026-11-19 09:00"))
    rounds = Clock.objects.of(part).filter(name="finish").order_by("id")
    assert [(one.breached_at, one.cancelled) for one in rounds] == [
        (moment("2026-11-17 17:30"), False),
        (None, False),
    ]
    assert part.round == 2
    archive = clock(call, "archive")
    assert (archive.started_at, fresh(call).state) == (moment("2026-11-19 09:00"), "finished")


@pytest.mark.rule("GX-呼应-15")
def test_each_round_is_rated_anew_and_an_open_rating_ends_with_its_round(county, people):
    call = make.finished(county)
    part = call.responses.get()
    do(call, "rework", people.platform, responses=[part.pk], reason="仍有坑洼")
    assert call.ratings.get().state == "dropped"
    make.finish(county, fresh(part))
    rates = list(call.ratings.order_by("round").values_list("round", "state"))
    assert rates == [(1, "dropped"), (2, "pending")]
    rate_two = call.ratings.get(round=2)
    assert do(rate_two, "rate", people.clerk, level="satisfied").level == "satisfied"


def test_the_lead_consolidates_anew_whenever_a_part_is_done_again(county, people):
    call = make.dispatched(county, assist=["县住建局"])
    lead = make.sign_in(county, make.part(call, county))
    helper = make.finish(county, make.sign_in(county, make.part(call, county, "县住建局")))
    make.finish(county, lead)
    do(call, "rework", people.platform, responses=[helper.pk], reason="管道仍漏水")
    assert (fresh(lead).state, fresh(lead).round, fresh(helper).state) == ("working", 2, "working")
    closed(fresh(lead), "finish", people.police, result="已修复路面并恢复通行")


def test_only_finished_parts_of_this_call_are_done_again(county, people):
    other = make.finished(county).responses.get()
    call = make.finished(county)
    errors = invalid(call, "rework", people.platform, responses=[other.pk], reason="x")
    assert set(errors) == {"responses"}
    closed(make.dispatched(county), "rework", people.platform, responses=[], reason="x")


def test_who_sees_the_file_may_add_a_word_until_it_is_shut(county, people):
    call = make.finished(county)
    do(call, "remark", people.clerk, remark="现场照片已补")
    assert "呼叫有补充说明:集市东口道路塌陷" in told(people.police)
    not_allowed(
        call, "remark", people.police, people.ducha, county.user(Role.TOWNSHIP_CLERK, "贾镇")
    )
    pass_time(ARCHIVE)
    closed(call, "remark", people.clerk, remark="再补一句")
