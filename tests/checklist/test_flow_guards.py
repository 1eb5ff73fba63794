"""The run flow of a published item is as fixed as its wording, by raw SQL too (GX-清单-27, 29)."""

import pytest
from django.db import DatabaseError, connection, transaction

from checklist import guards
from checklist.models import Flowchart, FlowStep
from tests.checklist.scene import Scene, again
from tests.factories.governance import load_calendar

pytestmark = pytest.mark.django_db
ITEM = "扬尘治理"
SQL = [
    "UPDATE checklist_flowchart SET digest = 'x'",
    "UPDATE checklist_flowchart SET item_id = (SELECT min(id) FROM checklist_item)",
    "UPDATE checklist_flowchart SET created_at = '2001-01-01 00:00:00+00:00'",
    "DELETE FROM checklist_flowchart",
    "UPDATE checklist_flowstep SET action = 'x'",
    "UPDATE checklist_flowstep SET unit = 'x'",
    "UPDATE checklist_flowstep SET \"limit\" = 'x'",
    "UPDATE checklist_flowstep SET material = 'x'",
    "UPDATE checklist_flowstep SET place = place + 10",
    "DELETE FROM checklist_flowstep",
    "INSERT INTO checklist_flowstep (flowchart_id, place, unit, action, \"limit\", material) "
    "SELECT id, 9, 'x', 'x', '', '' FROM checklist_flowchart",
]  # fmt: skip


@pytest.fixture
def scene():
    load_calendar()
    made = Scene()
    made.publish()
    return made


@pytest.fixture
def draft(scene):
    """An edition that is being put together, with the new item's run flow."""
    return scene.compose(scene.approved(scene.file(name=ITEM)))


@pytest.fixture
def published(scene, draft):
    scene.put_out(draft)
    assert (Flowchart.objects.count(), FlowStep.objects.count()) == (1, 2)


class Editor:
    """What a migration's editor is to the guards: SQLite's own stands outside any transaction."""

    connection = connection

    def execute(self, statement, params=None):
        with connection.cursor() as cursor:
            cursor.execute(statement)


def ask(*statements: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.mark.rule("GX-清单-27", "GX-清单-29")
@pytest.mark.parametrize("statement", SQL)
def test_the_database_itself_refuses(published, statement):
    with pytest.raises(DatabaseError, match="已公布的清单不可改动"):
        ask(statement)
    assert list(FlowStep.objects.values_list("place", flat=True)) == [1, 2]


@pytest.mark.postgres
@pytest.mark.parametrize("table", ["checklist_flowchart", "checklist_flowstep"])
def test_postgres_refuses_to_empty_the_tables(published, table):
    with pytest.raises(DatabaseError, match="已公布的清单不可改动"):
        ask("SET CONSTRAINTS ALL IMMEDIATE", f"TRUNCATE {table} CASCADE")


def test_the_flow_of_a_superseded_edition_stays(scene, draft):
    first = scene.put_out(draft)
    scene.put_out(scene.compose(scene.approved(scene.file(**scene.new_item("噪声治理")))))
    assert again(first).state == "superseded"
    for statement in ("DELETE FROM checklist_flowstep", "DELETE FROM checklist_flowchart"):
        with pytest.raises(DatabaseError, match="已公布的清单不可改动"):
            ask(statement)


def test_the_flow_of_a_draft_is_written_once_but_may_go_with_it(scene, draft):
    with pytest.raises(DatabaseError, match="已公布的清单不可改动"):
        ask("UPDATE checklist_flowstep SET action = 'x'")
    ask(
        "UPDATE checklist_editionitem SET flowchart_id = NULL WHERE flowchart_id IS NOT NULL",
        "DELETE FROM checklist_flowstep",
        "DELETE FROM checklist_flowchart",
    )
    assert not Flowchart.objects.exists()


def test_the_maintenance_path_opens_the_guards(published):
    opened = {
        "postgresql": "SET LOCAL governance.maintenance = 'on'",
        "sqlite": "INSERT INTO governance_maintenance VALUES (1)",
    }
    with transaction.atomic():
        ask(opened[connection.vendor], "UPDATE checklist_flowstep SET material = '附表'")
        assert set(FlowStep.objects.values_list("material", flat=True)) == {"附表"}
        transaction.set_rollback(True)


def test_guards_can_be_lifted_and_set_up_again(published):
    """As a later migration does that alters one of the tables."""
    editor = Editor()
    guards.lift_flows(None, editor)
    ask("UPDATE checklist_flowstep SET material = '附表'")
    guards.install_flows(None, editor)
    with pytest.raises(DatabaseError, match="已公布的清单不可改动"):
        ask(SQL[0])
