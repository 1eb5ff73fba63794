"""The county in which the journeys play."""

import pytest

from governance.roles import Role
from tests.factories.governance import County, load_calendar
from tests.hucall.pages import listed_county

LEAD, HELPER = "县综合行政执法局", "县公安局"


@pytest.fixture
def county() -> County:
    """A county with a published list of three items, whose desks are all held by somebody."""
    load_calendar()
    county = listed_county()
    for role in (Role.TOWNSHIP_LEADER, Role.DUCHA, Role.JIWEI, Role.PLATFORM, Role.BIANBAN):
        county.user(role)
    return county


@pytest.fixture
def people(county) -> dict:
    """Who takes part."""
    return {
        "township": county.user(Role.TOWNSHIP_CLERK),
        "platform": county.user(Role.PLATFORM),
        "lead": county.user(Role.DEPARTMENT_CLERK, LEAD),
        "leader": county.user(Role.DEPARTMENT_LEADER, LEAD),
        "helper": county.user(Role.DEPARTMENT_CLERK, HELPER),
        "ducha": county.user(Role.DUCHA),
        "bianban": county.user(Role.BIANBAN),
    }
