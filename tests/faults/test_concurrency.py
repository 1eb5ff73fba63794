"""Many people at the same instant: one of them succeeds, and everybody else is told so.

Over real HTTP, on PostgreSQL and on the file of SQLite that `make run` uses.
"""

import json

import pytest

from governance.models import Event
from governance.perform import perform
from governance.roles import Role
from governance.steps import Invalid, StepClosed
from hucall.models import Call, Response
from tests.factories import hucall as make
from tests.factories.governance import County, load_calendar
from tests.faults.server import ask, at_once, serving, session_of

pytestmark = pytest.mark.django_db(transaction=True)
CALLS = "/api/v1/hucall/calls/"


@pytest.fixture
def county():
    load_calendar()
    return County()


def counted(answers) -> dict[int, int]:
    """How often each status was answered; anything else that happened fails the test."""
    found: dict[int, int] = {}
    for answer in answers:
        assert not isinstance(answer, Exception), answer
        found[answer[0]] = found.get(answer[0], 0) + 1
    return found


@pytest.mark.rule("GX-呼应-10")
def test_of_a_hundred_simultaneous_sign_ins_exactly_one_succeeds(county):
    part = make.part(make.dispatched(county), county)
    people = [county.user(role) for role in (Role.DEPARTMENT_CLERK, Role.DEPARTMENT_LEADER)]
    sessions = [session_of(user) for user in people]
    path = f"/api/v1/hucall/responses/{part.pk}/steps/sign_in/"
    with serving() as port:
        answers = at_once(100, lambda n: ask(port, "POST", path, sessions[n % 2], {}))
    assert counted(answers) == {200: 1, 409: 99}
    refusal = json.loads(next(body for status, body in answers if status == 409))
    assert refusal == {
        "code": "step_closed",
        "message": "当前状态为“办理中”,不能报到。",
        "clause": "GX-呼应-10",
    }
    assert Event.objects.of(part).filter(step="sign_in").count() == 1
    assert Response.objects.get(pk=part.pk).version == part.version + 1


def test_of_two_opposite_decisions_one_wins(county):
    leader, platform = county.user(Role.DEPARTMENT_LEADER), county.user(Role.PLATFORM)
    facts = {"workdays": 3, "reason": "待料"}
    parts = []
    for _ in range(4):
        part = make.working(county)
        parts.append(perform(part, "request_extension", actor=leader, at=make.FILED, facts=facts))
    session = session_of(platform)
    with serving() as port:
        for part in parts:
            paths = [
                f"/api/v1/hucall/responses/{part.pk}/steps/{name}/"
                for name in ("grant_extension", "refuse_extension")
            ]
            body = {"version": part.version, "reason": "材料本地有售"}
            answers = at_once(2, lambda n, p=paths, b=body: ask(port, "POST", p[n], session, b))
            assert counted(answers) == {200: 1, 409: 1}
            codes = {json.loads(body).get("code") for _, body in answers}
            assert codes & {"stale", "step_closed"}
            steps = Event.objects.of(part).filter(step__endswith="_extension")
            assert steps.exclude(step="request_extension").count() == 1
            assert part.extensions.get().decision in ("granted", "refused")


def test_the_same_key_twenty_times_at_once_files_one_call(county):
    session = session_of(county.user(Role.TOWNSHIP_CLERK))
    key = {"Idempotency-Key": "one-and-the-same"}
    with serving() as port:
        answers = at_once(20, lambda n: ask(port, "POST", CALLS, session, make.CONTENT, **key))
        altered = make.CONTENT | {"title": "另一件事"}
        status, body = ask(port, "POST", CALLS, session, altered, **key)
    assert counted(answers) == {201: 20}
    first, *others = (json.loads(body) for _, body in answers)
    assert all(other == first for other in others)
    assert Call.objects.count() == 1
    assert (status, json.loads(body)["code"]) == (422, "idempotency_key_reused")


@pytest.mark.postgres
def test_numbers_have_no_gap_under_twenty_parallel_filings(county):
    clerk = county.user(Role.TOWNSHIP_CLERK)

    def file(number: int) -> str:
        facts = make.CONTENT | ({"title": ""} if number % 5 == 4 else {})  # some are refused
        call = make.new_call(county)
        return perform(call, "file", actor=clerk, at=make.FILED, facts=facts).number

    done = at_once(20, file)
    numbers = [one for one in done if isinstance(one, str)]
    assert len(numbers) == 16
    assert set(numbers) == {f"冠呼〔2026〕{place}号" for place in range(1, 17)}
    assert make.filed(county).number == "冠呼〔2026〕17号"


@pytest.mark.postgres
@pytest.mark.rule("GX-呼应-12")
def test_when_the_last_assistant_and_the_lead_finish_at_the_same_instant(county):
    """Whoever comes first: the call never ends over an open part, and it does end."""
    facts = {"result": "已修复路面并恢复通行"}
    people = [county.user(Role.DEPARTMENT_CLERK, name) for name in ("县公安局", "县住建局")]
    for _ in range(5):
        call = make.dispatched(county, assist=["县住建局"])
        parts = [
            make.sign_in(county, make.part(call, county, name)) for name in ("县公安局", "县住建局")
        ]
        lead, helper = at_once(
            2,
            lambda n, p=parts: (
                perform(p[n], "finish", actor=people[n], at=make.FILED, facts=facts).state
            ),
        )
        assert helper == "finished"
        if isinstance(lead, StepClosed):
            assert Call.objects.get(pk=call.pk).state == "handling"
            lead = make.finish(county, parts[0]).state
        assert lead == "finished"
        assert Call.objects.get(pk=call.pk).state == "finished"
        assert Event.objects.of(call).filter(step="finish").count() == 1
        assert call.ratings.count() == 2


@pytest.mark.postgres
@pytest.mark.rule("GX-呼应-05")
def test_of_two_calls_merged_into_each_other_at_once_one_goes_on(county):
    """Each waits for the other's file: the door locks both in one order, so nobody is thrown out
    by the database.
    """
    platform = county.user(Role.PLATFORM)
    for _ in range(8):
        pair = [make.filed(county), make.filed(county)]

        def merge(number: int, pair=pair) -> str:
            facts = {"into": pair[1 - number].pk, "reason": "同一路段"}
            return perform(pair[number], "merge", actor=platform, at=make.FILED, facts=facts).state

        answers = at_once(2, merge)
        assert answers.count("merged") == 1, answers
        refused = next(one for one in answers if one != "merged")
        assert isinstance(refused, StepClosed | Invalid), answers
        states = Call.objects.filter(pk__in=[call.pk for call in pair])
        assert sorted(states.values_list("state", flat=True)) == ["merged", "submitted"]
