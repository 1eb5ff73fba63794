"""The hot queries are answered by the index that was made for them (PostgreSQL's own account)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance import todo
from governance.roles import Role
from hucall import periods, workbench
from hucall.registers import REGISTERS
from tests.factories import hucall as make
from tests.factories.governance import County, load_calendar

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]
MONTH = periods.month_of(make.FILED.date())


@pytest.fixture
def county():
    load_calendar()
    county = County()
    make.dispatched(county)
    return county


def plans(work) -> str:
    """How PostgreSQL would answer what `work` reads, if tables were too large to read whole."""
    with CaptureQueriesContext(connection) as asked:
        work()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        found = []
        for query in asked.captured_queries:
            if query["sql"].startswith("SELECT"):
                cursor.execute(f"EXPLAIN {query['sql']}")
                found += [line for (line,) in cursor.fetchall()]
    return "\n".join(found)


def first_page(name: str, user):
    """The first rows of a list, as its page asks for them."""
    register = REGISTERS[name]
    return list(register.for_page(register.rows(user)).order_by("-pk")[:51])


def test_a_department_finds_its_parts_by_its_own_index(county):
    clerk = county.user(Role.DEPARTMENT_CLERK, "县公安局")
    plan = plans(lambda: first_page("responses", clerk))
    assert "response_unit" in plan
    assert "governance_party" not in plan  # its whole history would be joined to every file


def test_a_township_finds_its_calls_by_the_files_it_takes_part_in(county):
    clerk = county.user(Role.TOWNSHIP_CLERK)
    assert "party_once_per_matter" in plans(lambda: first_page("calls", clerk))


def test_a_month_of_one_unit_is_read_by_unit_and_day(county):
    town, police = county.unit("清泉街道"), county.unit("县公安局")
    plan = plans(lambda: workbench.of_township(town, MONTH, make.FILED))
    for index in ("call_owner_raised", "response_owner_opened", "rating_owner_rated"):
        assert index in plan
    plan = plans(lambda: workbench.of_unit(police, MONTH, make.FILED))
    assert "response_unit_opened" in plan


def test_the_platform_finds_its_own_clocks_in_its_county(county):
    plan = plans(lambda: list(todo.mine(county.user(Role.PLATFORM))))
    assert "Seq Scan on governance_clock" not in plan
    assert "clock_county" in plan


def test_short_statements_are_neither_compiled_nor_shared_out(county):
    with connection.cursor() as cursor:
        for name, wanted in (("jit", "off"), ("max_parallel_workers_per_gather", "0")):
            cursor.execute(f"SHOW {name}")
            assert cursor.fetchone() == (wanted,)
