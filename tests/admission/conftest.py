"""The ground on which the tests of admission stand, unless a module lays its own."""

import pytest
import time_machine

from tests.admission.scene import NOW, Scene
from tests.factories.governance import load_calendar


@pytest.fixture
def today():
    """Pages ask what day it is: it is a day in September 2026."""
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def calendar(db):
    """The published days, before any county reckons with them."""
    load_calendar()


@pytest.fixture
def scene(calendar):
    """冠县 with its people."""
    return Scene()
