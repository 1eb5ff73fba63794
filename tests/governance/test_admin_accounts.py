"""Accounts, posts and tokens in the registry: opened, given, ended and listed by their keeper."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from governance.models import AccessLog, AccessToken, Post, User
from governance.roles import Role
from tests.factories.governance import County
from tests.governance.registries import page
from tests.governance.signing import administrator, sign_in

pytestmark = pytest.mark.django_db
LIST = reverse("admin:governance_user_changelist")


@pytest.fixture
def county():
    return County()


def home(user, county) -> None:
    """Give somebody a county of its own (the factory's people have it by their posts alone)."""
    User.objects.filter(pk=user.pk).update(county=county.row)


def test_opening_an_account_shows_the_initial_password_once(at_desk, county):
    desk = at_desk("system")
    fields = {"username": "Liulin.Clerk", "name": "王五", "phone": "13800001111", "kind": "person"}
    answer = desk.post(page("user", "add"), fields | {"_save": "1"})
    shown = re.search(r"<code>([^<]+)</code>", answer.content.decode()).group(1)
    assert answer["Cache-Control"] == "no-store"
    user = User.objects.get(username="liulin.clerk")
    assert user.must_change_password and user.check_password(shown) and user.county == county.row
    assert shown not in "".join(f"{e.detail}{e.path}{e.subject}" for e in AccessLog.objects.all())
    client, answer = sign_in(user, shown)
    assert client.get("/").status_code == 302
    assert client.get("/")["Location"].startswith("/account/password/")


@pytest.mark.parametrize(
    "weak", ["Short-1", "alllowercaseletters", "Password2026!", "王五-Clerk-2026"]
)
def test_a_weak_initial_password_is_refused_at_its_field(at_desk, weak):
    answer = at_desk("system").post(
        page("user", "add"),
        {"username": "liulin.clerk", "name": "王五", "kind": "person", "initial_password": weak},
    )
    assert (
        answer.status_code == 200 and "initial_password" in answer.context["adminform"].form.errors
    )
    assert not User.objects.filter(username="liulin.clerk").exists()


def test_nobody_disables_or_resets_himself_or_changes_his_own_posts(county):
    boss, guard = county.user(Role.SYSADMIN), county.user(Role.SECADMIN)
    post = guard.posts.get()
    desk = administrator(guard)
    administrator(boss).post(
        page("user", "changelist"), {"action": "disable", "_selected_action": [boss.pk]}
    )
    for action in ("reset_password", "reset_second_factor"):
        desk.post(page("user", "changelist"), {"action": action, "_selected_action": [guard.pk]})
    desk.post(page("post", "changelist"), {"action": "end", "_selected_action": [post.pk]})
    desk.post(page("post", "change", post.pk), {"since": "2020-01-01", "_save": "1"})
    answer = desk.post(
        page("post", "add"),
        {"user": guard.pk, "unit": county.unit("县政府办").pk, "role": "platform",
         "since": "2026-01-01", "active": "on"},
    )  # fmt: skip
    assert "不能改动自己的岗位" in answer.content.decode()
    assert User.objects.get(pk=boss.pk).is_active
    assert User.objects.get(pk=guard.pk).password == guard.password
    assert Post.objects.filter(user=guard, active=True).count() == 1


@pytest.mark.parametrize(
    ("role", "unit", "sentence"),
    [
        ("auditor", "县政府办", "三员分立"),
        ("platform", "县政府办", "三员分立"),
        ("township_clerk", "县公安局", "不能设在"),
    ],
)
def test_posts_that_may_not_be(at_desk, county, role, unit, sentence):
    holder = county.user(Role.SYSADMIN if "三员" in sentence else Role.DEPARTMENT_CLERK)
    answer = at_desk("security").post(
        page("post", "add"),
        {"user": holder.pk, "unit": county.unit(unit).pk, "role": role, "since": "2026-01-01",
         "active": "on"},
    )  # fmt: skip
    assert answer.status_code == 200 and sentence in answer.content.decode()
    assert holder.posts.count() == 1


def test_the_security_administrator_gives_and_ends_posts(at_desk, county):
    clerk = county.user(Role.TOWNSHIP_CLERK)
    client, _ = sign_in(clerk)
    desk = at_desk("security")
    answer = desk.post(
        page("post", "add"),
        {"user": clerk.pk, "unit": county.unit("贾镇").pk, "role": "township_clerk",
         "since": "2026-01-01", "active": "on", "_save": "1"},
    )  # fmt: skip
    assert answer.status_code == 302 and clerk.posts.count() == 2
    assert client.get("/account/security/").status_code == 302
    desk.post(
        page("post", "changelist"),
        {"action": "end", "_selected_action": list(clerk.posts.values_list("pk", flat=True))},
    )
    assert not clerk.posts.filter(active=True).exists()
    said = list(AccessLog.objects.filter(kind="post").values_list("detail", flat=True))
    assert sum("结束岗位" in line for line in said) == 2 and any("新增" in line for line in said)


def test_resetting_unlocks_and_hands_out_a_new_initial_password(at_desk, county):
    clerk = county.user(Role.TOWNSHIP_CLERK)
    for _ in range(5):
        sign_in(clerk, "Wrong-Password-77!")
    answer = at_desk("security").post(
        page("user", "changelist"), {"action": "reset_password", "_selected_action": [clerk.pk]}
    )
    shown = re.search(r"<code>([^<]+)</code>", answer.content.decode()).group(1)
    assert sign_in(clerk, shown)[1].status_code == 302
    assert AccessLog.objects.filter(detail="重置密码", subject=str(clerk)).exists()


# -- tokens ------------------------------------------------------------------------------------


@pytest.fixture
def machine(county):
    user = User.objects.create(
        username="hotline.12345", name="12345 热线", kind="machine", county=county.row,
        must_change_password=False,
    )  # fmt: skip
    user.set_unusable_password()
    user.save()
    Post.objects.create(user=user, unit=county.unit("清泉街道"), role=Role.TOWNSHIP_CLERK)
    return user


def test_a_token_is_shown_once_kept_as_a_hash_and_revoked(at_desk, machine):
    desk = at_desk("security")
    fields = {"user": machine.pk, "purpose": "热线对接", "_save": "1"}
    answer = desk.post(page("accesstoken", "add"), fields)
    token = re.search(r"<code>(gx_[^<]+)</code>", answer.content.decode()).group(1)
    row = AccessToken.objects.get()
    assert token not in (row.hash, row.prefix) and row.user == machine
    assert token not in desk.get(page("accesstoken", "changelist")).content.decode()
    again = desk.post(page("accesstoken", "add"), fields)
    assert "请先吊销" in again.content.decode()

    caller = Client(headers={"Authorization": f"Token {token}"})
    assert caller.get("/api/v1/hucall/calls/").status_code == 200
    desk.post(page("accesstoken", "changelist"), {"action": "revoke", "_selected_action": [row.pk]})
    assert caller.get("/api/v1/hucall/calls/").status_code == 401
    assert AccessLog.objects.filter(kind="token").count() == 3


def test_tokens_are_for_machines(at_desk, county):
    clerk = county.user(Role.TOWNSHIP_CLERK)
    answer = at_desk("security").post(
        page("accesstoken", "add"), {"user": clerk.pk, "purpose": "x", "_save": "1"}
    )
    assert answer.status_code == 200 and not AccessToken.objects.exists()


# -- the list of accounts ----------------------------------------------------------------------


def test_the_list_of_accounts_names_the_county_and_is_narrowed_by_it():
    one, other = County(), County("莘县", "371522", "莘")
    boss = one.user(Role.SYSADMIN, "市委编办")
    for county in (one, other):
        home(county.user(Role.TOWNSHIP_CLERK), county)
    desk = administrator(boss)
    shown = desk.get(LIST).content.decode()
    assert shown.count('class="field-county nowrap">莘县') == 1
    assert f"?county__id__exact={other.row.pk}" in shown
    narrowed = desk.get(LIST, {"county__id__exact": other.row.pk}).content.decode()
    assert "莘县</td>" in narrowed and "冠县</td>" not in narrowed


def test_more_accounts_ask_no_more_queries():
    county = County()
    desk = administrator(county.user(Role.SYSADMIN))
    counts = []
    for names in (("甲镇",), ("乙镇", "丙镇", "丁镇")):
        for name in names:
            home(county.user(Role.TOWNSHIP_CLERK, name), county)
        desk.get(LIST)
        with CaptureQueriesContext(connection) as queries:
            desk.get(LIST)
        counts.append(len(queries))
    assert counts[0] == counts[1]
