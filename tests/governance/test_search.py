"""Chinese search over our own character pairs: the same results on both databases."""

import pytest

from governance.search import LONGEST, phrases, terms
from hucall.models import Call
from tests.factories import hucall as make
from tests.factories.governance import County, load_calendar

pytestmark = pytest.mark.django_db

TEXTS = {
    "集市东口道路塌陷": "主街北段路面塌陷约三平方米,已设警示。",
    "秸秆焚烧": "清泉街道南王村东三百米有人焚烧秸秆,冒黑烟。",
    "𠮷田路㐀巷𰻝𰻝面馆油烟": "群众反映𰻝𰻝面馆夜间经营。",
    "ＡＢＣ小区电梯故障": "Elevator No.3 停运,品牌 KONE-3000。",
    "买买提·艾力反映占道": "·",
    "道": "路",
}


@pytest.fixture(scope="module")
def titles():
    """The titles in the order of their filing."""
    return list(TEXTS)


@pytest.fixture
def county():
    load_calendar()
    county = County()
    for title, text in TEXTS.items():
        make.filed(county, title=title, text=text, place="甲村乙组", self_check_reason="")
    return county


def found(words: str) -> list[str]:
    """Titles in the order of their filing."""
    rows = Call.objects.all().found(words).order_by("id")
    return list(rows.values_list("title", flat=True))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("道路", [0]),  # two characters
        ("塌陷", [0]),
        ("路塌", [0]),  # across what a reader takes for words
        ("东口道路塌", [0]),  # a phrase inside a sentence
        ("路道", []),  # the other way round
        ("道塌", []),  # both there, not beside each other
        ("警示", [0]),  # the last word of a sentence
        ("警示主街", []),  # no match across two texts
        ("塌陷主街", []),  # title and text are two texts
        ("集市 秸秆", []),  # every word, in one call
        ("焚烧 黑烟", [1]),  # two phrases, anywhere in it
        ("南王村东三百米", [1]),
        ("𠮷田", [2]),  # rare characters beyond the first plane
        ("㐀巷", [2]),
        ("𰻝𰻝面", [2]),
        ("𠮷", [2]),
        ("𰻝", [2]),
        ("ABC小区", [3]),  # full width and case fold together
        ("ａｂｃ", [3]),
        ("abc", [3]),
        ("ab", [3]),  # a Latin word by its beginning
        ("bc", []),  # and by nothing else
        ("kone", [3]),
        ("KONE-3000", [3]),
        ("300", [3]),
        ("elev", [3]),
        ("no.3", [3]),
        ("买买提·艾力", [4]),
        ("买买提艾力", []),
        ("艾力", [4]),
        ("道", [0, 4, 5, 1]),  # one character: wherever it stands, also at the end
        ("路", [0, 2, 5]),
        ("甲村", [0, 1, 2, 3, 4, 5]),
        ("冠呼", [0, 1, 2, 3, 4, 5]),  # by number
        ("冠呼〔2026〕2号", [1]),
    ],
)
def test_what_is_found(county, titles, words, expected):
    assert found(words) == [titles[place] for place in sorted(expected)]


@pytest.mark.parametrize(
    "words",
    [
        *("'", '"', "''", '"道路', "道路'", "道路\\", "\\", "道路:*", "道路 & | !", "!!", "(", ")"),
        *("AND", "OR NOT NEAR", "NEAR(道路 塌陷)", "terms:道路", "道路*", "*", "^道路", "-道路"),
        *("%", "_", "\0", "道\0路", "\ud800", "道\ud800路", "\u202e道路", "😀", "\u200b", "☃"),
        *("a" * 5000, "道" * 5000, "道 " * 3000, "'; DROP TABLE hucall_call; --", "<->", "$$"),
    ],
)
def test_no_query_breaks_the_search_or_the_table(county, words):
    found(words)
    assert Call.objects.count() == len(TEXTS)


@pytest.mark.parametrize("words", ["", "   ", "\t"])
def test_an_empty_query_finds_everything(county, words):
    assert len(found(words)) == len(TEXTS)


@pytest.mark.parametrize("words", ["!!", "。", "·", "😀"])
def test_a_query_of_nothing_but_signs_finds_nothing(county, words):
    assert found(words) == []


@pytest.mark.parametrize(
    "text",
    [
        "a" * 5000,
        "道" * 5000,
        "道路" * 2500,
        "1" * 5000,
        "𰻝" * 5000,
        "😀" * 5000,
        "\u202e\u200b\ufeff" * 1000,
        "'\\\"&|!():*<>" * 300,
        "ﷺ" * 5000,
    ],
)
def test_no_text_breaks_the_index(county, text):
    call = make.filed(county, title="怪文本入库", text=text)
    assert Call.objects.all().found("怪文本").get() == call


def test_a_long_latin_word_is_found_by_its_beginning(county):
    call = make.filed(county, title="长编号", text="x" * 3000)
    assert Call.objects.all().found("x" * 60).get() == call


def test_the_index_follows_changes(county):
    call = Call.objects.get(title="秸秆焚烧")
    call.title = "垃圾焚烧"
    call.index()
    call.save()
    assert found("垃圾焚烧") == ["垃圾焚烧"]
    assert found("秸秆焚烧") == []
    assert found("焚烧秸秆") == ["垃圾焚烧"]  # still in the text


def test_a_text_with_variation_selectors_is_found_without_them(county):
    make.filed(county, title="葛󠄀城路口积水")
    assert found("葛城路") == found("葛󠄀城路") == ["葛󠄀城路口积水"]


def test_searching_shows_nobody_more_than_they_may_see(county):
    from governance.roles import Role

    stranger = county.user(Role.DEPARTMENT_CLERK)
    assert not Call.objects.visible_to(stranger).found("道路").exists()
    assert Call.objects.visible_to(county.user(Role.PLATFORM)).found("道路").exists()


def test_how_texts_are_cut():
    assert terms("道路A1").split() == ["道路", "路", "a1", "|"]
    assert terms("a", None, "").split() == ["a", "|", "|", "|"]
    assert phrases("道路 a") == [(["道路"], False), (["a"], True)]
    assert len(terms("道" * (LONGEST + 50)).split()) == LONGEST + 1
