"""The workbench of those who must act: suggestions that wait, and changes of laws."""

from datetime import date

import pytest
import time_machine

from checklist import law_days, laws, workbench
from checklist.models import Suggestion
from governance.perform import perform
from governance.roles import Role
from tests.checklist.lawbook import based, entry
from tests.checklist.scene import NOW, Scene
from tests.checklist.test_law_days import DAY, ON
from tests.checklist.test_suggestions import PERSON, answered, facts, heard, routed
from tests.factories.governance import moment
from tests.governance.visiting import text_of, visit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
TEXT = "秸秆禁烧的职责不清,建议写明由谁巡查。"


@pytest.fixture
def scene():
    return based()


def waiting(user) -> list[tuple[str, str]]:
    return [(row["step"], row["title"]) for row in workbench.waiting_for(user)]


@pytest.mark.rule("GX-清单-30", "GX-清单-31")
def test_a_suggestion_waits_for_whoever_is_to_act_and_for_nobody_else(scene):
    others = [scene.chief, scene.sifa, scene.meeting, scene.county.user(Role.PLATFORM)]
    others.append(scene.county.user(Role.TOWNSHIP_CLERK, "贾镇"))
    leader = scene.county.user(Role.DEPARTMENT_LEADER, "县农业农村局")

    record = heard(scene)
    assert waiting(scene.bianban) == [("转办或答复", TEXT)]
    # Whoever keyed it in has nothing more to do.
    assert waiting(scene.town) == waiting(scene.clerk) == []
    to = {"unit": scene.county.unit("县农业农村局").pk}
    record = perform(record, "route", actor=scene.bianban, at=NOW, facts=to)
    assert waiting(scene.clerk) == waiting(leader) == [("答复", TEXT)]
    assert waiting(scene.bianban) == []
    reply = {"reply_text": "已写明。", "result": "explained"}
    record = perform(record, "reply", actor=scene.clerk, at=NOW, facts=reply)
    assert waiting(scene.clerk) == [] and waiting(scene.bianban) == [("办结", TEXT)]
    perform(record, "close", actor=scene.bianban, at=NOW)
    assert [waiting(one) for one in (scene.bianban, scene.clerk, *others)] == [[]] * 7


def test_what_was_handed_back_and_what_came_from_the_public_page_wait_for_bianban(scene):
    given = facts(no_answer="on")
    del given["channel"]
    perform(Suggestion(county=scene.row, owner=scene.row), "submit", at=NOW, facts=given)
    assert waiting(scene.bianban) == [("转办或答复", TEXT)]
    perform(routed(scene), "hand_back", actor=scene.clerk, at=NOW, facts={"reason": "不属本局"})
    assert [step for step, _ in waiting(scene.bianban)] == ["转办或答复"] * 2
    other = Scene(place=("另县", "999999", "另"))
    assert waiting(other.bianban) == []


def test_the_row_never_names_the_person(scene):
    heard(scene)
    page = text_of(visit(scene.bianban).get("/"))
    assert TEXT in page and "电话提出" in page
    assert not any(value in page for value in PERSON.values())


@pytest.mark.rule("GX-清单-22")
def test_a_change_of_a_law_is_announced_then_raised_and_gone(scene):
    air = entry("大气污染防治法")
    laws.change(air, "amended", date.fromisoformat(ON), by=scene.bianban)
    title = "《大气污染防治法》修改后的文本自2026年10月9日起施行"
    with time_machine.travel(moment("2026-09-08 09:00")):
        assert waiting(scene.bianban) == []  # more than a month ahead
    assert waiting(scene.bianban) == [("查看受影响的事项", title)]
    (row,) = workbench.waiting_for(scene.bianban)
    assert row["meta"] == "2026年10月9日由系统发出 2 件调整事由"
    assert waiting(scene.clerk) == waiting(scene.sifa) == waiting(scene.county.user(Role.SYSADMIN))
    assert waiting(scene.clerk) == []
    with time_machine.travel(DAY):
        assert waiting(scene.bianban) == [("发出调整事由", title)]
        law_days.raise_due(DAY)
        assert waiting(scene.bianban) == []


def test_what_was_recorded_late_waits_until_bianban_raises_it(scene):
    made = laws.change(entry(), "repealed", date(2026, 9, 8), by=scene.county.user(Role.SYSADMIN))
    assert [step for step, _ in waiting(scene.bianban)] == ["发出调整事由"]
    assert workbench.waiting_for(scene.bianban)[0]["meta"] == "2 件尚未发出"
    laws.raise_causes(made, scene.row, actor=scene.bianban)
    assert waiting(scene.bianban) == []


def test_more_of_it_costs_the_same_queries(scene, django_assert_num_queries):
    def more(names):
        for number, name in enumerate(names):
            heard(scene)
            routed(scene)
            answered(scene)
            basis = entry(name) if number else entry(name, short_names="大气污染防治法")
            laws.change(basis, "amended", date(2026, 9, 8), by=scene.bianban)

    more(["行政监察法"])
    for user, most in ((scene.bianban, 13), (scene.clerk, 2)):
        fresh(user)
        with django_assert_num_queries(most):
            few = workbench.waiting_for(user)
    more(["大气污染防治法", "甲法", "乙法"])
    for user, most in ((scene.bianban, 13), (scene.clerk, 2)):
        fresh(user)
        with django_assert_num_queries(most):
            found = workbench.waiting_for(user)
    assert len(few) == 1 and len(found) == 4


def fresh(user) -> None:
    """What a request reads of a person before any page."""
    user.posts_held()
