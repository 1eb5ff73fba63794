"""Sign-in, lock-out, limits of a session, and what was typed when it ended."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.test import Client
from django.utils import timezone

from governance import accounts
from governance.models import AccessLog, Post, User
from governance.roles import Role
from tests.factories.governance import PASSWORD, County
from tests.governance.signing import at, sign_in

pytestmark = pytest.mark.django_db
MINE = "/account/security/"
WRONG = "Wrong-Password-77!"


@pytest.fixture
def county():
    return County()


@pytest.fixture
def clerk(county):
    return county.user(Role.TOWNSHIP_CLERK)


def alive(client) -> bool:
    return client.get(MINE).status_code == 200


def test_sign_in_rotates_the_session_key_and_is_logged(clerk):
    client = Client()
    client.get("/login/")
    client.cookies["sessionid"] = "fixated-by-a-stranger-0123456789"
    client, answer = sign_in(clerk, client=client)
    assert answer.status_code == 302 and answer["Location"] == "/"
    assert client.cookies["sessionid"].value != "fixated-by-a-stranger-0123456789"
    assert alive(client)
    entry = AccessLog.objects.get(kind="sign_in")
    assert (entry.user, entry.address, entry.success) == (clerk, "127.0.0.1", True)


def test_a_capital_first_letter_still_signs_in(clerk):
    assert sign_in(clerk.username.capitalize())[1].status_code == 302


def test_every_page_wants_a_sign_in():
    answer = Client().get(MINE)
    assert answer.status_code == 302 and answer["Location"] == f"/login/?next={MINE}"


@pytest.mark.parametrize("target", ["//evil.example/", "https://evil.example/", "javascript:1"])
def test_next_never_leads_elsewhere(clerk, target):
    assert sign_in(clerk, next=target)[1]["Location"] == "/"


def test_five_failures_lock_the_account_and_the_right_password_is_refused(clerk):
    for number in range(5):
        _, answer = sign_in(clerk, WRONG, Client(REMOTE_ADDR=f"10.0.0.{number}"))
    assert answer.status_code == 429
    _, answer = sign_in(clerk, PASSWORD, Client(REMOTE_ADDR="10.0.0.99"))
    assert answer.status_code == 429 and "暂停登录" in answer.content.decode()
    assert AccessLog.objects.filter(kind="locked", username=clerk.username).exists()


def test_five_failures_lock_the_address_for_every_account(clerk):
    for number in range(5):
        sign_in(f"nobody{number}", WRONG)
    assert sign_in(clerk)[1].status_code == 429
    assert sign_in(clerk, client=Client(REMOTE_ADDR="10.9.9.9"))[1].status_code == 302


def test_the_lock_ends_after_a_quarter_of_an_hour_however_often_somebody_knocks(clerk):
    start = timezone.now()
    for _ in range(8):
        sign_in(clerk, WRONG)
    with at(start + timedelta(minutes=14)):
        assert sign_in(clerk)[1].status_code == 429
    with at(start + timedelta(minutes=16)):
        assert sign_in(clerk)[1].status_code == 302


def test_signing_in_oneself_does_not_forget_guesses_at_another_account(county, clerk):
    """Four guesses, an own sign-in, one more guess: the fifth failure locks all the same."""
    other = county.user(Role.DEPARTMENT_CLERK)
    for _ in range(4):
        sign_in(other, WRONG)
    assert sign_in(clerk)[1].status_code == 302
    assert sign_in(other, WRONG)[1].status_code == 429


def test_success_forgets_the_own_typing_errors(clerk):
    for _ in range(4):
        sign_in(clerk, WRONG)
    assert sign_in(clerk)[1].status_code == 302
    assert not AccessAttempt.objects.exists()


def test_refusals_do_not_tell_whether_the_account_exists(county, clerk):
    """Same status, same words, and a hash is computed for an unknown account as well."""
    _, known = sign_in(clerk, WRONG, Client(REMOTE_ADDR="10.0.1.1"))
    _, unknown = sign_in("nobody.here", WRONG, Client(REMOTE_ADDR="10.0.1.2"))
    accounts.set_active(clerk, False, by=county.user(Role.SYSADMIN))
    _, disabled = sign_in(clerk, PASSWORD, Client(REMOTE_ADDR="10.0.1.3"))
    said = {
        tuple(answer.context["form"].non_field_errors()) for answer in (known, unknown, disabled)
    }
    assert len(said) == 1
    assert {known.status_code, unknown.status_code, disabled.status_code} == {400}


def test_an_unknown_account_costs_as_many_hashes_as_a_known_one(clerk, monkeypatch):
    from django.contrib.auth.hashers import MD5PasswordHasher

    hashed = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(
        MD5PasswordHasher, "encode", lambda *a, **k: hashed.append(1) or encode(*a, **k)
    )
    sign_in(clerk, WRONG)
    known = len(hashed)
    sign_in("nobody.here", WRONG)
    assert known == len(hashed) - known


def test_hostile_names_are_refused_not_stored(clerk):
    for name in ("a\x00b", "x" * 10_000, "аdmin", "a\r\nb", "\ud800"):
        answer = Client().post(
            "/login/", {"username": name.encode("utf-8", "surrogatepass"), "password": WRONG}
        )
        assert answer.status_code in (400, 429)
    assert not AccessLog.objects.filter(username__regex=r"[\x00-\x1f]").exists()


def test_sign_out_is_a_post_and_the_cookie_is_worthless_afterwards(clerk):
    client, _ = sign_in(clerk)
    stolen = client.cookies["sessionid"].value
    assert client.get("/logout/").status_code == 405 and alive(client)
    client.post("/logout/")
    replay = Client()
    replay.cookies["sessionid"] = stolen
    assert not alive(replay)
    assert AccessLog.objects.filter(kind="sign_out", user=clerk).count() == 1


@pytest.mark.parametrize(("minutes", "lives"), [(29, True), (31, False)])
def test_idle_limit(clerk, minutes, lives):
    client, _ = sign_in(clerk)
    stolen = client.cookies["sessionid"].value
    with at(timezone.now() + timedelta(minutes=minutes)):
        assert alive(client) is lives
        replay = Client()
        replay.cookies["sessionid"] = stolen
        assert alive(replay) is lives


def test_absolute_limit_however_busy(clerk):
    client, _ = sign_in(clerk)
    start = timezone.now()
    for quarter in range(1, 40):
        with at(start + timedelta(minutes=15 * quarter)):
            assert alive(client)
    with at(start + timedelta(hours=10, minutes=1)):
        assert not alive(client)


def test_a_disabled_account_is_out_at_the_next_request_and_stays_out(clerk, county):
    client, _ = sign_in(clerk)
    boss = county.user(Role.SYSADMIN)
    accounts.set_active(clerk, False, by=boss)
    assert not alive(client)
    client, _ = sign_in(clerk)
    accounts.set_active(User.objects.get(pk=clerk.pk), True, by=boss)
    assert not alive(client)


def test_old_sessions_do_not_come_back_with_the_account(clerk, county):
    client, _ = sign_in(clerk)
    boss = county.user(Role.SYSADMIN)
    accounts.set_active(User.objects.get(pk=clerk.pk), False, by=boss)
    accounts.set_active(User.objects.get(pk=clerk.pk), True, by=boss)
    assert not alive(client)


def test_a_post_taken_away_or_given_ends_the_session(clerk, county):
    client, _ = sign_in(clerk)
    post = Post.objects.get(user=clerk)
    post.active = False
    post.save()
    assert not alive(client)
    client, _ = sign_in(clerk)
    assert alive(client)
    Post.objects.create(
        user=User.objects.get(pk=clerk.pk), unit=county.unit("贾镇"), role=Role.TOWNSHIP_CLERK
    )
    assert not alive(client)


def test_a_changed_password_ends_every_other_session(clerk):
    here, _ = sign_in(clerk)
    there, _ = sign_in(clerk)
    new = "Quiet-River-Stone-41"
    answer = here.post(
        "/account/password/",
        {"old_password": PASSWORD, "new_password1": new, "new_password2": new},
    )
    assert answer.status_code == 302
    assert alive(here) and not alive(there)


def test_answers_to_signed_in_people_are_not_cached(clerk):
    client, _ = sign_in(clerk)
    for path in (MINE, "/no-such-page/", "/api/v1/schema/"):
        assert client.get(path)["Cache-Control"] == "no-store", path


def test_scripts_get_401_as_data(clerk):
    for headers in ({"HX-Request": "true"}, {"Accept": "application/json"}):
        answer = Client().post(MINE, {"a": "b"}, headers=headers)
        assert answer.status_code == 401 and "重新登录" in answer.json()["message"]
    assert Client().get("/api/v1/hucall/calls/").status_code in (401, 404)


def test_a_forged_form_is_refused(clerk):
    client = Client(enforce_csrf_checks=True)
    client.force_login(clerk, backend="django.contrib.auth.backends.ModelBackend")
    assert client.post("/account/security/enrol/", {}).status_code == 403
    foreign = client.post("/inbox/read/", {"a": "b"}, headers={"Origin": "https://evil.example"})
    assert foreign.status_code == 403 and "carried" not in client.session


# -- what was typed when the session ended -------------------------------------------------------

TYPED = {"title": "积水三尺", "text": "第一行\n第二行", "password": "never", "version": "3"}


def expired_post(clerk, path="/inbox/read/"):
    client, _ = sign_in(clerk)
    with_session = client.session
    with_session["seen"] = 0
    with_session.save()
    return client, client.post(path, TYPED)


def test_what_was_typed_survives_an_expired_session(clerk):
    client, page = expired_post(clerk)
    assert page.status_code == 401 and "填写的内容已保留" in page.content.decode()
    carried = page.context["carried"]
    wrong = client.post(
        "/login/", {"username": clerk.username, "password": WRONG, "carried": carried}
    )
    assert wrong.context["carried"] == carried
    _, answer = sign_in(clerk, client=client, carried=carried)
    assert answer["Location"] == "/account/resume/"
    page = client.get("/account/resume/").content.decode()
    assert 'action="/inbox/read/"' in page
    assert "积水三尺" in page and "第一行\n第二行" in page
    assert "never" not in page


def test_typed_fields_are_not_sent_in_anothers_name(clerk, county):
    client, page = expired_post(clerk)
    other = county.user(Role.DEPARTMENT_CLERK)
    _, answer = sign_in(other, client=client, carried=page.context["carried"])
    assert answer["Location"] == "/" and "carried" not in client.session


@pytest.mark.parametrize("forged", ["x", "", "eyJhIjoxfQ:1aaaaa:zzz"])
def test_carried_fields_cannot_be_forged(clerk, forged):
    client, answer = sign_in(clerk, carried=forged)
    assert answer["Location"] == "/" and "carried" not in client.session


def test_carried_fields_grow_old(clerk):
    client, page = expired_post(clerk)
    with at(timezone.now() + timedelta(minutes=31)):
        _, answer = sign_in(clerk, client=client, carried=page.context["carried"])
    assert answer["Location"] == "/"


def test_secrets_and_huge_forms_do_not_travel(clerk):
    for path in ("/account/password/", "/admin/governance/unit/add/"):
        _, page = expired_post(clerk, path)
        assert page.status_code == 401 and not page.context["carried"]
    page = Client().post("/inbox/read/", {"text": "长" * 300_000})
    assert page.status_code == 401 and not page.context["carried"]
