"""The presets: whole and sourced, value by value; how counties differ; the command for them."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from governance import catalogue, rulebooks
from governance.models import Rulebook
from governance.presets import validate
from governance.rulebook_fields import schema
from tests.governance.adopting import DAY, PRESETS, make_county


@pytest.fixture
def county(db):
    return make_county(preset="")


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
