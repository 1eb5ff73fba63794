"""Rulebooks: every value checked, versions never changed, the county's own clause named."""

from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction

from governance import catalogue, rulebooks
from governance.lengths import Length
from governance.models import Rulebook, Unit
from governance.models.rulebook import Immutable
from governance.presets import checked, flatten, read_preset, validate
from governance.rulebook_fields import FOLDER, Field, schema
from governance.rulebooks import RulebookError

PRESETS = ["guanxian-2019", "jiaoqu-2022", "taian-2019", "tongwei-2020", "tongxin-2021"]
DAY = date(2026, 1, 1)


@pytest.fixture
def county(db):
    return Unit.objects.create(
        code="371525", name="冠县", short_name="冠县", kind="county", region_code="371525"
    )


@pytest.fixture
def book(county):
    return rulebooks.adopt(county, "guanxian-2019", DAY)


def preset(name="guanxian-2019", **changes):
    return rulebooks.load_preset(name) | changes


def stages(name, key):
    """A chain as [(order, stage), …]."""
    return [(row["order"], row["stage"]) for row in rulebooks.load_preset(name)[key]]


# -- schema and presets -------------------------------------------------------------------


def test_五个预设都符合方案结构():
    assert rulebooks.preset_names() == PRESETS
    for name in PRESETS:
        assert validate(rulebooks.load_preset(name)) == []
        assert set(rulebooks.load_preset(name)) == set(schema().fields)


def test_每一项都说明依据或标明出处():
    for field in schema().fields.values():
        for rule_id in field.clauses:
            catalogue.entry(rule_id)
        assert field.group in schema().groups
        assert field.clauses or field.source_note or field.group == "county", field.key
    limits = [field for field in schema().fields.values() if field.group == "limits"]
    assert {field.source_note for field in limits} == {
        "原文未量化,县级参数",
        "制度未规定,县级参数",
    }


@pytest.mark.parametrize("name", PRESETS)
def test_呼叫时限五个预设相同(name):
    data = rulebooks.load_preset(name)
    expected = {
        "call.verify.general": "4 workhours",
        "call.verify.urgent": "4 workhours",
        "call.sign_in.general": "1 workdays",
        "call.sign_in.urgent": "15 minutes",
        "call.arrive.urgent": "60 minutes",
        "call.finish.general": "5 workdays",
        "call.finish.complex": "10 workdays",
        "call.finish.hard": "20 workdays",
        "call.finish.urgent": "24 hours",
        "call.return_window": "1 workdays",
        "call.return_decision": "4 workhours",
        "call.ruling": "3 workdays",
        "call.extension_decision": "4 workhours",
        "call.suspension_max": "60 workdays",
        "call.correction": "1 workdays",
        "call.rating": "5 workdays",
        "call.callback": "3 workdays",
        "call.archive": "10 workdays",
        "call.rework_finish": "3 workdays",
        "call.supervision_reply": "2 workdays",
        "call.rectify": "10 workdays",
        "call.returns_before_ruling": 2,
        "call.extensions_max": 1,
        "call.callback_share": 20,
        "call.leader_approval": False,
        "min_group": 5,
        "rates.on_time_only": False,
        "warn.general_percent": 20,
        "warn.general_floor": "2 workhours",
        "warn.urgent_fraction": 33,
        "notices.office_hours_only": True,
        "office.hours": ["08:30-12:00", "14:00-17:30"],
    }
    assert {key: data[key] for key in expected} == expected
    assert [(rung["after"], rung["level"]) for rung in data["ladder.general"]] == [
        ("0 workdays", "overdue"),
        ("1 workdays", "leader"),
        ("3 workdays", "ducha"),
        ("5 workdays", "referral"),
    ]
    assert [rung["after"] for rung in data["ladder.urgent"]] == [
        "0 minutes",
        "30 minutes",
        "2 hours",
        "1 days",
    ]


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("tier_label", ["县", "区", "县", "县", "县"]),
        ("town_label", ["乡镇(街道)", "乡镇(街道)", "乡镇(街道)", "乡镇", "乡镇"]),
        ("call.word", ["乡呼县应", "吹哨报到", "乡呼县应", "乡呼县应", "村(社区)吹哨、部门报到"]),
        ("call.village", [False, False, False, False, True]),
        ("adjust.apply", ["10 workdays", "10 workdays", "", "", ""]),
        ("adjust.overdue", ["county_proposal", "rectify", "none", "none", "none"]),
        ("adjust.filing", ["none", "before_effect", "none", "none", "none"]),
        ("adjust.document_number", [False, True, False, False, False]),
        ("admission.filing", ["none", "before_effect", "none", "none", "none"]),
        ("admission.form", ["guanxian", "jiaoqu", "guanxian", "guanxian", "elements"]),
        ("admission.temporary", ["agree", "agree", "meeting", "agree", "agree"]),
        ("exit.form", ["notice", "form", "notice", "notice", "as_admission"]),
    ],
)
def test_各县差异_附一(key, values):
    """The differences table, one row per case; the presets in the order of PRESETS."""
    assert [rulebooks.load_preset(name)[key] for name in PRESETS] == values


def test_各县差异_申请主体与否决项():
    by_name = {name: rulebooks.load_preset(name) for name in PRESETS}
    assert by_name["tongxin-2021"]["admission.applicants"] == ["department", "township"]
    assert by_name["jiaoqu-2022"]["exit.applicants"] == ["department", "township"]
    assert by_name["guanxian-2019"]["admission.applicants"] == ["department"]
    three = ["department_name", "coordination_body", "temporary_body"]
    for name in ("guanxian-2019", "taian-2019", "jiaoqu-2022"):
        assert by_name[name]["admission.vetoes"] == three
    for name, veto in (("tongwei-2020", "counterpart"), ("tongxin-2021", "full_time")):
        assert set(three) < set(by_name[name]["admission.vetoes"])
        assert veto in by_name[name]["admission.vetoes"]
        assert veto not in by_name[name]["admission.advice"]
    assert len(by_name["tongxin-2021"]["admission.elements"]) == 7
    assert len(by_name["guanxian-2019"]["admission.elements"]) == 5
    assert by_name["guanxian-2019"]["adjust.kinds"] == ["add", "remove", "to_township", "to_county"]
    assert by_name["jiaoqu-2022"]["adjust.kinds"] == ["add", "remove", "content"]
    assert "county" in by_name["jiaoqu-2022"]["adjust.authority_levels"]
    assert "county" not in by_name["guanxian-2019"]["adjust.authority_levels"]


@pytest.mark.parametrize(
    ("name", "key", "chain"),
    [
        (
            "guanxian-2019",
            "adjust.flow",
            "1research 2bianban 2sifa 3city_bianban 3city_sifa 4approve 5publish",
        ),
        ("jiaoqu-2022", "adjust.flow", "1bianban 1sifa 2approve 3filing 4publish"),
        ("tongxin-2021", "adjust.flow", "1meeting 2approve 3publish"),
        ("taian-2019", "adjust.flow", "1bianban 2approve 3publish"),
        ("guanxian-2019", "admission.flow", "1bianban 1sifa 2approve"),
        ("jiaoqu-2022", "admission.flow", "1bianban 1sifa 2meeting 3approve 4filing"),
        ("tongxin-2021", "admission.flow", "1meeting 2approve"),
        ("taian-2019", "admission.flow", "1meeting"),
        ("tongwei-2020", "admission.flow", "1approve"),
        ("guanxian-2019", "exit.flow", "1bianban 1sifa 2approve"),
    ],
)
def test_各县审批链(name, key, chain):
    assert " ".join(f"{order}{stage}" for order, stage in stages(name, key)) == chain


# -- refusals -----------------------------------------------------------------------------

LADDER = [
    {"after": "0 workdays", "level": "overdue", "to": ["owner"]},
    {"after": "1 workdays", "level": "leader", "to": ["leader"]},
]


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("call.sign_in.urgent", "15 blinks", "呼叫时限·应急报到”:不认识的时间单位“blinks”"),
        ("call.sign_in.urgent", "soon", "期限“soon”无法识别"),
        ("call.sign_in.urgent", "1 workdays", "时间单位只能是分钟、小时"),
        ("call.sign_in.urgent", 15, "应写成“10 workdays”"),
        ("call.sign_in.urgent", "", "期限“”无法识别"),
        ("call.finish.general", "0 workdays", "期限至少为1"),
        ("call.finish.general", "-5 workdays", "无法识别"),
        ("call.finish.general", "11 workdays", "不应短于“呼叫时限·办结(一般)”(11个工作日)"),
        ("call.archive", "3 workdays", "“呼叫时限·归档”(3个工作日)不应短于“呼叫时限·乡镇评价”"),
        ("call.extensions_max", 6, "呼叫与响应·可延期次数”:不得大于5次"),
        ("call.extensions_max", -1, "不得小于0次"),
        ("call.extensions_max", True, "应为整数"),
        ("call.extensions_max", 1.5, "应为整数"),
        ("call.callback_share", 101, "不得大于100"),
        ("warn.general_percent", "二十", "应为整数"),
        ("min_group", 1, "不得小于2人"),
        ("call.village", "yes", "只能是“是”或“否”"),
        ("call.village", 1, "只能是“是”或“否”"),
        ("adjust.filing", "later", "只能选择:不要求、备案后才生效、生效后备案"),
        ("call.word", "", "应填写文字"),
        ("call.word", "  ", "应填写文字"),
        ("call.word", "呼" * 201, "文字过长,最多200字"),
        ("call.word", "a\ud800b", "含有无法保存的字符"),
        ("call.word", "a\nb", "含有无法保存的字符"),
        ("call.kinds", [], "至少要有一项"),
        ("call.kinds", ["urgent", "urgent"], "有重复的项"),
        ("call.kinds", ["urgent", "some"], "只能选择:复杂、重点、应急"),
        ("call.kinds", "urgent", "应为一组文字"),
        ("office.hours", ["8点"], "“8点”应写成“08:30-12:00”这样的形式"),
        ("admission.elements", [f"要素{n}" for n in range(31)], "最多30项"),
        ("ladder.general", [], "各级至少要有一行"),
        ("ladder.general", LADDER[::-1], "第2级的时间应晚于上一级"),
        ("ladder.general", LADDER[1:], "第1级应从到期时起"),
        ("ladder.general", [LADDER[0] | {"to": ["mayor"]}], "第1级的对象只能是:承办单位"),
        ("ladder.general", [LADDER[0] | {"to": []}], "第1级的对象只能是"),
        ("ladder.general", [LADDER[0] | {"level": "jail"}], "第1级的处理只能是"),
        ("ladder.general", [LADDER[0] | {"colour": "red"}], "第1行有不认识的栏:colour"),
        ("ladder.general", [{"after": "0 workdays"}], "第1行缺少栏:level"),
        ("ladder.general", [LADDER[0], LADDER[0] | {"after": "1 days"}], "每种处理只能出现一次"),
        ("adjust.flow", [{"stage": "mayor", "order": 1}], "第1行的环节“mayor”不在可选范围内"),
        ("adjust.flow", [{"stage": "approve", "order": 0}], "第1行的顺序应为1至20的整数"),
        ("adjust.flow", [{"stage": "approve", "order": "1"}], "第1行的顺序应为1至20的整数"),
        ("adjust.flow", [{"stage": "approve", "order": 1}] * 2, "同一环节不得重复"),
        ("adjust.flow", [{"stage": "approve", "order": 1, "limit": "0 days"}], "期限至少为1"),
        ("adjust.flow", [{"stage": "approve", "order": 1, "clause": "GX-清单-99"}], "目录中没有"),
        ("adjust.flow", "approve", "环节应逐行填写"),
        ("adjust.flow", [{"stage": "publish", "order": 1}], "至少要有一个作出决定的环节"),
        ("exit.flow", [{"stage": "publish", "order": 2}], "不能只有印发公布"),
        ("adjust.filing", "before_effect", "“清单调整·审批环节”缺少“省市备案”"),
        ("clauses", {"GX-呼应-99": "TA-15"}, "条款目录中没有“GX-呼应-99”"),
        ("clauses", {"GX-呼应-12": "TA-99"}, "条款目录中没有“TA-99”"),
        ("clauses", [], "应逐行写成"),
        ("documents", [{"title": ""}], "应填写文字"),
        ("documents", [{"title": "某办法", "date": "9月20日"}], "第1行的日期应写成"),
    ],
)
def test_不合格的值逐项说明(key, value, message):
    errors = validate(preset(**{key: value}))
    assert len(errors) == 1, errors
    assert message in errors[0][1]
    assert schema().fields[errors[0][0]].label in errors[0][1]


def test_多余和缺少的项都报出来():
    data = preset(**{"call.sign_in.urgnet": "15 minutes"})
    del data["call.sign_in.urgent"]
    assert validate(data) == [
        ("call.sign_in.urgnet", "制度方案没有“call.sign_in.urgnet”这一项"),
        ("call.sign_in.urgent", "缺少“呼叫时限·应急报到”(call.sign_in.urgent)"),
    ]


def test_所有错误一次列出():
    errors = validate(preset(**{"min_group": 0, "call.word": "", "call.kinds": []}))
    assert [key for key, _ in errors] == ["call.word", "call.kinds", "min_group"]
    with pytest.raises(RulebookError) as caught:
        checked(preset(**{"min_group": 0, "call.word": ""}))
    assert str(caught.value).count("\n") == 1


CHAINS = ("adjust.flow", "admission.flow", "exit.flow")
UNDECIDED = [
    # stages with their orders, what the message names
    ("1publish", "不能只有印发公布"),
    ("1filing 2publish", "不能只有省市备案、印发公布"),
    ("1publish 2approve", "“印发公布”应排在“县委、县政府批准”之后"),
    ("1bianban 2publish 3approve", "“印发公布”应排在“县委、县政府批准”之后"),
    ("1publish 1approve", "“印发公布”应排在“县委、县政府批准”之后"),
    ("1approve 2publish 3city_bianban", "“印发公布”应排在“市委编办审核”之后"),
    ("1meeting 2filing 3approve", "“省市备案”应排在“县委、县政府批准”之后"),
]


def chain_of(words: str) -> list[dict]:
    """The rows of a chain written as "1bianban 2approve"."""
    return [{"stage": word[1:], "order": int(word[0])} for word in words.split()]


@pytest.mark.parametrize("key", CHAINS)
@pytest.mark.parametrize(("words", "message"), UNDECIDED)
def test_未经决定的审批链不予采用(key, words, message):
    # whether a chain should have 备案 at all is another question, answered at the same field
    found = [told for where, told in validate(preset(**{key: chain_of(words)})) if where == key]
    assert message in found[0]
    assert found[0].startswith(f"“{schema().fields[key].full_label}”")


@pytest.mark.parametrize(("words", "message"), UNDECIDED)
def test_预设文件里未经决定的审批链不予装入(tmp_path, words, message):
    text = (FOLDER / "tongxin-2021.toml").read_text(encoding="utf-8")
    head, rows = text.split("[[adjust.flow]]", 1)
    rest = rows.rpartition("[[adjust.flow]]")[2].partition("\n\n")[2]
    chain = "".join(
        f'[[adjust.flow]]\nstage = "{row["stage"]}"\norder = {row["order"]}\n\n'
        for row in chain_of(words)
    )
    path = tmp_path / "written.toml"
    path.write_text(head + chain + rest, encoding="utf-8")
    with pytest.raises(RulebookError) as caught:
        read_preset(path)
    assert {key for key, _ in caught.value.errors} == {"adjust.flow"}
    assert message in str(caught.value)


@pytest.mark.django_db
@pytest.mark.parametrize(("words", "message"), UNDECIDED)
def test_未经决定的审批链不能成为新版本(book, county, words, message):
    with pytest.raises(RulebookError, match=message):
        rulebooks.edit(county, {"adjust.flow": chain_of(words)}, date(2030, 1, 1))
    assert Rulebook.objects.filter(county=county).count() == 1


def test_只有备案和公布不作决定():
    assert {one.name for one in schema().stages.values() if one.clerical} == {"filing", "publish"}


def test_备案生效前须排在印发之前():
    chain = [
        {"stage": "approve", "order": 1},
        {"stage": "publish", "order": 2},
        {"stage": "filing", "order": 3},
    ]
    data = preset("jiaoqu-2022", **{"adjust.flow": chain})
    assert validate(data) == [("adjust.flow", "“备案后才生效”时,“省市备案”应在“印发公布”之前")]
    assert validate(data | {"adjust.filing": "after_effect"}) == []
    without = validate(data | {"adjust.filing": "none"})
    assert "不应有“省市备案”" in without[0][1]


def test_预设文件写坏时说清楚(tmp_path):
    broken = tmp_path / "broken.toml"
    broken.write_text("name = ", encoding="utf-8")
    with pytest.raises(RulebookError, match="不是有效的TOML文件"):
        read_preset(broken)
    broken.write_text('name = "某县"\n[call.sign_in]\nurgnet = "15 minutes"\n', encoding="utf-8")
    with pytest.raises(RulebookError, match=r"没有“call\.sign_in\.urgnet”这一项"):
        read_preset(broken)
    with pytest.raises(LookupError, match=r"没有名为“\.\./schema”的预设"):
        rulebooks.load_preset("../schema")


def test_嵌套表格展开为带点的键():
    fields = {"clauses": None, "ladder.general": None}
    tree = {"a": {"b": {"c": 1}}, "clauses": {"GX-呼应-12": "TA-15"}, "ladder": {"general": []}}
    assert flatten(tree, fields) == {
        "a.b.c": 1,
        "clauses": {"GX-呼应-12": "TA-15"},
        "ladder.general": [],
    }


@pytest.mark.parametrize(
    ("raw", "stored", "typed"),
    [("33.5", "33.5", Decimal("33.5")), (60, "60", Decimal(60)), (Decimal("0.25"), "0.25", None)],
)
def test_小数不经浮点(raw, stored, typed):
    field = Field(key="x", label="权重", group="call", type="decimal", min=0, max=100)
    assert field.clean(raw) == stored
    assert field.typed(stored) == (typed or Decimal(stored))


@pytest.mark.parametrize("raw", ["NaN", "Infinity", "1e-99", "一半", None, 0.1, True])
def test_小数拒绝不成数的写法(raw):
    field = Field(key="x", label="权重", group="call", type="decimal", min=0, max=100)
    with pytest.raises(ValueError, match="应为数字"):
        field.clean(raw)


# -- versions -----------------------------------------------------------------------------


def test_取值带类型(book):
    assert book.value("call.sign_in.urgent") == Length(15, "minutes")
    assert book.value("call.finish.urgent") == Length(24, "hours")
    assert book.value("call.callback_share") == 20
    assert book.value("call.village") is False
    assert book.value("adjust.apply") == Length(10, "workdays")
    rungs = book.value("ladder.general")
    assert rungs[0] == {
        "after": Length(0, "workdays"),
        "level": "overdue",
        "to": ["owner", "platform"],
    }
    assert [rung["after"] for rung in rungs[1:]] == [Length(n, "workdays") for n in (1, 3, 5)]
    first, second = book.value("adjust.flow")[:2]
    assert first == {
        "stage": "research",
        "order": 1,
        "label": "县委、县政府研究同意",
        "role": "county",
        "limit": None,
        "clause": "GX-清单-23",
    }
    assert second["limit"] == Length(10, "workdays")
    assert second["role"] == "bianban"


def test_原文只写及时的不计时(county):
    book = rulebooks.adopt(county, "tongxin-2021", DAY)
    assert book.value("adjust.apply") is None
    assert book.shown("adjust.apply") == "不计时"


def test_没有的项报错(book):
    with pytest.raises(KeyError, match=r"没有“call\.nothing”这一项"):
        book.value("call.nothing")


def test_旧版本没有的新项取预设的值(county):
    data = preset()
    del data["call.rectify"]
    old = Rulebook.objects.create(
        county=county, version=1, effective_from=DAY, preset="guanxian-2019", data=data
    )
    assert old.value("call.rectify") == Length(10, "workdays")


def test_编辑产生新版本而旧版本不变(book, county):
    later = rulebooks.edit(
        county, {"call.sign_in.urgent": "10 minutes"}, date(2026, 7, 1), note="提速"
    )
    assert (later.version, later.preset, later.note) == (2, "guanxian-2019", "提速")
    stored = Rulebook.objects.get(pk=book.pk)
    assert stored.value("call.sign_in.urgent") == Length(15, "minutes")
    assert later.value("call.sign_in.urgent") == Length(10, "minutes")
    assert [(c.field.key, c.before, c.after) for c in rulebooks.diff(book, later)] == [
        ("call.sign_in.urgent", "15分钟", "10分钟")
    ]
    assert rulebooks.diff(book, book) == []


@pytest.mark.rule("GX-清单-33", "JQ-清单-26")
def test_按日期取生效版本且只查一次(book, county, django_assert_num_queries):
    second = rulebooks.edit(county, {"min_group": 6}, date(2026, 7, 1))
    third = rulebooks.edit(county, {"min_group": 7}, date(2026, 7, 1))
    with django_assert_num_queries(1):
        assert rulebooks.in_force(county, date(2026, 6, 30)).pk == book.pk
    assert rulebooks.in_force(county, date(2026, 7, 1)).pk == third.pk
    assert rulebooks.in_force(county, DAY).pk == book.pk
    assert second.pk not in {book.pk, third.pk}
    with pytest.raises(Rulebook.DoesNotExist, match="冠县在2025年12月31日还没有生效的制度方案"):
        rulebooks.in_force(county, date(2025, 12, 31))


def test_生效日期不得早于上一版本(book, county):
    with pytest.raises(RulebookError, match=r"不得早于上一版本的生效日期\(2026年01月01日\)"):
        rulebooks.edit(county, {"min_group": 6}, date(2025, 12, 31))
    with pytest.raises(RulebookError):
        rulebooks.adopt(county, "jiaoqu-2022", date(2025, 12, 31))
    assert rulebooks.adopt(county, "jiaoqu-2022", DAY).version == 2


def test_编辑不合格或没有改动时不产生版本(book, county):
    with pytest.raises(RulebookError, match="应急报到"):
        rulebooks.edit(county, {"call.sign_in.urgent": "2 hours"}, DAY)
    with pytest.raises(RulebookError, match="没有“min_grup”这一项"):
        rulebooks.edit(county, {"min_grup": 6}, DAY)
    with pytest.raises(RulebookError, match="没有任何改动"):
        rulebooks.edit(county, {"call.sign_in.urgent": "15 分钟"}, DAY)
    assert Rulebook.objects.count() == 1


def test_没有方案的县不能编辑(county):
    with pytest.raises(RulebookError, match="冠县还没有制度方案,请先采用一个预设"):
        rulebooks.edit(county, {"min_group": 6}, DAY)


def test_整份数据也能采用并先受检查(county):
    assert rulebooks.adopt(county, preset(min_group=9), DAY).value("min_group") == 9
    with pytest.raises(RulebookError, match="不得大于50人"):
        rulebooks.adopt(county, preset(min_group=99), DAY)
    with pytest.raises(LookupError, match="没有名为“nowhere-2020”的预设"):
        rulebooks.adopt(county, "nowhere-2020", DAY)


def test_版本不可改不可删(book):
    book.note = "悄悄改"
    for attempt in (
        book.save,
        book.delete,
        lambda: Rulebook.objects.filter(pk=book.pk).update(note="悄悄改"),
        lambda: Rulebook.objects.filter(pk=book.pk).delete(),
        lambda: Rulebook.objects.bulk_update([book], ["note"]),
    ):
        with pytest.raises(Immutable, match="不得修改或删除"):
            attempt()
    assert Rulebook.objects.get().note == ""


KEPT = "制度方案的版本一经采用不得修改或删除"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE governance_rulebook SET data = '{}'",
        "UPDATE governance_rulebook SET effective_from = '2001-01-01'",
        "UPDATE governance_rulebook SET effective_from = '2030-01-01' WHERE version = 2",
        "UPDATE governance_rulebook SET note = 'x'",
        "UPDATE governance_rulebook SET version = version + 7",
        "DELETE FROM governance_rulebook WHERE version = 1",
        "DELETE FROM governance_rulebook WHERE version = 2",
    ],
)
def test_数据库也拒绝改动和删除版本(book, county, statement):
    """The one in force, the one before it under which matters may have been raised, all of them."""
    rulebooks.edit(county, {"min_group": 6}, date(2026, 7, 1))
    before = list(Rulebook.objects.order_by("pk").values())
    with pytest.raises(DatabaseError, match=KEPT), transaction.atomic():
        connection.cursor().execute(statement)
    assert list(Rulebook.objects.order_by("pk").values()) == before


@pytest.mark.postgres
def test_版本表也不能清空(book):
    with pytest.raises(DatabaseError, match=KEPT), transaction.atomic():
        connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")
        connection.cursor().execute("TRUNCATE governance_rulebook CASCADE")


def test_维护路径可以改动版本(book):
    opened = {
        "postgresql": "SET LOCAL governance.maintenance = 'on'",
        "sqlite": "INSERT INTO governance_maintenance VALUES (1)",
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(opened[connection.vendor])
        cursor.execute("UPDATE governance_rulebook SET note = '恢复'")
        assert Rulebook.objects.get().note == "恢复"
        transaction.set_rollback(True)


def test_同一县的版本号不重复(book, county):
    with pytest.raises(IntegrityError), transaction.atomic():
        Rulebook.objects.create(county=county, version=1, effective_from=DAY, data=preset())


def test_各县版本互不相干(book):
    other = Unit.objects.create(code="640324", name="同心县", short_name="同心县", kind="county")
    theirs = rulebooks.adopt(other, "tongxin-2021", date(2021, 1, 1))
    assert theirs.version == 1
    assert rulebooks.in_force(other, DAY) == theirs


# -- clauses ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "asked", "shown", "native"),
    [
        ("guanxian-2019", "GX-呼应-12", "GX-呼应-12", True),
        ("guanxian-2019", "TA-13", "TA-13", False),
        ("taian-2019", "GX-呼应-12", "TA-15", True),
        ("taian-2019", "TA-13", "TA-13", True),
        ("taian-2019", "GX-呼应-14", "GX-呼应-14", False),
        ("jiaoqu-2022", "GX-清单-22", "JQ-清单-17", True),
        ("jiaoqu-2022", "GX-呼应-10", "GX-呼应-10", False),
        ("tongxin-2021", "GX-呼应-08", "TX-网格-01", True),
        ("tongxin-2021", "GX-呼应-09", "GX-呼应-09", False),
        ("tongwei-2020", "GX-准入-01", "TW-36", True),
        ("tongwei-2020", "GX-呼应-10", "GX-呼应-10", False),
    ],
)
def test_条款换成本县的_没有的标明非本县原文(county, name, asked, shown, native):
    book = rulebooks.adopt(county, name, DAY)
    entry, own = book.clause_for(asked)
    assert (entry.rule_id, own) == (shown, native)


def test_条款对照只指向本县条款():
    for name in PRESETS:
        data = rulebooks.load_preset(name)
        assert all(own.startswith(data["family"] + "-") for own in data["clauses"].values()), name


def test_问不存在的条款报错(book):
    with pytest.raises(LookupError, match="条款目录中没有“GX-呼应-99”"):
        book.clause_for("GX-呼应-99")


# -- command ------------------------------------------------------------------------------


def run(*arguments) -> str:
    out = StringIO()
    call_command("load_rulebooks", *arguments, stdout=out)
    return out.getvalue()


def test_命令采用预设可重复(county):
    arguments = ("--county", "371525", "--from", "2026-01-01")
    assert '"version": 1, "adopted": true' in run(*arguments)
    assert '"version": 1, "adopted": false' in run(*arguments)
    assert Rulebook.objects.get().effective_from == DAY


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--county", "999999"], "没有行政区划代码为“999999”的县"),
        (["--county", "371525", "--preset", "x"], "没有名为“x”的预设"),
        (["--county", "371525", "--from", "1月1日"], "应写成 2026-01-01 这样的形式"),
    ],
)
def test_命令的错误说中文(county, arguments, message):
    with pytest.raises(CommandError, match=message):
        run(*arguments)
    assert not Rulebook.objects.exists()
