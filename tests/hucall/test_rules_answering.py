"""A department answers: in time, on site, in words, and the lead last of all."""

from datetime import timedelta

import pytest

from governance import notices, sweep
from governance.models import Attachment, Event
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


@pytest.fixture
def county():
    load_calendar()
    return County()


@pytest.fixture
def people(county):
    return People(county)


# ------------------------------------------------------------------ limits (二)


@pytest.mark.rule("GX-呼应-10")
@pytest.mark.parametrize(
    ("difficulty", "filed", "sign_in", "finish"),
    [
        # 周二派发:次日报到;一般 5 个工作日
        ("general", "2026-11-10 09:00", "2026-11-11 17:30", "2026-11-17 17:30"),
        ("complex", "2026-11-10 09:00", "2026-11-11 17:30", "2026-11-24 17:30"),
        ("hard", "2026-11-10 09:00", "2026-11-11 17:30", "2026-12-08 17:30"),
        # 周五派发:周一报到
        ("general", "2026-11-13 16:00", "2026-11-16 17:30", "2026-11-20 17:30"),
        # 跨国庆:周一 + 10 个工作日,含 9-20、10-10 调休
        ("complex", "2026-09-18 09:00", "2026-09-20 17:30", "2026-10-09 17:30"),
        # 跨春节:周一 + 10 个工作日,含 2-14、2-28 调休
        ("complex", "2026-02-09 09:00", "2026-02-10 17:30", "2026-02-28 17:30"),
        ("general", "2026-05-08 09:00", "2026-05-09 17:30", "2026-05-14 17:30"),
        ("general", "2026-09-21 09:00", "2026-09-22 17:30", "2026-09-29 17:30"),
    ],
)
def test_sign_in_and_finish_have_limits_in_working_days(
    county, people, difficulty, filed, sign_in, finish
):
    call = make.dispatched(county, at=moment(filed), difficulty=difficulty)
    part = make.part(call, county)
    assert clock(part, "sign_in").due_at == moment(sign_in)
    assert clock(part, "finish").due_at == moment(finish)
    assert clock(part, "arrive") is None


@pytest.mark.rule("GX-呼应-10", "GX-呼应-14")
def test_urgent_limits_run_round_the_clock(county, people):
    """Saturday night: a quarter of an hour, an hour, a day."""
    part = make.part(make.urgent(county, at=moment("2026-11-14 23:50")), county)
    assert clock(part, "sign_in").due_at == moment("2026-11-15 00:05")
    assert clock(part, "arrive").due_at == moment("2026-11-15 00:50")
    assert clock(part, "finish").due_at == moment("2026-11-15 23:50")


@pytest.mark.rule("GX-呼应-10")
def test_who_signs_in_late_is_late_for_good(county, people):
    part = make.part(make.dispatched(county), county)
    part = make.sign_in(county, part, moment("2026-11-12 09:00"))
    signed = clock(part, "sign_in")
    assert (signed.breached_at, signed.level) == (moment("2026-11-11 17:30"), 1)
    assert part.signed_in_at == moment("2026-11-12 09:00")


@pytest.mark.rule("GX-呼应-10")
def test_the_township_hears_of_each_move(county, people):
    part = make.finish(county, make.working(county))
    assert {"部门已报到:集市东口道路塌陷", "部门已办结:集市东口道路塌陷"} <= set(told(people.clerk))
    assert part.state == "finished"


@pytest.mark.rule("GX-呼应-10")
def test_nobody_else_signs_in_for_a_department(county, people):
    part = make.part(make.dispatched(county, assist=["县住建局"]), county)
    others = [people.clerk, people.platform, people.ducha, people.of("县住建局"), people.head, None]
    not_allowed(part, "sign_in", *others)


# ------------------------------------------------------------------ on site (二)


@pytest.mark.rule("GX-呼应-14")
def test_who_was_called_urgently_says_when_and_where_they_were_on_site(county, people):
    part = make.part(make.urgent(county), county)
    at = make.FILED + timedelta(minutes=40)
    assert set(invalid(part, "arrive", people.police, at)) == {"arrived_at", "place"}
    facts = {"arrived_at": make.FILED + timedelta(minutes=35), "place": "集市东口"}
    part = do(part, "arrive", people.police, at, **facts)
    assert (part.state, part.arrival_place) == ("working", "集市东口")
    assert (part.signed_in_at, part.arrived_at) == (at, facts["arrived_at"])
    assert clock(part, "arrive").met_at == clock(part, "sign_in").met_at == at
    assert closed(part, "arrive", people.police, at, **facts).message == "已登记到场。"


@pytest.mark.rule("GX-呼应-14")
@pytest.mark.parametrize(
    ("minutes", "words"),
    [(120, "到场时间不能晚于现在。"), (-60, "到场时间不能早于派发时间。")],
)
def test_an_arrival_lies_between_dispatch_and_now(county, people, minutes, words):
    part = make.part(make.urgent(county), county)
    facts = {"arrived_at": make.FILED + timedelta(minutes=minutes), "place": "现场"}
    at = make.FILED + timedelta(minutes=30)
    assert invalid(part, "arrive", people.police, at, **facts) == {"arrived_at": [words]}


@pytest.mark.rule("GX-呼应-14")
def test_who_never_came_cannot_finish(county, people):
    part = make.sign_in(county, make.part(make.urgent(county), county))
    refusal = closed(part, "finish", people.police, result="电话里处理好了")
    assert (refusal.message, refusal.clause) == ("应急呼叫须先登记到场。", "GX-呼应-14")


@pytest.mark.rule("GX-呼应-14")
def test_not_coming_in_time_turns_red_at_the_minute_and_is_supervised(county, people):
    from governance.tasks import fire

    call = make.urgent(county)
    part = make.sign_in(county, make.part(call, county))
    due = make.FILED + timedelta(minutes=60)
    sweep.sweep(due)
    fire(due)
    assert clock(part, "arrive").breached_at == due
    assert "到场应于2026年11月10日 10:00前完成" in call.supervisions.get().ground


@pytest.mark.rule("GX-呼应-14")
def test_only_urgent_calls_ask_for_presence(county, people):
    part = make.working(county)
    facts = {"arrived_at": make.FILED, "place": "现场"}
    refusal = closed(part, "arrive", people.police, **facts)
    assert refusal.message == "只有应急呼叫须登记到场。"


@pytest.mark.rule("GX-呼应-13", "GX-呼应-14")
def test_a_stationed_agency_answers_itself_and_its_department_may_answer_for_it(county, people):
    call = make.urgent(county, "清泉派出所")
    part = make.part(call, county, "清泉派出所")
    not_allowed(part, "sign_in", people.of("县住建局"))
    part = do(part, "sign_in", people.head)
    facts = {"arrived_at": make.FILED, "place": "现场"}
    part = do(part, "arrive", people.police, **facts)
    part = do(part, "finish", people.head, result="秩序已恢复正常")
    assert fresh(call).state == "finished"


# ------------------------------------------------------------------ progress


def test_shared_progress_is_seen_by_all_and_told_to_the_township(county, people):
    part = make.working(county)
    part = do(part, "note", people.police, note="已派两组到现场", audience="shared")
    assert part.latest == "已派两组到现场"
    assert told(people.clerk)[-1] == "呼叫有新进展:集市东口道路塌陷"


@pytest.mark.rule("GX-呼应-04")
def test_an_internal_note_is_for_the_unit_alone_even_after_a_shared_one(county, people):
    part = make.working(county)
    part = do(part, "note", people.police, note="已派两组到现场", audience="shared")
    for user in (people.clerk, people.platform):
        notices.mark_read(user)
    part = do(part, "note", people.police, note="线人电话见卷宗", audience="internal")
    assert part.latest == "已派两组到现场"
    assert [notices.unread(user) for user in (people.clerk, people.platform)] == [0, 0]
    rows = Event.objects.of(part).filter(step="note")
    assert rows.readable_by(people.police_leader).count() == 2
    for user in (people.clerk, people.platform, people.ducha, people.of("县住建局")):
        assert rows.readable_by(user).count() == 1
    assert not Attachment.objects.exists()


# ------------------------------------------------------------------ the end


@pytest.mark.rule("GX-呼应-10")
@pytest.mark.parametrize("result", ["", "办结", "  好  "])
def test_a_part_is_not_finished_without_saying_what_was_done(county, people, result):
    part = make.working(county)
    assert set(invalid(part, "finish", people.police, result=result)) == {"result"}


@pytest.mark.rule("GX-呼应-10")
def test_a_part_is_not_finished_before_it_has_been_signed_in(county, people):
    part = make.part(make.dispatched(county), county)
    closed(part, "finish", people.police, result="已修复路面并恢复通行")


@pytest.mark.rule("GX-呼应-12", "TA-15")
def test_the_lead_consolidates_last_of_all(county, people):
    call = make.dispatched(county, assist=["县住建局", "县水利局"])
    lead, one, two = (
        make.sign_in(county, make.part(call, county, name))
        for name in ("县公安局", "县住建局", "县水利局")
    )
    refusal = closed(lead, "finish", people.police, result="已修复路面并恢复通行")
    assert refusal.message == "县住建局、县水利局尚未办结,牵头单位须最后汇总。"
    make.finish(county, one)
    closed(lead, "finish", people.police, result="已修复路面并恢复通行")
    make.finish(county, two, result="排水管已更换")
    assert fresh(call).state == "handling"
    make.finish(county, lead, result="三家共同修复完毕")
    call = fresh(call)
    assert (call.state, call.summary) == ("finished", "三家共同修复完毕")
    assert running(call) == {
        *((str(part), "rating") for part in ("清泉街道",)),
        ("县政府办", "archive"),
    }


@pytest.mark.rule("GX-呼应-12")
def test_a_call_does_not_end_over_a_part_that_is_open(county, people):
    call = make.dispatched(county, assist=["县住建局"])
    for actor in (None, people.platform, people.clerk, people.police):
        assert closed(call, "finish", actor).message == "还有部门没有办结。"


@pytest.mark.rule("GX-呼应-12")
def test_a_department_can_be_left_out_and_the_lead_then_ends_it(county, people):
    """A returned part keeps nobody waiting."""
    call = make.dispatched(county, assist=["县住建局"])
    helper = make.part(call, county, "县住建局")
    do(helper, "propose_return", people.of("县住建局"), reason="职责不符", basis="清单第3项")
    lead = make.sign_in(county, make.part(call, county))
    closed(lead, "finish", people.police, result="已修复路面并恢复通行")
    do(helper, "accept_return", people.platform)
    assert make.finish(county, lead).state == "finished"
    assert fresh(call).state == "finished"
