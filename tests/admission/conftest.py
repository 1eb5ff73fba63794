"""The ground on which the tests of admission stand, unless a module lays its own."""

import pytest

from tests.admission.scene import Scene
from tests.factories.governance import load_calendar


@pytest.fixture
def calendar(db):
    """The published days, before any county reckons with them."""
    load_calendar()


@pytest.fixture
def scene(calendar):
    """冠县 with its people."""
    return Scene()
