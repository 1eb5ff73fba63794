"""Two desks at the same instant on one admission: exactly one is heard, the other is told so (409).
On PostgreSQL and on the file of SQLite.
"""

import pytest
import time_machine

from admission.models import ExitRequest, Slip
from governance.models import Clock, Event, Post, User
from governance.perform import perform
from governance.roles import Role
from governance.steps import Stale, StepClosed
from tests.admission.scene import NOW, OTHER, TOWN, Scene, again
from tests.checklist.scene import BEGAN
from tests.factories.governance import PASSWORD, load_calendar
from tests.faults.server import at_once

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 3
SAID = {"opinion": "同意", "reason": "依据不足", "document_number": "备〔2026〕3号"}


@pytest.fixture
def scene():
    load_calendar()
    return Scene()


@pytest.fixture
def colleague(scene) -> User:
    """A second person of 编办."""
    user = User.objects.create_user(
        "colleague.one", PASSWORD, name="乙", must_change_password=False
    )
    home = scene.bianban.posts_held()[0].unit
    Post.objects.create(user=user, unit=home, role=Role.BIANBAN, since=BEGAN.date())
    return User.objects.get(pk=user.pk)


def filed_request(scene, number: int):
    """A request before its first reviewers."""
    return scene.filed(name=f"普查{number}")


def filed_exit(scene, number: int):
    """An exit before its first reviewers."""
    duty = scene.carried(name=f"普查{number}")
    return scene.exit(duty.request, TOWN, at=scene.day_of(duty))


MATTERS = {"request": filed_request, "exit": filed_exit}


def one_winner(answers):
    """The one that got through; everybody else was refused with 409, not by the database."""
    done = [one for one in answers if not isinstance(one, Exception)]
    refused = [one for one in answers if isinstance(one, Exception)]
    assert len(done) == 1, answers
    assert all(isinstance(one, Stale | StepClosed) and one.status == 409 for one in refused), (
        refused
    )
    return done[0]


@pytest.mark.parametrize("make", MATTERS.values(), ids=MATTERS)
def test_of_two_reviewers_at_one_stage_one_decides(scene, colleague, make):
    people = [scene.bianban, colleague]
    for number, steps in enumerate((("agree", "agree"), ("agree", "refuse"), ("send_back",) * 2)):
        matter = make(scene, number)
        stage = scene.stage(matter, "bianban")
        at = max(NOW, stage.raised_at)

        def decide(which, stage=stage, steps=steps, at=at):
            given = {"actor": people[which], "at": at, "version": stage.version, "facts": SAID}
            return perform(stage, steps[which], **given)

        done = one_winner(at_once(2, decide))
        stage = again(stage)
        assert stage.state == done.state and stage.version == done.version == 2
        assert stage.decided_by in people
        assert Event.objects.of(stage).exclude(step="begin").count() == 1
        ends = {"agreed": "reviewing", "refused": "refused", "returned": "returned"}
        assert again(matter).state == ends[stage.state]
        running = Clock.objects.running().of_file(matter).filter(name="review")
        assert running.count() == (1 if stage.state == "agreed" else 0)


@pytest.mark.rule("GX-准入-09")
@pytest.mark.parametrize("make", MATTERS.values(), ids=MATTERS)
def test_the_last_two_agreements_at_once_open_the_next_stage_once(scene, make):
    for number in range(ROUNDS):
        matter = make(scene, number)
        stages = [scene.stage(matter, name) for name in ("bianban", "sifa")]
        people, at = [scene.bianban, scene.sifa], max(NOW, matter.raised_at)

        def agree(n, stages=stages, people=people, at=at):
            return perform(stages[n], "agree", actor=people[n], at=at, facts=SAID)

        answers = at_once(2, agree)
        assert [one.state for one in answers] == ["agreed", "agreed"], answers
        opened = matter.current().filter(state="open").values_list("name", flat=True)
        assert list(opened) == ["approve"]


@pytest.mark.parametrize("make", MATTERS.values(), ids=MATTERS)
def test_an_approval_and_a_withdrawal_at_once_leave_no_half(scene, make):
    """The last stage brings the duties, or ends them; a withdrawal comes before or not at all."""
    for number in range(ROUNDS):
        matter = make(scene, number)
        at = max(NOW, matter.raised_at)
        scene.reviewed(matter, at=at, until="approve")
        stage = scene.stage(matter, "approve")

        def act(which, matter=matter, stage=stage, at=at):
            if which:
                return perform(again(matter), "withdraw", actor=scene.clerk, at=at, facts=SAID)
            return perform(stage, "agree", actor=scene.chief, at=at, facts=SAID)

        one_winner(at_once(2, act))
        matter, stage = again(matter), again(stage)
        assert (matter.state == "withdrawn") == (stage.state == "void")
        assert matter.state in ("withdrawn", "in_force", "done")
        assert not matter.current().filter(state="open").exists()
        if isinstance(matter, ExitRequest):
            states = {"withdrawn": "active", "done": "ended"}
            assert scene.duty(matter.request).state == states[matter.state]
        else:
            assert matter.duties.count() == (2 if matter.state == "in_force" else 0)


@pytest.mark.rule("GX-准入-07")
def test_two_townships_answer_while_the_department_withdraws(scene):
    people = {TOWN: scene.town, OTHER: scene.other_town}
    for number in range(ROUNDS):
        request = scene.consult(name=f"普查{number}")
        opinions = {name: scene.opinion(request, name) for name in people}

        def act(which, request=request, opinions=opinions):
            if which == 2:
                return perform(request, "withdraw", actor=scene.clerk, at=NOW, facts=SAID)
            name = (TOWN, OTHER)[which]
            facts = {"attitude": "agree", "text": "愿意承接"}
            return perform(opinions[name], "reply", actor=people[name], at=NOW, facts=facts)

        *answers, withdrawn = at_once(3, act)
        assert withdrawn.state == "withdrawn", withdrawn
        for name, answer in zip(people, answers, strict=True):
            # What was said before the withdrawal stands; whoever came after it is told.
            assert isinstance(answer, StepClosed) or answer.state == "answered", answer
            opinion = again(opinions[name])
            assert opinion.state == ("void" if isinstance(answer, StepClosed) else "answered")
            assert bool(opinion.attitude) == (opinion.state == "answered")
        assert not Clock.objects.running().of_file(request).exists()


def test_two_people_of_one_township_answer_at_once(scene):
    people = [scene.town, scene.county.user(Role.TOWNSHIP_LEADER, TOWN)]
    opinion = scene.opinion(scene.consult(TOWN), TOWN)

    def reply(which):
        facts = {"attitude": ("agree", "disagree")[which], "text": "意见"}
        given = {"actor": people[which], "at": NOW, "version": opinion.version, "facts": facts}
        return perform(opinion, "reply", **given)

    done = one_winner(at_once(2, reply))
    assert again(opinion).attitude == done.attitude
    assert Event.objects.of(opinion).filter(step="reply").count() == 1


@pytest.mark.rule("GX-准入-12")
def test_a_slip_is_signed_for_or_taken_back(scene):
    for number in range(ROUNDS):
        duty = scene.duty(scene.admitted(name=f"普查{number}"))
        slip, at = scene.issue(duty), scene.day_of(duty)
        people = [scene.town, scene.clerk]

        def act(which, slip=slip, at=at, people=people):
            step = ("receive", "recall")[which]
            return perform(slip, step, actor=people[which], at=at, facts=SAID)

        with time_machine.travel(at, tick=False):
            done = one_winner(at_once(2, act))
        assert again(duty).state == ("active" if done.state == "received" else "pending")
    assert Slip.objects.filter(state="issued").count() == 0
