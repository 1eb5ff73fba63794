"""Pages of exits: list, writing, file; from a duty, by the clock, in 郊区 beside the list."""

import re

import pytest
import time_machine

from admission.models import ExitRequest
from governance.roles import Role
from tests.admission.pages import names, text
from tests.admission.scene import OTHER, TOWN, Scene, again
from tests.factories.governance import load_calendar, moment
from tests.governance.visiting import visit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
LIST, NEW = "/admission/exits/", "/admission/exits/new/"


def ticked(page: str) -> set[int]:
    """The townships that stand ticked."""
    found = re.findall(r'<input[^>]*name="townships"[^>]*>', page)
    return {int(re.search(r'value="(\d+)"', one)[1]) for one in found if "checked" in one}


# ------------------------------------------------------------------ the list


def test_the_list_filters_and_costs_the_same(scene, django_assert_num_queries):
    first = scene.admitted(name="农业普查入户登记")
    second = scene.admitted(TOWN, name="果树品种清查", term="regular", ends_on="")
    scene.exit(first, OTHER)
    desk = visit(scene.bianban)
    assert names(desk, LIST) == ["农业普查入户登记"]
    with django_assert_num_queries(14):
        text(desk, LIST)
    scene.exit(second, TOWN)
    with django_assert_num_queries(14):
        text(desk, LIST)
    cases = {
        "term=regular": ["果树品种清查"],
        f"township={scene.unit(OTHER).pk}": ["农业普查入户登记"],
        f"department={scene.department.pk}": ["果树品种清查", "农业普查入户登记"],
        "year=2026&state=reviewing": ["果树品种清查", "农业普查入户登记"],
        "q=清查": ["果树品种清查"],
        "state=done": [],
    }
    for query, wanted in cases.items():
        assert names(desk, f"{LIST}?{query}") == wanted, query
    answer = desk.get(f"{LIST}export/?q=清查")
    assert answer.status_code == 200 and b"".join(answer.streaming_content)[:2] == b"PK"
    assert names(visit(scene.other_town), LIST) == ["农业普查入户登记"]


# ------------------------------------------------------------------ writing


def test_a_duty_brings_its_admission_and_its_township(scene):
    request = scene.admitted()
    clerk = visit(scene.clerk)
    assert "选择事项后" in text(clerk, NEW)
    page = text(clerk, f"{NEW}?duty={scene.duty(request, OTHER).pk}")
    assert ticked(page) == {scene.unit(OTHER).pk} and request.number in page
    page = text(clerk, f"{NEW}?request={request.pk}")
    assert ticked(page) == {scene.unit(TOWN).pk, scene.unit(OTHER).pk}
    part = clerk.post("/admission/exits/townships/", {"request": request.pk}).content.decode()
    assert part.startswith('<div id="towns"') and len(ticked(part)) == 2
    for nonsense in ("duty=9999", "duty=x", "request=99999999999999999999", "request=%00"):
        assert "选择事项后" in text(clerk, f"{NEW}?{nonsense}")


def test_an_exit_goes_from_the_form_to_the_reviewers(scene):
    request = scene.admitted()
    clerk = visit(scene.clerk)
    facts = scene.exit_facts(request) | {"action": "file", "token": "e" * 32}
    answer = clerk.post(NEW, facts | {"reason": "", "ground": ""})
    page = answer.content.decode()
    assert answer.status_code == 400 and ticked(page) == {scene.unit(TOWN).pk}
    answer = clerk.post(NEW, facts)
    record = ExitRequest.objects.get()
    assert answer.url == record.get_absolute_url() and record.state == "reviewing"
    answer = clerk.post(NEW, facts | {"token": "f" * 32})
    assert answer.status_code == 400 and "已有退出申请在办" in answer.content.decode()


def test_a_draft_is_kept_and_taken_up_again(scene):
    request = scene.admitted()
    clerk = visit(scene.clerk)
    given = {"action": "save_draft", "request": request.pk, "reason": "写到一半"}
    answer = clerk.post(NEW, given)
    record = ExitRequest.objects.get()
    assert answer.url == f"/admission/exits/{record.pk}/edit/" and record.state == "draft"
    assert "写到一半" in text(clerk, answer.url)
    old = record.version
    clerk.post(answer.url, given | {"version": old, "reason": "第二次"})
    late = clerk.post(answer.url, given | {"version": old, "reason": "第三次"})
    assert late.status_code == 409 and "第三次" in late.content.decode()
    assert again(record).reason == "第二次"


# ------------------------------------------------------------------ the file


@pytest.mark.rule("GX-准入-15")
def test_the_page_tells_who_was_told_and_from_which_day(scene, django_assert_max_num_queries):
    request = scene.admitted()
    record = scene.exit(request, TOWN, OTHER, effective_on="2026-09-30")
    clerk = visit(scene.clerk)
    assert "尚未批准" in text(clerk, record.get_absolute_url())
    record = scene.reviewed(record)
    assert record.state == "notified"
    page = text(clerk, record.get_absolute_url())
    assert "2026年9月30日" in page and "已书面告知" in page and "县委编办" in page
    desk = visit(scene.bianban)
    with django_assert_max_num_queries(45):
        text(desk, record.get_absolute_url())
    town = text(visit(scene.other_town), record.get_absolute_url())
    assert "清泉街道" in town and request.number in town


@pytest.mark.rule("GX-准入-15")
def test_what_the_clock_has_opened_says_so(scene):
    request = scene.admitted(ends_on="2026-10-30", support_due_on="2026-10-20")
    scene.received(scene.duty(request))
    scene.clock_to(moment("2026-10-31 00:05"))
    record = ExitRequest.objects.get()
    with time_machine.travel(moment("2026-11-02 10:00")):
        clerk = visit(scene.clerk)
        page = text(clerk, record.get_absolute_url())
        assert "期满自动开启的退出" in page and "填写并提出退出申请" in page
        assert "不能撤回" in page
        page = text(clerk, f"/admission/exits/{record.pk}/edit/")
        assert len(ticked(page)) == 2 and 'name="request"' not in page
        facts = scene.exit_facts(request, TOWN, OTHER) | {"action": "file"}
        del facts["request"]
        answer = clerk.post(
            f"/admission/exits/{record.pk}/edit/", facts | {"version": record.version}
        )
        assert answer.status_code == 302 and again(record).state == "reviewing"


@pytest.mark.rule("JQ-准入-17")
def test_in_jiaoqu_the_exit_of_a_listed_item_is_its_removal():
    load_calendar()
    scene = Scene("jiaoqu-2022")
    page = text(visit(scene.clerk), NEW)
    assert "/checklist/applications/new/?kind=remove" in page and "提出取消申请" in page
    assert text(visit(scene.town), NEW)
    listed = text(visit(scene.clerk), "/checklist/applications/new/?kind=remove")
    assert re.search(r'value="remove"[^>]*checked', listed)
    other = Scene(place=("另县", "999999", "另"))
    assert "提出取消申请" not in text(visit(other.clerk), NEW)


# ------------------------------------------------------------------ refusals


def test_strangers_find_nothing_and_others_are_refused(scene):
    request = scene.admitted(TOWN)
    record = scene.exit(request, TOWN)
    stranger = visit(scene.county.user(Role.DEPARTMENT_CLERK, "县水利局"))
    far = Scene(place=("另县", "999999", "另"))
    for client in (stranger, visit(scene.other_town), visit(far.bianban)):
        assert client.get(record.get_absolute_url()).status_code == 404
    answer = visit(scene.town).get(NEW)
    assert answer.status_code == 403 and "没有权限" in answer.content.decode()
    url = f"/admission/exits/{record.pk}/edit/"
    facts = scene.exit_facts(request) | {"action": "save_draft", "version": record.version}
    assert visit(scene.town).post(url, facts).status_code in (403, 409)
    assert visit(scene.clerk).get(url).status_code == 302
