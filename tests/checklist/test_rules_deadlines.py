"""Ten working days from the day of the cause, what follows when they pass, and when they begin
anew (GX-清单-22, 26; JQ-清单-17, 24; decision 33).
"""

from datetime import date, timedelta

import pytest

from checklist.models import Application, Cause
from governance import calendars, sweep
from governance.models import Clock, Notice, Referral
from governance.perform import perform
from governance.roles import Role
from governance.steps import Forbidden, Invalid, StepClosed
from governance.tasks import fire
from tests.checklist.scene import NOW, Scene, again, papers
from tests.factories.governance import load_calendar, moment
from tests.hucall.doors import undone

DUE = [
    # the cause arises on, the last day to apply, why
    ("2026-09-08", "2026-09-21", False, "the first day is the 9th; Sunday the 20th is made up"),
    ("2026-09-17", "2026-10-08", False, "中秋 from 25 to 27 September, 国庆 from 1 to 7 October"),
    ("2026-09-30", "2026-10-20", False, "the first day counted is 8 October; the 10th is made up"),
    ("2026-10-01", "2026-10-20", False, "a cause on a holiday: counting begins on 8 October"),
    ("2026-02-10", "2026-03-02", False, "春节: 15 to 23 February; the 14th and 28th are made up"),
    ("2026-02-16", "2026-03-06", False, "a cause in the middle of 春节"),
    ("2026-12-17", "2026-12-31", False, "the last days of the published year"),
    ("2026-12-18", "2027-01-01", True, "reaches past the published years: 暂定"),
]


@pytest.fixture(scope="module")
def scenes(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), undone():
        load_calendar()
        near = Scene("guanxian-2019")
        near.publish()
        for role in (Role.JIWEI, Role.DEPARTMENT_LEADER):
            near.county.user(role)
        yield near


@pytest.fixture
def scene(scenes, django_db_blocker):
    with django_db_blocker.unblock(), undone():
        yield scenes


def swept(at) -> None:
    """What beat does."""
    sweep.sweep(at)
    fire(at)


def rectify_length(scene):
    """How long the county's last limit is."""
    return scene.county.rulebook.value("adjust.rectify")


def jiaoqu() -> Scene:
    load_calendar()
    made = Scene("jiaoqu-2022", ("郊区", "230811", "郊"))
    made.publish()
    made.jiwei = made.county.user(Role.JIWEI)
    return made


# ------------------------------------------------------------------ the days


@pytest.mark.rule("GX-清单-22", "JQ-清单-17")
@pytest.mark.django_db
def test_ten_working_days_from_the_day_of_the_cause(scene):
    for began, last, provisional, why in DUE:
        with undone():
            at = moment(f"{began} 15:00")
            cause = scene.cause(occurred_on=began, at=at)
            clock = cause.clocks.get(name="apply")
            due = moment(f"{last} 17:30")
            assert (clock.due_at, clock.provisional) == (due, provisional), (began, why)
            assert clock.owed_by == scene.county.unit("县农业农村局")


@pytest.mark.rule("GX-清单-22", "JQ-清单-17")
@pytest.mark.django_db
def test_a_cause_known_late_is_late_and_the_day_of_knowledge_stands_beside_it(scene):
    cause = scene.cause(occurred_on="2026-08-03", known_on="2026-09-07")
    assert cause.known_on == date(2026, 9, 7)
    clock = cause.clocks.get(name="apply")
    assert clock.due_at == moment("2026-08-17 17:30")  # though it was recorded in September
    swept(NOW)
    assert again(cause).state == "overdue"
    clock.refresh_from_db()
    assert clock.breached_at == clock.due_at
    application = scene.file(cause=cause.pk)
    assert application.late
    assert application.cause_on == cause.occurred_on


@pytest.mark.django_db
def test_nobody_knows_before_it_happens_nor_reports_tomorrow(scene):
    for given in ({"known_on": "2026-09-07"}, {"occurred_on": "2026-09-11"}):
        with pytest.raises(Invalid):
            scene.cause(**given)


@pytest.mark.rule("GX-清单-22")
@pytest.mark.django_db
def test_in_time_is_in_time_to_the_minute(scene):
    with undone():
        assert not scene.file(at=moment("2026-09-21 17:30")).late
    with undone():
        assert scene.file(at=moment("2026-09-21 17:31")).late


@pytest.mark.rule("GX-清单-22")
@pytest.mark.django_db
def test_the_draft_already_starts_the_days(scene):
    draft = perform(
        scene.application(), "save_draft", actor=scene.clerk, at=NOW,
        facts={"cause_on": "2026-09-08", "argument": "法律已修订"},
    )  # fmt: skip
    assert draft.cause.state == "open"
    assert draft.cause.clocks.running().get().due_at == moment("2026-09-21 17:30")
    seen = Application.objects.visible_to
    assert not seen(scene.bianban).filter(pk=draft.pk).exists()  # the draft is the unit's own
    assert Cause.objects.visible_to(scene.bianban).filter(pk=draft.cause_id).exists()


@pytest.mark.django_db
def test_a_cause_day_does_not_move_by_typing_another_one(scene):
    cause = scene.cause()
    application = scene.file(cause=cause.pk, cause_on="2026-09-10")
    assert application.cause_on == date(2026, 9, 8)
    with undone():
        assert scene.file(cause=scene.cause().pk, cause_on=None).cause_on == date(2026, 9, 8)


# ------------------------------------------------------------------ 冠县: the county proposes


@pytest.mark.rule("GX-清单-26")
@pytest.mark.django_db
def test_county_may_propose_once_the_days_have_passed(scene):
    cause = scene.cause()
    swept(moment("2026-09-21 17:29"))
    assert again(cause).state == "open"
    assert not Application.objects.filter(cause=cause).exists()
    swept(moment("2026-09-22 08:00"))
    assert again(cause).state == "overdue"
    draft = Application.objects.get(cause=cause)
    assert (draft.by_authority, draft.state, draft.cause_on) == (True, "draft", cause.occurred_on)
    seen = [u for u in (scene.chief, scene.bianban, scene.clerk, scene.town, scene.sifa)
            if Application.objects.visible_to(u).filter(pk=draft.pk).exists()]  # fmt: skip
    assert seen == [scene.chief]
    for other in (scene.bianban, scene.clerk, scene.sifa):
        with pytest.raises(Forbidden):
            perform(draft, "withdraw", actor=other, at=NOW, facts={"reason": "不办"})
    told = Notice.objects.filter(recipient=scene.chief, title__startswith="可直接提出调整建议")
    assert told.exists()
    facts = scene.new_item() | scene.facts() | {"kind": "add"}
    late = moment("2026-09-22 10:00")
    filed = perform(draft, "file", actor=scene.chief, at=late, facts=facts, files=papers())
    assert filed.late and filed.state == "submitted"
    assert again(cause).state == "applied"
    assert "依职权" in filed.events.get(step="file").summary
    # 按程序审定: the same chain, and the county, which proposed, also decides
    approved = scene.approved(filed, at=late)
    assert approved.state == "approved"
    scene.put_out(scene.compose(approved, at=late), at=late)
    assert again(cause).state == "settled"


@pytest.mark.rule("GX-清单-26")
@pytest.mark.django_db
def test_the_office_that_houses_the_county_files_nothing_in_its_name(scene):
    cause = scene.cause()
    perform(cause, "fall_due", at=NOW)
    draft = Application.objects.get(cause=cause)
    clerk = scene.county.user(Role.DEPARTMENT_CLERK, "县委办")
    with pytest.raises(Forbidden):
        perform(draft, "withdraw", actor=clerk, at=NOW, facts={"reason": "不办"})
    # and the county files nothing of its own accord: no unit has failed to apply
    own = Application(county=scene.row, owner=scene.county.unit("县委办"))
    with pytest.raises(Forbidden):
        perform(own, "file", actor=scene.chief, at=NOW, facts=scene.facts())


@pytest.mark.django_db
def test_a_cause_that_falls_due_again_has_one_proposal(scene):
    cause = scene.cause()
    late = moment("2026-09-23 09:00")
    swept(late)
    own = scene.file(cause=cause.pk, at=late)
    perform(own, "withdraw", actor=scene.clerk, at=late, facts={"reason": "材料有误"})
    assert again(cause).state == "open"
    swept(late)
    assert again(cause).state == "overdue"
    assert Application.objects.filter(cause=cause, by_authority=True).count() == 1


# ------------------------------------------------------------------ 郊区: rectification


@pytest.mark.rule("JQ-清单-24", "JQ-清单-17")
@pytest.mark.django_db
def test_rectification_is_ordered_and_then_referred():
    scene = jiaoqu()
    cause = scene.cause()
    swept(moment("2026-09-22 08:00"))
    cause = again(cause)
    assert cause.state == "rectifying"
    assert not Application.objects.filter(cause=cause).exists()
    event = cause.events.get(step="order_rectification")
    assert "责令限期整改" in event.summary and event.clause == "JQ-清单-24"
    apply, rectify = cause.clocks.order_by("id")
    assert apply.breached_at == apply.due_at
    assert rectify.met_at is None
    assert [one.name for one in cause.clocks.running()] == ["rectify"]
    for user in (scene.bianban, scene.sifa):
        assert Notice.objects.filter(recipient=user, title__contains="限期整改").exists()
    # the days of the first limit climb no more: nothing is referred before the second has passed
    swept(rectify.due_at - timedelta(minutes=1))
    assert not Cause.objects.visible_to(scene.jiwei).exists()
    assert not Referral.objects.filter(at__lt=rectify.due_at).exists()
    swept(rectify.due_at)
    assert again(cause).state == "referred"
    swept(moment("2026-11-20 09:00"))
    (referral,) = Referral.objects.all()
    assert referral.unit == scene.county.unit("县农业农村局")
    assert referral.clause == "JQ-清单-25"
    assert Cause.objects.visible_to(scene.jiwei).get() == cause
    assert not Clock.objects.running().of(cause).exists()
    # the unit still owes what it owes
    application = scene.file(cause=cause.pk, at=moment("2026-11-20 10:00"))
    assert application.late
    assert again(cause).state == "applied"


@pytest.mark.rule("JQ-清单-24", "JQ-清单-25")
@pytest.mark.django_db
@pytest.mark.parametrize("late", ["2026-10-14 08:00", "2026-11-20 09:00"])
def test_after_an_outage_no_referral_comes_before_the_last_limit(late):
    """12 working days (and 38) after the first limit: the order still opens its whole limit."""
    scene = jiaoqu()
    cause = scene.cause()
    swept(moment(late))
    swept(moment(late))
    assert again(cause).state == "rectifying"
    assert not Referral.objects.exists()
    apply, rectify = cause.clocks.order_by("id")
    assert (apply.breached_at, apply.level) == (apply.due_at, 1)
    assert rectify.started_at == moment(late)
    assert calendars.for_county(scene.row).due(moment(late), rectify_length(scene)).at == (
        rectify.due_at
    )
    swept(rectify.due_at - timedelta(minutes=1))
    assert again(cause).state == "rectifying"
    assert not Referral.objects.exists()
    # and the second limit passes in a second outage: one referral, by the step alone
    swept(rectify.due_at + timedelta(days=40))
    swept(rectify.due_at + timedelta(days=41))
    assert again(cause).state == "referred"
    (referral,) = Referral.objects.all()
    assert (referral.clause, referral.clock) == ("JQ-清单-25", None)
    assert referral.at > rectify.due_at


@pytest.mark.rule("JQ-清单-25")
@pytest.mark.django_db
def test_known_or_reopened_late_it_is_still_ordered_before_it_is_referred():
    """The day of the cause lies months back, so every rung of the first limit has passed."""
    scene = jiaoqu()
    cause = scene.cause(occurred_on="2026-06-01")
    swept(NOW)
    assert again(cause).state == "rectifying"
    assert not Referral.objects.exists()
    application = scene.file(cause=cause.pk)
    perform(application, "withdraw", actor=scene.clerk, at=NOW, facts={"reason": "材料有误"})
    swept(moment("2026-09-18 09:00"))
    assert again(cause).state == "rectifying"
    assert not Referral.objects.exists()


@pytest.mark.django_db
def test_a_rung_that_was_set_before_it_was_known_to_be_none_passes_in_silence():
    """Rows of an older version may still wait for a rung that this ladder has no more."""
    scene = jiaoqu()
    cause = scene.cause()
    clock = cause.clocks.get()
    at = clock.due_at + timedelta(days=1)
    Clock.objects.filter(pk=clock.pk).update(level=1, breached_at=clock.due_at, next_at=at)
    sweep.sweep(at)
    clock.refresh_from_db()
    assert (clock.level, clock.next_at) == (1, None)


@pytest.mark.rule("JQ-清单-24")
@pytest.mark.django_db
def test_an_application_within_the_last_limit_ends_it():
    scene = jiaoqu()
    cause = scene.cause()
    swept(moment("2026-09-22 08:00"))
    scene.file(cause=cause.pk, at=moment("2026-09-23 08:00"))
    assert again(cause).state == "applied"
    assert not cause.clocks.running().exists()
    swept(moment("2026-11-20 09:00"))
    assert again(cause).state == "applied"
    assert not Referral.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("preset", ["tongxin-2021", "taian-2019", "tongwei-2020"])
def test_where_the_text_says_in_time_no_clock_runs(preset):
    load_calendar()
    scene = Scene(preset, ("丙县", "371527", "丙"))
    scene.publish()
    cause = scene.cause()
    assert not cause.clocks.exists()
    assert not scene.file(cause=cause.pk, at=moment("2026-11-20 10:00")).late
    with pytest.raises(StepClosed):
        perform(scene.cause(), "order_rectification", at=NOW)


# ------------------------------------------------------------------ what becomes of a cause


@pytest.mark.django_db
def test_withdrawn_or_declined_the_duty_comes_back_with_its_first_day(scene):
    for step, actor in (("withdraw", scene.clerk), ("decline", scene.bianban)):
        with undone():
            application = scene.file()
            perform(application, step, actor=actor, at=NOW, facts={"reason": "材料有误"})
            cause = again(application.cause)
            assert cause.state == "open"
            assert cause.clocks.running().get().due_at == moment("2026-09-21 17:30")


@pytest.mark.django_db
def test_what_is_returned_and_never_corrected_does_not_answer_for_ever(scene):
    application = scene.file()
    facts = {"reason": "论证不充分"}
    back = perform(application, "return_for_correction", actor=scene.bianban, at=NOW, facts=facts)
    perform(back, "decline", actor=scene.bianban, at=NOW, facts={"reason": "逾期未补正"})
    assert again(application.cause).state == "open"


@pytest.mark.django_db
def test_two_applications_for_one_cause(scene):
    """The cause waits for both; one was decided, so the other's withdrawal brings nothing back."""
    first = scene.file()
    second = scene.file(cause=first.cause_id, **scene.new_item("噪声治理"))
    accepted = scene.accepted(first)
    stage = accepted.current().get(name="research")
    perform(stage, "refuse", actor=scene.chief, at=NOW, facts={"reason": "不需要"})
    assert again(first).state == "refused"
    assert again(first.cause).state == "applied"
    perform(second, "withdraw", actor=scene.clerk, at=NOW, facts={"reason": "一并撤回"})
    assert again(first.cause).state == "settled"
    with undone():
        third = scene.file(**scene.new_item("油烟治理"))
        fourth = scene.file(cause=third.cause_id, **scene.new_item("垃圾分类"))
        for one in (third, fourth):
            assert again(third.cause).state == "applied"
            perform(one, "withdraw", actor=scene.clerk, at=NOW, facts={"reason": "撤回"})
        assert again(third.cause).state == "open"


@pytest.mark.rule("GX-清单-04")
@pytest.mark.django_db
def test_bianban_may_find_that_nothing_need_change(scene):
    cause = scene.cause()
    with pytest.raises(Forbidden):
        perform(cause, "dismiss", actor=scene.clerk, at=NOW, facts={"reason": "不需要"})
    done = perform(cause, "dismiss", actor=scene.bianban, at=NOW, facts={"reason": "已涵盖"})
    assert done.state == "dismissed"
    clock = done.clocks.get()
    assert clock.cancelled and clock.met_at
    swept(moment("2026-11-20 09:00"))
    assert again(cause).state == "dismissed"
