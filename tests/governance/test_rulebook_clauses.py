"""The county's own clause for a rule; a rule that it lacks is marked as not its own."""

import pytest

from governance import rulebooks
from tests.governance.adopting import DAY, PRESETS, make_county


@pytest.fixture
def county(db):
    return make_county(preset="")


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


@pytest.mark.parametrize(
    ("name", "named", "cited"),
    [
        ("guanxian-2019", "GX-清单-22", "GX-清单-22"),
        ("jiaoqu-2022", "GX-清单-22", "JQ-清单-17"),
        ("jiaoqu-2022", "GX-呼应-10", "GX-呼应-10"),
        ("taian-2019", "GX-呼应-09", "TA-14"),
        ("jiaoqu-2022", "县级参数:1 个工作日", "县级参数:1 个工作日"),
        ("jiaoqu-2022", "", ""),
    ],
)
def test_决定所引的条款用本县的_参数和空白照原样(county, name, named, cited):
    assert rulebooks.adopt(county, name, DAY).cited(named) == cited


def test_问不存在的条款报错(county):
    book = rulebooks.adopt(county, "guanxian-2019", DAY)
    with pytest.raises(LookupError, match="条款目录中没有“GX-呼应-99”"):
        book.clause_for("GX-呼应-99")
