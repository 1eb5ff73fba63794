"""Real sheets: headings in any order and spelling, merged heads, continuation rows, notes."""

import io

import openpyxl
import pytest

from checklist.intake.rows import read_items
from governance import sheets
from tests.checklist.test_names import directory
from tests.factories.checklist import HEADINGS, row, workbook

pytestmark = pytest.mark.filterwarnings("error")


def read(rows, merges=(), name="清单.xlsx", sheet=""):
    return read_items(sheets.read(workbook(rows, merges), name), directory(), sheet)


def told(reading) -> list[tuple]:
    return [(fault.row, fault.column, fault.message) for fault in reading.faults]


def by_name(reading) -> dict:
    assert not reading.faults, reading.faults
    return {item.texts["name"]: item for item in reading.items}


def units(item, role: str) -> list[str]:
    return [part.named.label for part in item.parts if part.role == role]


def test_layout_a_with_title_merged_categories_line_breaks_and_notes():
    found = by_name(
        read(
            [
                ["冠县清单(试行)"],
                [],
                HEADINGS,
                row("禁烧", county_duty="1.负责执法;\n2.负责督查。"),
                row("散乱污", category=""),
                row("黑臭水体", category=""),
                row("违建", category="城乡建设"),
                ["备注:1.本表自印发之日起施行。"],
                ["2.由编办负责解释。"],
            ],
            ("A1:G1", "A4:A6", "A8:G8", "A9:G9"),
        )
    )
    assert list(found) == ["禁烧", "散乱污", "黑臭水体", "违建"]
    assert found["黑臭水体"].texts["category"] == "生态环境"
    assert found["禁烧"].texts["county_duty"] == "1.负责执法;\n2.负责督查。"
    assert (found["违建"].row, found["违建"].layout) == (7, "A")
    assert units(found["禁烧"], "main") == ["县农业农村局"]
    assert units(found["禁烧"], "coop") == ["各乡镇(街道)", "县公安局"]


@pytest.mark.parametrize(
    "headings",
    [
        [
            "事项类别",
            "具体事项",
            "县级部门职责",
            "乡镇（街道）职责",
            "职责依据",
            "主体责任",
            "配合责任",
        ],
        [
            "类 别",
            "具体\n事项",
            "县直部门\n职责",
            "乡镇职责",
            "依据",
            "主体责任单位",
            "配合责任单位",
        ],
        ["领域", "事项名称", "县级职责", "镇街职责", "法律法规依据", "主体责任部门", "配合单位"],
    ],
)
def test_headings_are_folded_and_synonyms_known(headings):
    assert by_name(read([headings, row("禁烧")]))["禁烧"].texts["basis"] == "《大气污染防治法》"


def test_columns_are_found_by_heading_never_by_position():
    straight = by_name(read([HEADINGS, row("禁烧")]))["禁烧"]
    turned = by_name(read([["序号", *HEADINGS[::-1], "备注"], ["1", *row("禁烧")[::-1], "x"]]))
    assert turned["禁烧"].texts == straight.texts


def test_layout_a_with_the_column_of_the_leading_department():
    headings = ["类别", "事项名称", "县级主责部门", *HEADINGS[2:]]
    cells = row("禁烧")
    found = by_name(read([headings, [*cells[:2], "县水利局", *cells[2:]]]))["禁烧"]
    assert found.layout == "A"
    assert units(found, "lead") == ["县水利局"]


B_HEAD = [
    [
        "序号",
        "具体事项",
        "责任部门",
        "",
        "部门职责",
        "法律法规依据",
        "政策文件依据",
        "主体责任",
        "配合责任",
    ],
    ["", "", "牵头", "共同", "", "", "", "", ""],
]
B_MERGES = ("A1:A2", "B1:B2", "C1:D1", "E1:E2", "F1:F2", "G1:G2", "H1:H2", "I1:I2")


def test_layout_b_two_row_head_and_one_item_over_three_department_rows():
    lines = [
        [
            "1",
            "禁烧",
            "县农业农村局",
            "",
            "1.制定方案\n2.督查",
            "《大气法》",
            "文件",
            "县农业农村局",
            "各乡镇(街道)",
        ],
        ["", "", "", "县公安局", "查处妨碍公务", "", "", "", ""],
        ["", "", "", "各乡镇(街道)", "巡查", "", "", "", ""],
        [
            "2",
            "宅基地",
            "县农业农村局",
            "",
            "审批",
            "《土地法》",
            "",
            "各乡镇(街道)",
            "县农业农村局",
        ],
    ]
    merges = (*B_MERGES, "A3:A5", "B3:B5", "F3:F5", "G3:G5", "H3:H5", "I3:I5")
    reading = read([*B_HEAD, *lines], merges)
    found = by_name(reading)
    burning = found["禁烧"]
    assert burning.layout == "B"
    assert reading.rows == 4
    assert units(burning, "lead") == ["县农业农村局"]
    assert units(burning, "joint") == ["县公安局", "各乡镇(街道)"]
    assert burning.texts["county_duty"] == "县农业农村局:1.制定方案\n2.督查\n县公安局:查处妨碍公务"
    assert burning.texts["township_duty"] == "巡查"
    duties = {part.named.label: part.duty for part in burning.parts if part.role == "joint"}
    assert duties["县公安局"] == "查处妨碍公务"
    assert found["宅基地"].texts["policy_basis"] == ""


def test_layout_b_continuation_rows_without_merging():
    lines = [
        [
            "1",
            "禁烧",
            "县农业农村局",
            "",
            "制定方案",
            "《大气法》",
            "",
            "县农业农村局",
            "各乡镇(街道)",
        ],
        ["", "", "", "县公安局", "查处", "", "", "", ""],
    ]
    found = by_name(read([*B_HEAD, *lines], B_MERGES))
    assert units(found["禁烧"], "joint") == ["县公安局"]


def test_layout_b_lead_and_joint_in_one_cell():
    headings = [
        "具体事项",
        "责任部门(牵头/共同)",
        "部门职责",
        "法律法规依据",
        "政策文件依据",
        "主体责任",
        "配合责任",
    ]
    cells = [
        "禁烧",
        "牵头:县农业农村局\n共同:县公安局、县水利局",
        "x",
        "《法》",
        "",
        "县农业农村局",
        "无",
    ]
    found = by_name(read([headings, cells]))["禁烧"]
    assert (units(found, "lead"), units(found, "joint")) == (
        ["县农业农村局"],
        ["县公安局", "县水利局"],
    )


@pytest.mark.rule("JQ-清单-02")
def test_layout_b_without_a_leading_department_is_an_error():
    lines = [["1", "禁烧", "", "县公安局", "查处", "《大气法》", "", "县公安局", "各乡镇(街道)"]]
    assert ("牵头", True) in [
        (column, "不能为空" in message)
        for _, column, message in told(read([*B_HEAD, *lines], B_MERGES))
    ]


D_HEAD = ["序号", "配合事项名称", "对应上级部门", "上级部门职责", "乡镇配合职责"]


def test_layout_d_with_sections_and_two_departments():
    found = by_name(
        read(
            [
                ["乡镇配合履职事项清单"],
                D_HEAD,
                ["一、平安法治(2项)"],
                ["1", "治安", "县公安局", "1.查处", "1.排查"],
                ["", "", "县司法局", "调解", ""],
                ["2", "校车", "县教育和体育局、县公安局", "审核", "上报"],
                ["二、城乡建设(1项)"],
                ["3", "违建", "县水利局", "认定", "巡查"],
            ],
            ("A1:E1", "A3:E3", "A7:E7"),
        )
    )
    assert found["治安"].layout == "D"
    assert found["治安"].texts["category"] == "平安法治"
    assert found["违建"].texts["category"] == "城乡建设"
    assert units(found["治安"], "main") == ["县公安局", "县司法局"]
    assert units(found["治安"], "coop") == ["各乡镇(街道)"]
    assert found["治安"].texts["county_duty"] == "县公安局:1.查处\n县司法局:调解"


@pytest.mark.rule("GX-清单-02")
@pytest.mark.parametrize("place", range(7))
def test_each_of_the_seven_elements_is_required(place):
    cells = row("禁烧")
    cells[place] = ""
    found = told(read([["标题"], HEADINGS, row("前一项"), cells, row("后一项")]))
    assert [(number, column) for number, column, _ in found] == [(4, HEADINGS[place])]
    assert "不能为空" in found[0][2]


@pytest.mark.rule("GX-清单-02")
@pytest.mark.parametrize("place", range(7))
def test_each_of_the_seven_columns_is_required(place):
    cut = [cells[:place] + cells[place + 1 :] for cells in (HEADINGS, row("禁烧"))]
    found = read(cut)
    assert not found.items
    assert any("缺少" in message for _, _, message in told(found))


def test_all_errors_are_told_at_once_with_row_column_and_what_is_expected():
    found = told(
        read(
            [
                ["标题"],
                HEADINGS,
                row("甲", main="县公安"),
                row("乙", basis="", coop="各乡镇(街道);不存在局"),
                row("", county_duty="x"),
                row("丙"),
                row("丙"),
            ]
        )
    )
    assert [(number, column) for number, column, _ in found] == [
        (3, "主体责任"),
        (4, "配合责任"),
        (4, "职责依据"),
        (5, "事项"),
        (7, "具体事项"),
    ]
    assert "县公安局" in found[0][2]
    assert "与第 6 行重复" in found[4][2]


def test_the_last_of_ten_thousand_rows_is_told_by_its_number():
    rows = [
        HEADINGS,
        *(row(f"事项{number}") for number in range(2, 9_999)),
        row("坏", main="无此局"),
    ]
    assert [number for number, _, _ in told(read(rows))] == [9_999]


def test_a_wrong_heading_names_the_one_that_was_meant():
    headings = ["类别", "事项", "县级部门职责", "乡镇职责", "职责依据", "主体责任", "配合的责任"]
    (fault,) = told(read([headings, row("禁烧")]))
    assert "缺少“配合责任”" in fault[2]
    assert "配合的责任" in fault[2]


def test_a_heading_twice_is_an_error_that_names_the_columns():
    headings = [
        "类别",
        "事项",
        "县级部门职责",
        "乡镇职责",
        "职责依据",
        "主体责任",
        "主体责任",
        "配合责任",
    ]
    (fault,) = told(read([headings, [*row("禁烧"), "x"]]))
    assert "F 列、G 列" in fault[2]


def test_formula_error_and_date_cells_are_told_where_they_stand():
    book = openpyxl.Workbook()
    page = book.active
    page.append(HEADINGS)
    page.append(row("禁烧"))
    page["E2"] = "=1/0"
    page["C2"] = "#REF!"
    page["C2"].data_type = "e"
    target = io.BytesIO()
    book.save(target)
    reading = read_items(sheets.read(target.getvalue()), directory())
    assert {(fault.row, fault.column) for fault in reading.faults} == {
        (2, "职责依据"),
        (2, "县级部门职责"),
    }


def test_a_number_as_a_name_is_text_without_decimals():
    cells = row("禁烧")
    found = read([["序号", "编码", *HEADINGS], [1.0, 12, *cells]])
    assert by_name(found)["禁烧"].texts["code"] == "12"


def test_codes_twice_are_an_error():
    rows = [["编码", *HEADINGS], ["A1", *row("甲")], ["A1", *row("乙")]]
    assert [(number, column) for number, column, _ in told(read(rows))] == [(3, "事项编码")]


def test_a_repeated_head_on_each_page_is_left_out():
    assert list(by_name(read([HEADINGS, row("甲"), HEADINGS, row("乙")]))) == ["甲", "乙"]


def test_hidden_and_foreign_sheets_are_named_not_read():
    book = openpyxl.Workbook()
    page = book.active
    page.title = "清单"
    for cells in (HEADINGS, row("甲")):
        page.append(cells)
    hidden = book.create_sheet("旧清单")
    for cells in (HEADINGS, row("乙")):
        hidden.append(cells)
    hidden.sheet_state = "hidden"
    book.create_sheet("联系人").append(["姓名", "电话"])
    target = io.BytesIO()
    book.save(target)
    read_book = sheets.read(target.getvalue())
    reading = read_items(read_book, directory())
    assert list(by_name(reading)) == ["甲"]
    assert any("旧清单" in remark for remark in reading.remarks)
    assert any("联系人" in remark for remark in reading.remarks)
    assert list(by_name(read_items(read_book, directory(), "旧清单"))) == ["乙"]
    assert "没有名为" in read_items(read_book, directory(), "没有").faults[0].message


def test_a_sheet_without_a_head_is_an_error():
    assert "没有找到清单的表头" in told(read([["姓名", "电话"], ["张三", "1"]]))[0][2]


def test_a_head_without_items_is_an_error():
    assert "没有任何事项" in told(read([HEADINGS]))[0][2]


def test_too_long_a_name_is_an_error_that_names_the_limit():
    assert "最多 200 个字" in told(read([HEADINGS, row("长" * 201)]))[0][2]


def test_duties_told_by_department_in_one_cell_are_known_by_department():
    text = "县公安局:查处;\n立案。\n县司法局:调解"
    found = by_name(read([HEADINGS, row("甲", county_duty=text, coop="县公安局;县司法局")]))["甲"]
    duties = {part.named.label: part.duty for part in found.parts}
    assert duties["县公安局"] == "查处;\n立案。"
    assert duties["县司法局"] == "调解"


def test_invisible_signs_in_names_do_not_hide_a_unit():
    found = by_name(read([HEADINGS, row("甲", main="\u200b县公安局\ufeff", coop="县司法局\u00a0")]))
    assert units(found["甲"], "main") == ["县公安局"]
    assert units(found["甲"], "coop") == ["县司法局"]
