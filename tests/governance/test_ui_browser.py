"""The style guide in Chromium, at both widths: nothing overflows, axe finds nothing grave."""

import pytest

from governance.roles import Role
from tests.factories.governance import County


@pytest.fixture
def guide(settings, visitor, width):
    """The style guide at one width."""
    settings.ROOT_URLCONF = "tests.governance.ui_urls"
    settings.DEMO = True
    page = visitor(County().user(Role.TOWNSHIP_CLERK), width=width)
    page.goto("/_ui/")
    assert page.url.endswith("/_ui/"), "the guide itself, not the sign-in page"
    return page


def test_组件页没有障碍也不横向溢出(guide, axe, fits):
    axe(guide)
    fits(guide)


def test_说明抽屉可用键盘打开和关闭(guide):
    guide.locator("[data-open=help]").focus()
    guide.keyboard.press("Enter")
    assert guide.locator("#help").is_visible()
    guide.keyboard.press("Escape")
    assert not guide.locator("#help").is_visible()
    assert guide.evaluate("document.activeElement.dataset.open") == "help"


def test_手机上导航收在菜单后(guide, width):
    nav = guide.locator("#nav")
    if width > 900:
        assert nav.is_visible()
        return
    assert not nav.is_visible()
    guide.locator(".burger").click()
    assert nav.is_visible()
    guide.keyboard.press("Escape")
    nav.wait_for(state="hidden")


def test_纸样在手机上也不溢出(guide, axe, fits):
    guide.goto("/_ui/?paper=1")
    axe(guide)
    fits(guide)
