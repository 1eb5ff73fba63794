"""Step × role × own, other, foreign unit × state: only the cells of matrix.tsv are open."""

import pytest

from governance.perform import Forbidden, StepClosed, allow, check_open, step_of
from tests.factories.governance import County, load_calendar
from tests.hucall import cells

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
ROWS = cells.ROWS


@pytest.fixture
def counties():
    load_calendar()
    return County(), County("郊区", "230811", "郊", "jiaoqu-2022")


def test_the_matrix_names_every_step_of_the_code_and_no_other():
    written = {(row.record, row.step) for row in ROWS if row.record not in cells.VARIANTS}
    assert written == cells.steps_in_code()


@pytest.mark.rule("GX-呼应-05", "GX-呼应-13", "TA-14")
@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.record}.{row.step}")
def test_only_listed_cells_are_open(row, counties):
    county, foreign = counties
    record = cells.record_for(county, row)
    step = step_of(record, row.step)
    actors = cells.everybody(county, foreign, row.record)
    assert row.who <= set(actors), "the matrix names people who do not exist"
    found = set()
    for state in cells.states_of(row.record):
        record.__dict__["state"] = state
        for column, actor in actors.items():
            try:
                check_open(record, row.step, step, cells.NOW)
                allow(record, step, actor)
            except (StepClosed, Forbidden) as refusal:
                assert refusal.message
            else:
                found.add((state, column))
    # A step that only follows from others is done by the platform itself, in nobody's name.
    who = row.who or {"system"}
    assert found == {(state, column) for state in row.states for column in who}
