"""The whole story of a call in a real browser, from hand to hand, at 1280 and 390 px.

The server's time is set (a Tuesday in November 2026), so that every date on the pages is known;
days pass by running the sweep at a later moment, never by waiting.
"""

import pytest

from governance.models import Event
from hucall.models import Call
from tests.factories import hucall as make
from tests.factories.governance import moment
from tests.journeys.conftest import HELPER, LEAD
from tests.journeys.hands import act, begin, clock_at, let_time_pass, photo, pick, send, sign_in

pytestmark = pytest.mark.django_db(transaction=True)

INFORMED = "县市场监督管理局"
TITLE = "主街北段占道经营堵塞交通"
BAD = "夜间仍有摊位占道,群众不认可"


def test_一件呼叫从发起到归档(county, people, visitor, width, axe, fits):
    with clock_at(moment("2026-11-10 09:00")):
        desk = {
            name: visitor(people[name] if name != "township" else None, width)
            for name in ("township", "platform", "lead", "leader", "helper")
        }
        sign_in(desk["township"], people["township"])
        address = file_call(desk["township"], axe, fits)
        dispatch(desk["platform"], address, axe, fits)
        answer(desk, address, axe, fits)
        extend(desk, address)
        finish(desk, address)
        rate(desk["township"], address, axe, fits)
        call_back(desk["platform"], address)
        secret(desk, address)
    archive(county, people, visitor, width, address)


def file_call(page, axe, fits) -> str:
    """The township files: suggested item, due date, photo. Returns the call's address."""
    page.get_by_role("link", name="发起呼叫").locator("visible=true").first.click()
    page.get_by_role("heading", name="发起呼叫").wait_for()
    page.get_by_label("什么事").fill(TITLE)
    page.get_by_label("具体情况").fill("早市占道经营,流动摊贩堵住主街北段,已劝离两次。")
    suggested = page.locator("[data-choose-item]", has_text="占道经营和马路市场整治")
    suggested.wait_for()
    suggested.click()
    page.locator("#self-check", has_text=LEAD).wait_for()
    page.get_by_label("地点").fill("清泉街道主街北段")
    due = page.locator(".bar .only-general")
    assert "今天 15:00" in due.inner_text()  # four working hours, without the noon break
    axe(page)
    fits(page)
    # Without the self-check nothing is filed, and nothing typed is lost.
    page.locator("#id_files").set_input_files([photo()])
    page.get_by_role("button", name="提交呼叫").click()
    page.get_by_text("请先自查").first.wait_for()
    assert page.get_by_label("什么事").input_value() == TITLE
    assert page.locator(".kept").get_by_text("现场.jpg").count()
    page.get_by_label("已自查").check()
    page.get_by_role("button", name="提交呼叫").click()
    page.get_by_text("冠呼〔2026〕1号").first.wait_for()
    assert page.get_by_role("img", name="现场.jpg").count()
    assert page.get_by_text("等待平台核实派发").count()
    return page.url.split("#")[0]


def dispatch(page, address, axe, fits) -> None:
    """The platform sees it on its workbench, verifies, and dispatches what the list proposes."""
    page.goto("/")
    page.locator(".todo .what", has_text=TITLE).click()
    page.wait_for_url(address)
    panel = begin(page, "核实派发")
    rows = {name: panel.locator(".dispatch-row", has_text=name).first
            for name in (LEAD, HELPER, INFORMED)}  # fmt: skip
    assert all(row.get_by_role("checkbox").is_checked() for row in rows.values())
    assert rows[LEAD].locator("select").input_value() == "lead"
    rows[LEAD].locator("textarea").fill("牵头清理占道摊位")
    rows[HELPER].locator("textarea").fill("维持现场秩序")
    rows[INFORMED].locator("select").select_option("copy")
    axe(page)
    fits(page)
    send(page, "核实派发")
    assert page.locator(".part").count() == 3
    axe(page)
    fits(page)


def answer(desk, address, axe, fits) -> None:
    """Both departments sign in; the assisting one notes and finishes; the lead must wait for it."""
    for name in ("lead", "helper"):
        page = desk[name]
        page.goto("/")
        todo = page.locator(".todo li", has_text=TITLE)
        assert "明天 17:30" in todo.inner_text()
        todo.locator(".what").click()
        page.wait_for_url(f"{address}*")
        act(page, "报到")
    axe(desk["lead"])
    fits(desk["lead"])
    closed = desk["lead"].locator("#next .closed", has_text="办结")
    assert HELPER in closed.inner_text()
    act(desk["helper"], "登记进展", note="已到现场疏导交通", audience="shared")
    act(desk["helper"], "登记进展", note="本所警力调配", audience="internal")
    act(desk["helper"], "办结", result="现场秩序已恢复,安排早市时段巡逻")
    desk["township"].goto(address)
    page = desk["township"].locator("#page").inner_text()
    assert "已到现场疏导交通" in page and "本所警力调配" not in page


def extend(desk, address) -> None:
    """The department's leader asks for more time, the platform grants it, the due date moves."""
    page = desk["leader"]
    page.goto(address)
    own = page.locator(".part", has=page.get_by_role("heading", name=LEAD))
    assert "11月17日 17:30" in own.inner_text()  # five working days from the 10th on
    act(page, "申请延期", workdays="5", reason="需与产权单位协商清退时间")
    desk["platform"].goto(address)
    assert "需与产权单位协商清退时间" in desk["platform"].locator("#page").inner_text()
    act(desk["platform"], "同意延期", unit=LEAD)
    page.goto(address)
    assert "11月24日 17:30" in own.inner_text()  # and five more


def finish(desk, address) -> None:
    """The lead consolidates with a photo: an empty result is refused at the field."""
    page = desk["lead"]
    page.goto(address)
    panel = begin(page, "办结")
    panel.locator("[name=result]").fill("办结")
    panel.locator("button[type=submit]").click()
    page.locator("#step-panel .err").first.wait_for()
    assert page.locator("#step-panel [name=result]").input_value() == "办结"
    page.locator("#step-panel [name=result]").fill("清退占道摊位十二处,引导入市经营")
    page.locator("#step-panel input[type=file]:not([capture])").set_input_files(photo("办结后.jpg"))
    send(page, "办结")
    assert page.get_by_text("已办结").count()


def rate(page, address, axe, fits) -> None:
    """The township rates both; 不满意 wants a reason."""
    page.goto(address)
    judged = page.locator("#judged")
    judged.locator("li", has_text=LEAD).locator("a[data-panel]").click()
    panel = page.locator("#step-panel")
    panel.locator("h2", has_text="评价").wait_for()
    pick(panel, "dissatisfied")
    panel.locator("button[type=submit]").click()
    panel.get_by_text("须写明理由").first.wait_for()
    assert panel.locator("[value=dissatisfied]").is_checked()
    axe(page)
    fits(page)
    panel.locator("[name=reason]").fill(BAD)
    send(page, "评价")
    page.goto(address)
    page.locator("#judged li", has_text=HELPER).locator("a[data-panel]").click()
    panel.locator("h2", has_text="评价").wait_for()
    pick(panel, "satisfied")
    send(page, "评价")


def call_back(page, address) -> None:
    """The platform learns of the rating and records the callback."""
    page.goto(address)
    assert BAD in page.locator("#judged").inner_text()
    act(page, "登记回访", caller_level="mostly", served_level="unreached", note="摊贩回流已清理")
    page.goto(address)
    assert "服务对象:未联系上" in page.locator("#judged").inner_text()


def secret(desk, address) -> None:
    """No page of a department shows the rating, its reason, or that there is one."""
    rating = Call.objects.get().ratings.get(level="dissatisfied")
    for name in ("lead", "leader", "helper"):
        page = desk[name]
        trail = Event.objects.filter(root_id=rating.call_id).first()
        paths = (
            address,
            "/",
            "/inbox/",
            "/hucall/responses/",
            "/hucall/calls/",
            "/hucall/dashboard/",
        )
        for path in (*paths, f"/matters/{trail.root_type_id}/{rating.call_id}/trail/"):
            page.goto(path)
            shown = page.locator("main, body").first.inner_text()
            assert BAD not in shown and "摊贩回流已清理" not in shown
            assert "登记回访" not in shown
        answer = page.goto(f"/hucall/ratings/{rating.pk}/")
        assert answer.status == 404


def archive(county, people, visitor, width, address) -> None:
    """On its day the call is archived by itself; the trail shows every move with its clause."""
    call = Call.objects.get()
    due = call.clocks.get(name="archive").due_at
    let_time_pass(due)
    with clock_at(due):
        page = visitor(people["township"], width)
        page.goto(address)
        assert page.get_by_text("已归档").count()
        moves = (
            Event.objects.of_file(call)
            .readable_by(people["township"])
            .exclude(step__startswith="clock")
        )
        labels = set(moves.values_list("label", flat=True))
        assert {"提交呼叫", "核实派发", "报到", "办结", "申请延期", "同意延期", "评价"} <= labels
        page.get_by_role("link", name="核验 · 打印").click()
        page.get_by_role("heading", name="全程留痕核验单").wait_for()
        rows = page.locator(".evidence-list.acts tbody tr")
        assert rows.count() >= moves.count()
        untagged = [
            rows.nth(place).inner_text()
            for place in range(rows.count())
            if not rows.nth(place).locator(".clause").count()
        ]
        assert not untagged, untagged


def test_超期变黄变红自动督办直到销号(county, people, visitor, width, axe, fits):
    start = moment("2026-11-10 09:00")
    call = make.dispatched(county, lead=LEAD, at=start)

    def look(at: str):
        let_time_pass(moment(at))
        return moment(at)

    with clock_at(look("2026-11-11 16:00")):
        page = visitor(people["lead"], width)
        page.goto("/")
        todo = page.locator(".todo li", has_text=call.title).first
        assert "将到期" in todo.inner_text()
        axe(page)
    with clock_at(look("2026-11-11 17:31")):
        page = visitor(people["lead"], width)
        page.goto("/")
        late = page.locator(".todo li.late", has_text=call.title).first
        assert "已超期" in late.inner_text()
        axe(page)
        fits(page)
    with clock_at(look("2026-11-12 09:10")):
        page = visitor(people["lead"], width)
        page.goto(call.get_absolute_url())
        page.locator("#supervised").get_by_role("link", name="冠督〔2026〕1号").click()
        assert "报到应于2026年11月11日 17:30前完成" in page.locator("#page").inner_text()
        axe(page)
        fits(page)
        act(page, "反馈督办", reply="因交接疏漏未及时报到,现已报到并到场")
        own = page.url
        ducha = visitor(people["ducha"], width)
        ducha.goto(own)
        assert "因交接疏漏" in ducha.locator("#page").inner_text()
        act(ducha, "销号", opinion="情况属实")
        assert ducha.get_by_text("已销号").count()
        page.goto("/")
        assert "督办反馈" not in page.locator(".todo").inner_text()
