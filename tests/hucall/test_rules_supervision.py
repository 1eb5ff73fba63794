"""Yellow, red, the ladder, 督办, 通报 and 限期整改 (GX-呼应-18, TA-16)."""

from datetime import date

import pytest

from governance import sweep
from governance.models import Event, Notice, Referral
from governance.tasks import fire
from hucall.models import Bulletin, Rectification, Supervision
from tests.factories import hucall as make
from tests.factories.governance import County, load_calendar, moment
from tests.hucall.scene import People, clock, closed, do, fresh, invalid, not_allowed, told

pytestmark = [pytest.mark.django_db, pytest.mark.rule("GX-呼应-18")]


@pytest.fixture
def county():
    load_calendar()
    return County()


@pytest.fixture
def people(county):
    return People(county)


def about(user, what: str) -> list[str]:
    """What somebody was told about one clock, with the moment, oldest first."""
    rows = Notice.objects.filter(recipient=user, title__startswith=what).order_by("created_at")
    return [row.title.partition(":")[0] for row in rows]


# ------------------------------------------------------------------ yellow


@pytest.mark.parametrize(
    ("name", "warn"),
    [
        ("sign_in", "2026-11-11 14:48"),  # 13.5 个工作小时的后 20%
        ("finish", "2026-11-16 16:12"),  # 41.5 个工作小时的后 20%
    ],
)
def test_the_last_fifth_of_a_limit_is_yellow_and_the_department_alone_is_told(
    county, people, name, warn
):
    part = make.part(make.dispatched(county), county)
    assert clock(part, name).warn_at == moment(warn)
    label = clock(part, name).label
    sweep.sweep(moment(warn))
    assert f"{label}将到期" in about(people.police, label)
    for user in (people.police_leader, people.platform, people.ducha, people.clerk):
        assert f"{label}将到期" not in about(user, label)


def test_a_short_limit_is_yellow_two_working_hours_before(county, people):
    assert clock(make.filed(county), "verify").warn_at == moment("2026-11-10 11:00")


def test_an_urgent_limit_is_yellow_in_its_last_third(county, people):
    part = make.part(make.urgent(county), county)
    assert f"{clock(part, 'arrive').warn_at:%M:%S}" == "40:12"  # 60 分钟的 67%
    assert clock(part, "sign_in").warn_at < moment("2026-11-10 09:11")


# ------------------------------------------------------------------ red, and up the ladder


@pytest.mark.parametrize(
    ("at", "level"),
    [
        ("2026-11-11 17:29", 0),
        ("2026-11-11 17:30", 1),  # 周三:到期即红
        ("2026-11-12 17:29", 1),
        ("2026-11-12 17:30", 2),  # + 1 个工作日:主要负责人
        ("2026-11-16 17:29", 2),
        ("2026-11-16 17:30", 3),  # + 3:督查(周末不计)
        ("2026-11-18 17:29", 3),
        ("2026-11-18 17:30", 4),  # + 5:问责线索
        ("2026-12-31 00:00", 4),
    ],
)
def test_a_general_call_climbs_by_working_days(county, people, at, level):
    part = make.part(make.dispatched(county), county)
    sweep.sweep(moment(at))
    assert clock(part, "sign_in").level == level
    assert Referral.objects.filter(clock=clock(part, "sign_in")).count() == (level == 4)


@pytest.mark.parametrize(
    ("at", "level"),
    [
        ("2026-11-14 22:14", 0),
        ("2026-11-14 22:15", 1),  # 周六夜:到期即红
        ("2026-11-14 22:45", 2),  # + 30 分钟:主要负责人
        ("2026-11-15 00:14", 2),
        ("2026-11-15 00:15", 3),  # + 2 小时:督查
        ("2026-11-17 00:00", 4),  # + 1 日(遇休息日顺延至周一 24:00):问责线索
    ],
)
def test_an_urgent_call_climbs_within_hours(county, people, at, level):
    part = make.part(make.urgent(county, at=moment("2026-11-14 22:00")), county)
    sweep.sweep(moment(at))
    assert clock(part, "sign_in").level == level


def test_each_rung_tells_its_own_people(county, people):
    make.dispatched(county)
    for at in ("2026-11-11 17:30", "2026-11-12 17:30", "2026-11-16 17:30", "2026-11-18 17:30"):
        sweep.sweep(moment(at))
    assert about(people.platform, "报到") == ["报到已超期"]
    assert about(people.police, "报到") == ["报到已超期"]  # 黄灯已过,不再补发
    assert about(people.police_leader, "报到") == ["报到超期升级"]
    assert about(people.ducha, "报到") == ["报到超期升级"]
    assert about(people.jiwei, "报到") == []
    referral = Referral.objects.get()
    assert (str(referral.unit), referral.clause) == ("县公安局", "GX-呼应-10")
    assert referral.ground == "县公安局“集市东口道路塌陷”报到超期未完成"


def test_at_red_a_numbered_notice_goes_out_by_itself_and_only_one(county, people):
    call = make.dispatched(county)
    for at in ("2026-11-11 17:30", "2026-11-11 17:31", "2026-11-12 09:00"):
        sweep.sweep(moment(at))
        fire(moment(at))
    supervision = call.supervisions.get()
    assert (supervision.number, supervision.state) == ("冠督〔2026〕1号", "issued")
    assert supervision.ground == "报到应于2026年11月11日 17:30前完成,至今未完成"
    for user in (people.police, people.police_leader):
        assert "收到督办通知书:督办:集市东口道路塌陷" in told(user)
    reply = clock(supervision, "reply")
    assert (str(reply.owed_by), reply.due_at) == ("县公安局", moment("2026-11-13 17:30"))


def test_a_breach_bears_the_due_time_and_the_trail_says_so(county, people):
    part = make.part(make.dispatched(county), county)
    sweep.sweep(moment("2026-11-13 08:00"))
    event = Event.objects.of(part).get(step="clock_breached")
    assert event.at == moment("2026-11-11 17:30")
    assert event.summary == "县公安局:报到已于11月11日 17:30到期未完成"


def test_who_answers_in_time_climbs_nothing(county, people):
    part = make.finish(county, make.working(county))
    sweep.sweep(moment("2026-12-01 09:00"))
    assert not Event.objects.of(part).filter(step="clock_breached").exists()
    assert not Supervision.objects.exists()
    assert not Referral.objects.filter(unit=part.unit).exists()


# ------------------------------------------------------------------ 督办


@pytest.fixture
def supervision(county, people):
    part = make.part(make.dispatched(county), county)
    facts = {"ground": "推诿扯皮", "demand": "今日到场"}
    do(part, "supervise", people.ducha, **facts)
    return Supervision.objects.get()


def test_督查_and_platform_supervise_at_any_time_with_a_ground(county, people):
    part = make.part(make.dispatched(county), county)
    errors = invalid(part, "supervise", people.ducha)
    assert errors == {"ground": ["该单位没有超期时限,请写明督办事由。"]}
    not_allowed(part, "supervise", people.clerk, people.police, people.bianban, ground="x")
    for user in (people.ducha, people.platform):
        do(part, "supervise", user, ground="推诿扯皮")
    assert Supervision.objects.count() == 2


def test_once_it_is_late_the_broken_limits_are_ground_enough(county, people):
    part = make.part(make.dispatched(county), county)
    do(part, "supervise", people.ducha, "2026-11-18 09:00")
    ground = Supervision.objects.get().ground
    assert "报到应于2026年11月11日 17:30前完成" in ground
    assert "办结应于2026年11月17日 17:30前完成" in ground


def test_the_unit_answers_in_writing_and_who_supervises_closes_or_sends_back(
    county, people, supervision
):
    assert (supervision.ground, supervision.demand) == ("推诿扯皮", "今日到场")
    not_allowed(supervision, "answer", people.clerk, people.ducha, people.of("县住建局"), reply="x")
    assert set(invalid(supervision, "answer", people.police)) == {"reply"}
    closed(supervision, "close", people.ducha)
    do(supervision, "answer", people.police, reply="已派人到场")
    not_allowed(supervision, "close", people.police, people.clerk, people.county)
    assert set(invalid(supervision, "send_back", people.ducha)) == {"reason"}
    again = do(supervision, "send_back", people.ducha, reason="没有照片")
    assert (again.state, clock(again, "reply").met_at) == ("issued", None)
    do(supervision, "answer", people.police_leader, reply="附照片")
    assert do(supervision, "close", people.platform).state == "closed"


def test_a_silent_unit_is_late_with_its_answer_too(county, people, supervision):
    sweep.sweep(moment("2026-11-13 09:00"))
    assert clock(supervision, "reply").breached_at == moment("2026-11-12 17:30")


def test_a_finished_part_is_not_supervised(county, people):
    part = make.finish(county, make.working(county))
    closed(part, "supervise", people.ducha, ground="x")


def test_督查_takes_a_part_out_of_the_figures_with_a_reason_and_once(county, people):
    part = make.part(make.dispatched(county), county)
    not_allowed(part, "exclude", people.platform, people.police, people.clerk, reason="x")
    assert set(invalid(part, "exclude", people.ducha)) == {"reason"}
    part = do(part, "exclude", people.ducha, reason="不可抗力:暴雪封路")
    assert (part.excluded, part.exclusion_reason) == (True, "不可抗力:暴雪封路")
    assert closed(part, "exclude", people.ducha, reason="x").message == "本件已剔除。"


# ------------------------------------------------------------------ 通报 and 限期整改


@pytest.fixture
def bulletin(county, people):
    sheet = Bulletin(county=county.row, owner=county.unit("县督查机构"), month=date(2026, 11, 1))
    return do(sheet, "generate", people.ducha, "2026-12-01 09:00")


PUBLISHED = "2026-12-02 09:00"


@pytest.mark.rule("TA-16")
def test_the_bulletin_finds_不响应_and_迟响应_by_itself(county, people):
    make.dispatched(county)  # 从未报到
    late = make.part(make.dispatched(county, lead="县住建局"), county, "县住建局")
    make.sign_in(county, late, moment("2026-11-13 09:00"))
    good = make.working(county, unit="县水利局")
    make.finish(county, good)
    sheet = Bulletin(county=county.row, owner=county.unit("县督查机构"), month=date(2026, 11, 1))
    sheet = do(sheet, "generate", people.ducha, "2026-12-01 09:00")
    found = sheet.figures["departments"]
    assert "不响应" in found[str(county.unit("县公安局").pk)]
    assert "迟响应" in found[str(county.unit("县住建局").pk)]
    assert str(county.unit("县水利局").pk) not in found


def test_a_draft_is_for_platform_and_督查_and_can_be_edited_until_it_is_published(
    county, people, bulletin
):
    assert Bulletin.objects.visible_to(people.platform).get() == bulletin
    for user in (people.police, people.clerk, people.county, people.bianban):
        assert not Bulletin.objects.visible_to(user).exists()
    not_allowed(bulletin, "edit", people.police, people.clerk, people.county, title="t", text="x")
    words = {"title": "十一月通报", "text": "经核实,通报如下。"}
    bulletin = do(bulletin, "edit", people.platform, PUBLISHED, **words)
    assert (bulletin.title, bulletin.text) == ("十一月通报", "经核实,通报如下。")
    not_allowed(bulletin, "generate", people.police, people.clerk, people.county)
    do(bulletin, "publish", people.ducha, PUBLISHED)
    closed(bulletin, "edit", people.ducha, PUBLISHED, **words)
    closed(bulletin, "generate", people.ducha, PUBLISHED)
    closed(bulletin, "publish", people.ducha, PUBLISHED)
    assert Bulletin.objects.visible_to(people.police).get() == bulletin


@pytest.mark.parametrize(
    ("at", "over"),
    [("2026-11-30 23:59", False), ("2026-12-01 00:00", True), ("2027-01-05 09:00", True)],
)
def test_a_month_is_judged_when_it_is_over(county, people, bulletin, at, over):
    if not over:
        refusal = closed(bulletin, "publish", people.ducha, at)
        assert refusal.message == "当月尚未结束,不能发布。"
    else:
        assert do(bulletin, "publish", people.ducha, at).state == "published"


@pytest.mark.rule("TA-16")
def test_督查_publishes_with_a_number_and_names_who_must_rectify(county, people, bulletin):
    not_allowed(bulletin, "publish", people.platform, people.police, people.county, at=PUBLISHED)
    agency = county.unit("清泉派出所")
    errors = invalid(bulletin, "publish", people.ducha, PUBLISHED, units=[agency.pk])
    assert set(errors) == {"units"}
    units = [county.unit("县公安局").pk, county.unit("清泉街道").pk]
    bulletin = do(bulletin, "publish", people.ducha, PUBLISHED, units=units)
    assert (bulletin.state, bulletin.number) == ("published", "冠通报〔2026〕1号")
    orders = Rectification.objects.all()
    assert {str(order.unit) for order in orders} == {"县公安局", "清泉街道"}
    order = orders.get(unit__short_name="县公安局")
    rectify = clock(order, "rectify")
    assert (str(rectify.owed_by), rectify.due_at) == ("县公安局", moment("2026-12-16 17:30"))
    assert any(title.startswith("被通报并须限期整改") for title in told(people.police))
    assert any(title.startswith("新的通报已发布") for title in told(people.platform))


@pytest.mark.rule("TA-16")
def test_rectification_is_reported_and_judged_by_督查(county, people, bulletin):
    facts = {"units": [county.unit("县公安局").pk]}
    do(bulletin, "publish", people.ducha, PUBLISHED, **facts)
    order = Rectification.objects.get()
    not_allowed(order, "feed_back", people.clerk, people.ducha, people.of("县住建局"), report="x")
    assert set(invalid(order, "feed_back", people.police)) == {"report"}
    closed(order, "accept", people.ducha)
    do(order, "feed_back", people.police, "2026-12-10 09:00", report="已建立值班制度")
    not_allowed(order, "accept", people.police_leader, people.platform, people.clerk)
    assert set(invalid(order, "send_back", people.ducha)) == {"reason"}
    again = do(order, "send_back", people.ducha, "2026-12-11 09:00", reason="无台账")
    assert clock(again, "rectify").due_at == moment("2026-12-25 17:30")
    do(order, "feed_back", people.police, "2026-12-14 09:00", report="附台账")
    order = do(order, "accept", people.ducha, "2026-12-15 09:00")
    assert (order.state, clock(order, "rectify").breached_at) == ("accepted", None)
    assert fresh(bulletin).state == "published"


def test_who_does_not_rectify_turns_red(county, people, bulletin):
    do(bulletin, "publish", people.ducha, PUBLISHED, units=[county.unit("县公安局").pk])
    sweep.sweep(moment("2026-12-17 09:00"))
    order = Rectification.objects.get()
    assert clock(order, "rectify").breached_at == moment("2026-12-16 17:30")
    assert Rectification.objects.visible_to(people.police).get() == order
    assert not Rectification.objects.visible_to(people.of("县住建局")).exists()
