"""The search page: found inside sentences, only what the reader may see, page by page."""

import pytest

from governance.roles import Role
from tests.factories import hucall as make
from tests.factories.governance import County
from tests.governance.visiting import text_of, visit

pytestmark = pytest.mark.django_db


def test_two_signs_find_a_word_inside_a_sentence(county):
    make.filed(county)
    page = text_of(visit(county.user(Role.TOWNSHIP_CLERK)).get("/search/", {"q": "塌陷"}))
    assert "集市东口道路<mark>塌陷</mark>" in page


def test_search_finds_only_what_the_reader_may_see(county):
    make.dispatched(county)
    other = County("阳谷县", "371521", "阳")
    for user in (
        county.user(Role.TOWNSHIP_CLERK, "贾镇"),
        county.user(Role.SYSADMIN),
        other.user(Role.PLATFORM),
    ):
        page = text_of(visit(user).get("/search/", {"q": "道路塌陷"}))
        assert "没有找到" in page and make.CONTENT["title"] not in page


def test_many_hits_come_page_by_page(county):
    for number in range(34):
        make.filed(county, title=f"第{number:02d}处路灯不亮")
    client = visit(county.user(Role.TOWNSHIP_CLERK))
    first = text_of(client.get("/search/", {"q": "路灯"}))
    assert first.count("处<mark>路灯</mark>不亮") == 5 and "更多呼叫" in first
    kind = make.filed(county).type().pk
    page = client.get("/search/", {"q": "路灯", "kind": kind})
    seen = text_of(page).count("处<mark>路灯</mark>不亮")
    assert seen == 30
    more = page.context["groups"][0]["more_url"]
    assert text_of(client.get(more)).count("处<mark>路灯</mark>不亮") == 4


@pytest.mark.parametrize(
    "words", ["", " ", "'", '"', "*", "%_", "\0", "a" * 5000, "((", "AND OR NOT", "𰻝", "<script>"]
)
def test_odd_words_are_answered(county, words):
    make.filed(county)
    user = county.user(Role.TOWNSHIP_CLERK)
    page = visit(user).get("/search/", {"q": words, "kind": words, "before": words})
    assert page.status_code == 200
    assert "<script>" not in text_of(page).replace("<script src", "")
