"""The registries: who of the three administrators keeps what, and every refusal."""

import re

import pytest
from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets, label_for_field
from django.test import Client

from governance import calendars
from governance.admin_base import RegistryAdmin
from governance.models import (
    AccessLog,
    CalendarDay,
    CalendarYear,
    OfficeHours,
    Post,
    Unit,
    User,
)
from governance.roles import Role
from tests.factories.governance import County
from tests.governance.registries import ROLES, page
from tests.governance.signing import administrator, sign_in

pytestmark = pytest.mark.django_db

KEPT = {
    # registry: (adds and changes, deletes, reads) by 系统, 安全, 审计
    "unit": ("system", "system", {"system", "security", "audit"}),
    "user": ("system", None, {"system", "security", "audit"}),
    "post": ("security", None, {"system", "security", "audit"}),
    "accesstoken": ("security", None, {"security", "audit"}),
    "calendarday": ("system", "system", {"system", "security", "audit"}),
    "calendaryear": ("system", None, {"system", "security", "audit"}),
    "officehours": ("system", "system", {"system", "security", "audit"}),
    "counter": (None, None, {"system", "audit"}),
    "clause": (None, None, {"system", "security", "audit"}),
    "rulebook": (None, None, {"system", "security", "audit"}),
}


@pytest.fixture
def county():
    return County()


@pytest.fixture
def other():
    return County("同心县", "640324", "同", "tongxin-2021")


def test_the_table_names_every_registry():
    """A new registry without a line here fails."""
    served = {model._meta.model_name for model in admin.site._registry
              if model._meta.app_label == "governance"}  # fmt: skip
    assert served == set(KEPT)
    assert all(isinstance(one, RegistryAdmin) for one in admin.site._registry.values())


def test_every_label_of_a_registry_is_chinese(rf, county):
    request = rf.get("/")
    request.user = county.user(Role.SYSADMIN)
    for model, registry in admin.site._registry.items():
        shown = [*flatten_fieldsets(registry.get_fieldsets(request)), *registry.list_display]
        asked = {name: one.label for name, one in registry.get_form(request)().fields.items()}
        for name in shown:
            label = asked.get(name) or label_for_field(name, model, registry)
            assert re.search("[\u4e00-\u9fff]", str(label)), (model.__name__, name, label)


@pytest.mark.parametrize("who", ROLES)
@pytest.mark.parametrize("name", KEPT)
def test_only_its_keeper_adds_and_only_its_readers_look(at_desk, who, name):
    keeper, _, readers = KEPT[name]
    desk = at_desk(who)
    looks = desk.get(page(name, "changelist"))
    assert looks.status_code == (200 if who in readers else 403)
    for method in (desk.get, desk.post):
        answer = method(page(name, "add"))
        assert answer.status_code == (200 if who == keeper else 403), (method, answer.status_code)


@pytest.mark.parametrize("who", ROLES)
@pytest.mark.parametrize(
    "name", ["unit", "user", "post", "officehours", "calendaryear", "rulebook"]
)
def test_only_its_keeper_changes_and_deletes(at_desk, county, who, name):
    keeper, deleter, _ = KEPT[name]
    desk = at_desk(who)
    OfficeHours.objects.create(county=county.row, name="夏季", month=6)
    CalendarYear.objects.get_or_create(year=2031)
    county.user(Role.TOWNSHIP_CLERK)
    model = next(m for m in admin.site._registry if m._meta.model_name == name)
    row = model.objects.order_by("-pk").first()
    before = list(model.objects.order_by("pk").values_list("pk", flat=True))
    answer = desk.post(page(name, "change", row.pk), {"_save": "1"})
    assert answer.status_code == (200 if who == keeper else 403)  # 200: fields are missing
    answer = desk.post(page(name, "delete", row.pk), {"post": "yes"})
    if who == deleter:
        assert answer.status_code in (200, 302)
    else:
        assert answer.status_code == 403
        assert list(model.objects.order_by("pk").values_list("pk", flat=True)) == before


@pytest.mark.parametrize("role", [r for r in Role if r not in ROLES.values()])
def test_nobody_else_enters(county, role):
    client = Client()
    client.force_login(county.user(role), backend="django.contrib.auth.backends.ModelBackend")
    for path in ("/admin/", page("unit", "changelist"), "/admin/login/", "/admin/jsi18n/"):
        answer = client.get(path)
        assert answer.status_code in (302, 403), (role, path)
        if answer.status_code == 302:
            assert "/admin/login/" in answer["Location"]
    assert client.get("/admin/", follow=True).status_code == 403


def test_no_administrator_works_without_the_second_factor(county):
    boss = county.user(Role.SYSADMIN)
    client, _ = sign_in(boss)
    answer = client.get("/admin/")
    assert answer.status_code == 302 and answer["Location"].startswith("/account/security/")
    assert client.post(page("unit", "add"), {"name": "x"}).status_code == 302
    assert client.get("/api/v1/schema/").status_code == 403
    assert client.get("/").status_code == 302


def test_the_whole_registry_is_chinese(at_desk):
    for who in ROLES:
        desk = at_desk(who)
        for path in ["/admin/", *(page(n, "changelist") for n, k in KEPT.items() if who in k[2])]:
            text = desk.get(path).content.decode()
            said = re.sub(r"<script.*?</script>|<[^>]+>|&\w+;", " ", text, flags=re.S)
            words = set(re.findall(r"[A-Za-z]{4,}", said))
            assert not words & {"Select", "Django", "Add", "Change", "Delete", "Recent", "View",
                                "None", "Save", "Search", "Filter"}, (path, words)  # fmt: skip


def unit_fields(**changes) -> dict:
    return {
        "code": "T900", "name": "新集镇人民政府", "short_name": "新集镇", "kind": "township",
        "active": "on", "_save": "保存",
    } | changes  # fmt: skip


def test_the_system_administrator_adds_a_unit_of_the_own_county_whatever_is_posted(
    at_desk, county, other
):
    answer = at_desk("system").post(page("unit", "add"), unit_fields(county=other.row.pk))
    assert answer.status_code == 302
    assert Unit.objects.get(code="T900").county == county.row
    entry = AccessLog.objects.filter(kind="registry").latest("pk")
    assert "新集镇" in entry.subject and entry.detail == "新增"


def test_refusals_of_a_unit_are_chinese_and_at_the_field(at_desk, county, other):
    desk = at_desk("system")
    foreign = other.unit("某镇")
    for changes, sentence in (
        ({"name": county.unit("清泉街道").name}, "已经存在"),
        ({"kind": "county"}, "不能新增市、县"),
        ({"parent": foreign.pk}, "选择一个有效的选项"),
        ({"code": ""}, "必填"),
    ):
        answer = desk.post(page("unit", "add"), unit_fields(**changes))
        assert answer.status_code == 200 and sentence in answer.content.decode(), changes
    assert not Unit.objects.filter(code="T900").exists()


def test_a_unit_in_use_is_not_deleted_and_the_page_says_so(at_desk, county):
    county.user(Role.TOWNSHIP_CLERK)
    unit = county.unit("清泉街道")
    answer = at_desk("system").post(page("unit", "delete", unit.pk), {"post": "yes"})
    assert answer.status_code in (200, 302) and Unit.objects.filter(pk=unit.pk).exists()


def test_records_of_another_county_do_not_exist(at_desk, other):
    clerk = other.user(Role.TOWNSHIP_CLERK)
    for who, name, row in (
        ("system", "unit", other.row),
        ("system", "user", clerk),
        ("security", "post", clerk.posts.get()),
        ("security", "user", clerk),
        ("audit", "user", clerk),
    ):
        desk = at_desk(who)
        answer = desk.get(page(name, "change", row.pk))
        assert answer.status_code == 302 and answer["Location"] == "/admin/"
        assert other.row.short_name not in desk.get(page(name, "changelist")).content.decode()
    answer = at_desk("security").get(
        "/admin/autocomplete/?app_label=governance&model_name=post&field_name=user&term=township"
    )
    assert str(clerk.pk) not in {row["id"] for row in answer.json()["results"]}


def test_actions_cannot_reach_another_county_or_another_keepers_work(at_desk, other, county):
    clerk, mine = other.user(Role.TOWNSHIP_CLERK), county.user(Role.TOWNSHIP_CLERK)
    for who, action, target in (
        ("system", "disable", clerk),
        ("security", "reset_password", clerk),
        ("security", "disable", mine),
        ("system", "reset_password", mine),
        ("audit", "unlock", mine),
    ):
        at_desk(who).post(
            page("user", "changelist"), {"action": action, "_selected_action": [target.pk]}
        )
    for user in (clerk, mine):
        now = User.objects.get(pk=user.pk)
        assert now.is_active and now.password == user.password


def test_forged_management_rows_and_inline_edits_make_nothing(at_desk, county):
    """CVE-2026-4277, CVE-2026-4292: rows posted to lists that have none."""
    before = (Unit.objects.count(), User.objects.count(), Post.objects.count())
    forged = {
        "form-TOTAL_FORMS": "3", "form-INITIAL_FORMS": "0", "form-0-name": "假", "form-0-code": "X",
        "form-0-id": county.row.pk, "form-0-active": "", "_save": "1",
        "posts-TOTAL_FORMS": "1", "posts-INITIAL_FORMS": "0", "posts-0-role": "sysadmin",
        "posts-0-unit": county.row.pk,
    }  # fmt: skip
    for who in ROLES:
        desk = at_desk(who)
        for name in ("unit", "user", "post"):
            desk.post(page(name, "changelist"), forged)
    boss = county.user(Role.SYSADMIN)
    clerk = county.user(Role.TOWNSHIP_CLERK)
    before = (Unit.objects.count(), User.objects.count(), Post.objects.count())
    administrator(boss).post(
        page("user", "change", clerk.pk),
        forged | {"name": "改", "password": "x", "is_active": "", "session_stamp": "0",
                  "username": "root", "must_change_password": "", "county": ""},
    )  # fmt: skip
    assert before == (Unit.objects.count(), User.objects.count(), Post.objects.count())
    now = User.objects.get(pk=clerk.pk)
    assert now.is_active and now.username == clerk.username and now.password == clerk.password


def test_a_changed_day_moves_the_calendar_at_once(at_desk, county):
    calendars.load_published()
    desk = at_desk("system")
    before = calendars.for_county(county.row).is_workday
    import datetime

    monday = datetime.date(2026, 11, 23)
    assert before(monday)
    answer = desk.post(
        page("calendarday", "add"),
        {"day": "2026-11-23", "kind": "rest", "name": "测试", "schedule": "2026", "_save": "1"},
    )
    assert answer.status_code == 302 and CalendarDay.objects.filter(day=monday).exists()
    assert not calendars.for_county(county.row).is_workday(monday)


def test_office_hours_belong_to_the_own_county(at_desk, county, other):
    fields = {
        "name": "夏季", "month": "6", "day": "1", "morning_opens": "08:00",
        "morning_closes": "12:00", "afternoon_opens": "15:00", "afternoon_closes": "18:00",
    }  # fmt: skip
    desk = at_desk("system")
    refused = desk.post(page("officehours", "add"), fields | {"county": other.row.pk})
    assert refused.status_code == 200 and not OfficeHours.objects.exists()
    assert (
        desk.post(page("officehours", "add"), fields | {"county": county.row.pk}).status_code == 302
    )
