"""Importing into the draft: all or nothing, again and again without change, exact differences."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from checklist import resources, selectors, services
from checklist.models import CollectiveTerm, Edition, Item, Revision
from governance.models import Unit
from governance.steps import Refused
from tests.factories.checklist import (
    HEADINGS,
    make_county,
    make_draft,
    make_published,
    make_user,
    row,
    sheet_a,
    workbook,
)

pytestmark = pytest.mark.django_db
SAMPLE = Path("fixtures/checklist/guanxian-sample.xlsx")


@pytest.fixture
def county(db):
    return make_county()


def run(file, *options, county="371525") -> tuple[dict, int]:
    out = StringIO()
    try:
        words = [str(file), "--county", county, *options]
        call_command("import_checklist", *words, stdout=out, stderr=StringIO())
        code = 0
    except SystemExit as end:
        code = end.code
    return json.loads(out.getvalue()), code


@pytest.fixture
def file(tmp_path):
    def write(*rows, name="清单.xlsx", data=None):
        path = tmp_path / name
        path.write_bytes(data or sheet_a(*rows))
        return path

    return write


def counts(answer: dict) -> tuple[int, int, int]:
    return answer["created"], answer["changed"], answer["unchanged"]


def test_the_command_makes_a_draft_and_says_what_it_did(county, file):
    answer, code = run(file(row("甲"), row("乙")))
    assert (code, answer["rows"], counts(answer), answer["errors"]) == (0, 2, (2, 0, 0), [])
    draft = selectors.draft_edition(county)
    assert (draft.serial, draft.state, draft.members.count()) == (1, "draft", 2)
    assert selectors.current_edition(county) is None


def test_the_same_sheet_again_changes_nothing(county, file):
    sheet = file(row("甲"), row("乙"))
    run(sheet)
    before = list(Revision.objects.values_list("pk", flat=True))
    answer, code = run(sheet)
    assert (code, counts(answer)) == (0, (0, 0, 2))
    assert list(Revision.objects.values_list("pk", flat=True)) == before
    assert Edition.objects.count() == 1


def test_the_same_sheet_after_publication_begins_no_draft(county, file):
    sheet = file(row("甲"))
    run(sheet, "--publish")
    answer, _ = run(sheet)
    assert counts(answer) == (0, 0, 1)
    assert selectors.draft_edition(county) is None


def test_a_changed_row_makes_a_new_wording_of_the_same_item(county, file):
    run(file(row("甲"), row("乙")))
    item = Item.objects.get(key__endswith="甲")
    answer, _ = run(file(row("甲", basis="《新法》"), row("乙")))
    assert counts(answer) == (0, 1, 1)
    assert selectors.revision_in(selectors.draft_edition(county), item).basis == "《新法》"
    assert item.revisions.count() == 2


def test_taking_a_change_back_takes_up_the_old_wording(county, file):
    run(file(row("甲")))
    run(file(row("甲", basis="《新法》")))
    answer, _ = run(file(row("甲")))
    assert counts(answer) == (0, 1, 0)
    assert Revision.objects.count() == 2


def test_items_that_the_sheet_lacks_stay_unless_replaced(county, file):
    run(file(row("甲"), row("乙")))
    answer, _ = run(file(row("甲")))
    assert (counts(answer), answer["removed"]) == ((0, 0, 1), 0)
    answer, _ = run(file(row("甲")), "--replace")
    assert answer["removed"] == 1
    assert [r.name for r in selectors.revisions_of(selectors.draft_edition(county))] == ["甲"]


def test_a_renamed_item_without_code_is_new_and_the_old_goes_only_with_replace(county, file):
    run(file(row("甲")))
    answer, _ = run(file(row("甲改名")), "--replace")
    assert (counts(answer), answer["removed"]) == ((1, 0, 0), 1)
    assert Item.objects.count() == 2


def test_an_item_with_a_code_keeps_its_identity_when_renamed(county, file):
    with_code = ["编码", *HEADINGS]
    run(file(data=workbook([with_code, ["X01", *row("甲")]])))
    answer, _ = run(file(data=workbook([with_code, ["X01", *row("甲改名")]])))
    assert counts(answer) == (0, 1, 0)
    assert Item.objects.get().code == "X01"


def test_an_item_that_comes_back_is_the_item_it_was(county, file):
    run(file(row("甲"), row("乙")))
    item = Item.objects.get(key__endswith="乙")
    run(file(row("甲")), "--replace")
    run(file(row("甲"), row("乙")))
    assert Item.objects.get(key__endswith="乙") == item


def test_a_code_that_contradicts_the_name_is_an_error(county, file):
    with_code = ["编码", *HEADINGS]
    run(file(data=workbook([with_code, ["X01", *row("甲")]])))
    answer, code = run(file(data=workbook([with_code, ["X02", *row("甲")]])))
    assert code == 1
    assert "核对编码" in answer["errors"][0]["message"]


def test_any_error_writes_nothing_and_lists_everything(county, file):
    answer, code = run(file(row("甲"), row("乙", main="无此局"), row("丙", basis="")))
    assert code == 1
    assert counts(answer) == (0, 0, 0)
    assert [(one["row"], one["column"]) for one in answer["errors"]] == [
        (4, "主体责任"),
        (5, "职责依据"),
    ]
    assert not Edition.objects.exists()
    assert not Item.objects.exists()
    assert not Revision.objects.exists()


def test_a_dry_run_writes_nothing(county, file):
    answer, code = run(file(row("甲")), "--dry-run")
    assert (code, counts(answer)) == (0, (1, 0, 0))
    assert not Edition.objects.exists()


def test_a_named_sheet_and_title(county, file):
    data = workbook([HEADINGS, row("甲")], sheet="附件2")
    answer, code = run(file(data=data), "--sheet", "附件1")
    assert code == 1
    assert "附件2" in answer["errors"][0]["message"]
    run(file(data=data), "--sheet", "附件2", "--title", "测试清单")
    assert selectors.draft_edition(county).title == "测试清单"


def test_a_hostile_file_is_an_error_not_a_crash(county, file):
    answer, code = run(file(data=b"<html></html>", name="x.xls"))
    assert code == 1
    assert "网页" in answer["errors"][0]["message"]


def test_unknown_county_and_missing_file_are_sentences(county, file):
    with pytest.raises(CommandError, match="没有区划代码"):
        call_command("import_checklist", "x", "--county", "999999")
    with pytest.raises(CommandError, match="找不到文件"):
        call_command("import_checklist", "/nirgends.xlsx", "--county", "371525")


def test_the_first_edition_is_published_by_the_command(county, file):
    answer, code = run(file(row("甲")), "--publish")
    assert (code, answer["errors"]) == (0, [])
    edition = selectors.current_edition(county)
    assert (edition.serial, edition.state) == (1, "published")
    assert edition.in_force_from is not None
    event = edition.events.get()
    assert (event.step, event.actor_name) == ("publish", "系统")


@pytest.mark.rule("GX-清单-29")
def test_a_second_publication_by_import_is_refused_and_writes_nothing(county, file):
    run(file(row("甲")), "--publish")
    answer, code = run(file(row("甲", basis="《新法》")), "--publish")
    assert code == 1
    assert "GX-清单-29" in answer["errors"][0]["message"]
    assert Edition.objects.count() == 1
    assert Revision.objects.count() == 1


@pytest.mark.rule("GX-清单-29")
def test_a_draft_beside_a_published_edition_cannot_be_published(county):
    make_published(county, row("甲"))
    draft = make_draft(county, row("甲", basis="《新法》"))
    for actor in (None, make_user(county, "bianban")):
        with pytest.raises(Refused) as refusal:
            services.publish_first(draft, actor=actor)
        assert refusal.value.clause == "GX-清单-29"


@pytest.mark.rule("GX-清单-02")
def test_a_draft_that_lacks_elements_cannot_be_published(county):
    data = workbook(
        [
            ["序号", "事项", "对应上级部门", "上级部门职责", "乡镇配合职责"],
            ["1", "甲", "县公安局", "查处", "巡查"],
        ]
    )
    outcome = services.import_sheet(county, data, "d.xlsx")
    assert not outcome.faults
    with pytest.raises(Refused, match="缺事项类别") as refusal:
        services.publish_first(outcome.edition)
    assert refusal.value.clause == "GX-清单-02"


@pytest.mark.rule("JQ-清单-01")
def test_a_county_with_other_elements_publishes_what_its_rulebook_asks_for():
    county = make_county("郊区", "230811", "jiaoqu-2022")
    headings = [
        "具体事项",
        "责任部门(牵头)",
        "部门职责",
        "法律法规依据",
        "政策文件依据",
        "主体责任",
        "配合责任",
    ]
    headings[1] = "牵头部门"
    data = workbook([headings, ["甲", "县公安局", "x", "《法》", "", "县公安局", "各乡镇(街道)"]])
    outcome = services.import_sheet(county, data, "b.xlsx")
    assert not outcome.faults
    assert services.publish_first(outcome.edition).state == "published"


def test_a_sheet_that_says_nothing_of_a_column_leaves_it_as_it_is(county):
    make_draft(county, row("甲"))
    data = workbook(
        [
            ["序号", "事项", "对应上级部门", "上级部门职责", "乡镇配合职责"],
            ["1", "甲", "县公安局", "查处", "巡查"],
        ]
    )
    outcome = services.import_sheet(county, data, "d.xlsx")
    assert outcome.plan.counts() == {"created": 0, "changed": 1, "unchanged": 0, "removed": 0}
    wording = selectors.revisions_of(outcome.edition)[0]
    assert wording.basis == "《大气污染防治法》"
    assert wording.main == "县农业农村局"
    assert {str(unit) for unit in wording.units.filter(role="main")} == {"县农业农村局"}


def exported(edition) -> bytes:
    import io

    target = io.BytesIO()
    resources.write_edition(target, edition, selectors.members(edition))
    return target.getvalue()


B_ROWS = [
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
    [
        "1",
        "禁烧",
        "县农业农村局",
        "",
        "1.方案\n2.督查",
        "《大气法》",
        "文件",
        "县农业农村局",
        "各乡镇(街道)",
    ],
    ["", "", "", "县公安局", "查处", "", "", "", ""],
]
B_MERGES = (
    "A1:A2",
    "B1:B2",
    "C1:D1",
    "E1:E2",
    "F1:F2",
    "G1:G2",
    "H1:H2",
    "I1:I2",
    "A3:A4",
    "B3:B4",
)
D_ROWS = [
    ["序号", "配合事项名称", "对应上级部门", "上级部门职责", "乡镇配合职责"],
    ["一、平安法治"],
    ["1", "治安", "县公安局", "查处", "巡查"],
    ["", "", "县司法局", "调解", ""],
]
WILD = [
    row(
        "=甲",
        county_duty="=SUM(A1)\n第二行",
        township_duty="'-1",
        basis="@x",
        main="县公安局(城区)",
    ),
    row("＋乙", county_duty="县公安局:查处\n县司法局:调解", coop="清泉、崇文、烟庄街道"),
    row("𠮷丙", coop="无"),
]


@pytest.mark.parametrize(
    "data",
    [sheet_a(*WILD), workbook(B_ROWS, B_MERGES), workbook(D_ROWS)],
    ids=["A", "B", "D"],
)
def test_what_is_exported_imports_again_without_a_difference(county, data):
    outcome = services.import_sheet(county, data, "x.xlsx")
    assert not outcome.faults, outcome.faults
    again = services.import_sheet(county, exported(outcome.edition), "y.xlsx", replace=True)
    assert not again.faults, again.faults
    assert again.plan.empty, [change.differences() for change in again.plan.changed]
    assert again.plan.unchanged == outcome.edition.members.count()


REAL = (
    "县自然资源和规划局 市生态环境局冠县分局 县住房和城乡建设局 县综合行政执法局 "
    "县应急管理局 县消防救援大队 县教育和体育局 县人力资源和社会保障局 县民政局 "
    "县医疗保障局 县信访局 县工业和信息化局 县卫生健康局 县气象局 县商务局 县财政局 "
    "县税务局 县审计局 县纪委监委 县残联 县妇联 县发展和改革局 国网冠县供电公司"
)


def test_the_sample_list_imports_whole_and_comes_back_whole(county):
    for number, name in enumerate(REAL.split()):
        Unit.objects.create(
            code=f"R{number}", name=f"冠{name}", short_name=name, kind="department",
            county=county, parent=county,
        )  # fmt: skip
    outcome = services.import_sheet(county, SAMPLE, SAMPLE.name, sample=True)
    assert not outcome.faults, outcome.faults[:5]
    assert outcome.rows == outcome.edition.members.count() == 68
    assert outcome.edition.sample
    edition = services.publish_first(outcome.edition)
    again = services.import_sheet(county, exported(edition), "再来.xlsx", replace=True)
    assert (again.plan.unchanged, again.plan.empty, again.edition) == (68, True, None)


def test_terms_are_seeded_once_and_kept_by_the_county(county):
    before = CollectiveTerm.objects.count()
    assert before >= 10
    outcome = services.import_sheet(county, sheet_a(row("甲", coop="各条线单位")), "a.xlsx")
    assert outcome.faults
    CollectiveTerm.objects.create(county=county, name="各条线单位")
    assert not services.import_sheet(county, sheet_a(row("甲", coop="各条线单位")), "a.xlsx").faults


def test_a_term_of_another_county_and_a_unit_of_another_county_are_unknown(county):
    other = make_county("通渭县", "621121", "tongwei-2020")
    CollectiveTerm.objects.create(county=other, name="各条线单位")
    for name in ("各条线单位", "通渭县公安局"):
        assert services.import_sheet(county, sheet_a(row("甲", main=name)), "a.xlsx").faults


def test_a_unit_out_of_service_is_unknown(county):
    Unit.objects.filter(short_name="县公安局").update(active=False)
    assert services.import_sheet(county, sheet_a(row("甲")), "a.xlsx").faults


@pytest.mark.parametrize("name", ["清单.csv", "清单.tsv"])
def test_csv_lists_import_too(county, name):
    mark = "\t" if name.endswith("tsv") else ","
    lines = [mark.join(HEADINGS), mark.join(row("甲"))]
    data = "\r\n".join(lines).encode("gb18030")
    outcome = services.import_sheet(county, data, name)
    assert not outcome.faults
    assert outcome.edition.members.count() == 1


def test_an_import_takes_few_statements_whatever_its_length(county, django_assert_max_num_queries):
    rows = [row(f"事项{number}") for number in range(300)]
    with django_assert_max_num_queries(40):
        services.import_sheet(county, sheet_a(*rows), "a.xlsx")
