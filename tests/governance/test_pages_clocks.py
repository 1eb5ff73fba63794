"""The page of a clock: its due date explained day by day, to readers of its matter."""

from datetime import timedelta

import pytest

from governance import calendars, clocks, presentation
from governance.models import Clock
from governance.opaque import hide
from governance.perform import perform
from governance.roles import Role
from tests.factories import hucall as make
from tests.factories.governance import County, moment
from tests.governance.matters import fresh
from tests.governance.visiting import address, text_of, visit

pytestmark = pytest.mark.django_db


def finish_clock(part) -> Clock:
    return part.clocks.get(name="finish")


def test_a_clock_is_explained_day_by_day(county):
    part = make.working(county, at=moment("2026-09-21 10:00"))
    clock = finish_clock(part)
    page = text_of(visit(county.user(Role.TOWNSHIP_CLERK)).get(f"/clocks/{hide(clock.pk)}/why/"))
    assert "中秋节放假" in page and "起算日不计" in page
    assert "2026年9月29日(周二) 17:30" in page
    assert "5个工作日" in page and "开始计时" in page


def test_the_receipt_names_who_approved_an_extension(county):
    part = make.working(county, at=moment("2026-11-10 09:00"))
    leader, platform = county.user(Role.DEPARTMENT_LEADER), county.user(Role.PLATFORM)
    at = moment("2026-11-11 09:00")
    given = {"reason": "管线交叉,须先改迁", "workdays": 3}
    asked = perform(fresh(part), "request_extension", actor=leader, at=at, facts=given)
    perform(asked, "grant_extension", actor=platform, at=at + timedelta(hours=2))
    clock = finish_clock(part)
    client = visit(county.user(Role.TOWNSHIP_CLERK))
    for tail in ("", "?print"):
        page = text_of(client.get(f"/clocks/{hide(clock.pk)}/why/{tail}"))
        assert "延长" in page and platform.name in page and "同意延期" in page
        assert "2026年11月20日(周五) 17:30" in page
        assert "登记的" not in page, "the days shown lead to the date that stands"


def test_a_paused_clock_is_explained_from_where_it_went_on(county):
    part = make.working(county, at=moment("2026-11-10 09:00"))
    clock = finish_clock(part)
    calendar = calendars.for_county(county.row)
    clocks.pause(clock, moment("2026-11-11 10:00"), calendar)
    clocks.resume(clock, moment("2026-11-23 09:00"), calendar)
    page = text_of(visit(county.user(Role.TOWNSHIP_CLERK)).get(f"/clocks/{hide(clock.pk)}/why/"))
    assert "恢复计时后" in page and "登记的" not in page


def test_a_clock_is_for_readers_of_its_matter(county):
    part = make.working(county)
    clock = finish_clock(part)
    other = County("阳谷县", "371521", "阳")
    for user in (
        county.user(Role.TOWNSHIP_CLERK, "贾镇"),
        county.user(Role.SECADMIN),
        other.user(Role.DUCHA),
    ):
        assert visit(user).get(f"/clocks/{hide(clock.pk)}/why/").status_code == 404


@pytest.mark.rule("GX-呼应-16")
def test_the_clock_of_a_rating_is_not_for_the_rated(county):
    call = make.finished(county)
    clock = call.ratings.get().clocks.get()
    for role, status in ((Role.DEPARTMENT_CLERK, 404), (Role.DUCHA, 404), (Role.PLATFORM, 200)):
        assert visit(county.user(role)).get(f"/clocks/{hide(clock.pk)}/why/").status_code == status
    handler = county.user(Role.DEPARTMENT_CLERK)
    labels = {one["label"] for one in presentation.clocks_of(call, handler)}
    assert clock.label not in labels
    assert clock.label not in text_of(visit(handler).get(address(call, "trail/")))
