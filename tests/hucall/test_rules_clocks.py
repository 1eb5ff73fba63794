"""Limits and the calendar: a revised holiday moves open limits and no closed one."""

import pytest
from django.core.management import call_command
from django.urls import reverse

from governance import clocks
from governance.models import CalendarDay, Clock
from governance.rulebook_fields import schema
from tests.factories import hucall as make
from tests.factories.governance import County, load_calendar, moment
from tests.hucall.scene import People, clock, do, fresh, trail

pytestmark = [pytest.mark.django_db, pytest.mark.rule("GX-呼应-10")]
AT = moment("2026-11-16 09:00")


@pytest.fixture
def county():
    load_calendar()
    return County()


@pytest.fixture
def people(county):
    return People(county)


def day_off(day: str) -> int:
    """The administrator makes a day a holiday after limits have been set; how many moved."""
    rest = CalendarDay.Kind.REST
    CalendarDay.objects.create(day=day, kind=rest, name="临时放假", schedule_id=2026)
    date = moment(f"{day} 00:00").date()
    return clocks.recompute(None, date, date, AT)


def test_a_new_holiday_moves_open_limits_with_an_event_and_leaves_closed_ones(county, people):
    part = make.working(county)
    signed, finish = clock(part, "sign_in"), clock(part, "finish")
    assert day_off("2026-11-12") == 1
    assert fresh(finish).due_at == moment("2026-11-18 17:30")  # 周二 → 周三
    assert fresh(signed).due_at == signed.due_at
    event = part.events.get(step="clock_moved")
    assert "由2026-11-17 17:30改为2026-11-18 17:30" in event.summary
    assert (event.actor_name, event.at) == ("系统", AT)


def test_a_holiday_outside_the_limit_moves_nothing(county, people):
    part = make.working(county)
    assert day_off("2026-11-18") == 0
    assert "clock_moved" not in trail(part)


def test_an_extended_limit_moves_as_a_whole(county, people):
    part = make.working(county)
    facts = {"workdays": 3, "reason": "待料"}
    do(part, "request_extension", people.police_leader, **facts)
    do(part, "grant_extension", people.platform)
    assert clock(part, "finish").due_at == moment("2026-11-20 17:30")
    assert day_off("2026-11-12") == 1  # 在原期限之内
    assert clock(part, "finish").due_at == moment("2026-11-23 17:30")
    assert day_off("2026-11-19") == 1  # 在延长部分之内
    assert clock(part, "finish").due_at == moment("2026-11-24 17:30")


def test_a_resumed_limit_keeps_what_was_left(county, people):
    part = make.working(county)
    facts = {"reason": "停工", "condition": "复工", "review_on": "2026-12-01"}
    do(part, "request_suspension", people.police_leader, "2026-11-10 10:00", **facts)
    do(part, "grant_suspension", people.platform, "2026-11-10 10:00")
    assert day_off("2026-11-11") == 0  # 暂停中的时限不动
    do(part, "resume", people.police, "2026-11-13 10:00")
    before = clock(part, "finish").due_at
    assert before == moment("2026-11-20 17:30")  # 11-10 10:00 余 5 个工作日又 5.5 小时中的 6 段
    assert day_off("2026-11-16") == 1
    assert clock(part, "finish").due_at == moment("2026-11-23 17:30")


def test_a_limit_that_is_broken_already_stays_broken(county, people):
    from governance import sweep

    part = make.working(county)
    sweep.sweep(moment("2026-11-17 17:30"))
    assert day_off("2026-11-12") == 0
    finish = clock(part, "finish")
    assert (finish.due_at, finish.breached_at) == (moment("2026-11-17 17:30"),) * 2


def test_a_limit_beyond_the_published_years_is_provisional_until_the_year_is_loaded(
    county, people, tmp_path, capsys
):
    part = make.working(county, at=moment("2026-12-30 09:00"))
    signed, finish = clock(part, "sign_in"), clock(part, "finish")
    # 周三 + 5:12-31、1-1(尚未公布,暂按平日)、1-4、1-5、1-6
    assert finish.provisional
    sheet = tmp_path / "2027.tsv"
    days = ["2027-01-01", "2027-01-02", "2027-01-03", "2027-01-04", "2027-05-01", "2027-10-01"]
    rows = ["日期\t类型\t名称", *(f"{day}\t放假\t假期" for day in days)]
    sheet.write_text("\n".join(rows) + "\n", encoding="utf-8")
    call_command("calendar", "load", str(sheet))
    moved = fresh(finish)
    assert not moved.provisional
    assert moved.due_at == moment("2027-01-08 17:30")  # 12-31、1-5、1-6、1-7、1-8
    assert fresh(signed).due_at == signed.due_at
    assert "clock_moved" in trail(part)


def test_every_running_limit_belongs_to_a_state_that_can_end_it(county, people):
    """After a whole life nothing is left ticking but what the judges still owe."""
    call = make.finished(county)
    names = set(Clock.objects.of_file(call).running().values_list("name", flat=True))
    assert names == {"rating", "archive"}


def params(call) -> dict[str, str]:
    """Which rulebook parameter each limit of a file was taken from, by the limit's name."""
    return dict(Clock.objects.of_file(call).values_list("name", "param"))


def test_every_limit_from_the_rulebook_names_its_parameter(county, people):
    assert params(make.filed(county)) == {"verify": "call.verify.general"}
    call = make.dispatched(county, copy=["县住建局"], difficulty="complex")
    part = make.part(call, county)
    named = params(call)
    assert named["sign_in"] == "call.sign_in.general"
    assert named["finish"] == "call.finish.complex"
    assert "arrive" not in named
    copied = make.part(call, county, "县住建局")
    assert not Clock.objects.of(copied).exists()
    for returns, name in ((3, "return_decision"), (1, "ruling")):
        county.amend(**{"call.returns_before_ruling": returns})
        part = make.part(make.dispatched(county), county)
        if name == "ruling":
            do(part, "propose_return", people.police, reason="不属本单位", basis="清单")
            do(part, "accept_return", people.platform, to_unit=county.unit("县住建局").pk)
            part = make.part(part.call, county, "县住建局")
        clerk = people.of(str(part.unit))
        do(part, "propose_return", clerk, reason="不属本单位", basis="清单")
        assert clock(part, name).param == f"call.{name}"
    urgent = params(make.urgent(county))
    assert urgent == {
        "verify": "call.verify.urgent",
        "sign_in": "call.sign_in.urgent",
        "arrive": "call.arrive.urgent",
        "finish": "call.finish.urgent",
    }


def test_a_limit_that_the_record_itself_sets_names_no_parameter(county, people):
    part = make.working(county)
    facts = {"reason": "停工", "condition": "复工", "review_on": "2026-12-01"}
    do(part, "request_suspension", people.police_leader, **facts)
    do(part, "grant_suspension", people.platform)
    assert clock(part, "review").param == ""


def test_the_page_of_a_limit_names_the_parameter_behind_it(county, people, client):
    call = make.filed(county)
    client.force_login(people.clerk, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(reverse("clock_why", args=[clock(call, "verify").pk])).content.decode()
    assert "核实派发" in page
    assert schema().fields["call.verify.general"].full_label in page
