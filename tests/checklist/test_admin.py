"""The registry keeps the collective terms, and offers no way into items and editions."""

import pytest
from django.contrib import admin
from django.urls import reverse

from checklist.models import CollectiveTerm, Edition, EditionItem, Item, ItemUnit, Revision
from tests.factories.checklist import enter_as, make_county, make_published, make_user, row

pytestmark = pytest.mark.django_db
ADD = "admin:checklist_collectiveterm_add"
CHANGE = "admin:checklist_collectiveterm_change"


@pytest.fixture
def county(db):
    return make_county()


@pytest.mark.rule("GX-清单-29")
@pytest.mark.parametrize("model", [Edition, EditionItem, Item, ItemUnit, Revision])
def test_items_and_editions_are_not_in_the_registry(client, county, model):
    assert not admin.site.is_registered(model)
    edition = make_published(county, row("甲"))
    enter_as(client, make_user(county, "sysadmin", ""))
    name = model._meta.model_name
    for url in (f"/admin/checklist/{name}/", f"/admin/checklist/{name}/{edition.pk}/change/"):
        assert client.post(url, {"title": "改"}).status_code == 404


def test_the_system_administrator_adds_a_term_for_the_own_county(client, county):
    enter_as(client, make_user(county, "sysadmin", ""))
    data = {"name": "各条线单位", "aliases": "", "scope": "departments", "active": "on"}
    assert client.post(reverse(ADD), data).status_code == 302
    assert CollectiveTerm.objects.get(name="各条线单位").county == county


@pytest.mark.parametrize("name", ["县公安局", "各乡镇(街道)", "各乡镇、街道"])
def test_a_name_that_is_taken_is_refused(client, county, name):
    enter_as(client, make_user(county, "sysadmin", ""))
    data = {"name": name, "aliases": "", "scope": "departments", "active": "on"}
    assert client.post(reverse(ADD), data).status_code == 200
    assert not CollectiveTerm.objects.filter(county=county).exists()


def test_terms_of_all_counties_are_only_looked_at(client, county):
    enter_as(client, make_user(county, "sysadmin", ""))
    shared = CollectiveTerm.objects.filter(county=None).first()
    url = reverse(CHANGE, args=[shared.pk])
    assert client.get(url).status_code == 200
    assert client.post(url, {"name": "改了", "scope": "towns"}).status_code == 403
    shared_now = CollectiveTerm.objects.get(pk=shared.pk)
    assert shared_now.name == shared.name


def test_another_countys_terms_do_not_exist(client, county):
    other = make_county("通渭县", "621121", "tongwei-2020")
    term = CollectiveTerm.objects.create(county=other, name="各条线单位")
    enter_as(client, make_user(county, "sysadmin", ""))
    assert client.get(reverse(CHANGE, args=[term.pk])).status_code in {302, 404}


@pytest.mark.parametrize("role", ["bianban", "secadmin", "auditor"])
def test_nobody_else_adds_terms(client, county, role):
    unit = "县委编办" if role == "bianban" else ""
    enter_as(client, make_user(county, role, unit))
    answer = client.post(reverse(ADD), {"name": "各条线单位", "scope": "departments"})
    assert answer.status_code in {302, 403}
    assert not CollectiveTerm.objects.filter(name="各条线单位").exists()
