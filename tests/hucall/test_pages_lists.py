"""The lists: filters in the address, Chinese search, cursors, colours, exports, who sees what."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from governance.perform import perform
from governance.roles import Role
from hucall import exports, paging
from hucall.models import Call, Supervision
from hucall.registers import REGISTERS
from tests.factories import hucall as make
from tests.factories.governance import load_calendar
from tests.hucall.pages import client_of, item_of, listed_county, rows_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def county():
    load_calendar()
    return listed_county()


@pytest.fixture
def desk(county):
    return client_of(county.user(Role.PLATFORM))


def titles(client, url) -> list[str]:
    """The titles of the rows of a list page, in order."""
    text = client.get(url).content.decode()
    return re.findall(r'class="main-cell[^>]*><div><a href="[^"]+">([^<]+)</a>', text)


def test_every_list_opens_for_the_platform_and_is_empty_at_first(desk):
    for register in REGISTERS.values():
        answer = desk.get(register.url)
        assert answer.status_code == 200, register.name
        assert f"还没有{register.title}" in answer.content.decode()


def test_filters_stand_in_the_address(county, desk):
    make.filed(county, title="道路塌陷", item=item_of(county, "道路塌陷应急处置").pk)
    make.filed(county, title="集市占道", owner=county.unit("贾镇"), channel="hotline")
    make.urgent(county, title="河堤漏水")
    make.dispatched(county, call=make.filed(county, title="违建"), lead="县交通运输局")
    assert titles(desk, "/hucall/calls/") == ["违建", "河堤漏水", "集市占道", "道路塌陷"]
    cases = {
        "state=submitted": ["集市占道", "道路塌陷"],
        "state=open": ["违建", "河堤漏水", "集市占道", "道路塌陷"],
        "kind=urgent": ["河堤漏水"],
        f"township={county.unit('贾镇').pk}": ["集市占道"],
        f"unit={county.unit('县交通运输局').pk}": ["违建"],
        f"item={item_of(county, '道路塌陷应急处置').pk}": ["道路塌陷"],
        "channel=hotline": ["集市占道"],
        "since=2026-11-10&until=2026-11-10": ["违建", "河堤漏水", "集市占道", "道路塌陷"],
        "until=2026-11-09": [],
        "q=占道": ["集市占道"],
        "q=塌陷 道路": ["道路塌陷"],
        "q=不存在的词": [],
        "mine=part": [],
    }
    for query, wanted in cases.items():
        assert titles(desk, f"/hucall/calls/?{query}") == wanted, query
    text = desk.get("/hucall/calls/?kind=urgent&q=河堤").content.decode()
    assert "已筛选" in text and "搜索:河堤" in text


@pytest.mark.parametrize(
    "query",
    [
        "q=%00&state=nonsense&township=abc&unit=99999999999999999999&since=x&after=zz&sort=due",
        "before=-1", "after=1e9", "sort=due&after=2026-01-01_5", "sort=due&after=x_5", "q=%F0%9F",
        "township=٣", "light=blue", "item=1%27--", "q=" + "长" * 300,
    ],
)  # fmt: skip
def test_nonsense_in_the_address_is_no_error(desk, county, query):
    make.filed(county)
    assert desk.get(f"/hucall/calls/?{query}").status_code == 200


def test_pages_follow_one_another_by_cursor(county, desk, monkeypatch):
    monkeypatch.setattr(paging, "SIZE", 3)
    for number in range(8):
        make.filed(county, title=f"第{number}件")
    seen, url = [], "/hucall/calls/"
    backs = []
    while url:
        text = desk.get(url).content.decode()
        seen.append(titles(desk, url))
        found = re.search(r'href="(\?[^"]*after=[^"]+)" rel="next"', text)
        back = re.search(r'href="(\?[^"]*before=[^"]+)" rel="prev"', text)
        backs.append(back and back[1].replace("&amp;", "&"))
        url = found and "/hucall/calls/" + found[1].replace("&amp;", "&")
    assert seen == [["第7件", "第6件", "第5件"], ["第4件", "第3件", "第2件"], ["第1件", "第0件"]]
    assert backs[0] is None
    assert titles(desk, "/hucall/calls/" + backs[2]) == seen[1]
    assert titles(desk, "/hucall/calls/" + backs[1]) == seen[0]


def test_the_most_urgent_first(county, desk, monkeypatch):
    monkeypatch.setattr(paging, "SIZE", 2)
    now = timezone.now()
    late = make.filed(county, title="最急", at=now - timedelta(days=20))
    make.filed(county, title="不急", at=now)
    make.filed(county, title="较急", at=now - timedelta(days=5))
    make.finished(county, at=now)
    assert titles(desk, "/hucall/calls/?sort=due")[0] == "最急"
    text = desk.get("/hucall/calls/?sort=due").content.decode()
    after = re.search(r'href="(\?[^"]*after=[^"]+)" rel="next"', text)[1].replace("&amp;", "&")
    both = titles(desk, "/hucall/calls/?sort=due") + titles(desk, "/hucall/calls/" + after)
    assert both[:3] == ["最急", "较急", "不急"]
    assert titles(desk, "/hucall/calls/?light=late") == ["较急", "最急"]
    assert late.number in desk.get("/hucall/calls/?light=late").content.decode()
    assert "已超期" in text


def test_a_list_costs_the_same_queries_whatever_its_length(county, desk, django_assert_num_queries):
    make.dispatched(county, assist=["县交通运输局"])
    desk.get("/hucall/calls/")
    # Townships, items and rulebooks are read beside the rows: joined, they took 4.5 ms to plan.
    with django_assert_num_queries(12) as few:
        desk.get("/hucall/calls/")
    for _ in range(6):
        make.dispatched(county, assist=["县交通运输局", "县农业农村局"])
    with django_assert_num_queries(len(few)):
        desk.get("/hucall/calls/")


def test_everybody_sees_the_own_rows_only(county):
    make.dispatched(county, call=make.filed(county, title="公安的事"), lead="县公安局")
    make.dispatched(county, call=make.filed(county, title="交通的事"), lead="县交通运输局")
    make.filed(county, title="贾镇的事", owner=county.unit("贾镇"))
    other = listed_county(name="临县", code="371526", mark="临")
    make.filed(other, title="邻县的事")

    def seen(role, unit="", url="/hucall/calls/"):
        return set(titles(client_of(county.user(role, unit)), url))

    assert seen(Role.PLATFORM) == {"公安的事", "交通的事", "贾镇的事"}
    assert seen(Role.TOWNSHIP_CLERK) == {"公安的事", "交通的事"}
    assert seen(Role.TOWNSHIP_CLERK, "贾镇") == {"贾镇的事"}
    assert seen(Role.DEPARTMENT_CLERK) == {"公安的事"}
    assert seen(Role.DEPARTMENT_CLERK, url="/hucall/responses/") == {"公安的事"}
    assert seen(Role.DUCHA, url="/hucall/responses/") == {"公安的事", "交通的事"}


@pytest.mark.rule("GX-呼应-16")
def test_ratings_and_callbacks_open_for_few(county):
    make.finished(county)
    for role in (Role.DEPARTMENT_CLERK, Role.DUCHA, Role.BIANBAN, Role.KAOHE, Role.COUNTY):
        client = client_of(county.user(role))
        assert client.get("/hucall/ratings/").status_code == 403
        assert client.get("/hucall/callbacks/").status_code == 403
        assert "评价" not in client.get("/hucall/calls/").content.decode()
    assert client_of(county.user(Role.TOWNSHIP_CLERK)).get("/hucall/callbacks/").status_code == 403
    assert titles(client_of(county.user(Role.TOWNSHIP_CLERK)), "/hucall/ratings/")
    assert titles(client_of(county.user(Role.PLATFORM)), "/hucall/ratings/")


def test_an_export_holds_exactly_what_is_filtered(county, desk, monkeypatch):
    monkeypatch.setattr(exports, "CHUNK", 2)
    for number in range(5):
        make.filed(county, title=f"=第{number}件", text="第一行\n第二行")
    make.urgent(county, title="急件")
    rows = rows_of(desk.get("/hucall/calls/export/?kind=complex"))
    assert len(rows) == 6
    heads = rows[0]
    assert heads[:3] == ["事项", "文号", "类别"]
    assert [row[0] for row in rows[1:]] == [f"=第{n}件" for n in (4, 3, 2, 1, 0)]


def test_a_long_export_runs_behind_and_shows_its_progress(county, desk, monkeypatch):
    monkeypatch.setattr(exports, "AT_ONCE", 2)
    sent = []
    monkeypatch.setattr("hucall.exports.write_export.delay", sent.append)
    for number in range(4):
        make.filed(county, title=f"第{number}件")
    answer = desk.get("/hucall/calls/export/")
    assert answer.status_code == 302
    assert "导出呼叫" in desk.get(answer.url).content.decode()
    assert desk.get(answer.url + "file/").status_code == 404
    exports.run(sent[0])
    exports.run(sent[0])
    assert "下载" in desk.get(answer.url).content.decode()
    assert len(rows_of(desk.get(answer.url + "file/"))) == 5
    other = client_of(county.user(Role.DUCHA))
    assert other.get(answer.url).status_code == 404
    assert other.get(answer.url + "file/").status_code == 404


def test_suspended_parts_stay_listed(county, desk):
    part = make.working(county)
    leader = county.user(Role.DEPARTMENT_LEADER)
    facts = {"reason": "等资金", "condition": "资金到位", "review_on": "2026-12-01"}
    perform(part, "request_suspension", actor=leader, at=make.FILED, facts=facts)
    assert titles(desk, "/hucall/suspensions/") == []
    assert titles(desk, "/hucall/suspensions/?decision=pending") == ["集市东口道路塌陷"]
    perform(part, "grant_suspension", actor=county.user(Role.PLATFORM), at=make.FILED, facts={})
    for role in (Role.PLATFORM, Role.TOWNSHIP_CLERK, Role.DEPARTMENT_CLERK):
        assert titles(client_of(county.user(role)), "/hucall/suspensions/") == ["集市东口道路塌陷"]
    text = desk.get("/hucall/suspensions/").content.decode()
    assert "资金到位" in text and "2026年12月1日" in text


def test_supervision_in_bulk_goes_through_the_door(county, desk):
    first, second = make.working(county), make.working(county)
    done = make.finished(county).responses.get()
    picks = [first.pk, second.pk, done.pk]
    ask = desk.post("/hucall/responses/supervise/", {"pick": picks})
    assert ask.status_code == 200 and Supervision.objects.count() == 0
    given = {"pick": picks, "sure": "1", "ground": "群众反复来电", "demand": ""}
    answer = desk.post("/hucall/responses/supervise/", given, follow=True)
    assert Supervision.objects.count() == 2
    assert "已发出 2 份督办通知书" in answer.content.decode()
    assert "不能督办" in answer.content.decode()
    clerk = client_of(county.user(Role.DEPARTMENT_CLERK))
    assert clerk.post("/hucall/responses/supervise/", given).status_code == 403
    notice = Supervision.objects.first()
    page = clerk.get(f"/hucall/supervisions/{notice.pk}/")
    assert "群众反复来电" in page.content.decode() and "反馈督办" in page.content.decode()
    assert titles(clerk, "/hucall/supervisions/")


def test_rulings_are_searchable_precedents_for_the_county(county, desk):
    call = make.dispatched(
        county, call=make.filed(county, item=item_of(county, "道路塌陷应急处置").pk)
    )
    clerk = county.user(Role.DEPARTMENT_CLERK)
    part = make.part(call, county)
    facts = {"reason": "不属公安", "basis": "清单"}
    part = perform(part, "propose_return", actor=clerk, at=make.FILED, facts=facts)
    to = {"to_unit": county.unit("县交通运输局").pk}
    platform = county.user(Role.PLATFORM)
    perform(part, "accept_return", actor=platform, at=make.FILED, facts=to)
    for unit, back in (("县交通运输局", "县公安局"), ("县公安局", None)):
        part = make.part(Call.objects.get(pk=call.pk), county, unit)
        who = county.user(Role.DEPARTMENT_CLERK, unit)
        part = perform(part, "propose_return", actor=who, at=make.FILED, facts=facts)
        if part.state == "returning":
            to = {"to_unit": county.unit(back).pk}
            perform(part, "accept_return", actor=platform, at=make.FILED, facts=to)
    assert part.state == "ruling"
    words = {"text": "塌陷处置由县公安局先行承办"}
    perform(part, "overrule_return", actor=county.user(Role.BIANBAN), at=make.FILED, facts=words)
    other = client_of(county.user(Role.DEPARTMENT_CLERK, "县农业农村局"))
    assert titles(other, "/hucall/rulings/?q=先行承办") == ["塌陷处置由县公安局先行承办"]
    ruling = part.rulings.get()
    text = other.get(f"/hucall/rulings/{ruling.pk}/").content.decode()
    assert "塌陷处置" in text and call.title not in text
    now, item = timezone.now(), item_of(county, "道路塌陷应急处置").pk
    again = make.dispatched(county, at=now, call=make.filed(county, at=now, item=item))
    mine = make.part(again, county)
    form = client_of(clerk).get(f"/hucall/responses/{mine.pk}/steps/propose_return/")
    assert "编办对同类事项已有裁定" in form.content.decode()
