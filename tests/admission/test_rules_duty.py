"""准入事项: how it is handed over, what comes with it, what its money may do, when it is over; and
what is done about help, and about work that came without a gate.
"""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from admission.models import AdmittedDuty, ExitRequest, FundEntry, HandDown, Slip
from governance.models import Referral
from governance.perform import perform
from governance.roles import Role
from governance.steps import Forbidden, Invalid, StepClosed
from tests.admission.scene import NOW, OTHER, TOWN, Scene, again
from tests.factories.governance import moment

pytestmark = pytest.mark.django_db
AT = moment("2026-10-12 10:00")
WHY = {"reason": "情况属实"}


def errors(act) -> dict:
    """What the form says of facts that it does not take."""
    with pytest.raises(Invalid) as refusal:
        act()
    return refusal.value.form.errors


def paper(scene, number: str, **given) -> Slip:
    """清泉街道 registers a paper with a number on it."""
    facts = {"department": scene.department.pk, "name": "普查", "content": "照办"}
    slip = Slip(county=scene.row, owner=scene.unit(TOWN))
    facts |= {"stated_number": number} | given
    return perform(slip, "register", actor=scene.town, at=AT, facts=facts)


# Hand-over -----------------------------------------------------------------------


@pytest.mark.rule("GX-准入-12", "JQ-准入-13")
@pytest.mark.parametrize("preset", ["guanxian-2019", "jiaoqu-2022"])
def test_a_slip_bears_the_number_of_the_approval_and_makes_the_duty_the_townships(calendar, preset):
    scene = Scene(preset)
    request = scene.admitted()
    duty = scene.duty(request)
    assert (duty.state, duty.approval_number) == ("pending", request.number)
    slip = scene.issue(duty)
    assert slip.stated_number == request.number and slip.number.startswith("冠交")
    with pytest.raises(StepClosed, match="应当协助落实"):
        perform(slip, "decline", actor=scene.town, at=AT, facts=WHY)
    with pytest.raises(Forbidden):
        perform(slip, "receive", actor=scene.other_town, at=AT, facts={})
    perform(slip, "receive", actor=scene.town, at=AT, facts={})
    assert again(duty).state == "active" and scene.duty(request, OTHER).state == "pending"


@pytest.mark.rule("GX-准入-12")
def test_outside_its_days_nothing_is_handed_over_or_signed_for(scene):
    duty = scene.duty(scene.admitted())
    assert duty.starts_on == date(2026, 9, 14)
    assert "届时" in str(errors(lambda: scene.issue(duty, moment("2026-09-13 23:59")))["duty"])
    slip = scene.issue(duty, moment("2026-12-31 10:00"))
    with pytest.raises(StepClosed, match="可以拒收"):
        perform(slip, "receive", actor=scene.town, at=moment("2027-01-01 00:00"), facts={})
    over = moment("2027-01-01 00:05")
    assert "已满" in str(errors(lambda: scene.issue(duty, over))["duty"])
    assert perform(slip, "decline", actor=scene.town, at=over, facts=WHY).state == "declined"
    scene.clock_to(over)
    assert "duty" in errors(lambda: scene.issue(duty, over))


@pytest.mark.rule("GX-准入-12")
def test_a_number_counts_only_for_its_department_and_township(scene):
    request = scene.admitted(TOWN)
    scene.county.user(Role.DEPARTMENT_CLERK, "县公安局")
    foreign = paper(scene, request.number, department=scene.unit("县公安局").pk)
    assert foreign.duty is None
    theirs = Slip(county=scene.row, owner=scene.unit(OTHER))
    facts = {"department": scene.department.pk, "name": "普查", "content": "照办"}
    facts |= {"stated_number": request.number}
    theirs = perform(theirs, "register", actor=scene.other_town, at=AT, facts=facts)
    for slip, actor in ((foreign, scene.town), (theirs, scene.other_town)):
        with pytest.raises(StepClosed, match="可以拒收"):
            perform(slip, "receive", actor=actor, at=AT, facts={})
    right = paper(scene, request.number)
    perform(right, "receive", actor=scene.town, at=AT, facts={})
    assert scene.duty(request).state == "active"
    other = scene.county.user(Role.DEPARTMENT_CLERK, "县公安局")
    mine = Slip(county=scene.row, owner=scene.unit("县公安局"))
    facts = {"duty": scene.duty(request).pk, "content": "照办"}
    assert "duty" in errors(lambda: perform(mine, "issue", actor=other, at=AT, facts=facts))


# Support ---------------------------------------------------------------------------


@pytest.mark.rule(
    *("GX-准入-05", "GX-准入-13", "JQ-准入-05", "JQ-准入-14", "TA-12", "TW-32"),
    *("TX-准入-04", "TX-准入-12"),
)
@pytest.mark.parametrize(
    ("preset", "kinds"),
    [
        (
            "guanxian-2019",
            {"funds", "staff", "technology", "training", "guidance", "conditions"},
        ),
        ("jiaoqu-2022", {"conditions", "training", "guidance"}),
        ("taian-2019", {"funds", "staff", "technology", "training", "guidance"}),
        ("tongwei-2020", {"powers", "funds", "staff"}),
        ("tongxin-2021", {"funds", "guidance"}),
    ],
)
def test_support_comes_with_the_duty_is_watched_delivered_and_confirmed(calendar, preset, kinds):
    scene = Scene(preset)
    duty = scene.carried()
    assert {one.kind for one in duty.supports.all()} == kinds
    assert not set(duty.supports.exclude(state="promised"))
    kind = "guidance" if "guidance" in kinds else "funds"
    support = scene.support(duty, kind)
    clock = support.clocks.running().get()
    assert timezone.localdate(clock.due_at - timedelta(seconds=1)) == date(2026, 10, 30)
    facts = {"delivery": "已现场培训指导", "delivered_on": "2026-10-12", "hours": "4"}
    with pytest.raises(Forbidden):
        perform(support, "deliver", actor=scene.town, at=AT, facts=facts)
    late = {"delivered_on": "2026-10-13"}
    given = {"actor": scene.clerk, "at": AT}
    assert "delivered_on" in errors(
        lambda: perform(support, "deliver", facts=facts | late, **given)
    )
    support = perform(support, "deliver", facts=facts, **given)
    assert not support.clocks.running().exists()
    with pytest.raises(Forbidden):
        perform(support, "confirm", actor=scene.clerk, at=AT, facts={})
    support = perform(support, "dispute", actor=scene.town, at=AT, facts=WHY)
    assert support.state == "promised" and support.clocks.running().get().due_at == clock.due_at
    support = perform(support, "deliver", facts=facts, **given)
    support = perform(support, "confirm", actor=scene.town, at=AT, facts={})
    assert support.state == "confirmed" and (kind != "guidance" or support.hours == 4)


@pytest.mark.rule("GX-准入-13")
def test_a_promise_that_is_late_and_disputed_stays_late(scene):
    duty = scene.carried()
    support = scene.support(duty)
    late = moment("2026-11-16 10:00")
    scene.clock_to(late)
    facts = {"delivery": "已培训", "delivered_on": "2026-11-16"}
    perform(support, "deliver", actor=scene.clerk, at=late, facts=facts)
    perform(again(support), "dispute", actor=scene.town, at=late, facts=WHY)
    clock = support.clocks.running().get()
    assert clock.due_at == moment("2026-10-31 00:00")
    scene.clock_to(late)
    assert support.clocks.running().get().breached_at == clock.due_at


# Money -----------------------------------------------------------------------------


@pytest.mark.rule("GX-准入-14", "GX-准入-13", "TX-准入-04")
def test_money_is_earmarked_and_never_spent_beyond_what_is_there(scene):
    duty = scene.carried()
    with pytest.raises(StepClosed, match="余额"):
        scene.spend(duty)
    scene.allot(duty, "1000.50")
    for amount in ("1000.51", "0", "-1", "0.001", "NaN", "1e9", "10000000000000"):
        assert "amount" in errors(lambda amount=amount: scene.spend(duty, amount)), amount
    scene.spend(duty, "400.25")
    facts = {"amount": "600.25", "day": "2026-09-14", "purpose": "结余退回"}
    duty = perform(again(duty), "give_back", actor=scene.town, at=AT, facts=facts)
    assert duty.balance == 0 and (duty.allotted, duty.spent) == (Decimal("400.25"),) * 2
    kinds = [(one.kind, one.amount, one.balance) for one in duty.entries.all()]
    assert kinds == [
        ("allot", Decimal("1000.50"), Decimal("1000.50")),
        ("spend", Decimal("400.25"), Decimal("600.25")),
        ("give_back", Decimal("600.25"), 0),
    ]
    with pytest.raises(StepClosed, match="余额"):
        scene.spend(duty, "0.01")


@pytest.mark.rule("GX-准入-14")
def test_the_ledger_is_only_added_to_and_only_by_those_whose_money_it_is(scene):
    duty = scene.carried()
    scene.allot(duty)
    entry = FundEntry.objects.get()
    entry.amount = 1
    for change in (entry.save, entry.delete):
        with pytest.raises(TypeError):
            change()
    facts = {"amount": "1", "day": "2026-10-12", "purpose": "办公"}
    for actor in (scene.clerk, scene.other_town, scene.treasury, scene.bianban):
        with pytest.raises(Forbidden):
            perform(again(duty), "spend", actor=actor, at=AT, facts=facts)
    facts |= {"voucher": "拨2"}
    assert perform(again(duty), "allot", actor=scene.treasury, at=AT, facts=facts).allotted == 1001
    with pytest.raises(Forbidden):
        perform(again(duty), "allot", actor=scene.town, at=AT, facts=facts)


@pytest.mark.rule("GX-准入-14")
def test_nothing_is_spent_before_the_duty_is_carried(scene):
    duty = scene.duty(scene.admitted())
    scene.allot(duty)
    with pytest.raises(StepClosed, match="待交办"):
        scene.spend(duty)


def test_amounts_that_no_column_holds_are_refused_in_words(scene):
    duty = scene.carried()
    scene.allot(duty, "999999999999.99")
    assert "amount" in errors(lambda: scene.allot(duty, "999999999999.99"))
    assert "fee" in errors(lambda: scene.help(fee="99999999999.99"))
    help = perform(scene.help(), "agree", actor=scene.town, at=NOW, facts={})
    facts = {"amount": "99999999999.99", "day": "2026-09-10", "voucher": "付1"}
    assert "amount" in errors(lambda: perform(help, "pay", actor=scene.clerk, at=NOW, facts=facts))


# Its time --------------------------------------------------------------------------


@pytest.mark.rule("GX-准入-15", "JQ-准入-15")
def test_the_end_is_announced_ten_working_days_before_and_comes_on_its_day(scene):
    """31 December 2026 less ten working days is 17 December."""
    request = scene.admitted()
    duty = scene.received(scene.duty(request))
    timers = {one.name: one.due_at for one in duty.clocks.running()}
    assert timers == {"remind": moment("2026-12-17 00:00"), "term": moment("2027-01-01 00:00")}
    scene.clock_to(moment("2026-12-16 23:59"))
    assert not duty.events.filter(step="remind").exists()
    scene.clock_to(moment("2026-12-17 00:00"))
    assert duty.events.filter(step="remind").count() == 1
    scene.clock_to(moment("2026-12-31 23:59"))
    assert again(duty).state == "active"
    scene.clock_to(moment("2027-01-01 00:00"))
    assert again(duty).state == "lapsed"
    leave = ExitRequest.objects.get()
    assert leave.clocks.running().get().length == "5 workdays"
    slip = Slip(county=scene.row, owner=scene.department)
    facts = {"duty": duty.pk, "content": "再办一次"}
    at = moment("2027-01-04 10:00")
    assert "duty" in errors(lambda: perform(slip, "issue", actor=scene.clerk, at=at, facts=facts))


@pytest.mark.rule("GX-准入-15")
def test_the_reminder_leaves_the_national_holiday_out(scene):
    duty = scene.carried(ends_on="2026-10-16", support_due_on="2026-10-15")
    # 16, 15 … 8 October are worked (10 October as well), then 30, 29, 28 September.
    assert duty.clocks.running().get(name="remind").due_at == moment("2026-09-28 00:00")


def test_what_was_approved_too_late_is_handed_down_no_more(scene):
    request = scene.filed(ends_on="2026-09-30", support_due_on="2026-09-30")
    request = scene.reviewed(request, at=AT)
    assert request.state == "in_force" and not AdmittedDuty.objects.exists()


def test_a_duty_begins_with_its_effect_when_its_first_day_has_passed(scene):
    request = scene.reviewed(scene.filed(), at=AT)
    assert scene.duty(request).starts_on == AT.date()


# Help ------------------------------------------------------------------------------


@pytest.mark.rule("GX-准入-16")
def test_help_is_agreed_upon_and_paid_for(scene):
    for fee in ("", "0", "-5"):
        assert "fee" in errors(lambda fee=fee: scene.help(fee=fee))
    for given in ({"ends_on": "2026-09-13"}, {"ends_on": "2029-01-01"}):
        assert "ends_on" in errors(lambda given=given: scene.help(**given))
    assert "pay_by" in errors(lambda: scene.help(pay_by="2026-09-09"))
    help = scene.help()
    with pytest.raises(Forbidden):
        perform(help, "agree", actor=scene.clerk, at=NOW, facts={})
    with pytest.raises(StepClosed, match="双方协商"):
        perform(help, "agree_for_meeting", actor=scene.town, at=NOW, facts={})
    help = perform(help, "agree", actor=scene.town, at=NOW, facts={})
    clock = help.clocks.running().get()
    assert clock.due_at == moment("2026-10-01 00:00")
    facts = {"amount": "2999.99", "day": "2026-09-10", "voucher": "付1"}
    given = {"actor": scene.clerk, "at": NOW}
    assert "amount" in errors(lambda: perform(help, "pay", facts=facts, **given))
    help = perform(help, "pay", facts=facts | {"amount": "3000"}, **given)
    help = perform(help, "dispute", actor=scene.town, at=NOW, facts=WHY)
    assert (help.state, help.paid, help.paid_on) == ("agreed", 0, None)
    assert help.clocks.running().get().due_at == clock.due_at
    help = perform(help, "pay", facts=facts | {"amount": "3000"}, **given)
    assert perform(help, "confirm", actor=scene.town, at=NOW, facts={}).state == "done"
    assert not AdmittedDuty.objects.exists(), "no admission"


@pytest.mark.rule("TA-11")
def test_in_taian_the_joint_meeting_approves_what_is_temporary(calendar):
    scene = Scene("taian-2019")
    help = scene.help()
    with pytest.raises(StepClosed, match="联席会议"):
        perform(help, "agree", actor=scene.town, at=NOW, facts={})
    help = perform(help, "agree_for_meeting", actor=scene.town, at=NOW, facts={})
    facts = {"opinion": "同意", "document_number": " "}
    given = {"actor": scene.meeting, "at": NOW}
    assert "document_number" in errors(lambda: perform(help, "grant", facts=facts, **given))
    with pytest.raises(Forbidden):
        perform(help, "grant", actor=scene.clerk, at=NOW, facts=facts)
    help = perform(help, "grant", facts=facts | {"document_number": "联〔2026〕1号"}, **given)
    assert help.state == "agreed" and help.meeting_document


def test_a_diverted_request_becomes_temporary_help(scene):
    request = scene.filed()
    facts = {"outcome": "temporary"} | WHY
    request = perform(request, "divert", actor=scene.bianban, at=NOW, facts=facts)
    assert scene.help(request=request.pk).request == request
    other = scene.filed(name="另一事项")
    assert "request" in errors(lambda: scene.help(request=other.pk))


# Without a gate ---------------------------------------------------------------------


@pytest.mark.rule("GX-准入-02", "TW-37", "TW-38")
def test_what_came_without_admission_is_reported_with_evidence_and_corrected(scene):
    facts = {
        "department": scene.department.pk, "manner": "pledge", "name": "责任状",
        "happened_on": "2026-09-08", "text": "要求签订",
    }  # fmt: skip
    report = HandDown(county=scene.row, owner=scene.unit(TOWN))
    given = {"actor": scene.town, "at": NOW}
    assert "files" in errors(lambda: perform(report, "report", facts=facts, **given))
    assert "happened_on" in errors(lambda: scene.report(happened_on="2026-09-11"))
    report = scene.report()
    assert not HandDown.objects.visible_to(scene.clerk).exists(), "not before an order"
    for limit in (0, 61, "", "1.5"):
        assert "limit" in errors(lambda limit=limit: scene.order(report, limit=limit))
    with pytest.raises(Forbidden):
        perform(report, "order", actor=scene.clerk, at=NOW, facts={})
    report = scene.order(report)
    assert HandDown.objects.visible_to(scene.clerk).exists()
    assert timezone.localdate(report.clocks.running().get().due_at) == date(2026, 9, 17)
    facts = {"correction": "已收回责任状"}
    report = perform(report, "answer", actor=scene.clerk, at=NOW, facts=facts)
    report = perform(report, "send_back", actor=scene.bianban, at=NOW, facts=WHY)
    assert report.clocks.running().get().name == "correct"
    report = perform(report, "answer", actor=scene.clerk, at=NOW, facts=facts)
    report = perform(report, "close", actor=scene.chief, at=NOW, facts={})
    assert report.state == "closed" and not Referral.objects.exists()


@pytest.mark.rule("TW-37")
def test_what_is_to_be_regularised_names_its_request(scene):
    report = scene.order(scene.report(), demand="regularise")
    facts = {"correction": "已补办"}
    given = {"actor": scene.clerk, "at": NOW}
    assert "request" in errors(lambda: perform(report, "answer", facts=facts, **given))
    request = scene.filed()
    report = perform(report, "answer", facts=facts | {"request": request.pk}, **given)
    assert report.request == request


@pytest.mark.rule("GX-准入-02", "JQ-准入-02", "TA-10", "TW-37")
@pytest.mark.parametrize("late", ["2026-09-18 00:05", "2026-09-21 09:00", "2027-03-01 09:00"])
def test_an_overdue_correction_is_referred_exactly_once(scene, late):
    """Also where the sweep was away for months: its own ladder adds no second lead."""
    report = scene.order(scene.report())
    scene.clock_to(moment("2026-09-17 17:00"))
    assert again(report).state == "ordered" and not Referral.objects.exists()
    for _ in range(3):
        scene.clock_to(moment(late))
    assert again(report).state == "referred"
    assert Referral.objects.filter(matter_id=report.pk).count() == 1
    scene.clock_to(moment("2027-06-01 09:00"))
    assert Referral.objects.count() == 1
