"""The county in which the tests of the core play, unless a module makes its own."""

import pytest

from tests.factories.governance import County, load_calendar


@pytest.fixture
def county() -> County:
    """冠县, with the published days to reckon with."""
    load_calendar()
    return County()
