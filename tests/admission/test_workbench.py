"""The workbench of those who take part in admission: what waits without a clock, and buttons."""

import pytest
import time_machine
from django.utils import timezone

from admission import workbench
from admission.models import AdmissionRequest
from governance import todo
from governance.perform import perform
from governance.roles import Role
from tests.admission.scene import NOW, OTHER, TOWN, Scene, again
from tests.factories.governance import moment
from tests.governance.visiting import text_of, visit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def waiting(user) -> list[tuple[str, str]]:
    return [(row["step"], row["word"]) for row in workbench.waiting_for(user)]


def test_a_request_waits_for_its_applicant_and_for_nobody_else(scene):
    draft = perform(scene.request(), "save_draft", actor=scene.clerk, at=NOW, facts={"name": "甲"})
    assert waiting(scene.clerk) == waiting(scene.leader) == [("继续填写", "草稿")]
    perform(draft, "withdraw", actor=scene.clerk, at=NOW, facts={"reason": "不办了"})
    record = scene.consult()
    scene.reply(record, TOWN)
    assert waiting(scene.clerk) == []
    scene.reply(record, OTHER)
    assert waiting(scene.clerk) == [("填写协商意见并提交", "意见已齐")]
    facts = {"agreement": "同意承接。"}
    record = perform(record, "file", actor=scene.clerk, at=NOW, facts=facts)
    assert waiting(scene.clerk) == waiting(scene.bianban) == []
    stage = record.current().first()
    perform(stage, "send_back", actor=scene.bianban, at=NOW, facts={"reason": "请补充"})
    assert waiting(scene.clerk) == [("补正后重新提交", "退回补正")]
    strangers = [scene.town, scene.other_town, scene.bianban, scene.chief]
    assert [waiting(one) for one in strangers] == [[]] * 4


def test_a_stage_without_a_limit_waits_for_its_reviewer(scene):
    record = scene.reviewed(scene.filed(), until="approve")
    found = workbench.waiting_for(scene.chief)
    assert [row["word"] for row in found] == ["待审批"]
    assert record.number == found[0]["number"] and "农业普查入户登记" in found[0]["title"]
    assert waiting(scene.bianban) == []
    request = scene.reviewed(record)
    scene.reviewed(scene.exit(request), until="approve")
    assert [row["title"] for row in workbench.waiting_for(scene.chief)] == ["退出:农业普查入户登记"]


def test_what_a_township_suggests_waits_for_the_department(scene):
    duty = scene.carried()
    facts = {"reason": "保障没有到位"}
    perform(duty, "suggest_exit", actor=scene.town, at=scene.day_of(duty), facts=facts)
    hand_over = ("开具交办单", "待交办")  # the other township's duty
    assert waiting(scene.clerk) == [("核实后提出退出申请", "乡镇建议"), hand_over]


def test_what_the_clock_has_opened_stands_among_the_clocks_only(scene):
    scene.carried(ends_on="2026-10-30", support_due_on="2026-10-20")
    scene.clock_to(moment("2026-10-31 00:05"))
    assert waiting(scene.clerk) == []
    with time_machine.travel(moment("2026-11-02 10:00")):
        assert "提出退出申请" in text_of(visit(scene.clerk).get("/"))


def test_the_cost_does_not_grow(scene, django_assert_max_num_queries):
    for number in range(6):
        record = scene.reviewed(scene.filed(TOWN, name=f"事项{number}"), until="approve")
        if number % 2:
            scene.reviewed(scene.exit(scene.reviewed(record)), until="approve")
    for number in range(4):
        facts = {"name": f"草稿{number}"}
        perform(scene.request(), "save_draft", actor=scene.clerk, at=NOW, facts=facts)
    assert len(waiting(scene.chief)) == 6
    assert waiting(scene.clerk).count(("继续填写", "草稿")) == 4
    assert waiting(scene.clerk).count(("开具交办单", "待交办")) == 3
    for _ in range(3):
        scene.help(), scene.report()
    assert len(waiting(scene.town)) == 3 and len(waiting(scene.bianban)) == 3
    users = [again(one) for one in (scene.chief, scene.clerk, scene.town)]
    for user, most in zip(users, (6, 3, 6), strict=True):
        user.posts_held()
        with django_assert_max_num_queries(most):
            workbench.waiting_for(user)
    nobody = scene.county.user(Role.KAOHE)
    nobody.posts_held()
    with django_assert_max_num_queries(0):
        assert workbench.waiting_for(nobody) == []


def test_the_button_stands_where_the_county_lets_apply(scene):
    label = "提出准入申请"
    assert label in text_of(visit(scene.clerk).get("/"))
    assert label not in text_of(visit(scene.town).get("/"))
    assert label not in text_of(visit(scene.bianban).get("/"))
    tongxin = Scene("tongxin-2021", place=("同心县", "640324", "同"))
    assert label in text_of(visit(tongxin.town).get("/"))
    assert not AdmissionRequest.objects.exists()


def lines(user) -> list[tuple[str, str]]:
    page = todo.page_of(todo.first_of_each(todo.mine(user)), user, timezone.now())
    return sorted((one["step"], one["title"]) for one in page.items)


def test_the_support_of_one_duty_is_one_line(scene, django_assert_max_num_queries):
    duty = scene.carried()
    both = [
        ("落实6项保障", "农业普查入户登记(清泉街道)"),
        ("落实6项保障", "农业普查入户登记(贾镇)"),
    ]
    assert lines(scene.clerk) == sorted(both)
    with time_machine.travel(scene.day_of(duty)):
        facts = {"delivery": "已落实", "delivered_on": "2026-09-14"}
        for support in duty.supports.exclude(kind__in=("guidance", "training")):
            more = {"people": "3"} if support.kind == "staff" else {}
            perform(support, "deliver", actor=scene.clerk, facts=facts | more)
        assert ("落实2项保障", "农业普查入户登记(清泉街道)") in lines(scene.clerk)
        text = text_of(visit(scene.clerk).get("/"))
        assert "落实2项保障" in text and "按最早到期的一项计时" in text and "10月30日" in text
        perform(scene.support(duty, "training"), "deliver", actor=scene.clerk,
                facts=facts | {"hours": "4"})  # fmt: skip
        assert any(step == "落实指导保障" for step, _ in lines(scene.clerk))
    user = again(scene.clerk)
    with django_assert_max_num_queries(9):
        lines(user)


def test_what_follows_an_approval_lies_with_whoever_is_next(scene):
    duty = scene.duty(scene.admitted(TOWN))
    assert waiting(scene.clerk) == [("开具交办单", "待交办")] and waiting(scene.town) == []
    with time_machine.travel(scene.day_of(duty)):
        slip = scene.issue(duty)
        assert waiting(scene.clerk) == [] and waiting(scene.other_town) == []
        assert waiting(scene.town) == [("核对表号,签收或者拒收", "待签收")]
        perform(slip, "receive", actor=scene.town, facts={})
        assert waiting(scene.town) == waiting(scene.clerk) == []
        facts = {"delivery": "已培训", "delivered_on": "2026-09-14", "hours": "4"}
        for kind in ("training", "guidance"):
            perform(scene.support(duty, kind), "deliver", actor=scene.clerk, facts=facts)
        (row,) = workbench.waiting_for(scene.town)
        assert (row["step"], row["url"]) == ("确认2项保障到位", duty.get_absolute_url())
        assert "确认2项保障到位" in text_of(visit(scene.town).get("/"))
        for kind in ("training", "guidance"):
            perform(scene.support(duty, kind), "confirm", actor=scene.town, facts={})
        assert waiting(scene.town) == []


def test_help_and_reports_lie_with_whoever_is_next(scene):
    help_ = scene.help()
    assert waiting(scene.town) == [("答复是否同意协助", "待答复")]
    assert waiting(scene.other_town) == waiting(scene.meeting) == []
    perform(help_, "agree", actor=scene.town, at=NOW, facts={})
    assert waiting(scene.town) == []
    report = scene.report()
    assert waiting(scene.bianban) == waiting(scene.chief) == [("核查处理", "待核查")]
    report = scene.order(report)
    assert waiting(scene.bianban) == [] == waiting(scene.clerk)
    perform(report, "answer", actor=scene.clerk, at=NOW, facts={"correction": "已收回"})
    assert waiting(scene.bianban) == [("确认是否已纠正", "待确认")]
