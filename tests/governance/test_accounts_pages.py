"""The pages of sign-in, account, log and registries in a real browser, on a desk and on a phone."""

import pytest

from governance import second_factor
from governance.roles import Role
from tests.factories.governance import PASSWORD, County
from tests.governance.signing import administrator, code_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def county():
    return County()


def as_administrator(visitor, live_server, user, width):
    """A page whose session has both factors."""
    page = visitor(None, width=width)
    key = administrator(user).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
    return page


def test_a_clerk_signs_in_sets_up_a_second_factor_and_signs_out(visitor, axe, fits, width, county):
    clerk = county.user(Role.TOWNSHIP_CLERK)
    page = visitor(None, width=width)
    page.goto("/account/security/")
    axe(page)
    fits(page)
    page.get_by_label("账号").fill(clerk.username)
    page.get_by_label("密码").fill("not-the-password")
    page.get_by_role("button", name="登录").click()
    assert page.get_by_role("alert").inner_text().count("账号或密码不正确")
    axe(page)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/account/security/")
    axe(page)
    fits(page)
    page.get_by_role("button", name="开始启用").click()
    assert page.get_by_role("img", name="绑定验证器的二维码").is_visible()
    axe(page)
    fits(page)
    page.get_by_label("动态口令").fill(code_of(second_factor.pending_of(clerk)))
    page.get_by_role("button", name="完成绑定").click()
    page.get_by_text("第二因素已启用").wait_for()
    page.goto("/account/password/")
    axe(page)
    fits(page)


def test_what_was_typed_survives_in_the_browser(visitor, axe, fits, width, county):
    """A form of two fields, posted after the session has ended."""
    clerk = county.user(Role.TOWNSHIP_CLERK)
    page = visitor(clerk, width=width)
    page.goto("/account/security/")
    page.context.clear_cookies(name="sessionid")
    page.evaluate(
        """() => {
            const form = document.querySelector('form[action$="enrol/"]');
            form.action = "/inbox/read/";
            const field = document.createElement("textarea");
            field.name = "text";
            field.value = "第一行\\n<b>第二行</b>";
            form.append(field);
        }"""
    )
    page.get_by_role("button", name="开始启用").click()
    page.get_by_text("填写的内容已保留").wait_for()
    axe(page)
    fits(page)
    page.get_by_label("账号").fill(clerk.username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/account/resume/")
    axe(page)
    fits(page)
    assert "<b>第二行</b>" in page.locator("main").inner_text()
    page.get_by_role("button", name="继续提交").click()
    page.wait_for_function("location.pathname !== '/account/resume/'")


def test_the_auditor_reads_the_log(visitor, live_server, axe, fits, width, county):
    page = as_administrator(visitor, live_server, county.user(Role.AUDITOR), width)
    page.goto("/audit/?kind=sign_in")
    axe(page)
    fits(page)


@pytest.mark.parametrize(
    ("role", "path"),
    [
        (Role.SYSADMIN, "/admin/"),
        (Role.SYSADMIN, "/admin/governance/unit/"),
        (Role.SYSADMIN, "/admin/governance/unit/add/"),
        (Role.SYSADMIN, "/admin/governance/unit/import/"),
        (Role.SYSADMIN, "/admin/governance/user/add/"),
        (Role.SECADMIN, "/admin/governance/post/add/"),
    ],
)
def test_registries_work_under_the_content_security_policy(
    visitor, live_server, county, role, path
):
    """No refused script or style on the console (the visitor fixture watches)."""
    page = as_administrator(visitor, live_server, county.user(role), 1280)
    answer = page.goto(path)
    assert answer.status == 200
