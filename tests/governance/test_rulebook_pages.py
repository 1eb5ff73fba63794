"""The pages of the rulebook: field by field beside the clause, versions, comparison, clauses."""

import html
import re
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.urls import reverse
from django.utils import timezone

from governance import catalogue, rulebooks
from governance.models import Rulebook
from governance.rulebook_fields import schema
from governance.rulebook_forms import RulebookForm, name_of
from tests.governance.adopting import make_county, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def county(db):
    return make_county()


@pytest.fixture
def editor(county, client):
    user = make_user(county, "bianban", "bianban.one")
    client.force_login(user)
    return user


def posted(book, **changes):
    """What a browser sends for the unchanged form of a version, with some controls changed."""
    form = RulebookForm(book=book)
    data = {"base": book.version, "note": "县政府第三次常务会议纪要"}
    data["effective_from"] = timezone.localdate().isoformat()
    for name in schema().fields:
        bound = form[name_of(name)]
        data |= controls(bound.html_name, bound.value(), schema().fields[name])
    return {name: value for name, value in (data | changes).items() if value is not None}


def controls(name, value, field):
    if field.type == "length":
        amount, _, unit = value.partition(" ")
        return {f"{name}_0": amount, f"{name}_1": unit or "workdays"}
    if field.type == "bool":
        return {name: "on"} if value else {}
    if field.type in ("ladder", "stages", "documents", "clause_map"):
        sent = {f"{name}-rows": len(value)}
        for number, row in enumerate(value):
            for cell, content in row.items():
                if content is not False:
                    sent[f"{name}-{number}-{cell}"] = "on" if content is True else content
        return sent
    return {name: value}


def flow_of(**orders) -> dict:
    """The controls of a list's chain of these stages and no other."""
    sent = {}
    for number, name in enumerate(schema().stages):
        sent[f"adjust__flow-{number}-on"] = "on" if name in orders else None
        sent[f"adjust__flow-{number}-order"] = orders.get(name, "")
    return sent


def text_of(response) -> str:
    """The words of a page, without tags."""
    words = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", html.unescape(words))


# -- reading ------------------------------------------------------------------------------


def test_每一项都与依据的条款并列(editor, client):
    response = client.get(reverse("rulebook_show", args=[1]))
    assert response.status_code == 200
    page, source = text_of(response), response.content.decode()
    for field in schema().fields.values():
        assert field.label in page
        for rule_id in field.clauses:
            assert catalogue.entry(rule_id).label in page
    assert "15分钟" in page
    assert "原文未量化,县级参数" in page
    row = source[source.index("应急报到") :]
    assert "/clauses/GX-" in row[: row.index("</tr>")]


@pytest.mark.rule("GX-呼应-01")
def test_统一平台的条款列在受理单位旁并可打开(editor, client):
    source = client.get(reverse("rulebook_show", args=[1])).content.decode()
    row = source[source.index("受理单位") :]
    link = f'href="/clauses/{quote("GX-呼应-01")}/"'
    assert link in row[: row.index("</tr>")]
    page = text_of(client.get(reverse("clause", args=["GX-呼应-01"])))
    assert "县政府统一建响应平台,按清单划分县乡责任" in page


def test_非本县原文在页面上标明(client):
    county = make_county("泰安某县", "370900", "taian-2019")
    client.force_login(make_user(county, "department_clerk", "taian.one"))
    source = client.get(reverse("rulebook_show", args=[1])).content.decode()
    row = source[source.index("报督查机构") - 2000 :]
    assert catalogue.entry("TA-16").label in row
    arrive = source[source.index("应急到场") :]
    assert "非本县原文" in arrive[: arrive.index("</tr>")]


def test_版本列表与比较(editor, county, client):
    rulebooks.edit(county, {"min_group": 8}, timezone.localdate(), note="提高门槛")
    tomorrow = timezone.localdate() + timedelta(days=1)
    rulebooks.edit(county, {"call.sign_in.urgent": "10 minutes"}, tomorrow)
    page = text_of(client.get(reverse("rulebook_list")))
    for words in ("第3版", "第2版", "第1版", "现行", "待生效", "已被取代", "提高门槛"):
        assert words in page
    response = client.get(reverse("rulebook_diff"), {"from": 1, "to": 3})
    page = text_of(response)
    assert "汇总公开的最少评价人数" in page
    assert "呼叫时限·应急报到" in page
    assert "<del>15</del>" in response.content.decode()
    assert "<ins>10</ins>" in response.content.decode()
    assert "一般时限黄灯比例" not in page
    same = text_of(client.get(reverse("rulebook_diff"), {"from": 2, "to": 2}))
    assert "两个版本内容相同" in same


@pytest.mark.parametrize("query", ["", "?from=1", "?from=1&to=9", "?from=x&to=1", "?from=1&to=²"])
def test_比较的参数不对时404(editor, client, query):
    assert client.get(reverse("rulebook_diff") + query).status_code == 404


def test_看不到别县的方案(editor, county, client):
    other = make_county("同心县", "640324", "tongxin-2021")
    rulebooks.edit(other, {"min_group": 9}, timezone.localdate())
    assert client.get(reverse("rulebook_show", args=[2])).status_code == 404
    assert "同心县" not in text_of(client.get(reverse("rulebook_show", args=[1])))
    assert "同心县" not in text_of(client.get(reverse("rulebook_list")))


def test_未登录先登录(county, client):
    for name, args in (("rulebook_list", []), ("rulebook_edit", []), ("clause", ["GX-呼应-10"])):
        response = client.get(reverse(name, args=args))
        assert response.status_code == 302
        assert response["Location"].startswith("/login/")


# -- editing ------------------------------------------------------------------------------


def test_表单原样提交没有改动(editor, county, client):
    response = client.post(reverse("rulebook_edit"), posted(rulebooks.latest(county)))
    assert response.status_code == 400
    assert "没有任何改动" in text_of(response)
    assert Rulebook.objects.count() == 1


@pytest.mark.parametrize("preset", ["jiaoqu-2022", "tongxin-2021", "taian-2019", "tongwei-2020"])
def test_各预设的表单原样提交都没有改动(client, preset):
    county = make_county("某县", "111111", preset)
    client.force_login(make_user(county, "bianban", "bianban.two"))
    response = client.post(reverse("rulebook_edit"), posted(rulebooks.latest(county)))
    assert "没有任何改动" in text_of(response)


def test_先看改动再采用(editor, county, client):
    book = rulebooks.latest(county)
    data = posted(book, call__sign_in__urgent_0="10", call__village="on")
    response = client.post(reverse("rulebook_edit"), data | {"preview": "1"})
    assert response.status_code == 200
    page = text_of(response)
    assert "将要改动 2 项" in page
    assert Rulebook.objects.count() == 1
    response = client.post(reverse("rulebook_edit"), data)
    assert response["Location"] == reverse("rulebook_show", args=[2])
    adopted = rulebooks.latest(county)
    assert str(adopted.value("call.sign_in.urgent")) == "10 minutes"
    assert adopted.value("call.village") is True
    assert (adopted.adopted_by, adopted.note) == (editor, "县政府第三次常务会议纪要")
    assert len(rulebooks.diff(book, adopted)) == 2


def test_改审批环节和督办阶梯(editor, county, client):
    names = list(schema().stages)
    meeting, publish = names.index("meeting"), names.index("publish")
    data = posted(
        rulebooks.latest(county),
        **{
            f"adjust__flow-{meeting}-on": "on",
            f"adjust__flow-{meeting}-order": "3",
            f"adjust__flow-{meeting}-amount": "15",
            f"adjust__flow-{publish}-on": None,
            "ladder__general-1-amount": "2",
            "clauses-rows": "1",
            "clauses-0-generic": "GX-呼应-12",
            "clauses-0-own": "TA-15",
        },
    )
    assert client.post(reverse("rulebook_edit"), data).status_code == 302
    book = rulebooks.latest(county)
    flow = {row["stage"]: row for row in book.value("adjust.flow")}
    assert "publish" not in flow
    assert str(flow["meeting"]["limit"]) == "15 workdays"
    assert str(book.value("ladder.general")[1]["after"]) == "2 workdays"
    assert book.value("clauses") == {"GX-呼应-12": "TA-15"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"call__sign_in__urgent_0": "0"}, "期限至少为1"),
        ({"call__sign_in__urgent_0": "很快"}, "无法识别"),
        ({"call__sign_in__urgent_1": "months"}, "时间单位只能是分钟、小时"),
        ({"call__finish__general_0": "30"}, "不应短于“呼叫时限·办结(一般)”(30个工作日)"),
        ({"min_group": "1"}, "不得小于2人"),
        ({"min_group": ""}, "应为整数"),
        ({"adjust__filing": "before_effect"}, "缺少“省市备案”"),
        ({"adjust__filing": "whenever"}, "只能选择"),
        ({"call__kinds": []}, "至少要有一项"),
        ({"ladder__general-2-amount": "1"}, "第3级的时间应晚于上一级"),
        ({"adjust__flow-0-order": "早"}, "第1行的顺序应为1至20的整数"),
        (flow_of(publish="1", approve="2"), "“印发公布”应排在“县委、县政府批准”之后"),
        (flow_of(approve="1", publish="1"), "“印发公布”应排在“县委、县政府批准”之后"),
        (flow_of(publish="1"), "至少要有一个作出决定的环节"),
        ({"clauses-rows": "1", "clauses-0-generic": "GX-呼应-99"}, "目录中没有“GX-呼应-99”"),
        ({"note": ""}, "修改依据"),
        ({"effective_from": "2020-01-01", "min_group": "6"}, "生效日期不得早于今天"),
        ({"effective_from": "明天"}, "新版本生效日期"),
        ({"base": "9"}, "填写期间已有新版本(第1版)"),
        ({"name": "冠\x00县"}, "含有无法保存的字符"),
        ({"documents-0-number": "冠\x00办"}, "含有无法保存的字符"),
        ({"documents-0-title": "文" * 201}, "文字过长,最多200字"),
    ],
)
def test_填错时说明在哪一项且填写的都还在(editor, county, client, change, message):
    data = posted(rulebooks.latest(county), call__word="一呼百应") | change
    data = {name: value for name, value in data.items() if value is not None}
    for step in ({}, {"preview": "1"}):
        response = client.post(reverse("rulebook_edit"), data | step)
        assert response.status_code == 400
        assert message in text_of(response)
        assert 'value="一呼百应"' in response.content.decode()
    assert Rulebook.objects.count() == 1


def test_别人先立了新版本时不覆盖(editor, county, client):
    data = posted(rulebooks.latest(county), min_group="9")
    rulebooks.edit(county, {"call.word": "街呼局应"}, timezone.localdate())
    response = client.post(reverse("rulebook_edit"), data)
    assert response.status_code == 400
    assert "填写期间已有新版本(第2版),请核对改动后重新提交" in text_of(response)
    assert rulebooks.latest(county).value("call.word") == "街呼局应"


@pytest.mark.parametrize(
    "role", ["township_clerk", "department_leader", "platform", "county", "ducha", "sifa"]
)
def test_其他岗位只能看(county, client, role):
    client.force_login(make_user(county, role, "other.one"))
    assert client.get(reverse("rulebook_list")).status_code == 200
    assert "修改为新版本" not in text_of(client.get(reverse("rulebook_show", args=[1])))
    assert client.get(reverse("rulebook_edit")).status_code == 403
    data = posted(rulebooks.latest(county), min_group="9")
    assert client.post(reverse("rulebook_edit"), data).status_code == 403
    adopt = {"preset": "jiaoqu-2022", "effective_from": "2026-01-01"}
    assert client.post(reverse("rulebook_adopt"), adopt).status_code == 403
    assert Rulebook.objects.count() == 1


def test_没有方案的县先采用预设(client):
    county = make_county("新县", "222222", preset=None)
    client.force_login(make_user(county, "bianban", "bianban.new"))
    assert client.get(reverse("rulebook_edit")).status_code == 302
    assert "采用预设" in text_of(client.get(reverse("rulebook_list")))
    for bad in ({"preset": "x", "effective_from": "2026-01-01"}, {"preset": "jiaoqu-2022"}, {}):
        client.post(reverse("rulebook_adopt"), bad)
        assert rulebooks.latest(county) is None
    good = {"preset": "jiaoqu-2022", "effective_from": "2026-01-01"}
    assert client.post(reverse("rulebook_adopt"), good).status_code == 302
    assert rulebooks.latest(county).value("call.word") == "吹哨报到"
    client.post(reverse("rulebook_adopt"), good)
    assert Rulebook.objects.filter(county=county).count() == 1


# -- clauses ------------------------------------------------------------------------------


def test_条款页写明要点出处和本县参数(editor, client):
    response = client.get(reverse("clause", args=["GX-呼应-14"]))
    page = text_of(response)
    for words in (
        "乡呼县应机制 第二部分",
        "被紧急呼叫者第一时间到达现场",
        "冠县“乡呼县应、上下联动”工作机制(试行)",
        "冠办发〔2019〕55号",
        "应急到场",
        "60分钟",
        "软件强制",
    ):
        assert words in page
    assert "<html" in response.content.decode()


def test_条款抽屉不带框架(editor, client):
    response = client.get(reverse("clause", args=["GX-呼应-14"]), headers={"HX-Request": "true"})
    source = response.content.decode()
    assert "<html" not in source
    assert source.lstrip().startswith('<div id="page">')
    assert "被紧急呼叫者第一时间到达现场" in source
    assert "HX-Request" in response["Vary"]


def test_推导另列一栏不作条文(editor, client):
    page = text_of(client.get(reverse("clause", args=["GX-呼应-18"])))
    said, ours = page.split("平台的做法 不是条文")
    assert "月度通报为推导" in ours
    assert "推导" not in said
    page = text_of(client.get(reverse("clause", args=["GX-清单-02"])))
    said, ours = page.split("平台的做法 不是条文")
    assert "缺栏不得入库" in ours
    assert "后果 未写" in said


def test_别县条款标明并指出本县条款(client):
    county = make_county("泰安某县", "370900", "taian-2019")
    client.force_login(make_user(county, "platform", "taian.two"))
    page = text_of(client.get(reverse("clause", args=["GX-呼应-14"])))
    assert "非本县原文" in page
    page = text_of(client.get(reverse("clause", args=["GX-呼应-12"])))
    assert "非本县原文" not in page
    assert "多部门事项建联动机制,各司其职" in page
    assert "非本县原文" not in text_of(client.get(reverse("clause", args=["TA-15"])))


@pytest.mark.parametrize("rule_id", ["GX-呼应-99", "x", "<script>", "%00"])
def test_没有的条款404(editor, client, rule_id):
    assert client.get(f"/clauses/{rule_id}/").status_code == 404


def test_每一条都能打开(editor, client):
    for rule_id, entry in catalogue.entries().items():
        response = client.get(reverse("clause", args=[rule_id]), headers={"HX-Request": "true"})
        assert response.status_code == 200, rule_id
        assert html.escape(entry.statement) in response.content.decode(), rule_id
