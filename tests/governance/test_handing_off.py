"""The heads of the chains leave the machine, once a day, to the auditors of their county."""

import pytest

from governance import handing_off, trail
from governance.models import Notice, Outbox, SealHead
from governance.roles import Role
from tests.factories import hucall as make
from tests.factories.governance import County, load_calendar, moment

pytestmark = pytest.mark.django_db


@pytest.mark.rule("GX-呼应-04")
def test_each_auditor_gets_the_head_of_the_own_county_once_a_day():
    load_calendar()
    county, other = County(), County("郊区", "230811", "郊", "jiaoqu-2022")
    auditor = county.user(Role.AUDITOR, email="auditor@example.com")
    stranger = other.user(Role.AUDITOR)
    make.filed(county)
    trail.seal()
    for hour in ("09:00", "15:00"):
        assert handing_off.hand_off(moment(f"2026-11-10 {hour}")) == 1
    notice = Notice.objects.get(recipient=auditor, dedupe__startswith="head:")
    assert SealHead.objects.get(county=county.row).hash in notice.body
    assert Outbox.objects.get(notice=notice).address == "auditor@example.com"
    assert not Notice.objects.filter(recipient=stranger).exists()
    handing_off.hand_off(moment("2026-11-11 09:00"))
    assert Notice.objects.filter(recipient=auditor, dedupe__startswith="head:").count() == 2
