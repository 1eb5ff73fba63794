"""Versions of a rulebook: typed values, in force by their day, never changed or deleted."""

from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from governance import rulebooks
from governance.lengths import Length
from governance.models import Rulebook, Unit
from governance.models.rulebook import Immutable
from governance.rulebooks import RulebookError
from tests.governance.adopting import DAY, make_county, preset


@pytest.fixture
def county(db):
    return make_county(preset="")


@pytest.fixture
def book(county):
    return rulebooks.adopt(county, "guanxian-2019", DAY)


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
