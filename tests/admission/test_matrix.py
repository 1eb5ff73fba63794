"""Step × role × own, other, foreign unit × state, in each of the five counties: only the cells of
matrix.tsv are open.
"""

import pytest

from governance import catalogue
from governance.perform import open_steps, steps_of
from tests.admission import cells
from tests.admission.scene import PRESETS
from tests.hucall.doors import undone

pytestmark = pytest.mark.sqlite  # rules that no database changes are walked once
STAGES = ("bianban", "sifa", "meeting", "approve", "filing")


@pytest.fixture(scope="module", params=PRESETS)
def world(request, django_db_setup, django_db_blocker):
    """The county of one preset; what a test does to it is undone."""
    with django_db_blocker.unblock(), undone():
        yield cells.World(request.param)


def test_the_matrix_names_every_step_of_the_code_and_no_other():
    written = {(cells.model_of(row.record), row.step) for row in cells.ROWS}
    elsewhere = {"hand_over"}  # of a stage that has moved: walked with the list's changes
    assert written == {
        (model, name)
        for model in cells.MODELS.values()
        for name in steps_of(model)
        if name not in elsewhere
    }


def test_every_row_is_walked_and_rests_on_a_clause_of_the_catalogue():
    walked = {f"{name}.{one}" for name, kinds in cells.VARIETIES.items() for one in kinds}
    walked |= {f"Stage.{stage}.{kind}" for stage in STAGES for kind in ("admission", "exit")}
    assert {row.record for row in cells.ROWS} <= walked | set(cells.MODELS)
    assert {row.rule for row in cells.ROWS} <= set(catalogue.entries())


@pytest.mark.rule(
    "GX-准入-01", "GX-准入-08", "JQ-准入-01", "JQ-准入-08", "JQ-准入-17", "TX-准入-06"
)
@pytest.mark.django_db
def test_only_listed_cells_are_open(world):
    seen = 0
    for variant in world.variants():
        with undone():
            record, at = world.made(variant)
            found = cells.walked(record, world, at)
            assert found == cells.expected(variant, world.book), variant
            seen += sum(map(len, found.values()))
    assert seen > 150


@pytest.mark.django_db
def test_pages_offer_the_same(world):
    """`open_steps` is what pages and API ask: the same answer for each person."""
    for variant in world.variants():
        with undone():
            record, at = world.made(variant)
            wanted = cells.expected(variant, world.book)
            for column, actor in world.people.items():
                if actor is None:
                    continue
                named = {name for name, cell in wanted.items() if (record.state, column) in cell}
                offered = {one.name for one in open_steps(record, actor, at) if one.open}
                assert offered == named, (variant, column)
