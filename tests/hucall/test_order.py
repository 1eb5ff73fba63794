"""What is shown in a row stands in the order in which it came about, on both databases.

PostgreSQL puts a row that was updated behind the others; each test updates the first one.
"""

import pytest

from governance import notices
from governance.models import Post
from governance.roles import CLERKS, Role
from hucall import flow
from hucall.forms import ReworkForm
from hucall.models import Call, CallbackAnswer, Response
from hucall.views.records import callback_rows
from tests.factories import hucall as make
from tests.factories.governance import County, load_calendar

pytestmark = pytest.mark.django_db


@pytest.fixture
def county():
    load_calendar()
    return County()


def touch(row, **other) -> None:
    """Change an indexed column and change it back, so that the row lies behind the others."""
    rows = type(row)._base_manager.filter(pk=row.pk)
    before = rows.values(*other).get()
    rows.update(**other)
    rows.update(**before)


def test_posts_are_held_in_the_order_in_which_they_were_given(county):
    user = county.user(Role.DEPARTMENT_CLERK)
    for name in ("县住建局", "县市场监管局"):
        Post.objects.create(user=user, unit=county.unit(name), role=Role.DEPARTMENT_CLERK)
    touch(user.posts.get(unit=county.unit("县公安局")), unit=county.row.pk)
    held = [str(post.unit) for post in type(user).objects.get(pk=user.pk).posts_held()]
    assert held == ["县公安局", "县住建局", "县市场监管局"]


def test_people_are_told_in_the_order_of_their_posts(county):
    unit = county.unit("县公安局")
    first, second = county.user(Role.DEPARTMENT_CLERK), county.user(Role.DEPARTMENT_LEADER)
    touch(first.posts.get(), role=Role.COUNTY)
    roles = CLERKS | {Role.DEPARTMENT_LEADER}
    told = notices.recipients({(unit.pk, roles)})
    assert told[(unit.pk, roles)] == [first, second]


def test_parts_are_named_in_the_order_of_their_dispatch(county):
    call = make.dispatched(county, assist=["县住建局", "县市场监管局"])
    touch(Response.objects.order_by("id").first(), county=county.unit("县公安局").pk)
    units = [county.unit(name).pk for name in ("县公安局", "县住建局", "县市场监管局")]
    assert flow.everybody(call) == [call.owner_id, *units]
    assert [part.unit_id for part, *_ in flow.voided_responses(call, None)] == units


def test_a_rework_names_its_departments_in_the_order_of_their_dispatch(county):
    call = make.dispatched(county, assist=["县住建局"])
    parts = [make.part(call, county, name) for name in ("县住建局", "县公安局")]
    for part in parts:
        make.finish(county, make.sign_in(county, part))
    touch(Response.objects.order_by("id").first(), county=county.unit("县公安局").pk)
    call = Call.objects.get(pk=call.pk)
    facts = {"responses": [part.pk for part in parts], "reason": "未修好"}
    form = ReworkForm(facts, record=call, actor=county.user(Role.PLATFORM))
    assert form.is_valid(), form.errors
    names = [str(part.unit) for part in form.cleaned_data["responses"]]
    assert names == ["县公安局", "县住建局"]


def test_the_answers_of_a_callback_stand_as_they_were_asked(county):
    call = make.finished(county)
    part = call.responses.get()
    callback = call.callbacks.model.objects.create(
        call=call, county=call.county, owner=call.owner, response=part, round=1
    )
    for who in ("caller", "people"):
        CallbackAnswer.objects.create(callback=callback, who=who, reached=False, words=who)
    touch(CallbackAnswer.objects.order_by("id").first(), who="x")
    notes = [row["note"] for row in callback_rows(callback) if row.get("note")]
    assert notes == ["caller", "people"]
