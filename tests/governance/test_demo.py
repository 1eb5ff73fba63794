"""The demo's ground: the accounts of interfaces.md, two counties, and whom it keeps away from."""

import pytest
from django.contrib.auth.hashers import check_password
from django.core.management import CommandError, call_command
from django_otp.plugins.otp_totp.models import TOTPDevice

from governance import demo, rulebooks
from governance.models import Post, Unit, User
from governance.roles import ADMINISTRATORS
from tests.architecture.source import ROOT

pytestmark = pytest.mark.django_db

PROMISED = {
    # account: (unit, role), as interfaces.md and decision 24 want them
    "qingquan.clerk": ("清泉街道", "township_clerk"),
    "qingquan.leader": ("清泉街道", "township_leader"),
    "jiazhen.clerk": ("贾镇", "township_clerk"),
    "jiazhen.leader": ("贾镇", "township_leader"),
    "liulin.clerk": ("柳林镇", "township_clerk"),
    "platform": ("县政府办", "platform"),
    "police.clerk": ("县公安局", "department_clerk"),
    "police.leader": ("县公安局", "department_leader"),
    "market.clerk": ("县市场监督管理局", "department_clerk"),
    "chengguan.clerk": ("县综合行政执法局", "department_clerk"),
    "ziran.clerk": ("县自然资源和规划局", "department_clerk"),
    "bianban": ("县委编办", "bianban"),
    "sifa": ("县司法局", "sifa"),
    "county": ("冠县", "county"),
    "city.bianban": ("市委编办", "city_bianban"),
    "city.sifa": ("市司法局", "city_sifa"),
    "zuzhi": ("县委组织部", "zuzhi"),
    "jiwei": ("县纪委监委", "jiwei"),
    "ducha": ("县督查机构", "ducha"),
    "kaohe": ("县考核办", "kaohe"),
    "caizheng": ("县财政局", "caizheng"),
    "meeting.office": ("联席会议办公室", "meeting_office"),
    "agency.head": ("清泉派出所", "agency_head"),
    "agency.member": ("清泉派出所", "agency_member"),
    "village.clerk": ("样例村", "village_clerk"),
    "sysadmin": ("冠县", "sysadmin"),
    "secadmin": ("冠县", "secadmin"),
    "auditor": ("冠县", "auditor"),
}


@pytest.fixture
def ground(monkeypatch):
    monkeypatch.setenv("DEMO_PASSWORD", "Demo-pass-2026")
    return demo.load(None)


def test_the_promised_accounts_hold_the_promised_posts(ground):
    held = {
        post.user.username: (post.unit.short_name, post.role)
        for post in Post.objects.select_related("user", "unit")
    }
    assert {name: held.get(name) for name in PROMISED} == PROMISED


def test_everybody_may_enter_without_changing_the_password(ground):
    for user in User.objects.all():
        assert not user.must_change_password and user.is_active
    assert check_password("Demo-pass-2026", User.objects.get(username="auditor").password)


def test_the_three_administrators_have_a_second_factor_and_others_have_none(ground):
    with_factor = set(TOTPDevice.objects.filter(confirmed=True).values_list("user", flat=True))
    administrators = Post.objects.filter(role__in=ADMINISTRATORS).values_list("user", flat=True)
    assert with_factor == set(administrators) and len(with_factor) == 3
    assert len({device.key for device in TOTPDevice.objects.all()}) == 3


def test_a_second_load_adds_nothing(ground):
    assert ground["users"] == len(demo.accounts())
    assert demo.load(None) == {"units": 0, "users": 0}


def test_a_new_demo_password_takes_the_place_of_the_old_one(ground, monkeypatch):
    User.objects.filter(username="jiwei").update(password="own")
    monkeypatch.setenv("DEMO_PASSWORD", "Other-pass-2026")
    demo.load(None)
    assert check_password("Other-pass-2026", User.objects.get(username="platform").password)
    assert User.objects.get(username="jiwei").password == "own"


def test_contacts_are_invented_and_say_so(ground):
    county = Unit.objects.get(kind="county", name="冠县")
    units = Unit.objects.filter(county=county).exclude(code__in=demo.WITHOUT_CONTACT)
    assert all("样例" in unit.contact_office for unit in units)
    assert all(unit.contact_phone.startswith("0635-000") for unit in units)
    assert not Unit.objects.get(county=county, code="T900").contact_phone


def test_each_county_has_its_own_rulebook(ground):
    guanxian, jiaoqu = (
        rulebooks.latest(Unit.objects.get(kind="county", name=name))
        for name in ("冠县", "佳木斯市郊区")
    )
    assert (guanxian.preset, guanxian.version) == ("guanxian-2019", 1)
    assert jiaoqu.preset == "jiaoqu-2022" and jiaoqu.value("call.leader_approval")


def test_the_demo_stays_away_from_people_who_really_work_here():
    User.objects.create_user("real.person", "Real-pass-2026", name="某人")
    with pytest.raises(CommandError, match="已有其他用户"):
        call_command("load_demo")
    assert User.objects.count() == 1


def test_production_takes_no_demo(settings):
    settings.SETTINGS_MODULE = "governance.settings_production"
    with pytest.raises(CommandError, match="生产环境"):
        call_command("load_demo")
    with pytest.raises(CommandError, match="生产环境"):
        call_command("seed_load", calls=10)


def test_a_moment_that_is_none_is_refused():
    with pytest.raises(CommandError, match="应写成"):
        call_command("load_demo", at="昨天")


def test_no_real_phone_number_is_in_the_demo():
    """Every number of the demo's files has 000 where a real one has its exchange."""
    import re

    text = (ROOT / "fixtures" / "demo" / "calls.toml").read_text(encoding="utf-8")
    assert all(re.fullmatch(r"0\d{3}-000\d{4}", one) for one in re.findall(r"0\d{2,3}-\d+", text))
