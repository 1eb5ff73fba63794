"""Who sees which calls when posts lie in more than one county (decision 37)."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from governance.models import Post
from governance.roles import Role
from hucall import bulletins, flow, oversight, parts
from hucall.models import Call, Response
from tests.checklist.scene import again
from tests.factories import hucall as make
from tests.factories.governance import County, load_calendar

pytestmark = pytest.mark.django_db


def test_a_county_wide_post_in_one_county_hides_no_file_of_a_unit_in_another():
    load_calendar()
    county, other = County(), County("郊区", "230811", "郊", "jiaoqu-2022")
    user = county.user(Role.DUCHA)
    Post.objects.create(
        user=user, unit=other.unit("区公安局"), role=Role.DEPARTMENT_CLERK, since=date(2020, 1, 1)
    )
    user = type(user).objects.get(pk=user.pk)
    here = make.filed(county)
    theirs = make.dispatched(other, lead="区公安局")
    hidden = make.dispatched(other, lead="区水利局")
    assert set(Call.objects.visible_to(user)) == {here, theirs}
    seen = set(Response.objects.visible_to(user).values_list("call", flat=True))
    assert seen == {theirs.pk}
    assert hidden not in Call.objects.visible_to(user)


def test_a_desk_whose_only_post_has_ended_is_no_desk():
    """Who owes what the platform, 督查 and 编办 owe is asked of posts held today."""
    load_calendar()
    county = County()
    call = make.filed(county)
    desks = {role: county.user(role).posts.get() for role in (Role.PLATFORM, Role.DUCHA)}
    desks[Role.BIANBAN] = county.user(Role.BIANBAN).posts.get()
    response = make.dispatched(county).responses.first()
    with time_machine.travel(make.FILED):
        assert flow.desks(again(call)) == [desks[Role.PLATFORM].unit_id]
        assert oversight.desks(call) == [
            desks[role].unit_id for role in (Role.PLATFORM, Role.DUCHA)
        ]
        assert parts.bianban_id(response) == desks[Role.BIANBAN].unit_id
        assert bulletins.author(county.row) == desks[Role.DUCHA].unit_id
    yesterday = make.FILED.date() - timedelta(days=1)
    Post.objects.filter(pk__in=[post.pk for post in desks.values()]).update(until=yesterday)
    with time_machine.travel(make.FILED):
        assert flow.desks(again(call)) == oversight.desks(call) == []
        assert flow.desk_id(again(call)) == county.row.pk
        assert parts.bianban_id(response) == bulletins.author(county.row) == county.row.pk


@pytest.mark.parametrize(
    "changes",
    [{"until": date(2026, 9, 9)}, {"since": date(2026, 9, 11)}, {"active": False}],
    ids=["ended", "to come", "given up"],
)
def test_only_a_post_held_today_staffs_a_unit(changes):
    county = County()
    post = county.user(Role.BIANBAN).posts.get()
    with time_machine.travel(datetime(2026, 9, 10, 4, tzinfo=UTC)):
        assert Post.objects.units_with(county.row.pk, Role.BIANBAN, Role.SIFA) == [post.unit_id]
        Post.objects.filter(pk=post.pk).update(**changes)
        assert Post.objects.units_with(county.row.pk, Role.BIANBAN, Role.SIFA) == []


def test_a_closed_account_staffs_nothing():
    county = County()
    user = county.user(Role.BIANBAN)
    user.is_active = False
    user.save()
    assert Post.objects.units_with(county.row.pk, Role.BIANBAN) == []
