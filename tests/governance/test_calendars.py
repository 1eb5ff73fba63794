"""The calendar as data: loading schedules, publishing years, office hours, the process cache."""

from datetime import date, time

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from openpyxl import Workbook

from governance import calendars
from governance.calendars import ScheduleError
from governance.models.calendar import CalendarDay, CalendarStamp, CalendarYear, OfficeHours
from governance.models.unit import Unit
from governance.workdays import Length

from .shipped import at

pytestmark = pytest.mark.django_db

HEAD = "日期\t类型\t名称\n"
NEXT_YEAR = HEAD + (
    "2026-12-31\t放假\t元旦\n"  # 周四:元旦连休从上一年开始
    "2027-01-01\t放假\t元旦\n"  # 周五
    "2027-01-03\t调休上班\t\n"  # 周日
    "2027-05-01\t放假\t劳动节\n"
    "2027-10-01\t放假\t国庆节\n"
)


def tsv(text: str) -> bytes:
    return text.encode()


def load(text: str, **options):
    return calendars.load(tsv(text), name="安排.tsv", **options)


@pytest.fixture
def shipped():
    return calendars.load_published()


@pytest.fixture
def county():
    return Unit.objects.create(
        code="371525", region_code="371525", name="冠县", short_name="冠县", kind="county"
    )


def due(start: str, length: str, county=None):
    return calendars.for_county(county).due(at(start), Length.parse(length))


def test_shipped_years_are_published_and_loading_them_again_adds_nothing(shipped):
    assert shipped == list(range(2019, 2027))
    published = CalendarYear.objects.filter(status="published").values_list("year", flat=True)
    assert sorted(published) == list(range(2019, 2027))
    before = CalendarDay.objects.count(), CalendarStamp.objects.get().token
    assert calendars.load_published() == []
    assert (CalendarDay.objects.count(), CalendarStamp.objects.get().token) == before


def test_the_tables_count_like_the_schedule(shipped):
    found = due("2026-09-18 09:00", "10 workdays")
    assert (found.at, found.provisional) == (at("2026-10-09 17:30"), False)  # 周五→周五


def test_without_any_schedule_everything_is_provisional():
    found = due("2026-09-18 09:00", "5 workdays")
    assert (found.at, found.provisional) == (at("2026-09-25 17:30"), True)  # 周五→周五,按推定


def test_loading_a_year_publishes_it_and_moves_what_was_guessed(shipped):
    guessed = due("2026-12-29 09:00", "3 workdays")
    assert (guessed.at, guessed.provisional) == (at("2027-01-01 17:30"), True)  # 周二→周五
    loaded = load(NEXT_YEAR)
    assert loaded.days == 5
    assert loaded.years == (2027,)
    assert loaded.span == (date(2026, 12, 31), date(2027, 12, 31))
    settled = due("2026-12-29 09:00", "3 workdays")
    # 12-30 周三、1-3 调休周日、1-4 周一
    assert (settled.at, settled.provisional) == (at("2027-01-04 17:30"), False)


def test_loading_the_same_sheet_again_changes_nothing(shipped):
    load(NEXT_YEAR)
    version = CalendarYear.objects.get(pk=2027).version
    token = CalendarStamp.objects.get().token
    again = load(NEXT_YEAR)
    assert (again.days, again.years, again.span) == (5, (), None)
    assert CalendarYear.objects.get(pk=2027).version == version
    assert CalendarStamp.objects.get().token == token


def test_december_days_stay_with_the_schedule_of_the_new_year(shipped):
    load(NEXT_YEAR)
    assert CalendarDay.objects.get(day=date(2026, 12, 31)).schedule_id == 2027
    assert CalendarYear.objects.filter(pk=2018, status="published").count() == 0
    assert CalendarDay.objects.get(day=date(2018, 12, 31)).schedule_id == 2019


def test_a_corrected_year_replaces_the_old_one_as_a_whole(shipped):
    load(NEXT_YEAR)
    corrected = NEXT_YEAR.replace("2027-01-03\t调休上班\t\n", "2027-02-06\t放假\t春节\n")
    loaded = load(corrected)
    assert loaded.changed == {date(2027, 1, 3), date(2027, 2, 6)}
    assert CalendarYear.objects.get(pk=2027).version == 2
    assert not CalendarDay.objects.filter(day=date(2027, 1, 3)).exists()


def test_a_single_day_amends_a_published_year(shipped):
    loaded = load(HEAD + "2026-09-03\t放假\t临时放假\n")  # 周四
    assert loaded.changed == {date(2026, 9, 3)}
    assert "补充安排" in loaded.warnings[0]
    assert CalendarDay.objects.filter(schedule_id=2026).count() == 40
    assert due("2026-09-02 09:00", "1 workdays").at == at("2026-09-04 17:30")  # 周三→周五


def test_a_part_of_an_unpublished_year_leaves_it_provisional(shipped):
    loaded = load(HEAD + "2027-02-06\t放假\t春节\n2027-02-08\t放假\t春节\n")
    assert "仍为暂定" in loaded.warnings[0]
    assert CalendarYear.objects.get(pk=2027).status == "provisional"
    found = due("2027-02-05 09:00", "1 workdays")
    assert (found.at, found.provisional) == (at("2027-02-09 17:30"), True)  # 周五→周二


def test_a_truncated_sheet_does_not_wipe_a_known_year(shipped):
    before = CalendarDay.objects.count()
    with pytest.raises(ScheduleError, match="缺少5月1日"):
        load(HEAD + "2026-01-01\t放假\t元旦\n2026-01-02\t放假\t元旦\n")
    assert CalendarDay.objects.count() == before


def test_a_dry_run_says_the_same_and_writes_nothing(shipped):
    token = CalendarStamp.objects.get().token
    loaded = load(NEXT_YEAR, dry_run=True)
    assert (loaded.days, loaded.years) == (5, (2027,))
    assert not CalendarYear.objects.filter(pk=2027).exists()
    assert CalendarStamp.objects.get().token == token


@pytest.mark.parametrize(
    ("rows", "messages"),
    [
        ("2027-13-01\t放假\t元旦\n", ["第 2 行:日期“2027-13-01”无法识别"]),
        ("元旦\t放假\t\n", ["第 2 行:日期“元旦”无法识别"]),
        ("2027-01-01\t放價\t元旦\n", ["第 2 行:类型“放價”无法识别,应为“放假”或“调休上班”"]),
        ("2027-01-01\t\t元旦\n", ["第 2 行:类型“”无法识别"]),
        ("2027-01-04\t调休上班\t\n", ["第 2 行:2027-01-04 是周一,本来就上班"]),
        ("1027-01-04\t放假\t\n", ["第 2 行:日期 1027-01-04 超出可用的范围"]),
        (
            "2027-01-01\t放假\t元旦\n\n2027-01-01\t放假\t元旦\n2027/1/32\t放假\t\n",
            ["第 4 行:日期 2027-01-01 与第 2 行重复", "第 5 行:日期“2027/1/32”无法识别"],
        ),
        ("", ["没有任何放假或调休上班的日期"]),
    ],
)
def test_every_wrong_row_is_named_and_nothing_is_written(rows, messages):
    with pytest.raises(ScheduleError) as refusal:
        load(HEAD + rows)
    assert len(refusal.value.errors) == len(messages)
    for error, message in zip(refusal.value.errors, messages, strict=True):
        assert message in error
    assert not CalendarDay.objects.exists()


@pytest.mark.parametrize(
    ("text", "message"), [("甲\t乙\n1\t2\n", "找不到表头"), ("", "空"), ("<html></html>", "网页")]
)
def test_a_file_that_is_no_schedule_is_refused(text, message):
    with pytest.raises(ScheduleError, match=message):
        load(text)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(ScheduleError, match="打不开文件"):
        calendars.load(tmp_path / "2027.tsv")


def test_workbooks_with_a_title_row_and_written_dates(tmp_path):
    path = tmp_path / "放假安排.xlsx"
    book = Workbook()
    for row in (
        ["2027年部分节假日安排"],
        ["序号", "类型", "日期"],
        [1, "放假", date(2027, 1, 1)],
        [2, "上班", "2027.1.3"],
        [3, "放假", "2027年5月1日"],
        [4, "放假", "20270502"],
    ):
        book.active.append(row)
    book.active.merge_cells("A1:C1")
    book.save(path)
    loaded = calendars.load(path)
    found = {day.isoformat()[5:] for day in loaded.changed}
    assert found == {"01-01", "01-03", "05-01", "05-02"}
    assert "10月1日" in loaded.warnings[0]


def test_a_sheet_from_an_office_pc_in_gb18030(tmp_path):
    loaded = calendars.load(NEXT_YEAR.replace("\t", ",").encode("gb18030"), name="安排.csv")
    assert loaded.years == (2027,)
    assert CalendarDay.objects.get(day=date(2027, 1, 1)).name == "元旦"


# -- office hours and the cache -------------------------------------------------------------------


def summer(county, **changes):
    hours = {
        "month": 5,
        "day": 1,
        "morning_opens": time(8),
        "morning_closes": time(12),
        "afternoon_opens": time(14, 30),
        "afternoon_closes": time(18),
    }
    return OfficeHours(county=county, name="夏季", **(hours | changes))


def test_office_hours_are_each_countys_own(shipped, county):
    other = Unit.objects.create(code="371526", name="高唐县", short_name="高唐县", kind="county")
    summer(county).save()
    assert due("2026-07-08 09:00", "1 workdays", county).at == at("2026-07-09 18:00")  # 周四
    assert due("2026-07-08 09:00", "1 workdays", other).at == at("2026-07-09 17:30")


def test_a_warm_calendar_costs_one_query_for_any_number_of_counties(
    shipped, county, django_assert_num_queries
):
    summer(county).save()
    calendars.for_county(county)
    with django_assert_num_queries(1):
        calendars.for_county(county)
    with django_assert_num_queries(1):
        found = calendars.current()
        assert found.of(county) is not found.of(None)
        assert found.of(county.pk) is found.of(county)


def test_an_edited_day_counts_at_once(shipped):
    assert due("2026-09-02 09:00", "1 workdays").at == at("2026-09-03 17:30")  # 周三→周四
    CalendarDay.objects.create(day=date(2026, 9, 3), kind="rest", schedule_id=2026)
    assert due("2026-09-02 09:00", "1 workdays").at == at("2026-09-04 17:30")
    CalendarDay.objects.get(day=date(2026, 9, 3)).delete()
    assert due("2026-09-02 09:00", "1 workdays").at == at("2026-09-03 17:30")


def test_a_change_that_is_rolled_back_leaves_no_trace_in_the_process(shipped):
    with transaction.atomic():
        load(NEXT_YEAR)
        assert not due("2026-12-29 09:00", "3 workdays").provisional
        transaction.set_rollback(True)
    assert due("2026-12-29 09:00", "3 workdays").provisional
    with transaction.atomic():
        load(NEXT_YEAR.replace("2027-01-03\t调休上班\t\n", ""))
        # 12-30 周三、1-4 周一、1-5 周二
        assert due("2026-12-29 09:00", "3 workdays").at == at("2027-01-05 17:30")


def test_office_hours_that_make_no_sense_are_refused(county):
    with pytest.raises(ValidationError, match="起始月、日不是有效的日期"):
        summer(county, month=2, day=30).full_clean()
    with pytest.raises(ValidationError, match="依次先后"):
        summer(county, afternoon_opens=time(11)).full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        summer(county, afternoon_closes=time(9)).save()
