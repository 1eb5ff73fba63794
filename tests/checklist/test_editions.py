"""What is published is immutable, by model, queryset, SQL, admin and API; reading as of a day."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError

from checklist import selectors, services
from checklist.models import Edition, EditionItem, Frozen, Item, ItemUnit, Revision
from governance.perform import open_steps, perform
from governance.steps import Forbidden, Refused, StepClosed
from tests.factories.checklist import (
    make_county,
    make_draft,
    make_published,
    make_user,
    row,
    unit_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def county(db):
    return make_county()


@pytest.fixture
def published(county):
    return make_published(county, row("甲"), row("乙"))


def change_title(edition):
    edition.title = "改名"
    edition.save()


def change_date(edition):
    fresh = Edition.objects.get(pk=edition.pk)
    fresh.in_force_from = date(2001, 1, 1)
    fresh.save(update_fields=["in_force_from"])


def change_text(edition):
    wording = edition.revisions.first()
    wording.basis = "改了"
    wording.save()


def add_member(edition):
    item = Item.objects.create(county=edition.county, key="x|y")
    wording = Revision(item=item, name="丙")
    wording.save()
    EditionItem.objects.create(edition=edition, item=item, revision=wording)


def swap_member(edition):
    one = edition.members.first()
    one.place = 99
    one.save()


WAYS_IN = {
    "title by save": change_title,
    "date by update_fields": change_date,
    "text by save": change_text,
    "texts by update": lambda e: Revision.objects.update(basis="改了"),
    "texts by bulk_update": lambda e: Revision.objects.bulk_update(
        list(e.revisions.all()), ["name"]
    ),
    "text by delete": lambda e: e.revisions.first().delete(),
    "units by update": lambda e: ItemUnit.objects.update(qualifier="x"),
    "unit by delete": lambda e: ItemUnit.objects.first().delete(),
    "member added": add_member,
    "members by bulk_create": lambda e: EditionItem.objects.bulk_create(
        [EditionItem(edition=e, item=e.members.first().item, revision=e.revisions.first())]
    ),
    "member changed": swap_member,
    "member deleted": lambda e: e.members.first().delete(),
    "members by delete": lambda e: e.members.all().delete(),
    "members by update": lambda e: e.members.update(place=0),
    "edition deleted": lambda e: e.delete(),
}


@pytest.mark.rule("GX-清单-29")
@pytest.mark.parametrize("way", WAYS_IN)
def test_no_way_into_a_published_edition(published, way):
    with pytest.raises(Frozen) as refusal, transaction.atomic():
        WAYS_IN[way](Edition.objects.get(pk=published.pk))
    assert refusal.value.clause == "GX-清单-29"


SQL = [
    "UPDATE checklist_edition SET title = 'x'",
    "UPDATE checklist_edition SET state = 'draft'",
    "UPDATE checklist_edition SET state = 'dropped'",
    "UPDATE checklist_edition SET in_force_from = '2001-01-01'",
    "DELETE FROM checklist_edition",
    "UPDATE checklist_editionitem SET place = 9",
    "DELETE FROM checklist_editionitem",
    "INSERT INTO checklist_editionitem (edition_id, item_id, revision_id, place) "
    "SELECT edition_id, item_id, revision_id, 9 FROM checklist_editionitem",
    "UPDATE checklist_revision SET basis = 'x'",
    "DELETE FROM checklist_revision",
    "UPDATE checklist_itemunit SET qualifier = 'x'",
    "DELETE FROM checklist_itemunit",
    "INSERT INTO checklist_itemunit (revision_id, unit_id, role, qualifier, duty, place) "
    "SELECT revision_id, unit_id, role, 'x', '', 9 FROM checklist_itemunit "
    "WHERE unit_id IS NOT NULL",
]


@pytest.mark.rule("GX-清单-29")
@pytest.mark.parametrize("statement", SQL)
def test_the_database_itself_refuses(published, statement):
    with pytest.raises(DatabaseError, match="已公布的清单不可改动"), transaction.atomic():
        connection.cursor().execute(statement)


def test_the_queryset_update_of_an_edition_is_refused_by_the_database(published):
    with pytest.raises(IntegrityError), transaction.atomic():
        Edition.objects.update(title="x")


def test_a_draft_may_change_freely(county):
    draft = make_draft(county, row("甲"), row("乙"))
    draft.title = "改名"
    draft.save()
    draft.members.first().delete()
    assert Edition.objects.get().members.count() == 1


def test_exactly_one_current_edition_and_one_draft_per_county(county, published):
    make_draft(county, row("丙"))
    dates = {"published_at": "2026-01-01T00:00:00Z", "in_force_from": "2026-01-01"}
    for state, extra in (("draft", {}), ("published", dates)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Edition.objects.create(
                county=county, owner=county, serial=9, title="x", state=state, **extra
            )


def test_a_published_edition_without_dates_cannot_exist(county):
    with pytest.raises(IntegrityError), transaction.atomic():
        Edition.objects.create(county=county, owner=county, serial=9, title="x", state="published")


# ------------------------------------------------------------------ who publishes


@pytest.mark.rule("GX-清单-04")
@pytest.mark.parametrize(
    ("role", "unit"),
    [
        ("township_clerk", "清泉街道"),
        ("township_leader", "清泉街道"),
        ("department_leader", "县公安局"),
        ("platform", "县人民政府办公室"),
        ("sifa", "县司法局"),
        ("county", ""),
        ("sysadmin", ""),
        ("secadmin", ""),
        ("auditor", ""),
    ],
)
def test_nobody_but_bianban_publishes(county, role, unit):
    draft = make_draft(county, row("甲"))
    user = make_user(county, role, unit)
    with pytest.raises(Forbidden) as refusal:
        services.publish_first(draft, actor=user)
    assert refusal.value.clause == "GX-清单-04"
    assert not {step.name for step in open_steps(draft, user) if step.open} & {"publish"}


@pytest.mark.rule("GX-清单-04")
def test_bianban_publishes_and_the_trail_says_so(county):
    user = make_user(county, "bianban")
    edition = services.publish_first(make_draft(county, row("甲")), actor=user)
    event = edition.events.get()
    assert (event.actor, event.clause, event.target) == (user, "GX-清单-04", "published")
    assert "共 1 项" in event.summary
    assert edition.published_by == user


def test_bianban_of_another_county_publishes_nothing(county):
    other = make_county("通渭县", "621121", "tongwei-2020")
    with pytest.raises(Forbidden):
        services.publish_first(make_draft(county, row("甲")), actor=make_user(other, "bianban"))


def test_a_draft_is_dropped_not_deleted(county):
    draft = make_draft(county, row("甲"))
    dropped = perform(draft, "drop", actor=make_user(county, "sysadmin", ""))
    assert dropped.state == "dropped"
    assert selectors.draft_edition(county) is None
    with pytest.raises(StepClosed):
        services.publish_first(dropped, actor=make_user(county, "bianban"))
    again = make_draft(county, row("甲"))
    assert again.serial == draft.serial + 1
    assert Item.objects.count() == 1


def test_an_empty_draft_cannot_be_published(county):
    draft = make_draft(county, row("甲"))
    draft.members.all().delete()
    with pytest.raises(Refused, match="没有任何事项"):
        services.publish_first(draft)


def test_counties_do_not_touch_each_other(county, published):
    other = make_county("通渭县", "621121", "guanxian-2019")
    make_published(other, row("甲", basis="《别县的法》"))
    assert selectors.current_edition(county) == published
    assert selectors.revisions_of(selectors.current_edition(other))[0].basis == "《别县的法》"
    assert Item.objects.filter(county=county).count() == 2


# ------------------------------------------------------------------ as of a day


def test_reading_as_of_a_day(county):
    edition = services.publish_first(make_draft(county, row("甲")), in_force_from=date(2020, 5, 1))
    item = edition.members.get().item
    assert selectors.edition_as_of(county, date(2020, 4, 30)) is None
    assert selectors.edition_as_of(county, date(2020, 5, 1)) == edition
    assert selectors.revision_as_of(item, date(2026, 1, 1)).name == "甲"
    assert selectors.revision_as_of(item, date(2019, 1, 1)) is None


@pytest.mark.rule("GX-清单-01")
def test_items_keep_their_identity_and_editions_their_wording(county):
    first = make_published(county, row("甲"), row("乙"))
    draft = make_draft(county, row("甲", basis="《新法》"))
    item = Item.objects.get(key__endswith="甲")
    assert selectors.revision_in(first, item).basis == "《大气污染防治法》"
    assert selectors.revision_in(draft, item).basis == "《新法》"
    other = Item.objects.get(key__endswith="乙")
    assert selectors.revision_in(draft, other) == selectors.revision_in(first, other)


def test_units_of_a_wording_are_structured(published, county):
    parts = list(published.revisions.first().units.all())
    assert [(part.role, str(part)) for part in parts] == [
        ("main", "县农业农村局"),
        ("coop", "各乡镇(街道)"),
        ("coop", "县公安局"),
    ]
    assert parts[0].unit == unit_of(county, "县农业农村局")


def test_a_part_is_a_unit_or_a_term_never_both_or_none(published, county):
    draft = make_draft(county, row("丙"))
    wording = draft.revisions.get(name="丙")
    with pytest.raises(IntegrityError), transaction.atomic():
        ItemUnit.objects.create(revision=wording, role="main")
