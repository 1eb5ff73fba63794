"""The enumerated cases of the articles, one test per case: which changes may be asked for, and on
which ground (GX-清单-06 to 21, JQ-清单-06 to 16, TA-05, TA-06).
"""

import pytest

from checklist import grounds, services
from checklist.models import Application
from governance.perform import perform
from governance.steps import Invalid
from tests.checklist.scene import BEGAN, Scene, again
from tests.factories import checklist as lists
from tests.factories.governance import load_calendar
from tests.hucall.doors import undone

rule = pytest.mark.rule
SUPERIOR = {"authority": "province"}
OTHER = {"ground_text": "随机构改革需要一并理顺"}


class Cases:
    """One county with an item that a department carries and one that townships carry."""

    def __init__(self, preset: str, *place: str):
        load_calendar()
        self.scene = scene = Scene(preset, place)
        borne = {"main": "各乡镇(街道)", "coop": "县农业农村局"}
        rows = [scene.line("秸秆禁烧"), scene.line("宅基地审批", **borne)]
        sheet = (lists.sheet_b if scene.layout == "B" else lists.sheet_a)(*rows)
        draft = services.import_sheet(scene.row, sheet, "清单.xlsx").edition
        perform(draft, "publish", at=BEGAN, facts={"document_number": "冠办发〔2026〕1号"})

    def file(self, kind: str, ground: str, **given) -> Application:
        """A complete application of this kind on this ground, but for what `given` says."""
        item = self.scene.item
        asked = {
            "add": {},
            "remove": {"item": item("秸秆禁烧").pk},
            "content": {"item": item("秸秆禁烧").pk, "new_basis": "《中华人民共和国监察法》"},
            "to_township": {
                "item": item("秸秆禁烧").pk,
                "new_main": "各乡镇(街道)",
                "new_coop": "县农业农村局",
            },
            "to_county": {
                "item": item("宅基地审批").pk,
                "new_main": "县农业农村局",
                "new_coop": "各乡镇(街道)",
            },
        }[kind]
        return self.scene.file(kind=kind, ground=ground, **(asked | given))

    def refused(self, kind: str, ground: str, field: str, **given) -> None:
        """The same is refused, at this field."""
        with pytest.raises(Invalid) as refusal:
            self.file(kind, ground, **given)
        assert field in refusal.value.form.errors, refusal.value.form.errors


@pytest.fixture(scope="module")
def counties(django_db_setup, django_db_blocker):
    """Three counties side by side, built once; what a test does is undone."""
    with django_db_blocker.unblock(), undone():
        yield {
            "guanxian": Cases("guanxian-2019", "冠县", "371525", "冠"),
            "jiaoqu": Cases("jiaoqu-2022", "郊区", "230811", "郊"),
            "taian": Cases("taian-2019", "岱县", "370911", "岱"),
        }


@pytest.fixture(autouse=True)
def taken_back(counties, django_db_blocker):
    with django_db_blocker.unblock(), undone():
        yield


@pytest.fixture
def county(counties):
    return counties["guanxian"]


@pytest.fixture
def jiaoqu(counties):
    return counties["jiaoqu"]


@pytest.fixture
def taian(counties):
    return counties["taian"]


def holds(cases: Cases, kind: str, ground: str, clause: str, says: str) -> None:
    """The case may be chosen, is the article's own, stands in file and trail, and asks for what
    the article asks.
    """
    given = {"superior": SUPERIOR, "other": OTHER}.get(ground, {})
    with undone():
        application = again(cases.file(kind, ground, **given))
        assert (application.state, application.ground) == ("submitted", ground)
        found = grounds.find(application.rulebook, kind, ground)
        assert found.clause == clause
        assert says in found.words
        facts = application.events.get(step="file").facts
        assert ["情形", found.words] in facts
    if given:
        field = "authority" if ground == "superior" else "ground_text"
        cases.refused(kind, ground, field)
    assert ground in {one.key for one in grounds.of(application.rulebook, kind)}


GUANXIAN = [
    pytest.param("add", "law", "共同承担", marks=rule("GX-清单-06"), id="GX-清单-06"),
    pytest.param("add", "grassroots", "基层反映", marks=rule("GX-清单-07"), id="GX-清单-07"),
    pytest.param("add", "functions", "职能调整", marks=rule("GX-清单-08"), id="GX-清单-08"),
    pytest.param("add", "other", "其他", marks=rule("GX-清单-09"), id="GX-清单-09"),
    pytest.param("remove", "law", "原依据失效", marks=rule("GX-清单-10"), id="GX-清单-10"),
    pytest.param("remove", "superior", "决定取消", marks=rule("GX-清单-11"), id="GX-清单-11"),
    pytest.param("remove", "functions", "职能调整", marks=rule("GX-清单-12"), id="GX-清单-12"),
    pytest.param("remove", "other", "其他", marks=rule("GX-清单-13"), id="GX-清单-13"),
    pytest.param("to_township", "law", "新立或修订", marks=rule("GX-清单-14"), id="GX-清单-14"),
    pytest.param("to_township", "superior", "决定调整", marks=rule("GX-清单-15"), id="GX-清单-15"),
    pytest.param("to_township", "suited", "量大面广", marks=rule("GX-清单-16"), id="GX-清单-16"),
    pytest.param("to_township", "other", "其他", marks=rule("GX-清单-17"), id="GX-清单-17"),
    pytest.param("to_county", "law", "新立或修订", marks=rule("GX-清单-18"), id="GX-清单-18"),
    pytest.param("to_county", "superior", "决定调整", marks=rule("GX-清单-19"), id="GX-清单-19"),
    pytest.param(
        "to_county", "suited", "专业技术要求高", marks=rule("GX-清单-20"), id="GX-清单-20"
    ),
    pytest.param("to_county", "other", "其他", marks=rule("GX-清单-21"), id="GX-清单-21"),
]
JIAOQU = [
    pytest.param("add", "law", "共同承担", marks=rule("JQ-清单-06"), id="JQ-清单-06"),
    pytest.param("add", "grassroots", "基层反映", marks=rule("JQ-清单-07"), id="JQ-清单-07"),
    pytest.param("add", "functions", "职能调整", marks=rule("JQ-清单-08"), id="JQ-清单-08"),
    pytest.param("add", "other", "其他", marks=rule("JQ-清单-09"), id="JQ-清单-09"),
    pytest.param("remove", "law", "原依据失效", marks=rule("JQ-清单-10"), id="JQ-清单-10"),
    pytest.param("remove", "superior", "决定取消", marks=rule("JQ-清单-11"), id="JQ-清单-11"),
    pytest.param("remove", "functions", "职能调整", marks=rule("JQ-清单-12"), id="JQ-清单-12"),
    pytest.param("remove", "other", "其他", marks=rule("JQ-清单-13"), id="JQ-清单-13"),
    pytest.param("content", "law", "新立或修订", marks=rule("JQ-清单-14"), id="JQ-清单-14"),
    pytest.param("content", "superior", "决定调整", marks=rule("JQ-清单-15"), id="JQ-清单-15"),
    pytest.param("content", "other", "其他", marks=rule("JQ-清单-16"), id="JQ-清单-16"),
]


@pytest.mark.parametrize(("kind", "ground", "says"), GUANXIAN)
@pytest.mark.django_db
def test_cases_of_guanxian(county, kind, ground, says, request):
    holds(county, kind, ground, request.node.get_closest_marker("rule").args[0], says)


@pytest.mark.parametrize(("kind", "ground", "says"), JIAOQU)
@pytest.mark.django_db
def test_cases_of_jiaoqu(jiaoqu, kind, ground, says, request):
    holds(jiaoqu, kind, ground, request.node.get_closest_marker("rule").args[0], says)


@pytest.mark.rule("TA-05")
@pytest.mark.django_db
def test_what_is_not_listed_and_unclear_at_the_base_is_added(taian):
    """及时: no clock runs."""
    with undone():
        application = taian.file("add", "grassroots")
        assert grounds.find(application.rulebook, "add", "grassroots").clause == "TA-05"
        assert not application.cause.clocks.exists()
        edition = taian.scene.put_out(taian.scene.compose(taian.scene.approved(application)))
        assert "扬尘治理" in [one.name for one in edition.revisions.all()]


@pytest.mark.rule("TA-06")
@pytest.mark.parametrize(
    ("kind", "ground"), [("remove", "law"), ("remove", "functions"), ("content", "law")]
)
@pytest.mark.django_db
def test_what_is_listed_and_no_longer_fits_is_changed_or_leaves(taian, kind, ground):
    with undone():
        application = taian.file(kind, ground)
        if kind == "remove":
            assert grounds.find(application.rulebook, kind, ground).clause == "TA-06"
        assert not application.cause.clocks.exists()
        edition = taian.scene.put_out(taian.scene.compose(taian.scene.approved(application)))
        names = {one.name: one.basis for one in edition.revisions.all()}
        if kind == "remove":
            assert "秸秆禁烧" not in names
        else:
            assert names["秸秆禁烧"] == "《中华人民共和国监察法》"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "ground"),
    [("add", "superior"), ("add", "suited"), ("remove", "grassroots"), ("to_county", "grassroots")],
)
def test_a_case_of_another_article_is_refused(county, kind, ground):
    county.refused(kind, ground, "ground", **SUPERIOR, **OTHER)


@pytest.mark.django_db
def test_kinds_that_a_county_does_not_know_are_refused(county, jiaoqu):
    county.refused("content", "law", "kind")
    jiaoqu.refused("to_township", "law", "kind")


@pytest.mark.rule("GX-清单-11", "JQ-清单-11", "JQ-清单-15")
@pytest.mark.django_db
def test_whose_decision_counts_differs(county, jiaoqu):
    """冠县: 国务院、省、市; 郊区: its own district's as well."""
    county.refused("remove", "superior", "authority", authority="county")
    for kind in ("remove", "content"):
        with undone():
            assert jiaoqu.file(kind, "superior", authority="county").authority == "county"


@pytest.mark.rule("GX-清单-14", "GX-清单-18")
@pytest.mark.django_db
def test_the_main_responsibility_moves_as_the_application_says(county):
    item = county.scene.item
    county.refused("to_township", "law", "new_main", new_main="县公安局")
    county.refused("to_township", "law", "new_main", item=item("宅基地审批").pk, new_name="改名")
    county.refused("to_county", "law", "new_main", new_main="各乡镇(街道)", new_name="改名")
    county.refused("to_county", "law", "new_main", item=item("秸秆禁烧").pk, new_main="县公安局")
