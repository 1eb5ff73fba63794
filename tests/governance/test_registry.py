"""The unit registry: loaded from a sheet as often as one likes, every wrong row named."""

import io
import json
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from governance import registry
from governance.models import Unit
from governance.sheets import write_xlsx

pytestmark = pytest.mark.django_db
UNITS = Path(settings.FIXTURES_ROOT) / "units"
HEAD = [
    *("编码", "全称", "简称", "类型", "上级", "区划代码", "文号代字"),
    *("驻地", "覆盖乡镇", "联系电话"),
]
COUNTY = ["G", "样县", "样县", "县", "", "990001", "样"]
TOWN = ["T1", "样县东镇", "东镇", "镇", "G", "990001101"]
DEPARTMENT = ["D1", "样县公安局", "县公安局", "县政府工作部门", "G"]
AGENCY = ["A1", "样县公安局东镇派出所", "东镇派出所", "派驻机构/公安", "D1", "", "", "东镇", "东镇"]


def sheet(*rows: list[str]) -> bytes:
    return "\n".join("\t".join(row) for row in (HEAD, *rows)).encode()


def load(*rows: list[str], **options) -> registry.Outcome:
    return registry.load(sheet(*rows), "units.tsv", **options)


def test_the_shipped_sheets_load_and_a_second_time_nothing_changes():
    for name, towns in (("guanxian.tsv", 19), ("jiaoqu.tsv", 15)):
        first = registry.load(UNITS / name)
        assert not first.errors and first.created == first.rows
        assert Unit.objects.filter(county=first.county, kind="township").count() == towns
        again = registry.load(UNITS / name)
        assert (again.created, again.changed, again.unchanged) == (0, 0, first.rows)
    assert Unit.objects.get(name="冠县").county == Unit.objects.get(name="冠县")


def test_generic_departments_are_marked_as_unverified():
    """The real names of most departments are not known: the registry says so on each of them."""
    county = registry.load(UNITS / "guanxian.tsv").county
    departments = Unit.objects.filter(county=county, kind="department", code__startswith="D")
    named = {"D04", "D06", "D22", "D25"}
    unverified = departments.filter(source__contains="待核实").values_list("code", flat=True)
    assert set(unverified) == set(departments.values_list("code", flat=True)) - named


def test_an_agency_knows_its_department_its_seat_and_whom_it_serves():
    load(COUNTY, TOWN, DEPARTMENT, AGENCY)
    agency = Unit.objects.get(code="A1")
    assert (agency.kind, agency.parent.code, agency.seat.code) == ("agency", "D1", "T1")
    assert [unit.code for unit in agency.covers.all()] == ["T1"]


def test_city_units_belong_to_no_county():
    load(["C1", "样市", "样市", "市", "", "9900"], [*COUNTY[:4], "C1", *COUNTY[5:]], TOWN)
    city = Unit.objects.get(code="C1")
    assert city.county is None and Unit.objects.get(code="G").parent == city


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        (["T2", "样县西镇", "西镇", "公社", "G"], "类型", "公社"),
        (["", "样县西镇", "西镇", "镇", "G"], "编码", "不能为空"),
        (["T2", "", "西镇", "镇", "G"], "全称", "不能为空"),
        (["T2", "镇" * 101, "西镇", "镇", "G"], "全称", "最多 100"),
        (["T1", "样县西镇", "西镇", "镇", "G"], "编码", "第 3 行重复"),
        (["T2", "样县东镇", "西镇", "镇", "G"], "全称", "第 3 行重复"),
        (["T2", "样县西镇", "西镇", "镇", "X9"], "上级", "X9"),
        (["A2", "西镇派出所", "", "派驻机构", "G", "", "", "西镇"], "驻地", "西镇"),
        (["A2", "西所", "", "派驻机构", "G", "", "", "东镇", "东镇、北镇"], "覆盖乡镇", "北镇"),
        (["G2", "另一县", "另一县", "县", "", "990002"], "类型", "只能有一个县"),
    ],
)  # fmt: skip
def test_a_wrong_row_is_named_and_nothing_is_written(row, column, words):
    outcome = load(COUNTY, TOWN, row)
    assert [(one.row, one.column) for one in outcome.errors] == [(4, column)]
    assert words in outcome.errors[0].message
    assert not Unit.objects.exists()


def test_all_wrong_rows_are_named_at_once():
    outcome = load(COUNTY, ["T2", "", "", "镇", "G"], ["T3", "样县西镇", "", "公社", "G"])
    assert [one.row for one in outcome.errors] == [3, 4]


def test_a_name_that_another_unit_of_the_county_bears_is_refused():
    load(COUNTY, TOWN)
    outcome = load(COUNTY, ["T9", "样县东镇", "东镇", "镇", "G"])
    assert "已是编码 T1 的单位" in outcome.errors[0].message


def test_an_empty_cell_keeps_the_contact_that_people_have_entered():
    load(COUNTY, TOWN)
    Unit.objects.filter(code="T1").update(contact_phone="0635-0000001")
    assert load(COUNTY, [*TOWN, "", "", "", ""]).unchanged == 2
    assert Unit.objects.get(code="T1").contact_phone == "0635-0000001"


def test_a_column_that_the_sheet_lacks_changes_nothing():
    load(COUNTY, TOWN, DEPARTMENT, AGENCY)
    short = "\n".join("\t".join(row[:4]) for row in (HEAD, DEPARTMENT, AGENCY))
    county = Unit.objects.get(code="G")
    assert registry.load(short.encode(), "units.tsv", county=county).unchanged == 2
    agency = Unit.objects.get(code="A1")
    assert agency.parent.code == "D1" and agency.seat.code == "T1" and agency.covers.count() == 1


def test_without_a_county_the_file_is_refused():
    with pytest.raises(registry.RegistryError, match="--county"):
        load(TOWN)
    with pytest.raises(registry.RegistryError, match="表头"):
        registry.load(b"a\tb\tc\n1\t2\t3\n", "units.tsv")


def test_units_of_a_known_county_can_be_added_from_a_workbook():
    county = load(COUNTY, TOWN).county
    book = io.BytesIO()
    write_xlsx(book, [("单位", HEAD, [[*DEPARTMENT, "", "", "", "", "0635-0000002"]])])
    outcome = registry.load(book.getvalue(), "units.xlsx", county=county)
    assert outcome.created == 1
    assert Unit.objects.get(code="D1").contact_phone == "0635-0000002"


def test_a_rehearsal_writes_nothing():
    assert load(COUNTY, TOWN, dry_run=True).created == 2
    assert not Unit.objects.exists()


def test_the_command_answers_in_json_and_exits_with_one_on_errors(tmp_path, capsys):
    path = tmp_path / "units.tsv"
    path.write_bytes(sheet(COUNTY, TOWN))
    call_command("load_units", str(path))
    assert json.loads(capsys.readouterr().out)["created"] == 2
    path.write_bytes(sheet(COUNTY, [*TOWN[:3], "公社"]))
    with pytest.raises(SystemExit):
        call_command("load_units", str(path))
    assert json.loads(capsys.readouterr().out)["errors"][0]["row"] == 3
    with pytest.raises(CommandError, match="990099"):
        call_command("load_units", str(path), county="990099")
    with pytest.raises(CommandError, match="找不到"):
        call_command("load_units", str(tmp_path / "none.tsv"))
