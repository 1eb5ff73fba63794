"""Step × role × own, other, foreign unit × state, in each of the five counties: only the cells of
matrix.tsv are open.
"""

import pytest

from governance.perform import open_steps, steps_of
from tests.checklist import cells
from tests.hucall.doors import undone

pytestmark = pytest.mark.sqlite  # rules that no database changes are walked once
VARIANTS = (
    *("Cause/department", "Cause/township", "Application/department", "Application/township"),
    *("Suggestion.unit/department", "Suggestion.unit/township", "Suggestion.desk", "Converted"),
    *("Authority", "Edition.first", "Edition.composed", "Edition.imported", "Edition.next"),
    *("Stage.research", "Stage.bianban", "Stage.sifa", "Stage.meeting", "Stage.city_bianban"),
    *("Stage.city_sifa", "Stage.approve", "Stage.filing", "Stage.publish", "Stage.moved"),
)


@pytest.fixture(scope="module", params=cells.PRESETS)
def world(request, django_db_setup, django_db_blocker):
    """The county of one preset with its list; what a test does to it is undone."""
    with django_db_blocker.unblock(), undone():
        yield cells.World(request.param)


def test_the_matrix_names_every_step_of_the_code_and_no_other():
    written = {(cells.model_of(row.record), row.step) for row in cells.ROWS}
    assert written == {(m, name) for m in cells.MODELS.values() for name in steps_of(m)}


def test_every_row_of_the_matrix_is_walked():
    walked = {one.partition("/")[0] for one in VARIANTS}
    assert {row.record for row in cells.ROWS} <= walked | {"Stage", "Edition", "Suggestion"}


@pytest.mark.rule(
    "GX-清单-04", "GX-清单-29", "JQ-清单-04", "JQ-清单-22", "JQ-清单-18", "JQ-清单-19"
)
@pytest.mark.django_db
def test_only_listed_cells_are_open(world):
    assert set(world.variants()) <= set(VARIANTS)
    assert world.first == cells.expected("Edition.first", world.book)
    cells_seen = 0
    for variant in world.variants():
        with undone():
            record = cells.made(world, variant)
            found, wanted = (
                cells.walked(record, world, variant),
                cells.expected(variant, world.book),
            )
            if variant == "Edition.next":
                wanted.pop("supersede")
            assert found == wanted, variant
            cells_seen += sum(map(len, found.values()))
    assert cells_seen > 60


@pytest.mark.django_db
def test_pages_offer_the_same(world):
    """`open_steps` is what pages and API ask: the same answer for each listed person."""
    for variant in world.variants():
        with undone():
            record = cells.made(world, variant)
            wanted = cells.expected(variant, world.book)
            for column, actor in world.people.items():
                cell = (record.state, world.column(column, variant))
                named = {name for name, open_to in wanted.items() if cell in open_to}
                if named or column.startswith(("sysadmin", "department_clerk@foreign")):
                    offered = {one.name for one in open_steps(record, actor, cells.NOW) if one.open}
                    assert offered == named, (variant, column)
