"""The navigation on the pages of admission: one entry lit on each, every list one click away."""

import re

import pytest
import time_machine

from governance.roles import Role
from tests.admission.scene import NOW, Scene
from tests.factories.governance import load_calendar
from tests.governance.visiting import text_of, visit

pytestmark = pytest.mark.django_db
LISTS = ("requests", "duties", "slips", "exits", "helps", "handdowns", "load")


@pytest.fixture
def scene():
    load_calendar()
    with time_machine.travel(NOW):
        yield Scene()


def lit(text: str) -> list[str]:
    """The entries of the side navigation that are the current one."""
    side = text[
        text.index('<nav class="side"') : text.index("</nav>", text.index('id="nav"') + 300)
    ]
    found = re.findall(r'aria-current="page">(?:<svg.*?</svg>)?([^<]+)', side, re.S)
    return [one.strip() for one in found]


def tabs(text: str) -> list[str]:
    """Where the tabs of a list lead."""
    row = re.search(r'<nav class="tabs".*?</nav>', text, re.S)
    return re.findall(r'href="/admission/(\w+)/"', row[0]) if row else []


def test_an_entry_is_lit_on_every_list_and_file(scene):
    duty = scene.carried()
    help_, report = scene.help(), scene.report()
    leave = scene.exit(duty.request)
    slip = duty.slips.get()
    town = {name: name for name in ("requests", "duties", "slips", "exits", "handdowns")}
    town |= {"helps": "duties", "load": "duties"}
    labels = {
        **{"requests": "准入申请", "duties": "准入事项", "slips": "交办单"},
        **{"exits": "退出申请", "handdowns": "擅自交办"},
    }
    files = (duty.request, duty, slip, leave, help_, report)
    for user, homes in (
        (scene.town, town),
        (scene.bianban, town),
        (scene.clerk, town | {"handdowns": "duties"}),
    ):
        client = visit(user)
        for name in LISTS:
            text = text_of(client.get(f"/admission/{name}/"))
            assert lit(text) == [labels[homes[name]]], (user, name)
            assert tabs(text) == list(LISTS), (user, name)
        for record in files:
            answer = client.get(record.get_absolute_url())
            if answer.status_code == 200:
                name = record.get_absolute_url().split("/")[2]
                assert lit(text_of(answer)) == [labels[homes[name]]], (user, record)


def test_tabs_lead_only_where_the_reader_may_go(scene):
    for user in (scene.treasury, scene.bianban, scene.town, scene.county.user(Role.MEETING_OFFICE)):
        client = visit(user)
        assert lit(text_of(client.get("/admission/duties/"))) == ["准入事项"]
        for name in tabs(text_of(client.get("/admission/duties/"))):
            assert client.get(f"/admission/{name}/").status_code == 200, (user, name)


def test_who_may_read_the_file_alone_is_not_led_to_the_list(scene):
    """督查 is told of a delay and reads the file; the list is not theirs."""
    report = scene.order(scene.report())
    late = scene.later(30)
    with time_machine.travel(late):
        scene.clock_to(late)
        inspector = visit(scene.county.user(Role.DUCHA))
        text = text_of(inspector.get(report.get_absolute_url()))
        assert "擅自交办" in text and 'href="/admission/handdowns/"' not in text
        assert inspector.get("/admission/handdowns/").status_code == 403


def test_nobody_is_offered_lists_that_stay_empty_for_them(scene):
    """司法局 reviews files and follows nothing further; the treasury follows the money alone."""
    assert tabs(text_of(visit(scene.sifa).get("/admission/requests/"))) == ["requests", "exits"]
    assert tabs(text_of(visit(scene.treasury).get("/admission/duties/"))) == ["duties", "load"]
