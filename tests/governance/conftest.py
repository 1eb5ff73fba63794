"""The county in which the tests of the core play, unless a module makes its own."""

import pytest

from tests.factories.governance import County, load_calendar
from tests.governance.registries import ROLES
from tests.governance.signing import administrator


@pytest.fixture
def county() -> County:
    """冠县, with the published days to reckon with."""
    load_calendar()
    return County()


@pytest.fixture
def at_desk(county):
    """(who) -> a signed-in client of one of the three administrators."""
    return lambda who: administrator(county.user(ROLES[who]))
