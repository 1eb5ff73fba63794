"""The names in responsibility cells: units, qualifiers, enumerations, collective terms."""

import pytest

from checklist.intake.names import Directory, Entry

UNITS = [
    "公安局",
    "司法局",
    "水利局",
    "民政局",
    "农业农村局",
    "交通运输局",
    "市场监督管理局",
    "教育和体育局",
]
TOWNS = ["清泉街道", "崇文街道", "烟庄街道", "贾镇", "桑阿镇", "柳林镇"]
TERMS = [
    "各乡镇(街道)",
    "各乡镇",
    "各行业许可部门",
    "各行政执法部门",
    "有权处理的县级部门",
    "各行业部门",
]


def directory() -> Directory:
    entries = []
    for number, word in enumerate(UNITS):
        entry = Entry("unit", number, f"县{word}")
        entries += [(f"县{word}", entry), (f"冠县{word}", entry)]
    for number, word in enumerate(TOWNS, start=50):
        entry = Entry("unit", number, word, True)
        entries += [(word, entry), (f"冠县{word}", entry)]
    for number, word in enumerate(TERMS, start=100):
        entries.append((word, Entry("term", number, word, word.startswith("各乡镇"))))
    entries.append(("各乡镇、街道", Entry("term", 100, "各乡镇(街道)", True)))
    entries.append(("中共冠县纪律检查委员会 冠县监察委员会", Entry("unit", 90, "县纪委监委")))
    entries.append(("市生态环境局冠县分局", Entry("unit", 91, "市生态环境局冠县分局")))
    return Directory(entries)


NAMES = directory()


def shown(text: str) -> list[str]:
    found, faults = NAMES.resolve(text)
    assert not faults, faults
    return [f"{one.label}|{one.qualifier}" if one.qualifier else one.label for one in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("县公安局", ["县公安局"]),
        ("冠县公安局", ["县公安局"]),
        ("县公安局;县水利局", ["县公安局", "县水利局"]),
        ("县公安局；县水利局,各乡镇（街道）", ["县公安局", "县水利局", "各乡镇(街道)"]),
        ("县交通运输局(县道)", ["县交通运输局|县道"]),
        ("县交通运输局（县道）;各乡镇(街道)(乡村道)", ["县交通运输局|县道", "各乡镇(街道)|乡村道"]),
        ("各乡镇(镇办机构)", ["各乡镇|镇办机构"]),
        ("县公安局(城区、镇区);县司法局", ["县公安局|城区、镇区", "县司法局"]),
        ("清泉、崇文、烟庄街道", ["清泉街道", "崇文街道", "烟庄街道"]),
        ("清泉、崇文、烟庄街道;县公安局", ["清泉街道", "崇文街道", "烟庄街道", "县公安局"]),
        ("贾镇、桑阿、柳林镇", ["贾镇", "桑阿镇", "柳林镇"]),
        ("县公安、民政、水利局", ["县公安局", "县民政局", "县水利局"]),
        ("各乡镇、街道;县公安局", ["各乡镇(街道)", "县公安局"]),
        ("各乡镇、街道、县公安局", ["各乡镇(街道)", "县公安局"]),
        ("各行业许可部门", ["各行业许可部门"]),
        ("1.县公安局\n2.县司法局", ["县公安局", "县司法局"]),
        ("牵头部门:县公安局", ["县公安局"]),
        ("县公安局 县司法局", ["县公安局", "县司法局"]),
        ("中共冠县纪律检查委员会 冠县监察委员会", ["县纪委监委"]),
        ("市生态环境局冠县分局", ["市生态环境局冠县分局"]),
        ("县 公 安 局", ["县公安局"]),
        ("县公安局、县公安局", ["县公安局"]),
        ("无", []),
        ("—", []),
        ("", []),
    ],
)
def test_names_resolve(text, expected):
    assert shown(text) == expected


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("县市场监管局", "县市场监督管理局"),
        ("县教体局", "县教育和体育局"),
        ("县公安", "县公安局"),
        ("公安局", "县公安局"),
        ("清泉镇", "清泉街道"),
        ("县农业局", "县农业农村局"),
    ],
)
def test_an_unknown_name_is_an_error_that_names_the_nearest(text, near):
    found, faults = NAMES.resolve(text)
    assert not found
    assert f"“{text}”" in faults[0]
    assert near in faults[0]


def test_each_unknown_name_of_a_cell_is_told_and_the_others_resolve():
    found, faults = NAMES.resolve("县公安局;甲局;县司法局;乙办")
    assert [one.label for one in found] == ["县公安局", "县司法局"]
    assert [fault[:9] for fault in faults] == ["不认识的单位“甲局", "不认识的单位“乙办"]


def test_a_collective_term_that_the_table_lacks_is_an_error():
    assert NAMES.resolve("相关部门")[1]


def test_a_name_that_two_units_bear_is_ambiguous():
    twice = Directory([("一中队", Entry("unit", 1, "a")), ("一中队", Entry("unit", 2, "b"))])
    assert "请写全称" in twice.resolve("一中队")[1][0]


def test_an_unclosed_bracket_is_an_error_and_swallows_nothing():
    found, faults = NAMES.resolve("县公安局(a、b;县司法局")
    assert faults
    assert not found


def test_many_unknown_names_stay_fast():
    text = ";".join(f"不存在的第{number}局" for number in range(3_000))
    assert len(NAMES.resolve(text)[1]) == 3_000
