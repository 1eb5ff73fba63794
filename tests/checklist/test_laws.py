"""The register of legal bases: citations read from the texts, statuses by day, causes once."""

from datetime import date

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from checklist import citing, laws, selectors
from checklist.models import Cause, Citation, LegalBasis
from governance.steps import Refused
from tests.checklist.lawbook import based, entry, repealed
from tests.checklist.scene import NOW, Scene, again
from tests.factories.governance import County, load_calendar, moment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def scene():
    return based()


# -- reading names --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("《土地管理法》《基本农田保护条例》", [("土地管理法", ""), ("基本农田保护条例", "")]),
        (
            "1.《中华人民共和国水法》第二十条、第二十一条;2.《河道管理条例》",
            [("水法", "第二十条、第二十一条"), ("河道管理条例", "")],
        ),
        ("《行政处罚法》(2021修订)第二十条第一款", [("行政处罚法", "第二十条第一款")]),
        ("《 安全生产法 (2021年修正) 》第3条", [("安全生产法", "第3条")]),
        ("《水法》第一条,《水法》第二条", [("水法", "第一条、第二条")]),
        (
            "《关于印发〈县乡“属地管理”办法(试行)〉的通知》",
            [("关于印发县乡“属地管理”办法(试行)的通知", "")],
        ),
        ("《城市市容和环境卫生管理条例》第二十条之一", [
            ("城市市容和环境卫生管理条例", "第二十条之一")]),
        ("没有书名号的水法第二条", []),
        ("《》《   》", []),
        ("《没有写完", []),
    ],
)  # fmt: skip
def test_names_and_articles_are_read_from_a_text(text, found):
    assert [(one.key, one.articles) for one in citing.read(text)] == found


def test_a_hostile_text_is_read_in_one_go():
    assert citing.read("《" * 20_000 + "第一" * 10_000) == []
    assert len(citing.read("《法》" + "第一条、" * 5_000)[0].articles) <= 200


def test_a_wording_is_cited_when_it_is_written(scene):
    revision = selectors.revisions_of(selectors.current_edition(scene.row))[0]
    cited = [(one.key, one.articles, one.basis) for one in citing.of_revision(revision)]
    assert cited == [
        ("行政监察法", "第八条", None),
        ("大气污染防治法", "第一百一十九条第一款", None),
    ]


def test_unknown_names_are_listed_with_counts_until_they_are_registered(scene):
    edition = selectors.current_edition(scene.row)
    assert [(one["name"], one["count"]) for one in citing.unknown(edition)] == [
        ("大气污染防治法", 2),
        ("行政监察法", 2),
    ]
    basis = entry("中华人民共和国大气污染防治法")
    assert basis.citations.count() == 2
    assert [one["key"] for one in citing.unknown(edition)] == ["行政监察法"]
    basis.short_names = "大气法、大气污染防治法律"
    assert basis.keys() == ["大气污染防治法", "大气法", "大气污染防治法律"]


def test_a_short_name_finds_its_law_and_a_full_name_is_stronger(scene):
    short = entry("行政监察条例", short_names="行政监察法")
    assert short.citations.count() == 2
    full = entry("行政监察法")
    assert full.citations.count() == 2 and again(short).citations.count() == 0


def test_a_countys_own_document_is_nobody_elses(scene):
    other = County("另县", "999999", "另")
    entry("大气污染防治法", county=other.row)
    assert not Citation.objects.exclude(basis=None).exists()
    own = entry("大气污染防治法", county=scene.row)
    entry("大气污染防治法")
    assert own.citations.count() == 2
    assert own not in laws.known_to([other.row.pk])


@pytest.mark.parametrize(
    ("facts", "day", "status"),
    [
        ({}, "2026-01-01", "in_force"),
        ({"in_force_from": date(2026, 5, 1)}, "2026-04-30", "coming"),
        ({"in_force_from": date(2026, 5, 1)}, "2026-05-01", "in_force"),
        ({"amended_on": date(2026, 5, 1)}, "2026-04-30", "in_force"),
        ({"amended_on": date(2026, 5, 1)}, "2026-05-01", "amended"),
        ({"repealed_on": date(2018, 3, 20)}, "2018-03-19", "in_force"),
        ({"repealed_on": date(2018, 3, 20)}, "2018-03-20", "repealed"),
        ({"unclear": True}, "2026-01-01", "unclear"),
        ({"unclear": True, "repealed_on": date(2018, 3, 20)}, "2018-03-20", "repealed"),
    ],
)
def test_the_status_follows_from_the_day(facts, day, status):
    assert LegalBasis(name="某法", **facts).status_on(date.fromisoformat(day)) == status


def test_the_register_refuses_doubles_and_impossible_lives(scene):
    entry("水法")
    with pytest.raises(IntegrityError), transaction.atomic():
        LegalBasis.objects.create(name="中华人民共和国水法", kind="law")
    with pytest.raises(IntegrityError), transaction.atomic():
        LegalBasis.objects.create(
            name="倒法", kind="law", in_force_from="2020-01-02", repealed_on="2020-01-01"
        )


# -- what a change raises -------------------------------------------------------------------


@pytest.mark.rule("GX-清单-10", "GX-清单-22")
def test_a_repeal_raises_one_cause_for_each_item_with_its_ten_days(scene):
    old, made = repealed(scene)
    causes = laws.raise_causes(made, scene.row, actor=scene.bianban, at=NOW)
    assert len(causes) == 2
    for cause in causes:
        assert (cause.source, cause.ground, str(cause.unit)) == ("law", "law", "县农业农村局")
        assert cause.occurred_on == date(2026, 9, 8) and cause.number
        assert "《行政监察法》自2026年9月8日起废止,由《监察法》取代" in cause.text
        assert "第八条" in cause.text
        clock = cause.clocks.get(name="apply")
        assert clock.due_at == moment("2026-09-21 17:30") and clock.owed_by == cause.unit
    assert {str(cause.item) for cause in causes} == {"秸秆禁烧", "河道采砂监管"}
    assert again(old).status_on(date(2026, 9, 8)) == "repealed"


@pytest.mark.rule("GX-清单-06", "GX-清单-14", "GX-清单-18", "JQ-清单-14")
def test_an_amendment_raises_causes_too(scene):
    air = entry("大气污染防治法")
    made = laws.change(air, "amended", date(2026, 9, 1), by=scene.bianban, note="第一百一十九条")
    causes = laws.raise_causes(made, scene.row, actor=scene.bianban, at=NOW)
    assert len(causes) == 2 and causes[0].text.endswith("第一百一十九条")
    assert again(air).status_on(date(2026, 9, 1)) == "amended"


def test_never_twice_for_the_same_change_and_item(scene):
    old, made = repealed(scene)
    assert len(laws.raise_causes(made, scene.row, actor=scene.bianban, at=NOW)) == 2
    assert laws.raise_causes(made, scene.row, actor=scene.bianban, at=NOW) == []
    assert Cause.objects.count() == 2 and not laws.waiting(scene.row, date(2026, 9, 10))
    with pytest.raises(Refused, match="已于2026年9月8日废止"):
        laws.change(old, "repealed", date(2026, 9, 8), by=scene.bianban)


def test_the_same_amendment_is_recorded_once(scene):
    air = entry("大气污染防治法")
    laws.change(air, "amended", date(2026, 9, 1), by=scene.bianban)
    with pytest.raises(Refused, match="已经登记过"):
        laws.change(air, "amended", date(2026, 9, 1), by=scene.bianban)
    laws.change(air, "amended", date(2026, 9, 2), by=scene.bianban)
    with pytest.raises(Refused, match="早于"):
        laws.change(
            entry("新法", in_force_from=date(2026, 1, 1)), "amended", date(2025, 1, 1), by=None
        )


def test_a_change_that_does_not_hold_yet_waits(scene):
    _, made = repealed(scene, on="2026-10-08")
    with pytest.raises(Refused, match="届时再发出"):
        laws.raise_causes(made, scene.row, actor=scene.bianban, at=NOW)
    assert laws.waiting(scene.row, date(2026, 10, 7)) == []
    assert laws.waiting(scene.row, date(2026, 10, 8))[0]["missing"] == 2


def test_only_the_countys_own_bianban_raises(scene):
    _, made = repealed(scene)
    for somebody in (scene.clerk, scene.sifa, scene.chief, scene.town):
        with pytest.raises(Refused, match="由本县编办发出"):
            laws.raise_causes(made, scene.row, actor=somebody, at=NOW)
    assert not Cause.objects.exists()


@pytest.mark.parametrize(
    ("columns", "units"),
    [
        ({"main": "县农业农村局;县公安局"}, ["县农业农村局", "县公安局"]),
        ({"main": "各乡镇(街道)", "coop": "县公安局;县水利局"}, ["县公安局"]),
        ({"main": "清泉街道", "coop": "县水利局"}, ["清泉街道"]),
        ({"main": "清泉街道;县水利局", "coop": "县公安局"}, ["县水利局"]),
        ({"main": "各乡镇(街道)", "coop": "各街道"}, ["县委编办"]),
    ],
)
def test_whom_a_change_obliges(columns, units):
    """The county's mains and leads; else the first unit that is named; else 编办 itself."""
    load_calendar()
    scene = Scene()
    scene.publish("秸秆禁烧", basis="《行政监察法》", **columns)
    old, made = repealed(scene)
    assert [str(unit) for one in laws.resting_on(old, scene.row) for unit in one.units] == units
    causes = laws.raise_causes(made, scene.row, actor=scene.bianban, at=NOW)
    assert [str(one.unit) for one in causes] == units


def test_where_the_county_names_leads_they_are_obliged():
    load_calendar()
    scene = Scene("jiaoqu-2022")
    scene.publish("秸秆禁烧", basis="《行政监察法》", lead="县水利局", main="各乡镇(街道)")
    old, _ = repealed(scene)
    assert [str(unit) for unit in laws.resting_on(old, scene.row)[0].units] == ["县水利局"]


def test_a_cause_from_the_register_is_not_a_notice_that_anybody_could_write(scene):
    """The source is set by the register, never by a form."""
    cause = scene.cause(source="law")
    assert cause.source == "notice"


# -- the shipped register -------------------------------------------------------------------


def test_the_shipped_register_knows_every_law_of_the_sample_lists(tmp_path):
    done = laws.load()
    assert done["laws"] == LegalBasis.objects.count() >= 70
    assert laws.load() == {"laws": 0, "cited": 0}
    call_command("load_laws")
    names = {key for law in LegalBasis.objects.all() for key in law.keys()}  # noqa: SIM118
    for sheet in ("guanxian-sample.tsv", "jiaoqu-sample.tsv"):
        text = (laws.FIXTURE.parent / "checklist" / sheet).read_text(encoding="utf-8")
        assert {one.key for one in citing.read(text)} <= names


def test_what_is_certain_is_verified_and_what_is_not_is_not_asserted():
    laws.load()
    old = LegalBasis.objects.get(key="行政监察法")
    assert (old.repealed_on, str(old.successor)) == (date(2018, 3, 20), "《中华人民共和国监察法》")
    assert old.verified and old.changes.filter(kind="repealed", on=date(2018, 3, 20)).exists()
    code = LegalBasis.objects.get(key="生态环境法典")
    assert code.status_on(date(2026, 11, 1)) == "unclear" and not code.verified
    assert "待核实" in code.note and not LegalBasis.objects.filter(successor=code).exists()
    verified = LegalBasis.objects.filter(verified=True).values_list("key", flat=True)
    assert set(verified) == {"行政监察法", "监察法"}


def test_loading_reads_wordings_that_are_older_than_the_register(scene):
    Citation.objects.all().delete()
    assert laws.load()["cited"] == 4
    assert not Citation.objects.filter(basis=None).exists()
    assert laws.waiting(scene.row, date(2026, 9, 10))[0]["missing"] == 2
