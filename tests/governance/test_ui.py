"""The UI kit: words of dates, tags, fields, charts; every partial renders and escapes."""

import re
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from django import forms
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory

from governance import charts, context, markup, presenting, wording
from governance.nav import NavEntry
from governance.templatetags import ui
from governance.views import samples, styleguide
from governance.workdays import TZ, Calendar


def here(*parts) -> datetime:
    """A moment in Asia/Shanghai."""
    return datetime(*parts, tzinfo=wording.ZONE)


NOW = here(2026, 11, 25, 14, 20)
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
SHELL = {"shell": {"county": "冠县", "posts": [], "nav": [], "unread": 0, "urls": {}}}


def show(source: str, **values) -> str:
    """The source of a template, rendered with the kit's tags."""
    return Template("{% load ui %}" + source).render(Context(values))


def request_for(path="/_ui/"):
    request = RequestFactory().get(path)
    request.user = AnonymousUser()
    return request


# -- dates ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "full", "short"),
    [
        (here(2026, 11, 25, 17, 30), "2026年11月25日(周三) 17:30", "今天 17:30"),
        (datetime(2026, 11, 25, 9, 30, tzinfo=UTC), "2026年11月25日(周三) 17:30", "今天 17:30"),
        (datetime(2026, 11, 24, 16, 30, tzinfo=UTC), "2026年11月25日(周三) 00:30", "今天 00:30"),
        (here(2026, 11, 24, 16, 5), "2026年11月24日(周二) 16:05", "昨天 16:05"),
        (here(2026, 11, 26, 9, 0), "2026年11月26日(周四) 09:00", "明天 09:00"),
        (here(2026, 12, 1, 17, 30), "2026年12月1日(周二) 17:30", "12月1日 17:30"),
        (here(2025, 3, 2, 8, 0), "2025年3月2日(周日) 08:00", "2025年3月2日 08:00"),
        (date(2026, 11, 25), "2026年11月25日(周三)", "今天"),
    ],
)
def test_日期写法(at, full, short):
    assert wording.cn_datetime(at) == full
    assert wording.cn_short(at, NOW) == short


@pytest.mark.parametrize(
    ("at", "full", "short"),
    [
        (here(2026, 11, 26), "2026年11月25日(周三) 24:00", "今天 24:00"),
        (here(2027, 1, 1), "2026年12月31日(周四) 24:00", "12月31日 24:00"),
        (here(2026, 11, 25, 23, 59, 59), "2026年11月25日(周三) 24:00", "今天 24:00"),
        (here(2026, 12, 1, 17, 30), "2026年12月1日(周二) 17:30", "12月1日 17:30"),
    ],
)
def test_到期在二十四时写作当日而不是次日零时(at, full, short):
    assert wording.cn_due(at) == full
    assert wording.cn_due_short(at, NOW) == short


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(seconds=20), "不到 1 分钟"),
        (timedelta(minutes=55), "55 分钟"),
        (190, "3 小时 10 分"),
        (180, "3 小时"),
        (timedelta(days=2, hours=4, minutes=9), "2 天 4 小时"),
        (timedelta(days=3), "3 天"),
    ],
)
def test_用时写法(length, words):
    assert wording.cn_duration(length) == words


def test_没有分母就没有比率():
    assert wording.cn_rate(0, 0) == "—"
    assert wording.cn_rate(21, 22) == "95.5%"


def test_日期过滤器遇到文字原样通过():
    assert show("{{ a|cn_short }}{{ b|cn_datetime }}", a="办结后", b=None) == "办结后"


# -- icons and clauses ------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["late", "ok", "emblem", "phone"])
def test_图标内联并对读屏隐藏(name):
    drawn = markup.icon(name)
    assert drawn.startswith("<svg") and drawn.endswith("</svg>") and 'aria-hidden="true"' in drawn


@pytest.mark.parametrize("name", ["", None, "no-such", "../../manage.py", "<b>", 'late" onload="'])
def test_不认识的图标什么也不画(name):
    assert markup.icon(name) == ""


def test_图标的说明被转义():
    assert "<script>" not in markup.icon("late", HOSTILE)


def test_页面用到的每个图标都有图():
    used = set()
    for path in (settings.BASE_DIR / "templates").rglob("*.html"):
        used |= set(re.findall(r'{% icon "([^"]+)"', path.read_text("utf-8")))
    used |= {icon for _, icon, _ in presenting.STATES.values()}
    assert [name for name in sorted(used) if not markup.icon(name)] == []


def test_条款标签打开条款():
    tag = markup.clause_tag("GX-呼应-10")
    assert 'href="/clauses/GX-%E5%91%BC%E5%BA%94-10/"' in tag
    assert "data-drawer" in tag and "第二部分" in tag


def test_不是条款的话只显示不链接():
    assert (
        markup.clause_tag("县级参数:1 个工作日")
        == '<span class="clause">县级参数:1 个工作日</span>'
    )
    assert markup.clause_tag("") == "" and markup.clause_tag(None) == ""


@pytest.mark.parametrize("clause", [HOSTILE, {"id": HOSTILE, "label": HOSTILE}])
def test_条款标签转义(clause):
    assert "<script>" not in markup.clause_tag(clause) and "<img" not in markup.clause_tag(clause)


# -- fields -----------------------------------------------------------------------------------


class Filled(forms.Form):
    """A form with errors and hostile words."""

    title = forms.CharField(label=HOSTILE, help_text=HOSTILE)
    day = forms.DateField(label="日期", required=False)
    at = forms.DateTimeField(label="时间", required=False)
    kind = forms.ChoiceField(
        label="种类", choices=[("a", HOSTILE), ("b", "乙")], widget=forms.RadioSelect
    )
    sure = forms.BooleanField(label="确认")
    photo = forms.FileField(label="照片", required=False)


def test_出错的字段与说明和错误相连():
    html = show("{% field form.title %}", form=Filled({}))
    described = re.search(r'aria-describedby="([^"]+)"', html)[1].split()
    assert described == ["id_title_helptext", "id_title_error"]
    assert all(f'id="{one}"' in html for one in described)
    assert 'aria-invalid="true"' in html and '<label for="id_title">' in html


def test_单选卡片是一组并有组名():
    html = show("{% field form.kind %}", form=Filled({}))
    assert "<fieldset" in html and "<legend>种类" in html and html.count('type="radio"') == 2
    assert 'id="id_kind_error"' in html


def test_字段里的文字都被转义():
    html = show("{% include 'ui/form.html' %}", form=Filled({"title": HOSTILE, "kind": HOSTILE}))
    assert "<script>" not in html and "<img" not in html


def test_日期用浏览器自带的选择器并回填():
    form = Filled(initial={"day": date(2026, 11, 5), "at": here(2026, 11, 5, 9, 30)})
    html = show("{% field form.day %}{% field form.at %}", form=form)
    assert 'type="date"' in html and 'value="2026-11-05"' in html
    assert 'type="datetime-local"' in html and 'value="2026-11-05T09:30"' in html


def test_拍照与选文件用同一个字段名():
    html = show("{% field form.photo camera=True %}", form=Filled())
    assert html.count('name="photo"') == 2 and 'capture="environment"' in html
    assert html.count('id="id_photo"') == 1


def test_必填由服务器用中文说明():
    html = show("{% field form.title %}", form=Filled())
    assert " required" not in html.replace("aria-required", "") and 'aria-required="true"' in html


# -- clocks and steps -------------------------------------------------------------------------


def clock(**fields):
    """A Clock row, unsaved."""
    row = dict.fromkeys(["met_at", "paused_at", "warn_at", "remaining"])
    row |= {"cancelled": False, "due_at": NOW + timedelta(hours=3), "length": "1 workdays"}
    row |= {
        "started_at": NOW - timedelta(hours=2),
        "label": "报到",
        "clause": "",
        "provisional": True,
    }
    return SimpleNamespace(**row | fields)


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({}, "ok"),
        ({"warn_at": NOW}, "soon"),
        ({"due_at": NOW - timedelta(minutes=1)}, "late"),
        ({"due_at": NOW - timedelta(minutes=1), "paused_at": NOW - timedelta(days=1)}, "paused"),
        ({"met_at": NOW}, "met"),
        ({"met_at": NOW, "due_at": NOW - timedelta(minutes=1)}, "met_late"),
        ({"cancelled": True, "met_at": NOW}, "cancelled"),
    ],
)
def test_时限的状态(fields, state):
    row = clock(**fields)
    assert presenting.clock_state(row, NOW) == state
    view = presenting.clock_view(row, Calendar({}, [2026]), NOW)
    html = show("{% include 'ui/clock.html' %}", clock=view)
    assert presenting.STATES[state][0] in html
    assert ("暂定" in html) == (row.met_at is None)


def test_工作时限的余量和用时按工作日说():
    began = datetime(2026, 11, 9, 9, tzinfo=TZ)  # Monday 09:00, Friday 09:00: four days of 7 hours
    days = Calendar({}, [2026])
    paused = clock(length="10 workdays", paused_at=began, remaining=7 * 60 * 5)
    assert presenting.clock_view(paused, days, NOW)["remaining"] == "暂停前剩 5 个工作日"
    met = clock(length="10 workdays", started_at=began, met_at=began + timedelta(days=4))
    assert presenting.clock_view(met, days, NOW)["remaining"] == "用时 4 个工作日"
    urgent = clock(length="24 hours", started_at=began, met_at=began + timedelta(hours=20))
    assert presenting.clock_view(urgent, days, NOW)["remaining"] == "用时 20 小时"


def test_状态从不只靠颜色():
    for state, (word, icon, _) in presenting.STATES.items():
        html = show("{% include 'ui/state_tag.html' %}", state=state)
        assert word in html and "<svg" in html and markup.icon(icon), state


def test_不能办的步骤写明原因和条款():
    step = SimpleNamespace(hint="", tone="normal", clause="GX-呼应-10")
    shut = SimpleNamespace(
        name="extend", label="申请延期", open=False, reason="报到后才能申请。", clause="", step=step
    )
    html = show("{% include 'ui/next_steps.html' with base='/c/1/steps/' %}", steps=[shut])
    assert "报到后才能申请。" in html and "/clauses/" in html and '<a class="btn' not in html


def test_能办的步骤是普通链接():
    html = show(
        "{% include 'ui/next_steps.html' with base='/c/1/steps/' %}", steps=samples.sample_steps()
    )
    assert 'href="/c/1/steps/sign_in/#step-panel"' in html and html.count("btn wide go") == 1


@pytest.mark.parametrize(
    ("tones", "main"),
    [
        (["quiet"], None),
        (["danger"], None),
        (["quiet", "normal"], 1),
        (["danger", "quiet", "primary"], 2),
        (["normal", "primary"], 0),
        ([], None),
    ],
)
def test_只有往前走的步骤是主按钮(tones, main):
    steps = [
        {"name": f"s{place}", "label": f"步骤{place}", "open": True, "tone": tone}
        for place, tone in enumerate(tones)
    ]
    for name in ("next_steps", "step_bar"):
        html = show(f"{{% include 'ui/{name}.html' with base='/c/1/steps/' %}}", steps=steps)
        first = re.search(r'class="btn[^"]* go[^"]*" href="/c/1/steps/s(\d)/', html)
        assert (first and int(first[1])) == main
        assert ("/steps/" in html) == bool(tones)


# -- charts, heat, diff -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("highest", "top"),
    [(0, 4), (4, 4), (5, 8), (9, 12), (23, 24), (41, 60), (81, 120), (100, 120), (1300, 1600)],
)
def test_纵轴取整(highest, top):
    assert charts.nice_top(highest) == top


def test_图表没有数据也不出错():
    assert charts.columns([], [])["bars"] == []
    assert charts.lines(["一"], [("呼叫", [None])])["points"] == []
    assert "以表格查看" in show("{% chart_columns 't' l s %}", l=["一"], s=[("呼叫", [0])])


def test_折线在缺数处断开():
    drawn = charts.lines(list("甲乙丙丁"), [("率", [1, None, 3, 4])])
    assert len(drawn["segments"]) == 1 and len(drawn["points"]) == 3
    assert drawn["rows"][1] == ["乙", "—"]


def test_柱不出画面且标签不相叠():
    labels = [f"第{week}周" for week in range(1, 54)]
    drawn = charts.columns(labels, [("呼叫", range(53)), ("超期", range(53))])
    assert all(0 <= bar["x"] <= 100 - bar["width"] for bar in drawn["bars"])
    assert all(
        bar["y"] >= 0 and bar["y"] + bar["height"] <= charts.BASE + 0.1 for bar in drawn["bars"]
    )
    assert drawn["axis"][-1]["text"] == "第53周" and len(drawn["axis"]) <= 9


@pytest.mark.parametrize(("value", "level"), [(None, 0), (0, 0), (1, 1), (6, 3), (12, 5)])
def test_热力分级(value, level):
    assert charts.heat_level(value, 12) == level


def test_比率条不超出():
    assert 'width="100.0%"' in ui.rate_bar(9, 3) and 'width="0.0%"' in ui.rate_bar(0, 0)


def test_两版对照标出增删():
    before, after = ui.diff_marks("负责国省道、县道养护", "负责县道养护和抢修,7日内反馈")
    assert before == "负责<del>国省道、</del>县道养护"
    assert after == "负责县道养护<ins>和抢修,7日内反馈</ins>"


def test_两版对照转义():
    before, after = ui.diff_marks(HOSTILE, "<b>" + HOSTILE)
    assert "<script" not in before + after and "<b>" not in after


def test_长文按行对照():
    old = "甲乙丙丁\n" * 2000
    before, after = ui.diff_marks(old, old + "新增一行\n")
    assert "<del>" not in before and after.endswith("<ins>新增一行\n</ins>")


def test_搜索词标出且转义():
    assert (
        ui.mark_found("柳林镇<b>集市</b>", "集市") == "柳林镇&lt;b&gt;<mark>集市</mark>&lt;/b&gt;"
    )
    assert "<mark>&lt;</mark>" in ui.mark_found("a<b", "<")
    assert ui.mark_found("a.b", ".") == "a<mark>.</mark>b"


# -- every partial ----------------------------------------------------------------------------


def guide(monkeypatch, change=lambda data: data) -> str:
    """The whole style guide, its sample data passed through `change`."""
    for name in [name for name in dir(samples) if name.startswith("sample_")]:
        original = getattr(samples, name)
        monkeypatch.setattr(samples, name, lambda original=original: change(original()))
    seen = {}
    monkeypatch.setattr(styleguide, "render", lambda request, name, values={}: seen.update(values))
    monkeypatch.setattr(settings, "DEMO", True)
    request = request_for()
    styleguide.styleguide(request)
    return render_to_string("ui/styleguide.html", seen | SHELL, request)


def spoil(data, key=""):
    """The same data with hostile words in every place that shows words."""
    if isinstance(data, dict):
        return {key: spoil(value, key) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return type(data)(spoil(value, key) for value in data)
    fixed = key in ("state", "tone", "icon", "url", "name", "sorted", "role")
    return HOSTILE if isinstance(data, str) and not fixed else data


def test_每个组件都能显示(monkeypatch):
    html = guide(monkeypatch)
    for words in ("本单位下一步", "为什么是这一天", "已超期", "暂定", "以表格查看", "申请延期"):
        assert words in html
    assert "{{" not in html and "{%" not in html and "{#" not in html


def test_每个组件都转义(monkeypatch):
    html = guide(monkeypatch, spoil)
    assert "<script>alert" not in html and "<img src=x" not in html
    assert html.count("&lt;script&gt;alert") > 60


def test_页面没有内联脚本样式和外部地址(monkeypatch):
    html = guide(monkeypatch)
    assert not re.search(r"\sstyle=|<style|\son\w+=|javascript:", html)
    assert all(re.search(r'src="/static/', tag) for tag in re.findall(r"<script[^>]*>", html))
    assert not re.search(r'(?:href|src|action)="(?:https?:)?//', html)


def test_标识不重复(monkeypatch):
    html = guide(monkeypatch)
    ids = re.findall(r'<[a-z]+[^>]*\sid="([^"]+)"', html)
    shared = {one for one in ids if ids.count(one) > 1}
    assert {one for one in shared if not one.startswith("id_")} == set()


def test_演示之外没有组件页(settings):
    settings.DEBUG = settings.DEMO = False
    with pytest.raises(styleguide.Http404):
        styleguide.styleguide(request_for())


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "409", "413", "429", "500"])
def test_出错页不靠任何上下文(name):
    html = render_to_string(f"{name}.html")
    assert '<html lang="zh-CN"' in html and 'href="/' in html


def test_出错页转义():
    for name in ("400", "403", "409", "413", "429"):
        assert "<script>alert" not in render_to_string(f"{name}.html", {"message": HOSTILE})


# -- navigation -------------------------------------------------------------------------------


def entries(monkeypatch, *lines):
    config = SimpleNamespace(nav=list(lines))
    monkeypatch.setattr(context.apps, "get_app_configs", lambda: [config, SimpleNamespace()])


def test_导航只列有的页面和有权的岗位(monkeypatch):
    monkeypatch.setattr(context, "safe_reverse", {"a": "/a/", "b": "/b/", "c": "/"}.get)
    entries(
        monkeypatch,
        NavEntry("乙", "b", roles=("sysadmin",), order=2),
        NavEntry("甲", "a", order=3, count=lambda request: 7),
        NavEntry("无", "missing", order=0),
        NavEntry("首", "c", order=1),
    )
    shown = context.build_nav(request_for("/a/5/"), {"platform"})
    assert [(one["label"], one["active"], one["count"]) for one in shown] == [
        ("首", False, None),
        ("甲", True, 7),
    ]


def test_最长的地址为当前项(monkeypatch):
    monkeypatch.setattr(context, "safe_reverse", {"a": "/a/", "b": "/a/b/"}.get)
    entries(monkeypatch, NavEntry("甲", "a"), NavEntry("乙", "b"))
    shown = context.build_nav(request_for("/a/b/1/"), set())
    assert [one["active"] for one in shown] == [False, True]


def test_没有自己导航项的列表归到所属的导航项(monkeypatch):
    urls = {"a": "/x/a/", "b": "/x/b/", "c": "/x/c/"}
    monkeypatch.setattr(context, "safe_reverse", urls.get)
    entries(
        monkeypatch,
        NavEntry("甲", "a", covers=("b", "c", "missing")),
        NavEntry("乙", "b", roles=("platform",)),
    )

    def lit(path, *roles):
        return [
            one["label"]
            for one in context.build_nav(request_for(path), set(roles))
            if one["active"]
        ]

    assert lit("/x/c/7/") == ["甲"] and lit("/x/b/") == ["甲"]
    assert lit("/x/b/", "platform") == ["乙"], "自己的导航项优先"


def test_框架的内容用到才算(django_assert_num_queries, db):
    with django_assert_num_queries(0):
        lazy = context.shell(request_for())["shell"]
        assert lazy["posts"] == [] and lazy["unread"] == 0 and lazy["county"] == ""
