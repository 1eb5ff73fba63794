"""What a person's hands do on a page: sign in, open a step, fill it in, send it."""

from __future__ import annotations

import io
import re
from datetime import datetime

import time_machine
from PIL import Image

from governance import sweep
from governance.tasks import fire
from tests.factories.governance import PASSWORD

DONE = "已办理"


def photo(name: str = "现场.jpg", colour: str = "#486a8c") -> dict:
    """A small real picture, as a phone's camera gives one to an upload field."""
    target = io.BytesIO()
    Image.new("RGB", (320, 240), colour).save(target, "JPEG")
    return {"name": name, "mimeType": "image/jpeg", "buffer": target.getvalue()}


def sign_in(page, user) -> None:
    """Through the form, as everybody does in the morning."""
    page.goto("/")
    page.get_by_label("账号").fill(user.username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.get_by_role("heading", name="待我办理").wait_for()


def exactly(label: str) -> re.Pattern:
    """The whole text of a button, blanks aside."""
    return re.compile(rf"^\s*{re.escape(label)}\s*$")


def begin(page, label: str, unit: str = ""):
    """Open a step's form in place; returns the panel.

    Args:
        unit: whose step it is; a person who answers for several units sees it behind the label.
    """
    owner = rf"(\({re.escape(unit)}\))?" if unit else ""
    words = re.compile(rf"^\s*{re.escape(label)}{owner}\s*$")
    page.locator("a[data-panel]:visible").filter(has_text=words).first.click()
    panel = page.locator("#step-panel")
    panel.locator("h2", has_text=label).wait_for()
    return panel


def pick(place, value: str) -> None:
    """Tap the card of a choice."""
    place.locator(f"label:has([value={value}])").click()


def send(page, label: str, said: str = "") -> None:
    """Send the open panel; the page says that it is done."""
    page.locator("#step-panel button[type=submit]").click()
    page.get_by_text(said or f"“{label}”{DONE}").wait_for()


def act(page, label: str, unit: str = "", **typed) -> None:
    """A whole step: open it, type `typed` (field name: text), send it."""
    panel = begin(page, label, unit)
    for name, value in typed.items():
        field = panel.locator(f"[name={name}]")
        if field.first.get_attribute("type") == "radio":
            pick(panel, value)
        elif field.evaluate("node => node.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    send(page, label)


def clock_at(moment: datetime):
    """From here on the server's time runs from `moment`; to be used as a context."""
    return time_machine.travel(moment, tick=True)


def let_time_pass(moment: datetime) -> None:
    """What the minute's task does at `moment`: warn, breach, climb, and the steps that fall due."""
    sweep.sweep(moment)
    fire(moment)
