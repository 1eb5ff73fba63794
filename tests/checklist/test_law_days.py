"""A change of a law recorded ahead: on its day 系统 raises each county's causes, each once."""

from datetime import date, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command

from checklist import law_days, laws, reference, tasks
from checklist.models import Cause, LawCause, LegalBasis
from governance import perform as door
from governance.models import Event, Notice
from tests.checklist.lawbook import BASIS, based, entry, repealed
from tests.checklist.scene import NOW, Scene
from tests.factories.governance import County, moment
from tests.governance.visiting import text_of, visit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
ON = "2026-10-09"
DAY = moment(f"{ON} 00:20")


@pytest.fixture
def scene():
    return based()


@pytest.mark.rule("GX-清单-10", "GX-清单-22")
def test_the_day_brings_one_cause_for_each_item_and_the_ten_days_run_from_it(scene):
    repealed(scene, on=ON)
    assert law_days.raise_due(moment("2026-10-08 23:59")) == 0
    assert law_days.raise_due(DAY) == 2
    for cause in Cause.objects.all():
        assert (cause.source, cause.ground, str(cause.unit)) == ("law", "law", "县农业农村局")
        assert cause.occurred_on == date(2026, 10, 9) and str(cause.owner) == "县委编办"
        clock = cause.clocks.get(name="apply")
        # Ten working days after 9 October: the 10th is worked, the weekends 11, 17/18 are not.
        assert clock.due_at == moment("2026-10-22 17:30")
        event = Event.objects.of(cause).get()
        assert event.actor is None and event.step == "record"
    assert Notice.objects.filter(recipient=scene.clerk).count() == 2


def test_a_second_run_a_doubled_task_and_the_button_find_nothing_to_do(scene):
    _, made = repealed(scene, on=ON)
    with time_machine.travel(DAY):
        tasks.raise_law_causes()
        tasks.raise_law_causes()
        assert laws.raise_causes(made, scene.row, actor=scene.bianban) == []
    assert Cause.objects.count() == 2 == LawCause.objects.count()


@pytest.mark.rule("GX-清单-22")
def test_missed_days_are_caught_up_and_the_limit_is_not_moved(scene):
    repealed(scene, on=ON)
    assert law_days.raise_due(DAY + timedelta(days=12)) == 2
    clocks = [cause.clocks.get(name="apply") for cause in Cause.objects.all()]
    assert {clock.due_at for clock in clocks} == {moment("2026-10-22 17:30")}


def test_a_run_that_is_killed_leaves_all_or_nothing(scene, monkeypatch):
    repealed(scene, on=ON)
    real, calls = door.perform, []

    def dying(*args, **kwargs):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(*args, **kwargs)

    monkeypatch.setattr(laws, "perform", dying)
    with pytest.raises(KeyboardInterrupt):
        law_days.raise_due(DAY)
    assert not Cause.objects.exists()
    monkeypatch.setattr(laws, "perform", real)
    assert law_days.raise_due(DAY) == 2


def test_one_county_that_fails_does_not_hold_up_the_others(scene, monkeypatch):
    other = Scene(place=("另县", "999999", "另"))
    other.publish("秸秆禁烧", basis=BASIS, main="县农业农村局")
    repealed(scene, on=ON)
    real = laws.raise_causes

    def failing(of, county, **kwargs):
        if county == scene.row:
            raise ValueError("broken")
        return real(of, county, **kwargs)

    monkeypatch.setattr(laws, "raise_causes", failing)
    assert law_days.raise_due(DAY) == 1
    monkeypatch.setattr(laws, "raise_causes", real)
    assert law_days.raise_due(DAY) == 2
    assert Cause.objects.filter(county=other.row).count() == 1


def test_a_countys_own_document_raises_in_that_county_alone(scene):
    County("另县", "999999", "另")
    air = entry("大气污染防治法", county=scene.row)
    laws.change(air, "amended", date.fromisoformat(ON), by=scene.bianban)
    assert law_days.raise_due(DAY) == 2


def test_what_was_recorded_afterwards_waits_for_bianban(scene):
    repealed(scene, on="2026-09-08")
    laws.load()  # among them a repeal of 2018
    assert law_days.raise_due(NOW) == 0
    assert len(laws.waiting(scene.row, NOW.date())) == 1


def test_what_is_recorded_on_the_day_itself_is_raised(scene):
    repealed(scene, on="2026-09-10")
    assert law_days.raise_due(NOW) == 2


def test_an_item_that_came_later_is_not_made_late(scene):
    repealed(scene, on="2026-09-25")
    scene.put_out(
        scene.compose(scene.approved(scene.file(**scene.new_item("扬尘治理", basis=BASIS)))),
        at=moment("2026-10-12 09:00"),
    )
    assert law_days.raise_due(moment("2026-10-13 01:00")) == 2
    raised = Cause.objects.filter(source="law")
    assert {str(one.item) for one in raised} == {"秸秆禁烧", "河道采砂监管"}


def test_a_day_that_is_taken_back_or_moved_takes_the_change_with_it(scene):
    old, made = repealed(scene, on=ON)
    old.refresh_from_db()
    before = laws.facts_of(old)
    old.repealed_on = date(2026, 11, 2)
    laws.keep(old, scene.bianban, before)
    assert law_days.raise_due(DAY) == 0 and law_days.due_on(date(2026, 11, 2)) == [made]
    before = laws.facts_of(old)
    old.repealed_on = None
    laws.keep(old, scene.bianban, before)
    assert law_days.raise_due(moment("2026-11-02 08:00")) == 0
    assert not laws.waiting(scene.row, date(2026, 11, 2))


def test_pages_tell_what_will_be_raised(scene):
    old = entry()
    client, url = visit(scene.bianban), f"/checklist/laws/{old.pk}/change/"
    given = {"kind": "repealed", "on": ON, "note": ""}
    text = text_of(client.post(url, given))
    assert "届时自动发出" in text and "2026年10月22日" in text
    assert client.post(url, given | {"confirm": "1"}).status_code == 302
    text = text_of(client.get(f"/checklist/laws/{old.pk}/"))
    assert "即将施行的变动" in text and "县农业农村局发出 2 件调整事由" in text
    assert "届时由系统自动发出" in text_of(client.get("/checklist/laws/"))
    with time_machine.travel(DAY):
        tasks.raise_law_causes()
    with time_machine.travel(DAY + timedelta(hours=9)):
        text = text_of(visit(scene.bianban).get(f"/checklist/laws/{old.pk}/"))
        assert "即将施行的变动" not in text and "已发出 2 件调整事由" in text


def test_the_shipped_register_is_entered_once_even_under_another_name(scene):
    reference.load()
    count = LegalBasis.objects.count()
    water = LegalBasis.objects.get(key="水法", county=None)
    before = laws.facts_of(water)
    water.name = "中华人民共和国水法典"
    laws.keep(water, None, before)
    reference.load()
    assert LegalBasis.objects.count() == count >= 70


def test_a_fresh_installation_has_the_register_without_a_further_command():
    for _ in range(2):
        call_command("runall", prepare=True, stdout=StringIO())
        assert LegalBasis.objects.count() == len(list(laws.shipped()))
