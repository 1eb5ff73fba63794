"""Chromium for the journeys: signed-in people at two widths, watched for errors and leaks.

    def test_x(visitor, axe):
        clerk = visitor(user, width=390)      # a page of its own, signed in
        clerk.goto("/")                       # addresses are relative to the test's server
        axe(clerk)

Every page a test opens is watched: a script error, an error on the console, an answer of 500 or
a request to any other host fails the test when it ends.
"""

import os
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from playwright.sync_api import Error

from tests import system

DESKTOP, PHONE = 1280, 390
HEIGHTS = {DESKTOP: 900, PHONE: 844}
# What axe calls these keeps somebody from using the page.
GRAVE = {"serious", "critical"}
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

# What is measured stands still: loaded, its fonts drawn, no swap under way (a step's panel scrolls
# itself into view only once its swap has settled, and then the sticky bar covers what lies below
# it), and at the top of the page for some frames on end.
STILL_LOOKS, MOST_LOOKS = 4, 200
LOOK = """() => {
  window.scrollTo({ top: 0, behavior: "instant" });
  const moving = document.getAnimations().some((one) =>
    one.playState === "running" && one.effect.getComputedTiming().iterations !== Infinity);
  const swapping = ".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added";
  const busy = document.readyState !== "complete" || document.fonts.status !== "loaded"
    || document.querySelector(swapping) !== null || moving || scrollY !== 0;
  const shape = [...document.querySelectorAll("a, button, input, select, textarea, summary")]
    .map((node) => Object.values(node.getBoundingClientRect().toJSON()).join()).join(" ");
  return [busy, shape];
}"""

# Playwright's synchronous interface runs an event loop in this thread; Django would refuse.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(scope="session")
def browser_type_launch_args():
    """The distribution's Chromium, quiet and without its own calls home."""
    path = system.browser()
    if path is None:
        reason = "没有可用的 Chromium,请先安装(make test 会说明)。"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    flags = "no-sandbox disable-gpu disable-quic no-first-run disable-background-networking"
    flags += " disable-component-update disable-sync disable-dev-shm-usage"
    return {"executable_path": path, "args": [f"--{flag}" for flag in flags.split()]}


@pytest.fixture(scope="session")
def browser_context_args():
    """A browser as in a county's office."""
    return {"locale": "zh-CN", "timezone_id": "Asia/Shanghai"}


@pytest.fixture(params=[DESKTOP, PHONE], ids=["1280px", "390px"])
def width(request) -> int:
    """Runs the test once on a desktop and once on a phone."""
    return request.param


@pytest.fixture
def visitor(live_server, new_context):
    """(user=None, width=DESKTOP, **options of the context) -> a page, signed in as `user`."""
    watched: list[Watch] = []

    def open_page(user=None, width: int = DESKTOP, **options):
        context = new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": HEIGHTS.get(width, 900)},
            is_mobile=width <= PHONE,
            has_touch=width <= PHONE,
            **options,
        )
        if user is not None:
            context.add_cookies([_session_cookie(user, live_server.url)])
        page = context.new_page()
        watched.append(Watch(page, live_server.url))
        return page

    yield open_page
    faults = [fault for watch in watched for fault in watch.faults]
    assert not faults, "\n".join(faults)


@pytest.fixture
def axe():
    """(page) -> asserts that axe finds nothing serious on it."""
    from axe_playwright_python.sync_playwright import Axe

    def check(page) -> None:
        stand_still(page)
        options = {"runOnly": {"type": "tag", "values": AXE_TAGS}, "resultTypes": ["violations"]}
        found = Axe().run(page, options=options).response["violations"]
        grave = [entry for entry in found if entry["impact"] in GRAVE]
        assert not grave, "\n".join(map(_readable, grave))

    return check


@pytest.fixture
def fits():
    """(page) -> asserts that the page scrolls in one direction only."""

    def check(page) -> None:
        stand_still(page)
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{page.url} is {wide} px wider than the window"

    return check


def stand_still(page) -> None:
    """Wait until nothing on the page moves any more, scrolled to its top.

    What the sticky bar happens to cover would count as too small to touch, and so would what is
    still being laid out. A click may have led to another page meanwhile: then that one is waited
    for. Asked from here, look by look: a page without scripts has neither frames nor timers.
    """
    page.wait_for_load_state("load")
    before, calm = None, 0
    for _ in range(MOST_LOOKS):
        try:
            busy, shape = page.evaluate(LOOK)
        except Error as problem:
            if "context was destroyed" not in problem.message:
                raise
            page.wait_for_load_state("load")
            busy, shape = True, None
        calm = calm + 1 if not busy and shape == before else 0
        if calm >= STILL_LOOKS:
            return
        before = shape
        page.wait_for_timeout(25)
    raise AssertionError(f"{page.url} never stands still")


class Watch:
    """Collects what went wrong on one page."""

    def __init__(self, page, origin: str):
        self.faults: list[str] = []
        self.host = urlsplit(origin).netloc
        page.on("pageerror", lambda error: self.faults.append(f"script error: {error}"))
        page.on("console", self._console)
        page.on("request", self._request)
        page.on("response", self._response)

    def _console(self, message):
        # A refused step answers 4xx on purpose, and the browser says so on the console.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.faults.append(f"console: {message.text}")

    def _request(self, request):
        address = urlsplit(request.url)
        if address.scheme in ("http", "https", "ws", "wss") and address.netloc != self.host:
            self.faults.append(f"off-site request: {request.url}")

    def _response(self, response):
        if response.status >= 500:
            self.faults.append(f"{response.status} {response.request.method} {response.url}")
        # An asset that is not there is a fault; a record that is not there may be the point.
        elif response.status == 404 and "/static/" in response.url:
            self.faults.append(f"404 {response.url}")


def _session_cookie(user, origin: str) -> dict:
    """A session as signing in makes it, without the form (which has tests of its own)."""
    from django.test import Client

    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    key = client.session.session_key
    return {"name": settings.SESSION_COOKIE_NAME, "value": key, "url": origin}


def _readable(entry: dict) -> str:
    places = "; ".join(" ".join(map(str, node["target"])) for node in entry["nodes"][:5])
    return f"{entry['impact']} {entry['id']}: {entry['help']} ({places})"
