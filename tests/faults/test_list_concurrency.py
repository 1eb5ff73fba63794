"""Two desks at the same instant on one change of the list: one consistent outcome, and the other
is told. On PostgreSQL and on the file of SQLite.
"""

import pytest
import time_machine
from django.db import IntegrityError

from checklist import law_days, laws
from checklist.models import Application, Cause, Edition, LawCause, LegalBasis
from governance.models import Clock, Event
from governance.perform import perform
from governance.roles import Role
from governance.steps import Invalid, Refused, Stale, StepClosed
from tests.checklist.scene import NOW, Scene, again
from tests.factories.governance import load_calendar
from tests.faults.server import at_once

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 3
GONE = {"reason": "一并撤回"}


@pytest.fixture
def scene():
    load_calendar()
    made = Scene(**{"adjust.argument_required": False})
    made.publish()
    return made


def told(answers) -> None:
    """Whoever did not get through was refused in words, not thrown out by the database."""
    for answer in answers:
        assert not isinstance(answer, Exception) or isinstance(answer, Refused), repr(answer)


@pytest.mark.rule("GX-清单-24", "GX-清单-05")
def test_one_reviewer_agrees_while_the_other_refuses(scene):
    for number in range(ROUNDS):
        application = scene.accepted(scene.file(**scene.new_item(f"事项{number}")))
        scene.agree(application, "research")
        stages = {name: scene.stage(application, name) for name in ("bianban", "sifa")}

        def decide(which, stages=stages):
            if which:
                facts = {"reason": "依据不足"}
                return perform(stages["sifa"], "refuse", actor=scene.sifa, at=NOW, facts=facts)
            facts = {"opinion": "同意"}
            return perform(stages["bianban"], "agree", actor=scene.bianban, at=NOW, facts=facts)

        answers = at_once(2, decide)
        told(answers)
        assert not isinstance(answers[1], Exception), answers  # the refusal always counts
        assert isinstance(answers[0], StepClosed) or answers[0].state == "agreed"
        application = again(application)
        assert application.state == "refused"
        states = dict(application.current().values_list("name", "state"))
        assert states["sifa"] == "refused"
        assert states["bianban"] in ("agreed", "void")
        assert set(states) == {"research", "bianban", "sifa"}
        assert Event.objects.of(application).filter(step="refuse").count() == 1
        assert not Clock.objects.running().of_file(application).exists()


def test_the_last_two_agreements_at_once_open_the_next_stages_once(scene):
    application = scene.accepted(scene.file())
    scene.agree(application, "research")
    stages = [scene.stage(application, name) for name in ("bianban", "sifa")]
    people = [scene.bianban, scene.sifa]
    answers = at_once(
        2, lambda n: perform(stages[n], "agree", actor=people[n], at=NOW, facts={"opinion": "好"})
    )
    assert [one.state for one in answers] == ["agreed", "agreed"]
    opened = application.current().filter(state="open").values_list("name", flat=True)
    assert sorted(opened) == ["city_bianban", "city_sifa"]


def test_one_reviewer_twice_and_a_withdrawal_at_the_same_instant(scene):
    application = scene.accepted(scene.file())
    stage = scene.stage(application, "research")

    def act(which):
        if which == 2:
            facts = {"reason": "材料有误"}
            return perform(again(application), "withdraw", actor=scene.clerk, at=NOW, facts=facts)
        given = {"opinion": "同意", "reason": "不同意"}
        step = ("agree", "refuse")[which]
        return perform(stage, step, actor=scene.chief, at=NOW, version=stage.version, facts=given)

    answers = at_once(3, act)
    told(answers)
    done = [one for one in answers[:2] if not isinstance(one, Exception)]
    assert len(done) <= 1
    state = again(application).state
    assert state in ("refused", "withdrawn")
    if state == "withdrawn":
        assert not application.current().filter(state="open").exists()


@pytest.mark.rule("GX-清单-25")
def test_two_desks_compose_at_once_one_draft(scene):
    one = scene.approved(scene.file(**scene.new_item("扬尘治理")))
    two = scene.approved(scene.file(**scene.new_item("噪声治理")))
    for chosen in ([[one], [two]], [[one, two], [one, two]]):
        desk = scene.bianban.posts_held()[0].unit

        def compose(number, chosen=chosen, desk=desk):
            edition = Edition(county=scene.row, owner=desk, state="new")
            facts = {"applications": [str(each.pk) for each in chosen[number]]}
            return perform(edition, "compose", actor=scene.bianban, at=NOW, facts=facts)

        answers = at_once(2, compose)
        told(answers)
        made = [each for each in answers if isinstance(each, Edition)]
        assert len(made) == 1, answers
        (refused,) = [each for each in answers if isinstance(each, Exception)]
        assert isinstance(refused, Invalid | StepClosed)
        draft = Edition.objects.get(county=scene.row, state="draft")
        joined = set(Application.objects.filter(edition=draft).values_list("pk", flat=True))
        assert joined == {each.pk for each in chosen[answers.index(made[0])]}
        perform(draft, "drop", actor=scene.bianban, at=NOW)
    assert not Application.objects.filter(edition__isnull=False).exists()


@pytest.mark.rule("GX-清单-25")
def test_a_double_publication_is_one(scene):
    draft = scene.compose(scene.approved(scene.file()))
    other = scene.county.user(Role.BIANBAN, "县水利局")
    people = [scene.bianban, other]
    facts = {"document_number": "冠办发〔2026〕9号"}
    answers = at_once(4, lambda n: perform(draft, "publish", actor=people[n % 2], at=NOW,
                                           version=draft.version, facts=facts))  # fmt: skip
    told(answers)
    done = [one for one in answers if isinstance(one, Edition)]
    assert len(done) == 1, answers
    assert all(isinstance(one, Edition | Stale | StepClosed) for one in answers)
    states = Edition.objects.filter(county=scene.row).order_by("serial")
    assert list(states.values_list("state", flat=True)) == ["superseded", "published"]
    assert Event.objects.of(draft).filter(step="publish").count() == 1


def test_publish_and_drop_at_once(scene):
    draft = scene.compose(scene.approved(scene.file()))
    answers = at_once(2, lambda n: perform(draft, ("publish", "drop")[n], actor=scene.bianban,
                                           at=NOW))  # fmt: skip
    told(answers)
    assert sum(isinstance(one, Edition) for one in answers) == 1
    application = Application.objects.get()
    state = again(draft).state
    assert (state, application.state) in (("published", "in_force"), ("dropped", "approved"))


def test_two_applications_of_one_cause_end_at_once(scene):
    """The second sees that the first has ended: the duty comes back, once."""
    for number in range(ROUNDS):
        first = scene.file(**scene.new_item(f"事项{number}"))
        second = scene.file(cause=first.cause_id, **scene.new_item(f"另一事项{number}"))
        pair = [first, second]
        answers = at_once(
            2, lambda n, p=pair: perform(p[n], "withdraw", actor=scene.clerk, at=NOW, facts=GONE)
        )
        told(answers)
        assert [one.state for one in answers] == ["withdrawn", "withdrawn"]
        cause = Cause.objects.get(pk=first.cause_id)
        assert cause.state == "open"
        assert cause.clocks.running().count() == 1


def test_two_units_file_for_one_cause_or_item_at_once(scene):
    cause = scene.cause()
    item = scene.item("秸秆禁烧").pk

    def file(number):
        return scene.file(kind="remove", item=item, cause=cause.pk)

    answers = at_once(2, file)
    told(answers)
    assert sum(isinstance(one, Application) for one in answers) == 1, answers
    assert not any(isinstance(one, IntegrityError) for one in answers)
    assert again(cause).state == "applied"


@pytest.mark.rule("GX-清单-22")
def test_the_day_of_a_change_of_a_law_comes_to_four_workers_at_once(scene):
    air = laws.keep(LegalBasis(name="大气污染防治法", kind="law"), None)
    with time_machine.travel(NOW):
        laws.change(air, "amended", NOW.date(), by=scene.bianban)
    made = at_once(4, lambda _: law_days.raise_due(NOW))
    assert sorted(made) == [0, 0, 0, 3], made
    assert Cause.objects.count() == LawCause.objects.count() == 3
