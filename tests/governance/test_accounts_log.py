"""The access log: complete, append-only, the auditor's alone. And create_admin."""

import json
from datetime import timedelta
from io import BytesIO, StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from governance import access_log, sheets
from governance.models import AccessLog, Post, Unit, User
from governance.roles import Role
from tests.factories.governance import County
from tests.governance.signing import administrator, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def county():
    return County()


def test_the_database_refuses_to_change_or_delete_an_entry(county):
    entry = access_log.record("sign_in", user=county.user(Role.TOWNSHIP_CLERK))
    for act in (
        lambda: AccessLog.objects.filter(pk=entry.pk).update(detail="x"),
        lambda: AccessLog.objects.filter(pk=entry.pk).delete(),
        entry.delete,
        lambda: connection.cursor().execute("DELETE FROM governance_accesslog"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    assert AccessLog.objects.get(pk=entry.pk).detail == ""


@pytest.mark.parametrize("role", [r for r in Role if r != Role.AUDITOR])
def test_nobody_but_the_auditor_reads_it(county, role):
    desk = administrator(county.user(role))
    for path in ("/audit/", "/audit/export/"):
        assert desk.get(path).status_code == 403
    denied = AccessLog.objects.filter(kind="denied", success=False)
    assert set(denied.values_list("path", flat=True)) == {"/audit/", "/audit/export/"}


def test_the_auditor_reads_the_own_county_and_what_belongs_to_none(county):
    other = County("同心县", "640324", "同", "tongxin-2021")
    sign_in(county.user(Role.TOWNSHIP_CLERK))
    sign_in(other.user(Role.TOWNSHIP_CLERK))
    sign_in("nobody.known", "Wrong-Password-77!")
    page = administrator(county.user(Role.AUDITOR)).get("/audit/").content.decode()
    assert county.user(Role.TOWNSHIP_CLERK).username in page and "nobody.known" in page
    assert other.user(Role.TOWNSHIP_CLERK).name not in page


def test_filters_and_export_give_the_same_rows_and_the_export_is_logged(county):
    clerk = county.user(Role.TOWNSHIP_CLERK)
    sign_in(clerk)
    sign_in(clerk, "Wrong-Password-77!")
    desk = administrator(county.user(Role.AUDITOR))
    query = {"kind": "sign_in_failed", "q": clerk.username, "since": "2020-01-01"}
    shown = desk.get("/audit/", query)
    assert len(shown.context["rows"]) == 1
    assert len(desk.get("/audit/", query | {"until": "2020-02-02"}).context["rows"]) == 0
    answer = desk.get("/audit/export/", query)
    book = sheets.read(BytesIO(b"".join(answer.streaming_content)).getvalue(), "log.xlsx")
    rows = [cells for _, cells in book.visible()[0].rows()]
    assert len(rows) == 2 and rows[1][1] == "登录失败"
    assert AccessLog.objects.get(kind="export").user == county.user(Role.AUDITOR)


@pytest.mark.parametrize(
    "query", ["since=x", "before=-1", "before=%FF", "kind=nothing", "q=%00", "before=9" * 30]
)
def test_odd_queries_do_no_harm(county, query):
    assert administrator(county.user(Role.AUDITOR)).get(f"/audit/?{query}").status_code == 200


def test_pages_go_on_from_where_they_ended(county):
    for number in range(120):
        access_log.record("denied", username=f"u{number:03d}")
    desk = administrator(county.user(Role.AUDITOR))
    seen, url = [], "/audit/?kind=denied"
    while url:
        page = desk.get(url)
        seen += [row["cells"][3] for row in page.context["rows"]]
        url = page.context["next_url"] and f"/audit/{page.context['next_url']}"
    assert seen == [f"u{number:03d}" for number in reversed(range(120))]


def test_no_text_from_outside_forges_a_line(county):
    entry = access_log.record("denied", username="a\r\nb\x00", subject="\ud800x", detail="y" * 999)
    kept = AccessLog.objects.get(pk=entry.pk)
    assert kept.username == "a  b" and len(kept.detail) == 400 and kept.subject == "x"


def test_nothing_in_the_product_deletes_entries(county):
    """Six months at least: no code deletes at all; purging is the documented maintenance path."""
    access_log.record("denied")
    with pytest.raises(DatabaseError), transaction.atomic():
        AccessLog.objects.filter(at__lt=timezone.now() + timedelta(days=181)).delete()


# -- create_admin ----------------------------------------------------------------------------------


def create(**options) -> dict:
    out = StringIO()
    call_command("create_admin", stdout=out, stderr=StringIO(), **options)
    return json.loads(out.getvalue())


FIRST = {"username": "admin.li", "name": "李系统", "county_code": "371525", "county_name": "冠县"}


def test_an_empty_installation_gets_its_first_administrator_and_county():
    assert not User.objects.exists() and not Unit.objects.exists()
    made = create(role="system", **FIRST)
    user = User.objects.get()
    assert user.check_password(made["initial_password"]) and user.must_change_password
    assert user.posts.get().role == Role.SYSADMIN
    assert (user.county.region_code, made["unit"]) == ("371525", "冠县")
    client, _ = sign_in(user, made["initial_password"])
    assert client.get("/admin/")["Location"].startswith("/account/password/")
    assert AccessLog.objects.filter(kind="account", path="命令行").exists()


def test_the_three_are_three_people(county):
    create(role="system", username="one.admin", name="甲", unit="县政府办" and county.row.code)
    with pytest.raises(CommandError, match="没有建立账号"):
        create(role="audit", username="one.admin", name="甲", unit=county.row.code)
    assert User.objects.count() == 1 and Post.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"password": "weak"}, "至少 12 个字符"),
        ({"username": "Ünïcode"}, "小写字母"),
        ({"unit": "没有这个单位"}, "没有找到单位"),
        ({"unit": "T"}, "没有找到单位"),
        ({"name": ""}, "请写明姓名"),
    ],
)
def test_refusals_write_nothing(county, changes, sentence):
    options = {"role": "audit", "username": "a.b", "name": "甲", "unit": county.row.code} | changes
    with pytest.raises(CommandError, match=sentence):
        create(**options)
    assert not User.objects.exists()


def test_an_administrator_belongs_to_a_county_a_department_or_the_city(county):
    town = county.unit("清泉街道")
    with pytest.raises(CommandError, match="不能设在"):
        create(role="audit", username="a.b", name="甲", unit=town.code)
