"""Passwords and second factors: the policy on every path, forced change, expiry, codes."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.core.exceptions import ValidationError
from django.test import Client, override_settings
from django.utils import timezone

from governance import accounts, passwords, second_factor
from governance.models import AccessLog, User
from governance.roles import Role
from tests.factories.governance import PASSWORD, County
from tests.governance.signing import administrator, at, code_of, enrol, sign_in

pytestmark = pytest.mark.django_db
MINE, CHANGE = "/account/security/", "/account/password/"
GOOD = "Quiet-River-Stone-41"


@pytest.fixture
def county():
    return County()


@pytest.fixture
def clerk(county):
    return county.user(Role.TOWNSHIP_CLERK, name="张伟民", phone="13812345678")


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("Short-1", "password_too_short"),
        ("a" * 129, "password_too_long"),
        ("alllowercaseletters", "password_composition"),
        ("lowercase-with-signs", "password_composition"),
        ("1234567890-+1234", "password_composition"),
        ("Password2026!!", "password_too_common"),
        ("Sunshine12345!", "password_too_common"),
        ("Aa1!Aa1!Aa1!Aa1!", "password_too_common"),
        ("My-township.clerk.0-Word", "password_contextual"),
        ("张伟民-Secret-2468", "password_contextual"),
        ("Phone-345678-Word", "password_contextual"),
        ("清泉街道-Secret-24", "password_contextual"),
        ("冠县-Secret-Word-24", "password_contextual"),
        ("District-371525-Xy", "password_contextual"),
        ("Xianxiang-Quiet-24", "password_contextual"),
    ],
)
def test_what_a_password_may_not_be(clerk, password, code):
    with pytest.raises(ValidationError) as refusal:
        passwords.check(password, clerk)
    assert code in {error.code for error in refusal.value.error_list}


@pytest.mark.parametrize("password", [GOOD, "密码也可以是中文Ab1的一句话", "x7#Kp2!vQ9$mZ"])
def test_what_a_password_may_be(clerk, password):
    passwords.check(password, clerk)


def test_initial_passwords_satisfy_the_policy(clerk):
    made = {passwords.initial() for _ in range(200)}
    assert len(made) == 200
    for password in made:
        passwords.check(password, clerk)


def change(client, old, new, again=None):
    return client.post(
        CHANGE, {"old_password": old, "new_password1": new, "new_password2": again or new}
    )


def test_none_of_the_last_five_comes_back(clerk):
    client, _ = sign_in(clerk)
    used = [PASSWORD, *(f"{GOOD}-{letter}" for letter in "ABCDE")]
    for old, new in pairwise(used):
        assert change(client, old, new).status_code == 302
    for again in used[1:]:
        answer = change(client, used[-1], again)
        assert answer.status_code == 400 and "最近 5 次" in answer.content.decode()
    assert change(client, used[-1], PASSWORD).status_code == 302
    assert User.objects.get(pk=clerk.pk).password_records.count() == 5


def test_the_policy_holds_on_the_change_page_and_nothing_is_changed(clerk):
    client, _ = sign_in(clerk)
    for weak in ("Short-1", "alllowercaseletters", "Password2026!!"):
        assert change(client, PASSWORD, weak).status_code == 400
    assert change(client, PASSWORD, GOOD, "Another-One-77").status_code == 400
    assert User.objects.get(pk=clerk.pk).check_password(PASSWORD)


def test_a_stolen_session_cannot_guess_the_old_password(clerk):
    client, _ = sign_in(clerk)
    for _ in range(4):
        assert change(client, "Wrong-Password-77!", GOOD).status_code == 400
    assert change(client, "Wrong-Password-77!", GOOD).status_code == 302
    assert client.get(MINE).status_code == 302


def test_an_initial_password_has_to_be_changed_first(clerk, county):
    initial = accounts.reset_password(clerk, by=county.user(Role.SECADMIN))
    client, _ = sign_in(clerk, initial)
    for path in (MINE, "/", "/inbox/", "/account/resume/"):
        assert client.get(path)["Location"].startswith(CHANGE), path
    assert client.get("/api/v1/schema/").status_code == 403
    assert client.post(MINE, headers={"HX-Request": "true"}).status_code == 403
    page = client.get(CHANGE).content.decode()
    assert "初始密码" in page
    assert change(client, initial, initial).status_code == 400
    assert change(client, initial, GOOD).status_code == 302
    assert client.get(MINE).status_code == 200


def test_a_password_grows_old(clerk):
    start = timezone.now()
    with at(start + timedelta(days=89)):
        assert sign_in(clerk)[0].get(MINE).status_code == 200
    with at(start + timedelta(days=90, minutes=1)):
        client, _ = sign_in(clerk)
        assert client.get(MINE)["Location"].startswith(CHANGE)
        assert "超过规定天数" in client.get(CHANGE).content.decode()
        with override_settings(PASSWORD_EXPIRY_DAYS=0):
            assert client.get(MINE).status_code == 200
        with override_settings(DEMO=True):
            assert client.get(MINE).status_code == 200


def test_the_asvs_profile_neither_composes_nor_expires(tmp_path):
    """The settings of that profile, in a process of its own."""
    import os
    import subprocess
    import sys

    code = (
        "from governance import settings as s;"
        "print([v['NAME'].rpartition('.')[2] for v in s.AUTH_PASSWORD_VALIDATORS],"
        "s.PASSWORD_EXPIRY_DAYS)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PASSWORD_PROFILE": "asvs", "VAR_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Composition" not in done.stdout and done.stdout.strip().endswith(" 0")


def test_passwords_are_set_in_one_place_only():
    """No second way in: set_password and make_password stand in accounts and the manager."""
    from tests.architecture.source import ROOT, calls, modules

    found = {
        path.relative_to(ROOT).as_posix()
        for path in modules()
        for _, name in calls(path)
        if name in {"set_password", "make_password"}
    }
    allowed = {"governance/accounts.py", "governance/models/user.py"}
    demo = {path for path in found if "demo" in path or "seed" in path}
    assert found - demo <= allowed


# -- the second factor ---------------------------------------------------------------------------


def test_enrolment_shows_a_code_drawn_here_and_needs_a_first_code(clerk):
    client, _ = sign_in(clerk)
    other, _ = sign_in(clerk)
    client.post("/account/security/enrol/")
    device = second_factor.pending_of(clerk)
    page = client.get(MINE).content.decode()
    assert "<svg" in page and '<path d="M' in page and second_factor.secret(device) in page
    assert "http://" not in page.replace("http://www.w3.org", "")
    client.post("/account/security/enrol/", {"code": "000000"})
    assert second_factor.device_of(clerk) is None
    with at(timezone.now() + timedelta(seconds=90)):
        client.post("/account/security/enrol/", {"code": code_of(device)})
        assert second_factor.device_of(clerk) == device
        assert client.get(MINE).status_code == 200
        assert other.get(MINE).status_code == 302  # sessions with one factor end


def test_sign_in_needs_the_code_before_anything_else(clerk):
    device = enrol(clerk)
    client, _ = sign_in(clerk)
    key = client.cookies["sessionid"].value
    for path in (MINE, "/", CHANGE, "/account/resume/"):
        assert client.get(path)["Location"].startswith("/login/code/"), path
    assert client.post("/login/code/", {"code": "12"}).status_code == 400
    answer = client.post("/login/code/?next=/account/security/", {"code": code_of(device)})
    assert answer["Location"] == MINE and client.get(MINE).status_code == 200
    assert client.cookies["sessionid"].value != key


def test_a_code_is_good_once(clerk):
    device = enrol(clerk)
    code = code_of(device)
    first, _ = sign_in(clerk)
    second, _ = sign_in(clerk)
    assert first.post("/login/code/", {"code": code}).status_code == 302
    answer = second.post("/login/code/", {"code": code})
    assert answer.status_code == 400 and "已经用过" in answer.content.decode()


def test_wrong_codes_slow_down_even_the_right_one(clerk):
    device = enrol(clerk)
    client, _ = sign_in(clerk)
    for _ in range(3):
        client.post("/login/code/", {"code": "000000"})
    answer = client.post("/login/code/", {"code": code_of(device)})
    assert answer.status_code == 400 and "秒后再试" in answer.content.decode()
    assert AccessLog.objects.filter(kind="second_factor", success=False).count() == 4


def test_another_accounts_code_is_worthless(clerk, county):
    enrol(clerk)
    foreign = enrol(county.user(Role.DEPARTMENT_CLERK))
    client, _ = sign_in(clerk)
    assert client.post("/login/code/", {"code": code_of(foreign)}).status_code == 400


def test_people_may_give_it_up_administrators_may_not(clerk, county):
    boss = county.user(Role.AUDITOR)
    desk = administrator(boss)
    desk.post("/account/security/disable/", {"code": code_of(second_factor.device_of(boss))})
    assert second_factor.device_of(boss)
    device = enrol(clerk)
    client, _ = sign_in(clerk)
    client.post("/login/code/", {"code": code_of(device)})
    client.post("/account/security/disable/", {"code": "000000"})
    assert second_factor.device_of(clerk)
    with at(timezone.now() + timedelta(seconds=60)):
        client.post("/account/security/disable/", {"code": code_of(device)})
    assert second_factor.device_of(clerk) is None


@pytest.mark.parametrize("role", [Role.SYSADMIN, Role.SECADMIN, Role.AUDITOR])
def test_administrators_enrol_first(county, role):
    client, _ = sign_in(county.user(role))
    for path in ("/", "/admin/", "/audit/", "/inbox/"):
        assert client.get(path)["Location"].startswith(MINE), path
    assert "请先启用第二因素" in client.get(MINE).content.decode()


def test_the_security_administrator_resets_a_lost_one_and_the_trail_says_so(clerk, county):
    device = enrol(clerk)
    client, _ = sign_in(clerk)
    client.post("/login/code/", {"code": code_of(device)})
    accounts.reset_second_factor(clerk, by=county.user(Role.SECADMIN))
    assert client.get(MINE).status_code == 302
    client, _ = sign_in(clerk)
    assert client.get(MINE).status_code == 200
    entry = AccessLog.objects.get(detail="重置第二因素")
    assert entry.subject == str(clerk) and entry.user == county.user(Role.SECADMIN)


def test_pages_of_an_account_without_posts_and_without_sign_in(county):
    nobody = User.objects.create(username="no.post", name="无岗位", must_change_password=False)
    client = Client()
    client.force_login(nobody, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(MINE).status_code == 200
    for path in (MINE, CHANGE, "/login/code/", "/account/resume/", "/audit/"):
        assert Client().get(path).status_code == 302
