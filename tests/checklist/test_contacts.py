"""The pages for contacts: who may edit whose (GX-呼应-03, decision 32)."""

import pytest
from django.urls import reverse

from checklist.models import Contact
from governance.models import Unit
from tests.factories.checklist import (
    enter_as,
    make_county,
    make_published,
    make_user,
    row,
    unit_of,
)

pytestmark = pytest.mark.django_db
DATA = {"office": "法规科", "person": "张三", "phone": "0635-1234567"}


@pytest.fixture
def county(db):
    return make_county()


@pytest.fixture
def edition(county):
    return make_published(county, row("甲"))


def address(edition, county, unit="县公安局") -> str:
    item = edition.members.get().item
    return reverse("checklist:contact", args=[item.pk, unit_of(county, unit).pk])


@pytest.mark.rule("GX-呼应-03")
@pytest.mark.parametrize(
    ("role", "home", "unit", "status"),
    [
        ("platform", "县人民政府办公室", "县公安局", 302),
        ("platform", "县人民政府办公室", "贾镇", 302),
        ("department_clerk", "县公安局", "县公安局", 302),
        ("department_leader", "县公安局", "县公安局", 302),
        ("township_clerk", "贾镇", "贾镇", 302),
        ("township_clerk", "贾镇", "清泉街道", 403),
        ("township_clerk", "贾镇", "县公安局", 403),
        ("department_clerk", "县司法局", "县公安局", 403),
        ("bianban", "县委编办", "县公安局", 403),
        ("sysadmin", "", "县公安局", 403),
        ("auditor", "", "县公安局", 403),
    ],
)
def test_the_platform_and_the_units_own_people_edit(
    client, county, edition, role, home, unit, status
):
    enter_as(client, make_user(county, role, home))
    assert client.post(address(edition, county, unit), DATA).status_code == status
    assert Contact.objects.count() == (status == 302)
    default = reverse("checklist:unit_contact", args=[unit_of(county, unit).pk])
    assert client.post(default, DATA).status_code == status
    assert (unit_of(county, unit).contact_person == "张三") == (status == 302)


def test_another_county_does_not_exist(client, county, edition):
    other = make_county("通渭县", "621121", "tongwei-2020")
    enter_as(client, make_user(other, "platform", "县人民政府办公室"))
    assert client.post(address(edition, county), DATA).status_code == 404
    assert not Contact.objects.exists()


@pytest.mark.parametrize("phone", ["abc", "<b>1</b>", "1" * 41, "\x00"])
def test_a_wrong_phone_is_told_at_the_field_and_nothing_is_lost(client, county, edition, phone):
    enter_as(client, make_user(county, "platform", "县人民政府办公室"))
    answer = client.post(address(edition, county), DATA | {"phone": phone})
    assert answer.status_code == 400
    assert "法规科" in answer.content.decode()
    assert not Contact.objects.exists()


def test_the_gap_page_shows_all_to_the_platform_and_its_own_to_a_unit(client, county, edition):
    enter_as(client, make_user(county, "platform", "县人民政府办公室"))
    text = client.get(reverse("checklist:contacts")).content.decode()
    assert "县公安局" in text
    assert "贾镇" in text
    enter_as(client, make_user(county, "township_clerk", "贾镇"))
    text = client.get(reverse("checklist:contacts")).content.decode()
    assert "县公安局" not in text
    assert "贾镇" in text


def test_a_complete_list_says_so(client, county, edition):
    Unit.objects.update(contact_office="科", contact_person="人", contact_phone="1")
    enter_as(client, make_user(county, "platform", "县人民政府办公室"))
    assert "联络信息齐全" in client.get(reverse("checklist:contacts")).content.decode()


def test_an_item_outside_the_current_edition_has_no_contact_page(client, county, edition):
    enter_as(client, make_user(county, "platform", "县人民政府办公室"))
    url = reverse("checklist:contact", args=[999_999, unit_of(county, "县公安局").pk])
    assert client.get(url).status_code == 404
