"""An imported draft becomes applications, once the county has a published list (decision 34)."""

import pytest

from checklist import services
from checklist.models import Application
from governance.perform import open_steps, perform
from governance.steps import Forbidden, Invalid, StepClosed
from tests.checklist.scene import NOW, ROWS, Scene, again, papers
from tests.factories import checklist as lists
from tests.factories.governance import load_calendar

pytestmark = pytest.mark.django_db


def imported(scene, *rows, replace=True):
    """A draft of these rows beside the published list."""
    sheet = (lists.sheet_b if scene.layout == "B" else lists.sheet_a)(*rows)
    return services.import_sheet(scene.row, sheet, "新表.xlsx", replace=replace).edition


def converted(scene, draft, **facts):
    facts = {"argument": "逐项核对后提出"} | facts
    return perform(draft, "convert", actor=scene.bianban, at=NOW, facts=facts)


@pytest.fixture
def scene():
    load_calendar()
    made = Scene()
    made.publish()
    return made


@pytest.mark.rule("GX-清单-29")
def test_each_difference_becomes_a_draft_application(scene):
    rows = [scene.line(ROWS[0], main="清泉街道"), scene.line(ROWS[1]), scene.line("扬尘治理")]
    draft = imported(scene, *rows)
    with pytest.raises(StepClosed):
        perform(draft, "publish", actor=scene.bianban, at=NOW, facts={"document_number": "1"})
    draft = converted(scene, draft)
    assert draft.state == "dropped"
    made = {one.name: one for one in Application.objects.all()}
    assert {name: one.kind for name, one in made.items()} == {
        "秸秆禁烧": "to_township", "扬尘治理": "add", "农村公路养护": "remove",
    }  # fmt: skip
    assert made["秸秆禁烧"].changes == {"main": "清泉街道"}
    home = scene.bianban.posts_held()[0].unit
    assert all(one.state == "draft" and one.owner == home for one in made.values())
    # Each goes its way like any other: 编办 completes and files it.
    facts = scene.facts(kind="to_township", item=made["秸秆禁烧"].item_id, new_main="清泉街道")
    filed = perform(
        made["秸秆禁烧"], "file", actor=scene.bianban, at=NOW, facts=facts, files=papers()
    )
    assert filed.number and filed.state == "submitted"


def test_mere_wording_is_no_application_where_the_county_knows_none(scene):
    rows = [scene.line(ROWS[0], county_duty="改写后的职责"), *map(scene.line, ROWS[1:])]
    draft = imported(scene, *rows, scene.line("扬尘治理"))
    with pytest.raises(Invalid) as refusal:
        converted(scene, draft)
    assert "秸秆禁烧" in str(refusal.value.form.errors["skip"])
    draft = converted(scene, draft, skip="on")
    assert [one.name for one in Application.objects.all()] == ["扬尘治理"]
    told = draft.events.get(step="convert").facts
    assert ["未转换", "秸秆禁烧"] in told
    only = imported(scene, *rows)
    with pytest.raises(Invalid):
        converted(scene, only, skip="on")
    assert again(only).state == "draft"


def test_where_the_county_knows_it_wording_is_a_change_of_content():
    load_calendar()
    scene = Scene("jiaoqu-2022")
    scene.publish()
    rows = [scene.line(ROWS[0], county_duty="改写后的职责"), *map(scene.line, ROWS[1:])]
    converted(scene, imported(scene, *rows))
    one = Application.objects.get()
    assert (one.kind, one.changes) == ("content", {"county_duty": "改写后的职责"})


def test_only_imports_beside_a_published_list_by_bianban_alone(scene):
    edition = scene.compose(scene.approved(scene.file()))
    closed = {one.name: one for one in open_steps(edition, scene.bianban)}["convert"]
    assert not closed.open and "无须转换" in closed.reason
    perform(edition, "drop", actor=scene.bianban, at=NOW)
    draft = imported(scene, scene.line("甲"))
    with pytest.raises(Forbidden):
        perform(draft, "convert", actor=scene.sifa, at=NOW, facts={})


def test_the_first_edition_needs_no_conversion():
    load_calendar()
    scene = Scene()
    draft = imported(scene, scene.line("甲"))
    with pytest.raises(StepClosed):
        converted(scene, draft)
