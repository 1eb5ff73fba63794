"""The REST resources: the same rows, the same doors, the same refusals."""

import pytest

from checklist.models import Edition, Item
from tests.factories.checklist import (
    enter_as,
    make_county,
    make_draft,
    make_published,
    make_user,
    row,
    unit_of,
)

pytestmark = pytest.mark.django_db
ITEMS = "/api/v1/checklist/items/"
EDITIONS = "/api/v1/checklist/editions/"


@pytest.fixture
def county(db):
    return make_county()


@pytest.fixture
def published(county):
    return make_published(county, row("甲"), row("乙", category="综合执法", main="各乡镇(街道)"))


@pytest.fixture
def clerk(client, county):
    enter_as(client, make_user(county, "township_clerk", "清泉街道"))
    return client


def names(answer) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [one["name"] for one in answer.json()["results"]]


def test_items_of_the_current_edition(clerk, published):
    answer = clerk.get(ITEMS)
    assert names(answer) == ["甲", "乙"]
    one = answer.json()["results"][0]
    assert (one["category"], one["main"], one["edition"]) == (
        "生态环境",
        "县农业农村局",
        published.pk,
    )
    assert [(part["role"], part["term"]) for part in one["units"]][1] == ("coop", "各乡镇(街道)")
    assert clerk.get(f"{ITEMS}{one['id']}/").json() == one


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?search=甲", ["甲"]),
        ("?category=综合执法", ["乙"]),
        ("?township=main", ["乙"]),
        ("?page_size=1", ["甲"]),
        ("?search=没有的字样", []),
    ],
)
def test_filters_and_search(clerk, published, query, expected):
    assert names(clerk.get(ITEMS + query)) == expected


def test_filter_by_unit(clerk, county, published):
    farming = unit_of(county, "县农业农村局").pk
    assert names(clerk.get(f"{ITEMS}?unit={farming}")) == ["甲"]


@pytest.mark.parametrize(
    "query",
    ["?unit=abc", "?unit=-1", "?township=x", "?unit=9999999999999999999999"],
)
def test_nonsense_is_a_400_in_chinese(clerk, published, query):
    answer = clerk.get(ITEMS + query)
    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid"


@pytest.mark.parametrize("query", ["?edition=abc", "?edition=99999999999999999999", "?cursor=x"])
def test_what_does_not_exist_is_a_404(clerk, published, query):
    assert clerk.get(ITEMS + query).status_code == 404


def test_contacts_of_an_item(clerk, county, published):
    item = Item.objects.get(key__endswith="甲")
    answer = clerk.get(f"{ITEMS}{item.pk}/contacts/").json()
    assert [one["unit"]["name"] for one in answer] == ["县农业农村局", "县公安局"]


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_the_api_changes_no_item_and_no_edition(client, county, published, method):
    enter_as(client, make_user(county, "bianban"))
    item = published.members.first().item_id
    body = {
        "data": {"name": "改", "title": "改", "state": "draft"},
        "content_type": "application/json",
    }
    for url in (ITEMS, f"{ITEMS}{item}/", EDITIONS, f"{EDITIONS}{published.pk}/"):
        # An edition can be composed, but of approved applications alone.
        wanted = 400 if (url, method) == (EDITIONS, "post") else 405
        assert getattr(client, method)(url, **body).status_code == wanted, url
    assert Edition.objects.get().title == published.title


def test_editions_and_their_steps(client, county):
    draft = make_draft(county, row("甲"))
    enter_as(client, make_user(county, "bianban"))
    one = client.get(EDITIONS).json()["results"][0]
    assert (one["state"], one["size"], one["serial"]) == ("draft", 1, 1)
    steps = {step["name"]: step for step in client.get(f"{EDITIONS}{draft.pk}/steps/").json()}
    assert steps["publish"]["open"]
    url = f"{EDITIONS}{draft.pk}/steps/publish/"
    stale = client.post(url, {"version": 7}, content_type="application/json")
    assert (stale.status_code, stale.json()["code"]) == (409, "stale")
    done = client.post(
        url, {"version": 0, "in_force_from": "2019-09-20"}, content_type="application/json"
    )
    assert (done.status_code, done.json()["state"]) == (200, "published")
    again = client.post(url, {}, content_type="application/json")
    assert (again.status_code, again.json()["code"]) == (409, "step_closed")


@pytest.mark.rule("GX-清单-29")
def test_a_second_publication_is_refused_with_its_clause(client, county, published):
    draft = make_draft(county, row("丙"))
    enter_as(client, make_user(county, "bianban"))
    answer = client.post(
        f"{EDITIONS}{draft.pk}/steps/publish/", {}, content_type="application/json"
    )
    assert (answer.status_code, answer.json()["clause"]) == (409, "GX-清单-29")


def test_drafts_and_other_counties_are_not_there(client, county, published):
    draft = make_draft(county, row("丙"))
    enter_as(client, make_user(county, "department_clerk", "县公安局"))
    assert [one["id"] for one in client.get(EDITIONS).json()["results"]] == [published.pk]
    assert client.get(f"{EDITIONS}{draft.pk}/").status_code == 404
    assert client.get(f"{ITEMS}?edition={draft.pk}").json()["results"] == []
    assert client.post(f"{EDITIONS}{draft.pk}/steps/publish/").status_code == 404
    other = make_county("通渭县", "621121", "tongwei-2020")
    enter_as(client, make_user(other, "bianban"))
    assert client.get(EDITIONS).json()["results"] == []
    assert client.get(ITEMS).json()["results"] == []
    assert client.get(f"{ITEMS}{published.members.first().item_id}/").status_code == 404


def test_strangers_get_401(client, published):
    assert client.get(ITEMS).status_code == 401
    assert client.get(EDITIONS).status_code == 401


def test_lists_cost_the_same_queries_for_more_rows(county, clerk, django_assert_max_num_queries):
    make_published(county, *(row(f"事项{number}") for number in range(60)))
    clerk.get(ITEMS)
    with django_assert_max_num_queries(14):
        clerk.get(ITEMS)
