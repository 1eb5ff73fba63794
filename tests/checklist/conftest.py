"""The day on which the stories play, and counties side by side, built once for a module."""

import pytest
import time_machine

from tests.checklist.scene import NOW, Scene
from tests.factories.governance import load_calendar
from tests.hucall.doors import undone

PLACES = {
    "guanxian-2019": ("冠县", "371525", "冠"),
    "jiaoqu-2022": ("郊区", "230811", "郊"),
    "tongxin-2021": ("同心县", "640324", "同"),
    "tongwei-2020": ("通渭县", "621121", "通"),
}


@pytest.fixture
def today():
    """Pages ask what day it is: it is a day in September 2026."""
    with time_machine.travel(NOW):
        yield


@pytest.fixture(scope="module")
def scenes(django_db_setup, django_db_blocker):
    """A scene for each place, by the name of its preset; all but 通渭 have a published list."""
    with django_db_blocker.unblock(), undone():
        load_calendar()
        found = {name.partition("-")[0]: Scene(name, place) for name, place in PLACES.items()}
        for name in ("guanxian", "jiaoqu", "tongxin"):
            found[name].publish()
        yield found


@pytest.fixture
def taken_back(scenes, django_db_blocker):
    """Whatever a test does to the scenes of its module."""
    with django_db_blocker.unblock(), undone():
        yield


@pytest.fixture
def guanxian(scenes, taken_back):
    return scenes["guanxian"]


@pytest.fixture
def jiaoqu(scenes, taken_back):
    return scenes["jiaoqu"]


@pytest.fixture
def tongxin(scenes, taken_back):
    return scenes["tongxin"]
