"""Rates and satisfaction, by figures worked out by hand (附三 1; decisions 6, 7, 11, 31)."""

from decimal import Decimal

import pytest

from governance.perform import perform
from governance.roles import Role
from hucall import statistics
from hucall.models import Response
from hucall.statistics import Rates, Tally, percent, publish, two_places
from tests.factories import hucall as make
from tests.factories.governance import County, load_calendar, moment

NOVEMBER = (moment("2026-11-01 00:00"), moment("2026-12-01 00:00"))
LATER = moment("2026-12-20 09:00")


@pytest.fixture
def county(db):
    load_calendar()
    return County()


SOON = moment("2026-11-10 09:30")


def rates(county, now=SOON):
    return statistics.rates(county.row.pk, *NOVEMBER, now)


def of(county, name="县公安局", **kwargs):
    return rates(county, **kwargs)[county.unit(name).pk]


def done(county, township: str, at=make.FILED, **kwargs):
    """A finished part of 县公安局 in a call of `township`."""
    call = make.filed(county, at=at, owner=county.unit(township))
    call = make.dispatched(county, call=call, at=at, **kwargs)
    return make.finish(county, make.sign_in(county, make.part(call, county), at), at)


def rate(county, part, township: str, level="satisfied", at=make.FILED):
    """The township's word on a part."""
    facts = {"level": level, "reason": "" if level == "satisfied" else "还有积水"}
    clerk = county.user(Role.TOWNSHIP_CLERK, township)
    perform(part.ratings.get(), "rate", actor=clerk, at=at, facts=facts)


def rated(county, township: str, level="satisfied", at=make.FILED, **kwargs):
    """A finished part of 县公安局, rated by `township`."""
    part = done(county, township, at, **kwargs)
    rate(county, part, township, level, at)
    return part


def call_back(county, part, at=make.FILED, **facts):
    """The callback on a part that was rated 不满意."""
    callback = part.callbacks.get()
    perform(callback, "record", actor=county.user(Role.PLATFORM), at=at, facts=facts)


def answers(county, asof=LATER):
    return statistics.answers(county.row.pk, dispatched=NOVEMBER, asof=asof)


# ------------------------------------------------------------------ 附三, sample A


def test_sample_a_of_the_formulas():
    """40 dispatched, 38 signed in, 36 finished: 19.00 + 18.00; answers 30/6/4: 17.20."""
    row = Rates(1, owed=40, signed=38, finished=36)
    assert percent(row.signed, row.owed) == "95.00%"
    assert percent(row.finished, row.owed) == "90.00%"
    assert two_places(Decimal(row.signed) / row.owed * 20) == "19.00"
    assert two_places(Decimal(row.finished) / row.owed * 20) == "18.00"
    tally = Tally(30, 6, 4)
    assert tally.rate == Decimal("0.86")
    assert two_places(tally.rate * 20) == "17.20"


def test_shown_with_two_places_half_up():
    assert two_places(Decimal("18.945")) == "18.95"
    assert percent(1, 3) == "33.33%"
    assert percent(2, 3) == "66.67%"
    assert percent(1, 32) == "3.13%"
    assert percent(0, 0) == "—"
    assert Tally(1, 1, 1).rate == Decimal("1.8") / 3


# ------------------------------------------------------------------ what is owed


def test_owed_signed_finished(county):
    make.dispatched(county)
    make.working(county)
    make.finished(county)
    row = of(county)
    assert (row.owed, row.signed, row.finished) == (3, 2, 1)


def test_returned_transferred_void_excluded_and_copies_are_not_owed(county):
    platform = county.user(Role.PLATFORM)
    back = make.part(make.dispatched(county), county)
    clerk = county.user(Role.DEPARTMENT_CLERK)
    perform(
        back, "propose_return", actor=clerk, at=make.FILED,
        facts={"reason": "不属公安职责", "basis": "道路养护"},
    )  # fmt: skip
    perform(
        Response.objects.get(pk=back.pk), "accept_return", actor=platform, at=make.FILED,
        facts={"opinion": "同意", "reason": "同意", "to_unit": county.unit("县交通运输局").pk},
    )  # fmt: skip
    gone = make.dispatched(county)
    perform(gone, "revoke", actor=platform, at=make.FILED, facts={"reason": "误报"})
    out = make.part(make.dispatched(county), county)
    ducha = county.user(Role.DUCHA)
    perform(out, "exclude", actor=ducha, at=make.FILED, facts={"reason": "不可抗力"})
    make.dispatched(county, lead="县城管局", copy=["县公安局"])
    row = of(county)
    assert (row.owed, row.returned, row.excluded) == (0, 1, 1)
    assert of(county, "县交通运输局").owed == 1
    assert of(county, "县城管局").owed == 1


def test_suspended_is_left_out_and_listed(county):
    part = make.working(county)
    leader = county.user(Role.DEPARTMENT_LEADER)
    facts = {"reason": "待规划批复", "condition": "批复下达", "review_on": "2026-12-01"}
    part = perform(part, "request_suspension", actor=leader, at=make.FILED, facts=facts)
    perform(part, "grant_suspension", actor=county.user(Role.PLATFORM), at=make.FILED)
    make.working(county)
    row = of(county)
    assert (row.owed, row.signed, row.suspended) == (1, 1, 1)


def test_a_refused_return_is_owed_and_counted(county):
    part = make.part(make.dispatched(county), county)
    facts = {"reason": "不属公安职责", "basis": "道路养护"}
    clerk = county.user(Role.DEPARTMENT_CLERK)
    part = perform(part, "propose_return", actor=clerk, at=make.FILED, facts=facts)
    platform = county.user(Role.PLATFORM)
    perform(part, "refuse_return", actor=platform, at=make.FILED, facts={"reason": "清单列明"})
    row = of(county)
    assert (row.owed, row.refused, row.returned) == (1, 1, 0)


def test_an_agency_counts_for_its_department_once_per_call(county):
    """Decision 31: the agency's answer is the department's; one owed per department and call."""
    call = make.urgent(county, "清泉派出所", "县公安局")
    make.sign_in(county, make.part(call, county, "清泉派出所"))
    found = rates(county)
    assert set(found) == {county.unit("县公安局").pk}
    row = found[county.unit("县公安局").pk]
    assert (row.owed, row.signed, row.finished) == (1, 1, 0)


def test_both_figures_with_and_without_on_time(county):
    """Signed in on 12 November, due on the 11th at 17:30; finished on the 20th, due on the 17th."""
    call = make.dispatched(county)
    part = make.sign_in(county, make.part(call, county), moment("2026-11-12 09:00"))
    make.finish(county, part, moment("2026-11-20 09:00"))
    make.finished(county)
    row = of(county, now=LATER)
    assert (row.owed, row.signed, row.finished) == (2, 2, 2)
    assert (row.signed_on_time, row.finished_on_time) == (1, 1)
    assert row.counted(on_time_only=False) == (2, 2)
    assert row.counted(on_time_only=True) == (1, 1)


def test_a_limit_that_no_sweep_has_seen_counts_as_broken(county):
    make.dispatched(county)
    make.working(county)
    row = of(county, now=LATER)
    assert (row.silent, row.overdue) == (1, 2)
    assert of(county).silent == 0


def test_lateness_of_the_first_round_stays_on_record(county):
    part = make.working(county)
    part = make.finish(county, part, moment("2026-11-20 09:00"))
    facts = {"responses": [part.pk], "reason": "现场仍有积水"}
    at = moment("2026-11-20 10:00")
    perform(part.call, "rework", actor=county.user(Role.PLATFORM), at=at, facts=facts)
    assert of(county, now=at).finished == 0
    make.finish(county, Response.objects.get(pk=part.pk), moment("2026-11-20 11:00"))
    row = of(county, now=LATER)
    assert (row.finished, row.finished_late) == (1, 1)


def test_a_call_at_half_past_midnight_on_the_first_belongs_to_the_new_month(county):
    """Month edges are Beijing's, not UTC's."""
    make.dispatched(county, at=moment("2026-11-01 00:30"))
    assert of(county).owed == 1
    october = (moment("2026-10-01 00:00"), NOVEMBER[0])
    assert statistics.rates(county.row.pk, *october, LATER) == {}


def test_counties_are_blind_to_each_other(county):
    make.dispatched(county)
    other = County("样例县", "371599", "样")
    assert statistics.rates(other.row.pk, *NOVEMBER, LATER) == {}


# ------------------------------------------------------------------ satisfaction


@pytest.mark.rule("GX-呼应-15")
def test_the_townships_rating_stands_in_where_nobody_was_called_back(county):
    part = rated(county, "清泉街道", "mostly")
    tally = statistics.tallies(answers(county))[part.unit_id]
    # A sampled 基本满意 may have an open callback; nothing was answered yet.
    assert (tally.satisfied, tally.mostly, tally.dissatisfied) == (0, 1, 0)


def test_callback_answers_go_first_and_the_served_have_one_of_their_own(county):
    """Rated 不满意; on the telephone the caller says 基本满意, the people served 满意."""
    part = rated(county, "清泉街道", "dissatisfied")
    call_back(county, part, caller_level="mostly", served_level="satisfied", note="已电话回访")
    tally = statistics.tallies(answers(county))[part.unit_id]
    assert (tally.satisfied, tally.mostly, tally.dissatisfied) == (1, 1, 0)
    assert tally.rate == Decimal("0.8")


def test_who_was_not_reached_has_no_answer_and_the_rating_stands_in(county):
    part = rated(county, "清泉街道", "dissatisfied")
    call_back(county, part, caller_level="unreached", served_level="unreached", note="无人接听")
    tally = statistics.tallies(answers(county))[part.unit_id]
    assert (tally.satisfied, tally.mostly, tally.dissatisfied) == (0, 0, 1)


def test_unrated_is_not_in_the_rate(county):
    make.finished(county)
    assert answers(county) == []


def test_the_last_rated_round_is_judged(county):
    part = rated(county, "清泉街道", "dissatisfied")
    facts = {"responses": [part.pk], "reason": "现场仍有积水"}
    perform(part.call, "rework", actor=county.user(Role.PLATFORM), at=make.FILED, facts=facts)
    part = make.finish(county, Response.objects.get(pk=part.pk))
    assert [one.level for one in answers(county)] == ["dissatisfied"]
    clerk = county.user(Role.TOWNSHIP_CLERK)
    second = part.ratings.get(round=2)
    perform(second, "rate", actor=clerk, at=make.FILED, facts={"level": "satisfied"})
    assert [one.level for one in answers(county)] == ["satisfied"]


def test_a_months_batch_is_what_was_said_in_the_month(county):
    rated(county, "清泉街道", "satisfied", at=moment("2026-10-30 10:00"))
    rated(county, "贾镇", "satisfied", at=moment("2026-11-02 10:00"))
    october = (moment("2026-10-01 00:00"), NOVEMBER[0])
    for month, name in ((october, "清泉街道"), (NOVEMBER, "贾镇")):
        found = statistics.answers(county.row.pk, given=month, asof=month[1])
        assert [one.township for one in found] == [county.unit(name).pk]


# ------------------------------------------------------------------ what may be shown


def tally(raters, satisfied=0, dissatisfied=0):
    return Tally(satisfied, 0, dissatisfied, set(raters))


@pytest.mark.rule("GX-呼应-16")
def test_fewer_than_min_group_raters_are_withheld():
    found = publish({1: tally(range(5), 5), 2: tally(range(4), 40)}, 5)
    assert 2 not in found.shown


@pytest.mark.rule("GX-呼应-16")
def test_a_single_withheld_cell_takes_the_smallest_other_along():
    """Sum less what is shown must not be the one department that was withheld."""
    cells = {1: tally(range(9), 30), 2: tally(range(6), 7), 3: tally(range(2), 2)}
    found = publish(cells, 5)
    assert found.withheld == {2, 3}
    assert set(found.shown) == {1}
    assert found.total.answers == 39


def test_two_withheld_cells_of_the_same_few_raters_take_more_along():
    cells = {
        1: tally(range(9), 30),
        2: tally({1, 2}, 2),
        3: tally({2, 1}, 2),
        4: tally(range(7), 9),
    }
    assert publish(cells, 5).withheld == {2, 3, 4}


def test_where_nothing_covers_the_withheld_the_sum_is_withheld_too():
    found = publish({1: tally({1, 2}, 2)}, 5)
    assert (found.shown, found.withheld, found.total) == ({}, {1}, None)
    assert publish({}, 5).total is None


def test_large_enough_cells_are_all_shown():
    found = publish({1: tally(range(5), 5), 2: tally(range(5), 3, 3)}, 5)
    assert (set(found.shown), found.withheld, found.total.answers) == ({1, 2}, frozenset(), 11)


# ------------------------------------------------------------------ cost


def test_statements_do_not_grow_with_calls(county, django_assert_num_queries):
    for name in ("县公安局", "县城管局", "县水利局"):
        make.working(county, unit=name)
    rated(county, "清泉街道")
    with django_assert_num_queries(2):
        rates(county)
    with django_assert_num_queries(2):
        answers(county)
