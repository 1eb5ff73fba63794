"""Deadlines, permission matrix, state charts and commands: drawn and counted from the code."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from governance import flowcharts, handbook, kinds, lifelines, trail
from governance.models import Clock, Event, Seal
from governance.perform import steps_of
from governance.roles import Role
from hucall.models import Call, Rating, Response, Supervision
from tests.factories import hucall as make
from tests.governance.matters import tamper
from tests.governance.visiting import text_of, visit

pytestmark = pytest.mark.django_db


# -- deadlines ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "amount", "unit", "due"),
    [
        ("2026-09-18", 10, "workdays", "2026年10月9日(周五) 17:30"),
        ("2026-02-09", 10, "workdays", "2026年2月28日(周六) 17:30"),
        ("2026-05-08", 5, "workdays", "2026年5月14日(周四) 17:30"),
        ("2026-09-21", 5, "workdays", "2026年9月29日(周二) 17:30"),
        ("2026-11-20T17:00", 2, "workhours", "2026年11月23日(周一) 10:00"),
        ("2026-11-21T18:00", 15, "minutes", "2026年11月21日(周六) 18:15"),
        ("2026-09-25", 7, "days", "2026年10月8日(周四) 24:00"),
    ],
)
def test_the_explainer_counts_as_the_arithmetic_does(county, start, amount, unit, due):
    client = visit(county.user(Role.TOWNSHIP_CLERK))
    page = client.get("/deadlines/", {"start": start, "amount": amount, "unit": unit})
    assert page.status_code == 200
    assert due in text_of(page)


def test_each_limit_of_the_county_is_shown_with_clause_and_due_date(county):
    page = visit(county.user(Role.TOWNSHIP_CLERK)).get("/deadlines/")
    keys = {row["key"] for row in page.context["rows"]}
    assert {"call.sign_in.urgent", "call.finish.general"} <= keys
    urgent = visit(county.user(Role.TOWNSHIP_CLERK)).get("/deadlines/?kind=urgent")
    assert all(row["key"].endswith(".urgent") for row in urgent.context["rows"])
    text = text_of(page)
    assert "原文未量化,县级参数" in text and "/clauses/GX-" in text


def test_a_limit_started_now_says_why_and_how_long_there_is(county):
    client = visit(county.user(Role.TOWNSHIP_CLERK))
    text = text_of(client.get("/deadlines/", {"param": "call.sign_in.urgent"}))
    assert "15分钟" in text and "昼夜连续计算" in text and "自现在" in text


def test_a_day_beyond_the_published_years_is_provisional(county):
    client = visit(county.user(Role.TOWNSHIP_CLERK))
    given = {"start": "2026-12-30", "amount": 5, "unit": "workdays"}
    text = text_of(client.get("/deadlines/", given))
    assert "暂定" in text and "尚未公布" in text


@pytest.mark.parametrize(
    "asked",
    [
        {"param": "call.nothing"},
        {"amount": "0"},
        {"amount": "-3"},
        {"amount": "99999999999999"},
        {"amount": "1", "unit": "centuries"},
        {"amount": "9999", "unit": "months"},
        {"start": "gestern", "amount": "1"},
        {"start": "0001-01-01", "amount": "1"},
        {"start": "9999-12-31", "amount": "1"},
        {"start": "2026-11-21"},
        {"amount": "１\0"},
    ],
)
def test_what_cannot_be_counted_is_refused_with_a_sentence(county, asked):
    page = visit(county.user(Role.TOWNSHIP_CLERK)).get("/deadlines/", asked)
    assert page.status_code == 400
    assert 'class="errors"' in text_of(page)


def test_a_very_long_length_is_counted_but_not_listed_day_by_day(county):
    given = {"start": "2026-01-05", "amount": "5", "unit": "weeks"}
    client = visit(county.user(Role.TOWNSHIP_CLERK))
    assert "逐日" in text_of(client.get("/deadlines/", given))
    text = text_of(client.get("/deadlines/", given | {"amount": "300"}))
    assert "不逐日列出" in text and len(text) < 60_000


def test_the_citys_people_may_count_too(county):
    client = visit(county.user(Role.CITY_BIANBAN))
    assert client.get("/deadlines/").status_code == 200
    assert client.get("/deadlines/", {"amount": 3, "unit": "workdays"}).status_code == 200


# -- drawn from the code --------------------------------------------------------------------


@pytest.mark.parametrize("model", kinds.kinds())
def test_the_matrix_holds_every_step_in_every_state(model):
    table = flowcharts.matrix(model)
    assert {row["step"] for row in table["rows"]} == set(steps_of(model))
    for row in table["rows"]:
        meta = getattr(model, row["step"])._django_fsm
        for state, cell in zip(table["states"], row["cells"], strict=True):
            assert cell["open"] == meta.has_transition(state)


@pytest.mark.parametrize("model", kinds.kinds())
def test_every_kind_has_its_pages_and_its_mermaid(county, model):
    client = visit(county.user(Role.DEPARTMENT_CLERK))
    label = model._meta.label_lower
    for path in (f"/permissions/{label}/", f"/statecharts/{label}/"):
        page = client.get(path)
        assert page.status_code == 200
        assert all(step.label in text_of(page) for step in steps_of(model).values())
    text = text_of(client.get(f"/statecharts/{label}/?as=mermaid"))
    assert text.startswith("stateDiagram-v2")


def test_an_unknown_kind_is_404(county):
    client = visit(county.user(Role.DEPARTMENT_CLERK))
    for label in ("governance.user", "x", "hucall.call.", "%00"):
        assert client.get(f"/permissions/{label}/").status_code == 404
        assert client.get(f"/statecharts/{label}/").status_code == 404


def test_ones_own_steps_are_marked(county):
    page = visit(county.user(Role.TOWNSHIP_LEADER)).get("/permissions/call/")
    mine = {row["step"] for row in page.context["rows"] if row["mine"]}
    assert {"approve", "disapprove", "endorse"} <= mine and "dispatch" not in mine


def test_where_the_record_decides_every_end_is_drawn():
    filed = {a.source: set(a.targets) for a in flowcharts.arrows(Call) if a.name == "file"}
    assert filed["draft"] == {"submitted", "approving", "handling"}


def test_clocks_know_who_can_stop_them():
    people = flowcharts.stoppers(Response)["sign_in"]
    roles = frozenset().union(*(one.roles for one in people))
    assert Role.DEPARTMENT_CLERK in roles and Role.PLATFORM not in roles
    assert all(Role.PLATFORM in one.roles for one in flowcharts.stoppers(Call)["verify"])


@pytest.mark.parametrize("model", kinds.kinds())
def test_nothing_in_a_chart_covers_anything(model):
    chart = lifelines.drawn(model)
    heights = [row["y"] for row in chart["rows"]]
    assert heights == sorted(set(heights))
    assert max([row["y"] for row in chart["rows"]], default=0) < chart["height"]
    assert max(head["x"] for head in chart["states"]) < chart["width"]


# -- handbook -------------------------------------------------------------------------------


def test_the_handbook_shows_the_chapters_of_ones_posts(county, tmp_path, monkeypatch):
    monkeypatch.setattr(handbook, "FOLDER", tmp_path)
    (tmp_path / "README.md").write_text(
        "# 通用\n\n用**账号**登录,\n不得共用。\n\n"
        "| 您是 | 看 |\n|---|---|\n| 平台 | [平台](p.md) |\n",
        encoding="utf-8",
    )
    words = (
        "# 乡镇\n\n## 发起呼叫\n1. 先自查,\n   再想一遍\n2. 再[填写](x)\n\n"
        "| 状态 | 意思 |\n|---|---|\n| 黄 | 将到期 |\n\n<script>alert(1)</script>"
    )
    (tmp_path / "township.md").write_text(words, encoding="utf-8")
    (tmp_path / "platform.md").write_text("# 平台\n\n核实派发。", encoding="utf-8")
    text = text_of(visit(county.user(Role.TOWNSHIP_CLERK)).get("/help/"))
    for shown in (
        "用账号登录,不得共用。",
        "<h3>发起呼叫</h3>",
        "<li>先自查,再想一遍</li><li>再填写</li>",
        ">将到期</td>",
        "&lt;script&gt;alert",
    ):
        assert shown in text
    assert "您是" not in text, "a table of links leads to what stands below"
    assert "核实派发。" not in text and "<script>alert" not in text


def test_without_a_handbook_the_common_words_stand(county, tmp_path, monkeypatch):
    monkeypatch.setattr(handbook, "FOLDER", tmp_path)
    page = visit(county.user(Role.PLATFORM)).get("/help/")
    assert page.status_code == 200 and "按钮是灰色的" in text_of(page)


# -- commands -------------------------------------------------------------------------------


def run(*words) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command(*words, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_statechart_prints_mermaid():
    out, _ = run("statechart", "hucall.Call")
    assert out.startswith("stateDiagram-v2")
    assert 'state "待核实派发" as submitted' in out
    assert "submitted --> handling : 核实派发(响应平台管理员)" in out
    assert run("statechart", "call")[0] == out


def test_statechart_names_what_there_is():
    with pytest.raises(CommandError, match=r"可用:.*呼叫"):
        run("statechart", "nothing")


def test_sweep_reports_json_and_does_what_falls_due(county):
    make.dispatched(county)
    out, _ = run("sweep", "--at", "2026-11-12T09:00")
    count = json.loads(out)
    assert set(count) == {"warned", "breached", "escalated"}
    assert count["breached"] == 1
    assert Supervision.objects.count() == 1
    again, _ = run("sweep", "--at", "2026-11-12T09:00")
    assert json.loads(again) == {"warned": 0, "breached": 0, "escalated": 0}
    assert Clock.objects.get(name="sign_in").breached_at


def test_sweep_refuses_a_moment_that_is_none():
    with pytest.raises(CommandError, match="无法识别"):
        run("sweep", "--at", "morgen")


def test_verify_trail_gives_the_head_of_the_chain(county):
    make.dispatched(county)
    trail.seal()
    out, _ = run("verify_trail", "--county", "371525")
    found = json.loads(out)
    assert found["head"] == Seal.objects.order_by("-seq").first().hash
    assert (found["entries"], found["unsealed"]) == (Event.objects.count(), 0)
    assert json.loads(run("verify_trail")[0])["counties"][0]["head"] == found["head"]


def test_verify_trail_names_the_first_broken_entry(county):
    make.dispatched(county)
    trail.seal()
    tamper(Event.objects.order_by("id")[1].pk)
    out, err = StringIO(), StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("verify_trail", stdout=out, stderr=err)
    assert end.value.code == 1
    assert "第2条" in json.loads(out.getvalue())["counties"][0]["broken"]
    assert "内容与封存时不一致" in err.getvalue()


def test_verify_trail_knows_its_counties(county):
    with pytest.raises(CommandError, match="没有区划代码"):
        run("verify_trail", "--county", "999999")


def test_a_rating_is_a_kind_too():
    assert Rating in kinds.kinds() and kinds.kind_named("rating") is Rating
