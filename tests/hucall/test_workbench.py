"""What 乡呼县应 puts on the workbench beside its clocks."""

import pytest

from governance.perform import perform
from governance.roles import Role
from hucall import workbench
from tests.factories import hucall as make
from tests.factories.governance import County, load_calendar, moment
from tests.governance.visiting import text_of, visit

pytestmark = pytest.mark.django_db

LATER = moment("2026-11-20 10:00")


@pytest.fixture
def county():
    load_calendar()
    return County()


def draft(county, title="路灯不亮"):
    clerk = county.user(Role.TOWNSHIP_CLERK)
    given = {"kind": "complex", "title": title}
    return perform(make.new_call(county), "save_draft", actor=clerk, at=make.FILED, facts=given)


def waiting(user) -> list[tuple[str, str]]:
    return [(row["step"], row["title"]) for row in workbench.waiting_for(user)]


def test_a_draft_waits_for_its_own_unit_alone(county):
    draft(county)
    assert waiting(county.user(Role.TOWNSHIP_CLERK)) == [("继续填写", "路灯不亮")]
    for user in (
        county.user(Role.TOWNSHIP_CLERK, "贾镇"),
        county.user(Role.TOWNSHIP_LEADER),
        county.user(Role.PLATFORM),
        county.user(Role.SYSADMIN),
    ):
        assert waiting(user) == []
        assert "路灯不亮" not in text_of(visit(user).get("/"))


def test_a_call_waits_for_the_leaders_approval(county):
    county.amend(**{"call.leader_approval": True})
    make.filed(county)
    leader = county.user(Role.TOWNSHIP_LEADER)
    assert waiting(leader) == [("审批", make.CONTENT["title"])]
    assert waiting(county.user(Role.TOWNSHIP_CLERK)) == []


@pytest.mark.rule("GX-呼应-13")
def test_an_urgent_call_is_approved_afterwards_where_the_county_wants_it(county):
    leader = county.user(Role.TOWNSHIP_LEADER)
    make.urgent(county)
    assert waiting(leader) == []
    county.amend(**{"call.leader_approval": True})
    call = make.urgent(county)
    assert waiting(leader) == [("补办审批", make.CONTENT["title"])]
    perform(call, "endorse", actor=leader, at=make.FILED)
    assert waiting(leader) == []


def figures(user) -> dict:
    return {
        one["label"]: one.get("value", (one.get("numerator"), one.get("denominator")))
        for one in workbench.figures(user, LATER)
    }


def test_each_sees_the_month_of_its_own_post(county):
    make.finished(county)
    make.dispatched(county, lead="县水利局")
    make.filed(county, owner=county.unit("贾镇"))
    assert figures(county.user(Role.TOWNSHIP_CLERK)) == {
        "呼叫": 2,
        "部门已报到": (1, 2),
        "部门已办结": (1, 2),
        "我们评为满意": "—",
    }
    assert figures(county.user(Role.DEPARTMENT_CLERK)) == {
        "呼叫到本单位": 1,
        "已报到": (1, 1),
        "已办结": (1, 1),
    }
    assert figures(county.user(Role.PLATFORM)) == {"呼叫": 3, "承接率": (1, 2), "办结率": (1, 2)}
    assert figures(county.user(Role.SYSADMIN)) == {}


@pytest.mark.rule("GX-呼应-16")
def test_a_rating_moves_no_figure_of_a_department(county):
    call = make.finished(county)
    handler = county.user(Role.DEPARTMENT_CLERK)
    before = workbench.figures(handler, LATER)
    given = {"level": "dissatisfied", "reason": "又塌了"}
    rating = call.ratings.get()
    perform(rating, "rate", actor=county.user(Role.TOWNSHIP_CLERK), at=make.FILED, facts=given)
    assert workbench.figures(handler, LATER) == before
    assert figures(county.user(Role.TOWNSHIP_CLERK))["我们评为满意"] == (0, 1)


def test_what_one_may_begin_stands_on_the_workbench(county):
    clerk = text_of(visit(county.user(Role.TOWNSHIP_CLERK)).get("/"))
    assert "发起呼叫</a>" in clerk and "登记自行处置</a>" in clerk
    assert "电话补录</a>" in text_of(visit(county.user(Role.PLATFORM)).get("/"))
    assert "发起呼叫</a>" not in text_of(visit(county.user(Role.DEPARTMENT_CLERK)).get("/"))
