"""Units, accounts and posts as sheets: all or nothing, errors by row and column, own county."""

import re
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from governance import sheets
from governance.models import AccessLog, Post, Unit, User
from governance.roles import Role
from tests.factories.governance import County
from tests.governance.registries import page
from tests.governance.signing import administrator, sign_in

pytestmark = pytest.mark.django_db
UNIT = ["编码", "全称", "简称", "类型", "上级", "覆盖乡镇", "在用"]


@pytest.fixture
def county():
    return County()


def sheet(headings, *rows, title="") -> bytes:
    target = BytesIO()
    sheets.write_xlsx(target, [("表", list(headings), rows)], title=title)
    return target.getvalue()


def upload(desk, county, name, data, filename="a.xlsx"):
    file = SimpleUploadedFile(filename, data)
    return desk.post(page(name, "import"), {"county": county.row.pk, "file": file})


def confirm(desk, name, answer):
    return desk.post(page(name, "import"), {"confirm": answer.context["confirm"]})


def test_units_come_in_after_confirmation_and_parents_may_stand_in_the_same_sheet(county):
    desk = administrator(county.user(Role.SYSADMIN))
    data = sheet(
        UNIT,
        ["A1", "新集镇人民政府", "新集镇", "乡镇(街道)", "", "", "是"],
        ["A2", "新集镇一村", "一村", "村(社区)", "新集镇", "", ""],
        ["A3", "新集派出所", "新集所", "派驻机构", "", "新集镇人民政府", "否"],
        title="单位一览",
    )
    answer = upload(desk, county, "unit", data)
    assert answer.status_code == 200 and answer.context["totals"]["new"] == 3
    assert not Unit.objects.filter(code__startswith="A").exists()
    assert confirm(desk, "unit", answer).status_code == 302
    village, station = Unit.objects.get(code="A2"), Unit.objects.get(code="A3")
    assert village.parent.code == "A1" and village.county == county.row
    assert [one.code for one in station.covers.all()] == ["A1"] and not station.active
    again = upload(desk, county, "unit", data)
    assert again.context["totals"]["skip"] == 3
    assert "表格导入" in AccessLog.objects.filter(kind="registry").latest("pk").detail


def test_every_error_is_told_with_its_row_and_nothing_is_written(county):
    desk = administrator(county.user(Role.SYSADMIN))
    data = sheet(
        UNIT,
        ["A1", "好单位", "好", "县级部门", "", "", ""],
        ["A2", "坏类型", "坏", "不知道", "", "", ""],
        ["A3", "坏上级", "坏", "县级部门", "没有的单位", "", ""],
        ["", "没有编码", "没", "县级部门", "", "", ""],
        ["A5", "长" * 101, "长", "县级部门", "", "", "也许"],
        ["A6", "新县", "新县", "县", "", "", ""],
        title="标题行",
    )
    answer = upload(desk, county, "unit", data)
    assert answer.status_code == 400
    rows = {one["row"]: one["message"] for one in answer.context["faults"]}
    assert set(rows) == {4, 5, 6, 7, 8}
    assert "不是可选的值" in rows[4] and "没有找到单位" in rows[5] and "市、县" in rows[8]
    assert not Unit.objects.filter(code__in=["A1", "A2"]).exists()
    assert "confirm" not in answer.context


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"PK\x03\x04 broken", "损坏"),
        (b"<html><table></table>", "网页"),
        ("编码,全称\nA1".encode(), "缺少栏目"),
        ("编码,全称,简称,类型,密码\nA1,a,b,县级部门,x".encode(), "不认识的栏目"),
        ("编码,编码,全称\nA1,a,b".encode(), "不止一次"),
        ("甲,乙\n1,2".encode(), "没有找到表头"),
        (b"", "空"),
    ],
)
def test_sheets_that_are_none(county, data, sentence):
    desk = administrator(county.user(Role.SYSADMIN))
    answer = upload(desk, county, "unit", data, "a.csv")
    assert answer.status_code == 400 and sentence in answer.content.decode()


def test_only_the_keeper_imports_and_only_into_the_own_county(county):
    other = County("同心县", "640324", "同", "tongxin-2021")
    other.unit("某镇")
    data = sheet(UNIT, ["A1", "某单位", "某", "县级部门", "", "", ""])
    for role in (Role.SECADMIN, Role.AUDITOR):
        assert upload(administrator(county.user(role)), county, "unit", data).status_code == 403
    desk = administrator(county.user(Role.SYSADMIN))
    assert upload(desk, other, "unit", data).status_code == 400
    for headings, row in ((UNIT, ["A1", "某单位", "某", "县级部门", "某镇", "", ""]),):
        answer = upload(desk, county, "unit", sheet(headings, row))
        assert "没有找到单位" in answer.content.decode()
    stolen = upload(desk, county, "unit", data).context["confirm"]
    thief = administrator(other.user(Role.SYSADMIN))
    assert thief.post(page("unit", "import"), {"confirm": stolen}).status_code == 409
    assert not Unit.objects.filter(code="A1").exists()


def test_accounts_get_an_initial_password_each_shown_once(county):
    desk = administrator(county.user(Role.SYSADMIN))
    clerk = county.user(Role.TOWNSHIP_CLERK)
    data = sheet(
        ["账号", "姓名", "手机"],
        ["New.One", "新一", "13800000001"],
        ["new.two", "新二", ""],
        [clerk.username, "改名", ""],
    )
    answer = upload(desk, county, "user", data)
    assert answer.context["totals"]["new"] == 2 and answer.context["totals"]["update"] == 1
    done = confirm(desk, "user", answer)
    assert done["Cache-Control"] == "no-store"
    shown = re.findall(r"<code>([^<]+)</code>", done.content.decode())
    assert len(shown) == 2
    user = User.objects.get(username="new.one")
    assert user.must_change_password and user.county == county.row
    client, answer = sign_in(user, shown[0])
    assert answer.status_code == 302 and client.get("/")["Location"].startswith("/account/password")
    now = User.objects.get(pk=clerk.pk)
    assert now.name == "改名" and now.password == clerk.password


def test_an_account_of_another_county_is_taken_not_changed(county):
    other = County("同心县", "640324", "同", "tongxin-2021")
    foreign = other.user(Role.TOWNSHIP_CLERK)
    desk = administrator(county.user(Role.SYSADMIN))
    answer = upload(desk, county, "user", sheet(["账号", "姓名"], [foreign.username, "篡改"]))
    assert answer.status_code == 400 and "已存在" in answer.context["faults"][0]["message"]
    assert answer.context["faults"][0]["column"] == "账号"
    assert User.objects.get(pk=foreign.pk).name == foreign.name


def test_posts_obey_every_rule_of_posts(county):
    guard, boss = county.user(Role.SECADMIN), county.user(Role.SYSADMIN)
    clerk = county.user(Role.TOWNSHIP_CLERK)
    desk = administrator(guard)
    head = ["账号", "单位", "岗位", "自"]
    bad = sheet(
        head,
        [clerk.username, "县公安局", "乡镇经办", ""],
        [boss.username, "县政府办", "审计管理员", ""],
        [guard.username, "县政府办", "平台管理员", ""],
        ["nobody", "清泉街道", "乡镇经办", ""],
        [clerk.username, "清泉街道", "皇帝", ""],
        [clerk.username, "贾镇", "乡镇经办", "昨天"],
    )
    county.unit("县公安局"), county.unit("贾镇")
    answer = upload(desk, county, "post", bad)
    assert answer.status_code == 400
    assert {one["row"] for one in answer.context["faults"]} == {2, 3, 4, 5, 6, 7}
    assert not re.search(
        "[A-Z][a-z]{3}|无法读取", "".join(one["message"] for one in answer.context["faults"])
    )
    good = sheet(head, [clerk.username, "贾镇", "乡镇经办", "2026-01-01"])
    answer = upload(desk, county, "post", good)
    assert answer.status_code == 200, answer.context["faults"]
    assert confirm(desk, "post", answer).status_code == 302
    assert Post.objects.filter(user=clerk, active=True).count() == 2


@pytest.mark.parametrize(
    ("name", "role"), [("unit", Role.SYSADMIN), ("user", Role.SYSADMIN), ("post", Role.SECADMIN)]
)
def test_what_is_exported_imports_without_a_difference(county, name, role):
    clerk = county.user(Role.AGENCY_HEAD)
    User.objects.filter(pk=clerk.pk).update(name="=HYPERLINK(1)", county=county.row)
    Unit.objects.filter(kind="agency").get().covers.add(county.unit("清泉街道"))
    desk = administrator(county.user(role))
    answer = desk.get(page(name, "export"))
    data = b"".join(answer.streaming_content)
    checked = upload(desk, county, name, data)
    assert checked.status_code in (200, 400)
    if name == "unit":  # the county's own row is there too, unchanged
        assert checked.status_code == 200, checked.context["faults"]
    totals = checked.context["totals"]
    assert totals["new"] == totals["update"] == 0 and totals["skip"]
    assert AccessLog.objects.filter(kind="export").exists()
