"""Every rule of 准入准出 stands behind its tag, and holds from the day of its rulebook."""

from datetime import date

import pytest

from governance import rulebooks
from tests.admission.scene import TOWN, Scene
from tests.governance.adopting import PRESETS, cited_abroad, linked_abroad
from tests.governance.visiting import shows_every_rule, text_of, visit

pytestmark = pytest.mark.django_db


@pytest.mark.rule("GX-准入-04", "JQ-准入-04", "GX-准入-18", "JQ-准入-19")
def test_every_rule_of_the_app_can_be_opened_by_anybody_who_is_signed_in(scene):
    rulebooks.load_clauses()
    shows_every_rule(visit(scene.town), "admission", 98, **{"HX-Request": "true"})


@pytest.mark.rule("GX-准入-18", "JQ-准入-19")
def test_the_rules_hold_from_the_day_of_their_rulebook(scene):
    assert rulebooks.valid(scene.row, date(2020, 1, 1)).version == 1
    with pytest.raises(Exception, match="制度"):
        rulebooks.valid(scene.row, date(2019, 12, 31))


@pytest.mark.parametrize("preset", PRESETS)
def test_every_step_and_limit_cites_the_countys_own_article(calendar, preset):
    scene = Scene(preset)
    duty = scene.carried(TOWN)
    leave = scene.reviewed(scene.exit(duty.request, TOWN))
    report, help_ = scene.order(scene.report()), scene.help()
    assert cited_abroad(scene.row) == []
    client = visit(scene.bianban)
    pages = [one.get_absolute_url() for one in (duty, duty.request, leave, report, help_)]
    pages += ["/admission/duties/", "/admission/handdowns/"]
    for address in pages:
        assert linked_abroad(scene.book, text_of(client.get(address))) == [], address


@pytest.mark.parametrize(
    ("preset", "left", "ordered"),
    [
        ("guanxian-2019", "GX-准入-15", "GX-准入-02"),
        ("jiaoqu-2022", "JQ-准入-18", "JQ-准入-02"),
        ("tongxin-2021", "TX-准入-09", "GX-准入-02"),
        ("tongwei-2020", "GX-准入-15", "TW-37"),
    ],
)
def test_an_article_of_one_county_is_not_cited_in_another(calendar, preset, left, ordered):
    scene = Scene(preset)
    leave = scene.reviewed(scene.exit(scene.carried(TOWN).request, TOWN))
    assert set(leave.events.filter(step="approve").values_list("clause", flat=True)) == {left}
    report = scene.order(scene.report())
    assert report.events.get(step="order").clause == ordered
