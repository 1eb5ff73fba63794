"""Charts, heat, rates, comparisons and found words: drawn within bounds, escaped."""

import pytest

from governance import charts
from governance.templatetags import ui
from tests.governance.kit import HOSTILE, show


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
