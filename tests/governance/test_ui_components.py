"""Components of the UI kit: icons, clause tags, fields, clocks and steps say what they must."""

import re
from datetime import date, datetime, timedelta
from types import SimpleNamespace

import pytest
from django import forms
from django.conf import settings

from governance import markup, presenting
from governance.views import samples
from governance.workdays import TZ, Calendar
from tests.governance.kit import HOSTILE, NOW, here, show

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
