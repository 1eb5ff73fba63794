"""The thread through a change of the list: filed, reviewed, approved, published, read by date."""

from datetime import date

import pytest

from checklist import selectors
from checklist.models import Edition
from tests.checklist.scene import Scene, again
from tests.factories.governance import load_calendar, moment

pytestmark = pytest.mark.django_db
PRESETS = ("guanxian-2019", "jiaoqu-2022", "tongxin-2021", "taian-2019", "tongwei-2020")


@pytest.fixture
def scene():
    load_calendar()
    made = Scene()
    made.publish()
    return made


@pytest.mark.parametrize("preset", PRESETS)
def test_an_addition_goes_through_every_chain(preset):
    load_calendar()
    scene = Scene(preset)
    columns = {}
    scene.publish(**columns)
    application = scene.file(**scene.new_item())
    assert application.number and application.state == "submitted"
    application = scene.approved(application)
    assert application.state == "approved"
    edition = scene.put_out(scene.compose(application))
    assert again(application).state == "in_force"
    assert edition.state == "published" and edition.serial == 2
    names = [one.name for one in selectors.revisions_of(edition)]
    assert names == ["秸秆禁烧", "河道采砂监管", "农村公路养护", "扬尘治理"]
    old = Edition.objects.get(county=scene.row, serial=1)
    assert old.state == "superseded" and old.in_force_until == date(2026, 9, 10)
    assert not again(application).current().exclude(state="agreed").exists()


def test_guanxian_goes_through_six_stages(scene):
    application = scene.accepted(scene.file())
    assert [one.name for one in application.current()] == ["research"]
    scene.agree(application, "research")
    assert [one.name for one in application.current().filter(state="open")] == ["bianban", "sifa"]
    scene.agree(application, "sifa")
    assert not application.current().filter(name="city_sifa").exists()
    scene.agree(application, "bianban")
    assert {one.name for one in application.current().filter(state="open")} == {
        "city_bianban",
        "city_sifa",
    }
    scene.agree(application, "city_bianban")
    scene.agree(application, "city_sifa")
    assert again(application).state == "reviewing"
    scene.agree(application, "approve")
    assert again(application).state == "approved"


def test_the_day_of_the_cause_counts_not_the_day_of_filing(scene):
    application = scene.file(at=moment("2026-09-23 09:00"))
    clock = application.cause.clocks.get(name="apply")
    assert clock.due_at == moment("2026-09-21 17:30")
    assert application.late and clock.breached_at
