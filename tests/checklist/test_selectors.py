"""What calls ask of the list: likely items, who answers, whom to reach."""

import pytest

from checklist import selectors, services
from governance.models import Unit
from tests.factories.checklist import make_county, make_draft, make_published, row, unit_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def county(db):
    county = make_county()
    for code, name, category in (
        ("Q2", "县妇联", "群团机关"),
        ("P5", "县纪委监委", "纪检监察机关"),
        ("D29", "供电公司", "企业(配合单位)"),
    ):
        Unit.objects.create(code=code, name=f"冠{name}", short_name=name, kind="department",
                            category=category, county=county, parent=county)  # fmt: skip
    return county


ITEMS = [
    row("秸秆和垃圾露天焚烧管控", county_duty="推广秸秆综合利用"),
    row("占道经营和马路市场整治", category="综合执法", county_duty="城区执法,疏导点规划"),
    row("物业管理纠纷调处", category="城乡建设"),
    row("农村集体聚餐食品安全", category="市场监管", township_duty="现场核对厨师健康证"),
]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("柳林镇大集有四十个摊位占道经营,劝导无效", "占道经营和马路市场整治"),
        ("村北头有人烧秸秆,浓烟很大", "秸秆和垃圾露天焚烧管控"),
        ("业主和物业闹纠纷", "物业管理纠纷调处"),
        ("村里办酒席,厨师没有健康证", "农村集体聚餐食品安全"),
    ],
)
def test_the_likeliest_item_comes_first(county, text, name):
    make_published(county, *ITEMS)
    found = selectors.suggest_items(county, text, 3)
    assert found[0].revision.name == name
    assert 0 < found[0].score <= 1
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


@pytest.mark.parametrize("text", ["", "  ", "x", "。", "摊", "zzz qqq", "\0", "😀"])
def test_nothing_to_go_by_suggests_nothing(county, text):
    make_published(county, *ITEMS)
    assert selectors.suggest_items(county, text, 3) == []


def test_no_edition_suggests_nothing_and_drafts_are_not_suggested(county):
    make_draft(county, *ITEMS)
    assert selectors.suggest_items(county, "秸秆", 3) == []


def test_suggesting_costs_few_queries(county, django_assert_max_num_queries):
    make_published(county, *(row(f"第{number}类事项巡查") for number in range(300)))
    selectors.suggest_items(county, "巡查", 5)
    with django_assert_max_num_queries(2):
        assert len(selectors.suggest_items(county, "类事项巡查", 5)) == 5


def responsible(county, **cells):
    edition = make_published(county, row("甲", **cells))
    return selectors.responsible_units(edition.revisions.get())


def names(units) -> list[str]:
    return [str(unit) for unit in units]


def test_one_county_department_as_main_leads(county):
    found = responsible(county, main="县农业农村局", coop="各乡镇(街道);县公安局")
    assert (names(found.main), names(found.coop)) == (["县农业农村局"], ["县公安局"])
    assert str(found.lead) == "县农业农村局"
    assert not found.township_main
    assert [(str(term), role) for term, role in found.terms] == [("各乡镇(街道)", "coop")]


def test_a_township_as_main_proposes_the_first_department_and_warns(county):
    found = responsible(county, main="各乡镇(街道)", coop="县农业农村局;县公安局")
    assert found.township_main
    assert (found.main, str(found.lead)) == ([], "县农业农村局")


def test_two_county_mains_leave_the_choice_to_the_platform(county):
    found = responsible(county, main="县农业农村局;县公安局", coop="无")
    assert (len(found.main), found.lead) == (2, None)


def test_a_county_and_a_township_as_main(county):
    found = responsible(county, main="县交通运输局(县道);各乡镇(街道)(乡村道)", coop="县公安局")
    assert (str(found.lead), found.township_main) == ("县交通运输局", True)


def test_party_organs_mass_organisations_and_enterprises_get_a_copy(county):
    found = responsible(county, main="县农业农村局", coop="县妇联;县纪委监委;供电公司;县公安局")
    assert names(found.information) == ["县妇联", "县纪委监委", "供电公司"]
    assert names(found.coop) == ["县公安局"]


def test_terms_for_departments_are_never_expanded(county):
    found = responsible(county, main="各乡镇(街道);有权处理的县级部门", coop="各行业许可部门")
    assert (found.main, found.coop, found.lead) == ([], [], None)
    assert len(found.terms) == 3


def test_named_townships_are_townships(county):
    found = responsible(county, main="县公安局", coop="清泉、崇文、烟庄街道")
    assert names(found.townships) == ["清泉街道", "崇文街道", "烟庄街道"]
    assert found.coop == []


def test_duties_by_department(county):
    found = responsible(
        county, county_duty="县公安局:查处\n县司法局:调解", coop="县公安局;县司法局"
    )
    assert found.duties[unit_of(county, "县公安局").pk] == "查处"


def test_responsible_units_takes_one_query(county, django_assert_num_queries):
    edition = make_published(county, row("甲"))
    revision = edition.revisions.get()
    with django_assert_num_queries(1):
        selectors.responsible_units(revision)


# ------------------------------------------------------------------ contacts


def fill(unit, **fields):
    values = {"office": "法规科", "person": "张三", "phone": "0635-1234567"} | fields
    services.keep_unit_contact(unit, **values)


@pytest.mark.rule("GX-呼应-03")
def test_contacts_default_from_the_unit_field_by_field(county):
    edition = make_published(county, row("甲"))
    item, police = edition.members.get().item, unit_of(county, "县公安局")
    assert selectors.contact_for(item, police).missing == ["负责科室", "联系人", "联系电话"]
    fill(police)
    assert selectors.contact_for(item, police).person == "张三"
    services.keep_contact(item, police, actor=None, office="治安大队", person="", phone="")
    info = selectors.contact_for(item, police)
    assert (info.office, info.person, info.own, info.missing) == ("治安大队", "张三", True, [])


@pytest.mark.rule("GX-呼应-03")
def test_every_item_and_unit_without_contact_is_listed(county):
    edition = make_published(county, row("甲"), row("乙", coop="县公安局"))
    gaps = {str(gap.unit): gap for gap in selectors.contact_gaps(edition)}
    assert set(gaps) == {
        "县农业农村局",
        "县公安局",
        "清泉街道",
        "崇文街道",
        "烟庄街道",
        "贾镇",
        "斜店乡",
    }
    assert [r.name for r, _ in gaps["县公安局"].items] == ["甲", "乙"]
    assert [r.name for r, _ in gaps["贾镇"].items] == ["甲"]
    for unit in Unit.objects.filter(county=county):
        fill(unit)
    assert selectors.contact_gaps(edition) == []
    fill(unit_of(county, "县公安局"), phone="")
    (gap,) = selectors.contact_gaps(edition)
    assert gap.items[0][1] == ["联系电话"]


def test_streets_mean_streets_only(county):
    edition = make_published(county, row("甲", coop="各街道"))
    units = {str(gap.unit) for gap in selectors.contact_gaps(edition)}
    assert units == {"县农业农村局", "清泉街道", "崇文街道", "烟庄街道"}


def test_gaps_cost_the_same_queries_for_more_items(county, django_assert_max_num_queries):
    edition = make_published(county, *(row(f"事项{number}") for number in range(80)))
    with django_assert_max_num_queries(8):
        selectors.contact_gaps(edition)
