"""Every step and limit of a county cites the county's own article (decision 30, ADR 0026)."""

from urllib.parse import unquote

import pytest

from governance.perform import perform
from governance.steps import StepClosed
from tests.checklist.scene import NOW, REASON, Scene
from tests.factories.governance import load_calendar
from tests.governance.adopting import PRESETS, cited_abroad, linked_abroad
from tests.governance.visiting import text_of, visit

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("preset", PRESETS)
def test_from_cause_to_approval(preset):
    load_calendar()
    scene = Scene(preset)
    scene.publish()
    perform(scene.cause(), "dismiss", actor=scene.bianban, at=NOW, facts=REASON)
    desk = scene.meeting if preset == "tongxin-2021" else scene.bianban
    returned = perform(scene.file(), "return_for_correction", actor=desk, at=NOW, facts=REASON)
    with pytest.raises(StepClosed) as closed:
        perform(returned, "accept", actor=desk, at=NOW)
    approved = scene.approved(scene.file(**scene.new_item("噪声治理")))
    assert cited_abroad(scene.row) == []
    client = visit(scene.bianban)
    pages = [one.get_absolute_url() for one in (approved, returned, approved.cause)]
    pages += ["/checklist/", "/checklist/editions/", "/checklist/laws/"]
    for address in pages:
        page = text_of(client.get(address))
        assert linked_abroad(scene.county.rulebook, page) == [], address
    assert scene.county.rulebook.cited(closed.value.clause) == closed.value.clause


@pytest.mark.usefixtures("today")
@pytest.mark.parametrize(
    ("preset", "laws", "suggestions"),
    [
        ("guanxian-2019", "GX-清单-22", "GX-清单-30"),
        ("jiaoqu-2022", "JQ-清单-17", "JQ-清单-23"),
        ("tongxin-2021", "TX-准入-14", "GX-清单-30"),
    ],
)
def test_pages_name_the_article_of_the_readers_county(preset, laws, suggestions):
    load_calendar()
    scene = Scene(preset)
    scene.publish()
    for address, clause in (("/checklist/laws/", laws), ("/checklist/suggestions/", suggestions)):
        page = text_of(visit(scene.bianban).get(address))
        assert f"/clauses/{clause}/" in unquote(page), address
