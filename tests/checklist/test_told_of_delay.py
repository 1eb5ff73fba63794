"""Nobody is told of a broken promise that they may not read (decision 27)."""

import pytest

from checklist.models import Application, Cause
from governance import sweep
from governance.models import Clock, Notice, Stage
from governance.roles import Role
from tests.checklist.scene import NOW, Scene
from tests.factories.governance import County, load_calendar, moment
from tests.governance.visiting import visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene():
    load_calendar()
    return Scene()


@pytest.mark.parametrize("role", [Role.PLATFORM, Role.DUCHA])
def test_whoever_the_ladder_tells_can_open_what_it_is_about(scene, role):
    watcher = scene.county.user(role)
    foreign = County("郊区", "230811", "郊", "jiaoqu-2022").user(role)
    cause = scene.cause()
    application = scene.accepted(scene.file())
    scene.agree(application, "research")
    for model in (Cause, Application, Stage):
        assert not model.objects.visible_to(watcher).exists()
    sweep.sweep(moment("2026-10-20 10:00"))
    assert cause in Cause.objects.visible_to(watcher)
    assert application in Application.objects.visible_to(watcher)
    told = Notice.objects.filter(recipient=watcher)
    kinds = {one.url.split("/")[2] for one in told}
    assert {str(Cause.type().pk), str(Application.type().pk)} <= kinds
    assert Stage.objects.visible_to(watcher).filter(matter_id=application.pk).exists()
    for notice in told:
        assert visit(watcher).get(notice.url, follow=True).status_code == 200
        assert visit(foreign).get(notice.url, follow=True).status_code == 404


def test_what_is_in_time_stays_with_those_who_take_part(scene):
    ducha = scene.county.user(Role.DUCHA)
    scene.cause()
    sweep.sweep(NOW)
    assert Clock.objects.exists() and not Cause.objects.visible_to(ducha).exists()
