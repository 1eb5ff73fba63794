"""The door: what it refuses, what it writes, and that it does all of it or nothing."""

import pytest
from django.db import DatabaseError, connection, transaction

from governance import notices, rulebooks
from governance.models import Clock, Counter, Event, Notice, Outbox, Party
from governance.perform import Forbidden, Invalid, Stale, StepClosed, offered, perform
from governance.roles import Role
from hucall.models import Call, Response
from tests.factories import hucall as make
from tests.factories.governance import County, moment

pytestmark = pytest.mark.django_db


def test_a_state_cannot_be_assigned(county):
    call = make.filed(county)
    with pytest.raises(AttributeError):
        call.state = "archived"


def test_a_closed_step_says_why_and_by_which_clause(county):
    response = make.working(county)
    with pytest.raises(StepClosed) as refusal:
        make.sign_in(county, response)
    assert refusal.value.message == "当前状态为“办理中”,不能报到。"
    assert refusal.value.clause == "GX-呼应-10"
    assert refusal.value.status == 409


def test_somebody_elses_step_is_refused_with_the_name_of_those_who_may(county):
    call = make.filed(county)
    with pytest.raises(Forbidden) as refusal:
        perform(call, "dispatch", actor=county.user(Role.TOWNSHIP_CLERK), at=make.FILED)
    assert refusal.value.message == "“核实派发”须由响应平台管理员办理。"


def test_the_platform_itself_does_no_persons_step(county):
    with pytest.raises(Forbidden):
        perform(make.filed(county), "dispatch", at=make.FILED)


def test_a_disabled_account_does_nothing(county):
    call = make.filed(county)
    clerk = county.user(Role.TOWNSHIP_CLERK)
    clerk.is_active = False
    with pytest.raises(Forbidden):
        perform(call, "withdraw", actor=clerk, at=make.FILED, facts={"reason": "误报"})


def test_a_stale_page_cannot_win_even_when_the_state_has_come_back(county):
    """A → B → A: the state is as it was read, the matter is not."""
    call = make.filed(county)
    read = call.version
    platform, clerk = county.user(Role.PLATFORM), county.user(Role.TOWNSHIP_CLERK)
    perform(call, "return_for_correction", actor=platform, at=make.FILED, facts={"reason": "补图"})
    perform(call, "refile", actor=clerk, at=make.FILED, facts=make.CONTENT)
    assert Call.objects.get(pk=call.pk).state == "submitted"
    with pytest.raises(Stale):
        perform(
            call, "turn_back", actor=platform, at=make.FILED, version=read, facts={"reason": "x"}
        )
    assert Call.objects.get(pk=call.pk).state == "submitted"


def test_wrong_facts_leave_nothing_behind(county):
    with pytest.raises(Invalid) as refusal:
        make.filed(county, title="", text="")
    assert set(refusal.value.form.errors) == {"title", "text"}
    assert refusal.value.form.errors["title"] == ["该字段是必填项。"]
    assert not Call.objects.exists()
    assert not Counter.objects.exists()


@pytest.mark.parametrize("broken", ["governance.trail.append", "governance.notices.of_move"])
def test_a_failure_anywhere_rolls_the_whole_step_back(county, broken, monkeypatch):
    call = make.filed(county)
    counts = Event.objects.count(), Clock.objects.count(), Notice.objects.count()

    def fail(*args):
        raise RuntimeError("injected")

    monkeypatch.setattr(broken, fail)
    with pytest.raises(RuntimeError), transaction.atomic():
        make.dispatched(county, call=call)
    assert Call.objects.get(pk=call.pk).state == "submitted"
    assert not Response.objects.exists()
    assert (Event.objects.count(), Clock.objects.count(), Notice.objects.count()) == counts


def test_numbers_are_without_gaps_and_begin_anew_each_year(county):
    first = make.filed(county, at=moment("2025-12-31 16:00"))
    with pytest.raises(Invalid):
        make.filed(county, title="")
    with pytest.raises(RuntimeError), transaction.atomic():
        make.filed(county, at=moment("2025-12-31 16:30"))
        raise RuntimeError("rolled back")
    second = make.filed(county, at=moment("2025-12-31 17:00"))
    third = make.filed(county, at=moment("2026-01-01 00:30"))
    numbers = [first.number, second.number, third.number]
    assert numbers == ["冠呼〔2025〕1号", "冠呼〔2025〕2号", "冠呼〔2026〕1号"]


def test_a_withdrawn_matter_keeps_its_number(county):
    call = make.filed(county)
    clerk = county.user(Role.TOWNSHIP_CLERK)
    call = perform(call, "withdraw", actor=clerk, at=make.FILED, facts={"reason": "重复"})
    assert (call.get_state_display(), call.number) == ("已作废", "冠呼〔2026〕1号")
    assert make.filed(county).number == "冠呼〔2026〕2号"


def test_a_call_is_as_old_as_its_filing_and_not_as_its_draft(county):
    clerk, draft = county.user(Role.TOWNSHIP_CLERK), make.new_call(county)
    draft = perform(draft, "save_draft", actor=clerk, at=make.FILED, facts=make.CONTENT)
    later = moment("2026-11-12 15:00")
    call = perform(draft, "file", actor=clerk, at=later, facts=make.CONTENT)
    assert call.raised_at == later
    assert Clock.objects.get(name="verify").started_at == later


def test_two_counties_count_apart(county):
    other = County("郊区", "230811", "郊", "jiaoqu-2022")
    assert make.filed(county).number == "冠呼〔2026〕1号"
    assert make.filed(other).number == "郊呼〔2026〕1号"


@pytest.mark.rule("GX-呼应-04")
def test_every_step_leaves_an_event_with_actor_post_clause_and_facts(county):
    call = make.filed(county)
    event = Event.objects.of(call).get()
    assert (event.step, event.source, event.target) == ("file", "", "submitted")
    assert event.actor == county.user(Role.TOWNSHIP_CLERK)
    assert event.post_label == "清泉街道 乡镇经办"
    assert event.clause == "GX-呼应-08"
    assert event.at == make.FILED
    assert ["什么事", "集市东口道路塌陷"] in event.facts


@pytest.mark.rule("GX-呼应-04")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE governance_event SET summary = 'x'",
        "DELETE FROM governance_event",
        "UPDATE governance_seal SET hash = 'x'",
        "DELETE FROM governance_seal",
    ],
)
def test_the_database_refuses_to_change_the_trail(county, statement):
    from governance import trail

    make.filed(county)
    trail.seal()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.postgres
@pytest.mark.rule("GX-呼应-04")
def test_the_database_refuses_to_empty_the_trail(county):
    make.filed(county)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE governance_event CASCADE")


def test_a_matter_keeps_the_rulebook_under_which_it_was_raised(county):
    old = make.filed(county)
    county.amend(**{"call.sign_in.general": "3 workdays"})
    new = make.filed(county)
    make.dispatched(county, call=old)
    make.dispatched(county, call=new)
    due = dict(Clock.objects.filter(name="sign_in").values_list("root_id", "due_at"))
    assert due[old.pk] == moment("2026-11-11 17:30")
    assert due[new.pk] == moment("2026-11-13 17:30")


def test_those_who_are_told_are_told_once_and_never_of_their_own_doing(county):
    platform = county.user(Role.PLATFORM)
    call = make.filed(county)
    assert [n.title for n in notices.inbox(platform)] == ["新的呼叫待核实派发:集市东口道路塌陷"]
    assert notices.unread(county.user(Role.TOWNSHIP_CLERK)) == 0
    clerk = county.user(Role.DEPARTMENT_CLERK)
    make.dispatched(county, call=call)
    assert notices.unread(clerk) == 1


@pytest.mark.parametrize(
    ("kind", "leaves"),
    [
        ("complex", "2026-11-16 08:30"),  # Saturday night: Monday at half past eight
        ("urgent", "2026-11-14 22:00"),  # an urgent call rings at once
    ],
)
def test_mail_that_is_not_urgent_waits_for_office_hours(county, kind, leaves):
    clerk = county.user(Role.DEPARTMENT_CLERK, email="clerk@example.com")
    saturday = moment("2026-11-14 22:00")
    if kind == "urgent":
        make.urgent(county, at=saturday)
    else:
        make.dispatched(county, at=saturday)
    message = Outbox.objects.get(notice__recipient=clerk)
    assert message.due_at == moment(leaves)


def test_the_units_that_take_part_are_let_in(county):
    call = make.dispatched(county, assist=["县市场监管局"])
    names = Party.objects.filter(matter_id=call.pk).values_list("unit__short_name", flat=True)
    assert set(names) == {"清泉街道", "县公安局", "县市场监管局"}


def test_a_page_greys_the_steps_people_look_for_and_says_why(county):
    response = make.part(make.dispatched(county), county)
    clerk = county.user(Role.DEPARTMENT_CLERK)
    shown = {one.name: one for one in offered(response, clerk, make.FILED)}
    assert shown["sign_in"].open
    assert not shown["finish"].open
    assert shown["finish"].reason == "当前状态为“待报到”,不能办结。"


def test_a_rulebook_that_is_not_in_force_yet_binds_nobody(county):
    later = rulebooks.edit(
        county.row, {"call.sign_in.general": "9 workdays"}, moment("2027-01-01 00:00").date()
    )
    call = make.filed(county)
    assert call.rulebook_id != later.pk
