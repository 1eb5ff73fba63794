"""Working days: tables with the weekday beside each row.

Expectations are worked out by hand here, or stand in due_dates.tsv, which an independent day
loop produced (make_due_dates.py). Nothing is expected from the code under test.
"""

import csv
from datetime import date, datetime, time, timedelta
from pathlib import Path

import holidays
import pytest

from governance.workdays import Length, Remaining, Season

from .shipped import CALENDAR, KNOWN, at, due

# start, length, due, provisional
BY_HAND = [
    # the four samples of the rule catalogue
    ("2026-09-18 09:00", "10 workdays", "2026-10-09 17:30:00", False),  # 周五→周五,中秋+国庆
    ("2026-02-09 09:00", "10 workdays", "2026-02-28 17:30:00", False),  # 周一→周六(调休上班)
    ("2026-05-08 09:00", "5 workdays", "2026-05-14 17:30:00", False),  # 周五→周四,周六上班
    ("2026-09-21 09:00", "5 workdays", "2026-09-29 17:30:00", False),  # 周一→周二,中秋三天
    # the hour of the trigger does not matter for days; its day never counts
    ("2026-11-25 00:30", "1 workdays", "2026-11-26 17:30:00", False),  # 周三→周四
    ("2026-11-25 23:59", "1 workdays", "2026-11-26 17:30:00", False),  # 周三→周四
    ("2026-12-01 00:30", "1 workdays", "2026-12-02 17:30:00", False),  # 周二 1日凌晨→周三
    ("2026-11-27 18:00", "1 workdays", "2026-11-30 17:30:00", False),  # 周五下班后→周一
    ("2026-11-28 10:00", "1 workdays", "2026-11-30 17:30:00", False),  # 周六→周一
    ("2026-10-03 10:00", "1 workdays", "2026-10-08 17:30:00", False),  # 国庆周六→周四
    ("2026-10-09 10:00", "1 workdays", "2026-10-10 17:30:00", False),  # 周五→调休周六
    ("2026-10-10 10:00", "1 workdays", "2026-10-12 17:30:00", False),  # 调休周六→周一
    # office hours: across lunch, the night, the weekend, a make-up Saturday, a break
    ("2026-11-25 11:30", "1 workhours", "2026-11-25 14:30:00", False),  # 周三,跨午休
    ("2026-11-25 11:00", "1 workhours", "2026-11-25 12:00:00", False),  # 周三,恰到下班
    ("2026-11-25 16:30", "4 workhours", "2026-11-26 11:30:00", False),  # 周三→周四,跨夜
    ("2026-11-25 12:30", "1 workhours", "2026-11-25 15:00:00", False),  # 周三午休→14:00起算
    ("2026-11-25 20:00", "4 workhours", "2026-11-26 14:30:00", False),  # 周三夜→周四 8:30起算
    ("2026-11-25 06:00", "7 workhours", "2026-11-25 17:30:00", False),  # 周三,恰一整天
    ("2026-11-27 16:30", "4 workhours", "2026-11-30 11:30:00", False),  # 周五→周一
    ("2026-05-08 16:30", "4 workhours", "2026-05-09 11:30:00", False),  # 周五→调休周六
    ("2026-09-30 16:00", "4 workhours", "2026-10-08 11:00:00", False),  # 周三→周四,跨国庆
    ("2026-10-04 10:00", "1 workhours", "2026-10-08 09:30:00", False),  # 假期中→节后首日
    # round the clock: weekends, nights and breaks run on
    ("2026-11-27 23:50", "30 minutes", "2026-11-28 00:20:00", False),  # 周五→周六凌晨
    ("2026-09-30 18:00", "24 hours", "2026-10-01 18:00:00", False),  # 周三→国庆当日
    ("2026-12-31 23:45", "30 minutes", "2027-01-01 00:15:00", False),  # 跨年,不看日历
    # calendar days end at 24:00 of the last day and run on from a rest day
    ("2026-11-25 09:00", "7 days", "2026-12-02 23:59:59", False),  # 周三→周三
    ("2026-11-25 09:00", "3 days", "2026-11-30 23:59:59", False),  # 周三→周六→顺延周一
    ("2026-09-25 09:00", "7 days", "2026-10-08 23:59:59", False),  # 止于10-2→顺延10-8
    ("2026-09-13 09:00", "7 days", "2026-09-20 23:59:59", False),  # 止于调休周日,不顺延
    ("2026-11-26 09:00", "1 weeks", "2026-12-03 23:59:59", False),  # 周四→周四
    ("2026-09-24 16:00", "1 weeks", "2026-10-08 23:59:59", False),  # 止于10-1→顺延10-8
    # months: the corresponding day, or the month's last day
    ("2026-01-31 09:00", "1 months", "2026-02-28 23:59:59", False),  # 周六,无31日→28日(调休)
    ("2024-01-31 09:00", "1 months", "2024-02-29 23:59:59", False),  # 闰年,周四
    ("2024-02-29 09:00", "12 months", "2025-02-28 23:59:59", False),  # 无29日→周五
    ("2024-02-29 09:00", "1 months", "2024-03-29 23:59:59", False),  # 对应日29日,周五
    ("2026-03-31 09:00", "2 months", "2026-06-01 23:59:59", False),  # 5-31周日→周一
    ("2025-12-31 09:00", "2 months", "2026-02-28 23:59:59", False),  # 跨年,周六上班
    ("2024-11-30 09:00", "3 months", "2025-02-28 23:59:59", False),  # 周五
    # the next year is not published: Monday to Friday, marked, never an error
    ("2026-12-30 09:00", "1 workdays", "2026-12-31 17:30:00", False),  # 周三→周四,仍在已公布年
    ("2026-12-30 09:00", "2 workdays", "2027-01-01 17:30:00", True),  # 周三→周五(推定)
    ("2026-12-30 09:00", "5 workdays", "2027-01-06 17:30:00", True),  # 周三→周三
    ("2026-12-31 17:00", "4 workhours", "2027-01-01 12:00:00", True),  # 周四半小时+周五上午(推定)
    ("2026-12-25 09:00", "7 days", "2027-01-01 23:59:59", True),  # 周五→周五(推定)
    ("2026-12-26 09:00", "7 days", "2027-01-04 23:59:59", True),  # 止于周六→周一
    ("2018-12-31 09:00", "1 workdays", "2019-01-02 17:30:00", False),  # 起算日不计,不问其年
    ("2018-12-20 09:00", "10 workdays", "2019-01-04 17:30:00", True),  # 周四→周五,29日周六上班
    ("2018-12-29 16:30", "2 workhours", "2019-01-02 09:30:00", True),  # 调休周六→周三
    ("2031-06-04 09:00", "3 workdays", "2031-06-09 17:30:00", True),  # 周三→周一
]


@pytest.mark.parametrize(("start", "length", "expected", "provisional"), BY_HAND)
def test_due_by_hand(start, length, expected, provisional):
    found = due(start, length)
    assert (found.at, found.provisional) == (at(expected), provisional)
    assert found.date == at(expected).date()


def test_due_equals_the_committed_table():
    with Path(__file__).with_name("due_dates.tsv").open(encoding="utf-8") as handle:
        cases = list(csv.DictReader(handle, delimiter="\t"))
    assert len(cases) >= 500
    wrong = [
        (case, found)
        for case in cases
        if (found := due(case["start"], case["length"]))
        and (found.at, found.provisional) != (at(case["due_at"]), case["provisional"] == "1")
    ]
    assert wrong == []


def test_shipped_schedules_agree_with_an_independent_library_on_every_day():
    china = holidays.country_holidays("CN", years=KNOWN)
    day, differ = date(2019, 1, 1), []
    while day.year in KNOWN:
        if CALENDAR.is_workday(day) != china.is_working_day(day):
            differ.append(day)
        day += timedelta(days=1)
    assert differ == []


def test_many_days_at_once_equal_the_committed_table():
    with Path(__file__).with_name("due_dates.tsv").open(encoding="utf-8") as handle:
        cases = [c for c in csv.DictReader(handle, delimiter="\t") if c["length"] == "10 workdays"]
    starts = [date.fromisoformat(case["start"][:10]) for case in cases]
    expected = [date.fromisoformat(case["due_at"][:10]) for case in cases]
    assert len(cases) > 30
    assert CALENDAR.shift_many(starts, 10) == expected


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        ("2026-11-25", 0, "2026-11-25"),  # 周三本身
        ("2026-11-28", 0, "2026-11-30"),  # 周六→周一
        ("2026-11-30", -1, "2026-11-27"),  # 周一→周五
        ("2026-11-29", -1, "2026-11-27"),  # 周日→周五
        ("2026-10-08", -1, "2026-09-30"),  # 节后首日→节前
        ("2026-10-12", -2, "2026-10-09"),  # 周一→调休周六→周五
    ],
)
def test_shift_backwards_and_by_nothing(day, count, expected):
    day, expected = date.fromisoformat(day), date.fromisoformat(expected)
    assert CALENDAR.workday_shift(day, count) == expected
    assert CALENDAR.shift_many([day], count) == [expected]


def test_a_plain_date_and_another_zone_count_from_the_beijing_day():
    ten = Length(10, "workdays")
    assert CALENDAR.due(date(2026, 9, 18), ten).date == date(2026, 10, 9)
    utc = datetime.fromisoformat("2026-11-30T16:30:00+00:00")  # 北京 12-01 00:30,周二
    assert CALENDAR.due(utc, Length(1, "workdays")).at == at("2026-12-02 17:30")


@pytest.mark.parametrize(
    ("text", "length", "label"),
    [
        ("10 workdays", Length(10, "workdays"), "10个工作日"),
        ("1 workday", Length(1, "workdays"), "1个工作日"),
        (" 4 workhours ", Length(4, "workhours"), "4个工作小时"),
        ("30分钟", Length(30, "minutes"), "30分钟"),
        ("7日", Length(7, "days"), "7天"),
        ("2 个月", Length(2, "months"), "2个月"),
        ("1 weeks", Length(1, "weeks"), "1周"),
    ],
)
def test_lengths_are_read_and_written(text, length, label):
    assert Length.parse(text) == length
    assert length.label == label
    assert Length.parse(str(length)) == length


@pytest.mark.parametrize("text", ["", "ten workdays", "10", "10 parsecs", "-3 days", "1.5 days"])
def test_an_unreadable_length_is_refused_in_chinese(text):
    with pytest.raises(ValueError, match=r"[一-鿿]"):
        Length.parse(text)


@pytest.mark.parametrize("length", ["999999 workdays", "999999 months", "999999 workhours"])
def test_a_length_past_the_index_is_refused_in_chinese(length):
    with pytest.raises(ValueError, match="超出可计算的范围"):
        due("2026-11-25 09:00", length)


def test_a_naive_time_is_refused():
    with pytest.raises(ValueError, match="缺少时区"):
        CALENDAR.due(datetime.fromisoformat("2026-11-25T09:00"), Length(1, "workdays"))


# -- explanation --------------------------------------------------------------------------------


def reasons(start, length):
    lines = CALENDAR.explain(at(start), Length.parse(length))
    return [(f"{line.date:%m-%d}", line.counted, line.reason) for line in lines]


def test_explanation_names_every_day():
    assert reasons("2026-09-18 09:00", "10 workdays")[:9] == [
        ("09-18", False, "起算日不计"),  # 周五
        ("09-19", False, "周末"),
        ("09-20", True, "调休上班"),  # 周日
        ("09-21", True, "工作日"),
        ("09-22", True, "工作日"),
        ("09-23", True, "工作日"),
        ("09-24", True, "工作日"),
        ("09-25", False, "中秋节放假"),
        ("09-26", False, "中秋节放假"),
    ]
    lines = CALENDAR.explain(at("2026-09-18 09:00"), Length(10, "workdays"))
    assert (lines[-1].date, lines[-1].nth) == (date(2026, 10, 9), 10)


def test_explanation_says_what_is_guessed():
    assert reasons("2026-12-31 09:00", "2 workdays") == [
        ("12-31", False, "起算日不计"),  # 周四
        ("01-01", True, "暂按周一至周五推定(节假日安排尚未公布)"),
        ("01-02", False, "周末,暂按周一至周五推定(节假日安排尚未公布)"),
        ("01-03", False, "周末,暂按周一至周五推定(节假日安排尚未公布)"),
        ("01-04", True, "暂按周一至周五推定(节假日安排尚未公布)"),
    ]


def test_explanation_of_office_hours_and_of_a_moved_last_day():
    assert reasons("2026-05-08 16:30", "4 workhours") == [
        ("05-08", True, "工作日,计 1 小时"),
        ("05-09", True, "调休上班,计 3 小时"),
    ]
    assert reasons("2026-11-27 18:00", "1 workhours")[0] == ("11-27", False, "工作日,办公时间已过")
    moved = reasons("2026-09-27 09:00", "4 days")
    assert moved[4] == ("10-01", True, "期满日遇休息日,顺延至下一工作日:国庆节放假")
    assert moved[5] == ("10-02", False, "顺延:国庆节放假")
    assert moved[-1] == ("10-08", False, "顺延后的期满日,工作日")
    assert reasons("2026-11-27 23:50", "30 minutes")[-1][0] == "11-28"


# -- office time --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("2026-11-25 08:30", "2026-11-25 17:30", 420),  # 周三一整天
        ("2026-11-25 11:00", "2026-11-25 15:00", 120),  # 跨午休
        ("2026-11-27 16:00", "2026-11-30 10:00", 180),  # 周五→周一
        ("2026-11-28 08:00", "2026-11-29 20:00", 0),  # 周末
        ("2026-05-08 16:00", "2026-05-09 10:00", 180),  # 周五→调休周六
        ("2026-09-30 17:30", "2026-10-08 08:30", 0),  # 国庆
        ("2026-11-30 10:00", "2026-11-27 16:00", -180),  # 倒数
    ],
)
def test_worktime(start, end, minutes):
    assert CALENDAR.worktime(at(start), at(end)) == minutes


def test_suspended_friday_16_00_and_resumed_monday_10_00_keeps_the_working_time():
    # due Tuesday 17:30; left at the pause: 1.5 h Friday + 7 h Monday + 7 h Tuesday = 15.5 h;
    # from Monday 10:00: 5.5 h Monday, 7 h Tuesday, 3 h Wednesday
    moved = CALENDAR.resumed(at("2026-11-24 17:30"), at("2026-11-20 16:00"), at("2026-11-23 10:00"))
    assert moved.at == at("2026-11-25 11:30")


def test_a_pause_round_the_clock_moves_the_due_moment_by_its_length():
    moved = CALENDAR.resumed(
        at("2026-11-21 09:00"), at("2026-11-20 16:00"), at("2026-11-23 10:00"), wall=True
    )
    assert moved.at == at("2026-11-24 03:00")  # 周五16:00尚余17小时→周一10:00起


@pytest.mark.parametrize("paused", ["2026-11-20 12:00", "2026-11-20 16:00"])
def test_a_pause_from_the_due_moment_on_gives_no_time_back(paused):
    moved = CALENDAR.resumed(at("2026-11-20 12:00"), at(paused), at("2026-11-23 10:00"))
    assert moved.at == at("2026-11-20 12:00")


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-25 09:15:30", "2026-11-25 09:15:30"),  # 周三办公时间内
        ("2026-11-25 03:00", "2026-11-25 08:30"),  # 凌晨
        ("2026-11-25 12:00", "2026-11-25 14:00"),  # 午休
        ("2026-11-27 17:30", "2026-11-30 08:30"),  # 周五下班→周一
        ("2026-10-03 10:00", "2026-10-08 08:30"),  # 国庆
        ("2026-10-09 22:00", "2026-10-10 08:30"),  # 周五夜→调休周六
    ],
)
def test_next_office_moment(moment, expected):
    assert CALENDAR.next_office_moment(at(moment)) == at(expected)


SUMMER = Season(5, 1, ((time(8), time(12)), (time(14, 30), time(18))))
WINTER = Season(10, 1, ((time(8, 30), time(12)), (time(13, 30), time(17))))
SEASONS = CALENDAR.with_hours((WINTER, SUMMER))


@pytest.mark.parametrize(
    ("start", "length", "expected"),
    [
        ("2026-04-29 09:00", "1 workdays", "2026-04-30 17:00:00"),  # 周四,冬季作息跨年沿用
        ("2026-05-06 09:00", "1 workdays", "2026-05-07 18:00:00"),  # 周四,夏季
        ("2026-04-30 16:00", "2 workhours", "2026-05-06 09:00:00"),  # 劳动节前后换季
        ("2026-09-30 17:00", "2 workhours", "2026-10-08 09:30:00"),  # 国庆前后换季
        ("2026-09-29 09:00", "1 workdays", "2026-09-30 18:00:00"),  # 周三,夏季末日
    ],
)
def test_seasonal_office_hours(start, length, expected):
    assert SEASONS.due(at(start), Length.parse(length)).at == at(expected)


def test_a_season_begins_on_its_first_day():
    seasons = CALENDAR.with_hours((WINTER, Season(6, 15, SUMMER.windows)))
    one = Length(1, "workdays")
    assert seasons.due(at("2026-06-11 09:00"), one).at == at("2026-06-12 17:00")  # 周五
    assert seasons.due(at("2026-06-12 09:00"), one).at == at("2026-06-15 18:00")  # 周一


@pytest.mark.parametrize(
    ("now", "end", "wall", "text", "late"),
    [
        ("2026-11-25 14:20", "2026-11-27 17:30", False, "剩 2.5 个工作日", False),  # 1030÷420
        ("2026-11-25 08:30", "2026-11-27 17:30", False, "剩 3 个工作日", False),
        ("2026-11-25 14:20", "2026-11-25 17:30", False, "剩 3 小时 10 分", False),
        ("2026-11-25 16:00", "2026-11-26 09:00", False, "剩 2 小时", False),  # 不足一个工作日
        ("2026-11-25 17:20", "2026-11-25 17:30", False, "剩 10 分", False),
        ("2026-11-25 17:30", "2026-11-25 17:30", False, "剩不足 1 分钟", False),  # 到点未超
        ("2026-11-25 17:30", "2026-11-25 17:30", True, "剩不足 1 分钟", False),
        ("2026-11-25 20:00", "2026-11-25 23:59:59", False, "剩 3 小时 59 分", False),  # 已下班
        ("2026-11-25 15:36", "2026-11-24 15:36", False, "超期 1 个工作日", True),
        ("2026-11-25 14:06", "2026-11-24 15:30", False, "超期 0.8 个工作日", True),  # 336÷420
        ("2026-11-25 15:30", "2026-11-25 11:30", False, "超期 2 小时", True),  # 同日,扣午休
        ("2026-11-28 10:00", "2026-11-27 17:30", False, "已超期", True),  # 周五下班→周六
        ("2026-11-25 14:20", "2026-11-26 17:30", True, "剩 1 天 3 小时", False),
        ("2026-11-25 14:20", "2026-11-25 14:50", True, "剩 30 分", False),
        ("2026-11-25 14:20", "2026-11-25 12:00", True, "超期 2 小时 20 分", True),
    ],
)
def test_remaining_in_words(now, end, wall, text, late):
    assert CALENDAR.remaining(at(now), at(end), wall=wall) == Remaining(text, late)


def test_office_hours_that_overlap_are_refused():
    with pytest.raises(ValueError, match="依次不重叠"):
        Season(1, 1, ((time(8), time(13)), (time(12), time(17))))
