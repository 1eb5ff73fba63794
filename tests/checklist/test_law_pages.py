"""The register's pages and API: read by all, kept by few, nothing raised before it is confirmed."""

import pytest

from checklist import laws
from checklist.models import Cause, LawChange, LegalBasis
from governance.models import Unit
from governance.roles import Role
from tests.checklist.lawbook import based, entry
from tests.factories.governance import County
from tests.governance.visiting import text_of, visit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def scene():
    return based()


def test_the_register_is_searched_and_filtered(scene):
    laws.load()
    client = visit(scene.town)
    page = client.get("/checklist/laws/")
    assert page.status_code == 200 and "登记依据" not in text_of(page)
    assert "大气污染防治法" in text_of(page) and page.context["rows"][0]["count"] == 2
    found = client.get("/checklist/laws/", {"q": "监察法"}).context["rows"]
    assert {one["law"].key for one in found} == {"监察法", "行政监察法"}
    found = client.get("/checklist/laws/", {"status": "repealed"}).context["rows"]
    assert [one["law"].key for one in found] == ["行政监察法"]
    assert client.get("/checklist/laws/", {"q": "\0", "from": "x"}).status_code == 200
    assert client.get("/checklist/laws/", {"from": "50"}).status_code == 200


def test_an_item_shows_its_bases_with_their_status(scene):
    laws.load()
    text = text_of(visit(scene.town).get(f"/checklist/items/{scene.item('秸秆禁烧').pk}/"))
    assert "2018年3月20日起废止" in text and "已废止" in text and "第八条" in text


def test_nothing_is_raised_before_the_preview_is_confirmed(scene):
    old = entry()
    client = visit(scene.bianban)
    url = f"/checklist/laws/{old.pk}/change/"
    given = {"kind": "repealed", "on": "2026-09-08", "note": "由监察法取代"}
    assert client.get(url).status_code == 200
    page = client.post(url, given)
    text = text_of(page)
    assert page.status_code == 200 and len(page.context["planned"]) == 2
    assert "秸秆禁烧" in text and "县农业农村局" in text and "2026年9月21日" in text
    assert not LawChange.objects.filter(kind="repealed").exists() and not Cause.objects.exists()
    done = client.post(url, given | {"confirm": "1"})
    assert done.status_code == 302 and Cause.objects.count() == 2
    assert "已发出 2 件调整事由" in text_of(client.get(f"/checklist/laws/{old.pk}/"))
    again_ = client.post(url, given | {"confirm": "1"})
    assert again_.status_code == 409 and Cause.objects.count() == 2


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"kind": "repealed", "on": ""}, "施行日期"),
        ({"kind": "edited", "on": "2026-09-08"}, "变动"),
        ({"kind": "repealed", "on": "1990-01-01"}, "日期过早"),
        ({"kind": "repealed", "on": "2999-01-01"}, "日期过远"),
        ({"kind": "repealed", "on": "2026-09-08", "successor": "999999"}, "由何者取代"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused(scene, given, words):
    old = entry()
    page = visit(scene.bianban).post(f"/checklist/laws/{old.pk}/change/", given)
    assert page.status_code == 400 and words in text_of(page)


def test_a_system_administrator_records_and_each_bianban_raises(scene):
    old = entry()
    admin = visit(scene.county.user(Role.SYSADMIN))
    given = {"kind": "repealed", "on": "2026-09-08", "confirm": "1"}
    assert admin.post(f"/checklist/laws/{old.pk}/change/", given).status_code == 302
    assert not Cause.objects.exists()
    made = old.changes.get(kind="repealed")
    url = f"/checklist/laws/{old.pk}/changes/{made.pk}/raise/"
    assert admin.post(url).status_code == 403
    client = visit(scene.bianban)
    assert "尚未发出" in text_of(client.get("/checklist/laws/"))
    assert client.post(url).status_code == 302 and Cause.objects.count() == 2
    assert client.post(url).status_code == 302 and Cause.objects.count() == 2
    assert "尚未发出" not in text_of(client.get("/checklist/laws/"))


def test_who_keeps_which_entry(scene):
    other = County("另县", "999999", "另")
    common, own = entry("水法"), entry("县办法", county=scene.row, kind="norm")
    foreign = entry("外县办法", county=other.row, kind="norm")
    admin, desk, clerk = (
        visit(scene.county.user(Role.SYSADMIN)), visit(scene.bianban), visit(scene.clerk),
    )  # fmt: skip
    status = {
        (name, basis.name): client.get(f"/checklist/laws/{basis.pk}/edit/").status_code
        for name, client in (("admin", admin), ("desk", desk), ("clerk", clerk))
        for basis in (common, own, foreign)
    }
    assert status == {
        ("admin", "水法"): 200, ("admin", "县办法"): 403, ("admin", "外县办法"): 404,
        ("desk", "水法"): 403, ("desk", "县办法"): 200, ("desk", "外县办法"): 404,
        ("clerk", "水法"): 403, ("clerk", "县办法"): 403, ("clerk", "外县办法"): 404,
    }  # fmt: skip
    assert clerk.get("/checklist/laws/new/").status_code == 403
    assert clerk.get(f"/checklist/laws/{common.pk}/change/").status_code == 403
    assert visit(scene.sifa).get(f"/checklist/laws/{common.pk}/").status_code == 200


def test_entries_are_added_and_corrected_with_history(scene):
    desk = visit(scene.bianban)
    given = {"name": "《冠县禁烧办法(试行)》", "kind": "norm", "in_force_from": "2024-01-01"}
    assert desk.post("/checklist/laws/new/", given).status_code == 302
    basis = LegalBasis.objects.get(county=scene.row)
    assert basis.name == "冠县禁烧办法(试行)"
    assert desk.post("/checklist/laws/new/", given).status_code == 400
    url = f"/checklist/laws/{basis.pk}/edit/"
    given |= {"number": "冠政发〔2024〕1号", "repealed_on": "2023-01-01"}
    assert desk.post(url, given).status_code == 400
    assert desk.post(url, given | {"repealed_on": ""}).status_code == 302
    assert basis.changes.get(kind="edited").note == "文号:(空) → 冠政发〔2024〕1号"
    assert [one.kind for one in basis.changes.all()] == ["edited", "entered"]
    assert desk.post(url, {"name": "甲\0乙", "kind": "law"}).status_code == 400


def test_the_list_of_unknown_names_leads_to_the_form(scene):
    desk = visit(scene.bianban)
    text = text_of(desk.get("/checklist/laws/unknown/"))
    assert "《行政监察法》" in text and "/checklist/laws/new/?name=" in text
    assert "?name=" not in text_of(visit(scene.town).get("/checklist/laws/unknown/"))


def test_programs_read_the_register(scene):
    laws.load()
    other = County("另县", "999999", "另")
    entry("外县办法", county=other.row, kind="norm")
    client = visit(scene.town)
    url = "/api/v1/checklist/laws/"
    answer = client.get(url, {"search": "行政监察"}).json()["results"]
    assert [(one["status"], one["verified"]) for one in answer] == [("repealed", True)]
    assert client.get(url, {"search": "外县"}).json()["results"] == []
    assert client.get(url, {"kind": "rule"}).status_code == 200
    assert client.post(url, {}).status_code == 405
    assert visit().get(url).status_code == 401


def test_the_citys_people_have_no_countys_register(scene):
    assert visit(scene.city_bianban).get("/checklist/laws/").status_code == 403
    assert Unit.objects.filter(kind="city").exists()
