"""Properties that hold for every start, length and pause, whatever the schedule says."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from governance.workdays import Length, local

from .shipped import CALENDAR, at

moments = st.integers(0, 12 * 365 * 24 * 60).map(
    lambda minutes: at("2019-01-01") + timedelta(minutes=minutes)
)
amounts = st.integers(1, 120)
units = st.sampled_from(["workhours", "workdays", "days", "weeks", "months"])


@given(moments, moments, amounts, units)
def test_a_later_start_is_never_due_earlier(first, second, amount, unit):
    first, second = sorted((first, second))
    length = Length(amount, unit)
    assert CALENDAR.due(first, length).at <= CALENDAR.due(second, length).at


@given(moments, amounts, units)
def test_a_longer_length_is_never_due_earlier(start, amount, unit):
    shorter, longer = Length(amount, unit), Length(amount + 1, unit)
    assert start < CALENDAR.due(start, shorter).at <= CALENDAR.due(start, longer).at


@given(moments, amounts)
def test_counting_the_days_up_to_the_due_date_gives_the_length_back(start, amount):
    last = CALENDAR.due(start, Length(amount, "workdays")).date
    days = (start.date() + timedelta(days=n) for n in range(1, (last - start.date()).days + 1))
    assert sum(map(CALENDAR.is_workday, days)) == amount
    assert CALENDAR.workdays_between(start.date(), last) == amount
    assert CALENDAR.is_workday(last)
    assert CALENDAR.workday_shift(last, -amount) <= start.date() or not amount


@given(moments, st.integers(1, 20_000))
def test_adding_office_time_is_the_inverse_of_measuring_it(start, minutes):
    end = CALENDAR.add_worktime(start, minutes).at
    assert CALENDAR.worktime(start, end) == minutes
    assert CALENDAR.worktime(start, end - timedelta(minutes=1)) == minutes - 1


@given(st.lists(moments, min_size=3, max_size=3))
def test_office_time_adds_up(three):
    first, second, third = sorted(three)
    whole = CALENDAR.worktime(first, third)
    assert CALENDAR.worktime(first, second) + CALENDAR.worktime(second, third) == whole


@given(moments, st.integers(1, 8_000), st.integers(0, 20_000), st.integers(0, 60_000))
@settings(max_examples=200)
def test_pause_and_resume_conserve_the_working_time(start, minutes, until, away):
    end = CALENDAR.add_worktime(start, minutes).at
    paused = min(start + timedelta(minutes=until), end - timedelta(minutes=1))
    again = paused + timedelta(minutes=away)
    moved = CALENDAR.resumed(end, paused, again).at
    assert moved >= end
    assert CALENDAR.worktime(start, paused) + CALENDAR.worktime(again, moved) == minutes


@given(moments, amounts, units)
def test_the_explanation_ends_on_the_due_date_and_counts_the_length(start, amount, unit):
    length = Length(amount, unit)
    lines = CALENDAR.explain(start, length)
    end = CALENDAR.due(start, length)
    assert [line.date for line in lines] == [
        start.date() + timedelta(days=n) for n in range((end.date - start.date()).days + 1)
    ]
    if unit == "workdays":
        assert max(line.nth for line in lines) == amount


@given(moments)
def test_the_next_office_moment_is_an_office_moment(moment):
    found = CALENDAR.next_office_moment(moment)
    assert found >= local(moment)
    assert CALENDAR.worktime(found, found + timedelta(minutes=1)) == 1
    assert CALENDAR.worktime(moment, found) == 0
