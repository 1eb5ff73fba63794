"""manage.py due and calendar load, as an operator or a script meets them."""

import json
from datetime import date, time
from io import StringIO

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command

from governance import calendars, rulebooks
from governance.models import Clock, Event, OfficeHours, Unit

from .shipped import at

pytestmark = pytest.mark.django_db

NEXT_YEAR = (
    "日期\t类型\t名称\n2027-01-01\t放假\t元旦\n2027-01-03\t调休上班\t\n"
    "2027-05-01\t放假\t劳动节\n2027-10-01\t放假\t国庆节\n"
)


@pytest.fixture(autouse=True)
def shipped():
    calendars.load_published()


@pytest.fixture
def county():
    return Unit.objects.create(
        code="371525", region_code="371525", name="冠县", short_name="冠县", kind="county"
    )


def run(*arguments):
    out, err = StringIO(), StringIO()
    call_command(*arguments, stdout=out, stderr=err)
    return json.loads(out.getvalue()), err.getvalue()


@pytest.mark.parametrize(
    ("start", "length", "due_at"),
    [
        ("2026-09-18", "10 workdays", "2026-10-09T17:30:00+08:00"),  # 周五→周五
        ("2026-09-18T16:00", "4 workhours", "2026-09-20T11:00:00+08:00"),  # 周五→调休周日
        ("2026-11-30T16:30:00+00:00", "1 workdays", "2026-12-02T17:30:00+08:00"),  # 北京12-01
        ("2026-11-27T23:50", "30 minutes", "2026-11-28T00:20:00+08:00"),
        ("2026-11-27", "24 hours", "2026-11-28T00:00:00+08:00"),
        ("2026-11-25", "7 days", "2026-12-02T23:59:59+08:00"),  # 周三→周三,24:00
        ("2026-01-31", "1 months", "2026-02-28T23:59:59+08:00"),
    ],
)
def test_due_answers_in_json(start, length, due_at):
    answer, messages = run("due", start, length)
    assert answer == {"due_at": due_at, "date": due_at[:10], "provisional": False}
    assert messages == ""


def test_due_beyond_the_published_years_is_provisional():
    answer, _ = run("due", "2026-12-30", "5 workdays")
    assert answer["provisional"] is True
    assert answer["date"] == "2027-01-06"  # 周三


def test_due_explains_every_day():
    answer, _ = run("due", "2026-05-07", "3 workdays", "--explain")
    assert answer["days"] == [
        {"date": "2026-05-07", "counted": False, "reason": "起算日不计"},  # 周四
        {"date": "2026-05-08", "counted": True, "reason": "工作日"},
        {"date": "2026-05-09", "counted": True, "reason": "调休上班"},  # 周六
        {"date": "2026-05-10", "counted": False, "reason": "周末"},
        {"date": "2026-05-11", "counted": True, "reason": "工作日"},
    ]


def test_due_uses_the_countys_office_hours(county):
    OfficeHours.objects.create(county=county, afternoon_closes=time(18))
    answer, _ = run("due", "2026-11-25", "1 workdays", "--county", "371525")
    assert answer["due_at"] == "2026-11-26T18:00:00+08:00"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "请写明起算时间和期限"),
        (("明天", "10 workdays"), "起算时间“明天”无法识别"),
        (("2026-02-30", "10 workdays"), "无法识别"),
        (("2026-09-18", "十天"), "期限“十天”无法识别"),
        (("2026-09-18", "10 fortnights"), "不认识的时间单位“fortnights”"),
        (("2026-09-18", "0 workdays"), "应大于零"),
        (("2026-09-18", "999999 workdays"), "超出可计算的范围"),
        (("9999-12-31", "10 days"), "超出可计算的范围"),
        (("1900-01-01", "10 workdays"), "超出可计算的范围"),
        (("2026-09-18", "10 workdays", "--county", "000000"), "没有区划代码为“000000”的县"),
    ],
)
def test_due_refuses_in_chinese(arguments, message):
    with pytest.raises(CommandError, match=message):
        call_command("due", *arguments)


# -- calendar load ------------------------------------------------------------------------------


@pytest.fixture
def sheet(tmp_path):
    path = tmp_path / "2027.tsv"
    path.write_text(NEXT_YEAR, encoding="utf-8")
    return str(path)


@pytest.fixture
def clock(county):
    """A maker of clocks that began on Wednesday, 30 December 2026, with five working days."""
    book = rulebooks.adopt(county, "guanxian-2019", date(2019, 9, 20))
    kind = ContentType.objects.get_for_model(Unit)

    def make(name: str, **changes) -> Clock:
        began = at("2026-12-30 09:00")
        fields = {
            **{"county": county, "owner": county, "owed_by": county, "rulebook": book},
            **{"matter_type": kind, "matter_id": county.pk, "root_type": kind},
            **{"root_id": county.pk, "name": name, "label": "办结", "length": "5 workdays"},
            **{"started_at": began, "due_at": at("2027-01-06 17:30"), "provisional": True},
        }
        return Clock.objects.create(**(fields | changes))

    return make


def stored(clock: Clock):
    return Clock.objects.values_list("due_at", "provisional").get(pk=clock.pk)


def test_loading_a_year_moves_the_open_clocks_and_no_closed_one(sheet, clock):
    moved = clock("open")
    closed = clock("closed", met_at=at("2026-12-31 10:00"))
    settled = clock("early", length="1 workdays", due_at=at("2026-12-31 17:30"), provisional=False)
    answer, _ = run("calendar", "load", sheet)
    assert (answer["days"], answer["clocks_moved"]) == (4, 1)
    # 12-31 周四、1-3 调休周日、1-4 周一、1-5 周二、1-6 周三:日期照旧,不再暂定
    assert stored(moved) == (at("2027-01-06 17:30"), False)
    assert stored(closed) == (at("2027-01-06 17:30"), True)
    assert stored(settled) == (at("2026-12-31 17:30"), False)
    assert Event.objects.count() == 1
    again, _ = run("calendar", "load", sheet)
    assert (again["days"], again["clocks_moved"]) == (4, 0)
    assert Event.objects.count() == 1


def test_a_longer_break_moves_the_due_date(sheet, clock, tmp_path):
    moved = clock("open")
    longer = tmp_path / "longer.tsv"
    longer.write_text(NEXT_YEAR + "2027-01-04\t放假\t元旦\n", encoding="utf-8")
    answer, _ = run("calendar", "load", str(longer))
    assert answer["clocks_moved"] == 1
    # 12-31、1-3 调休周日、1-5、1-6、1-7 周四
    assert stored(moved) == (at("2027-01-07 17:30"), False)


def test_a_dry_run_counts_the_clocks_and_leaves_everything(sheet, clock):
    open_clock = clock("open")
    answer, _ = run("calendar", "load", sheet, "--dry-run")
    assert (answer["days"], answer["clocks_moved"]) == (4, 1)
    assert stored(open_clock) == (at("2027-01-06 17:30"), True)
    assert run("due", "2026-12-30", "5 workdays")[0]["provisional"] is True
    assert not Event.objects.exists()


def test_a_wrong_sheet_is_refused_with_its_rows(tmp_path):
    path = tmp_path / "wrong.tsv"
    path.write_text(NEXT_YEAR + "2027-01-01\t放假\t元旦\n2027-02-31\t放假\t\n", encoding="utf-8")
    with pytest.raises(CommandError) as refusal:
        call_command("calendar", "load", str(path))
    text = str(refusal.value)
    assert "第 6 行:日期 2027-01-01 与第 2 行重复" in text
    assert "第 7 行:日期“2027-02-31”无法识别" in text


def test_an_incomplete_sheet_is_loaded_with_a_warning(tmp_path):
    path = tmp_path / "part.tsv"
    path.write_text("日期\t类型\t名称\n2027-02-08\t放假\t春节\n", encoding="utf-8")
    answer, messages = run("calendar", "load", str(path))
    assert answer["days"] == 1
    assert "仍为暂定" in messages


@pytest.mark.parametrize("arguments", [(), ("load",)])
def test_calendar_without_an_action_or_a_file_says_how(arguments):
    with pytest.raises(CommandError, match="calendar load 2027"):
        call_command("calendar", *arguments)
