"""The hot queries are answered by the index that was made for them, as PostgreSQL itself tells of
bulk data whose indexes are new and whose statistics are fresh.
"""

from datetime import datetime

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from governance.models import Post, Unit
from governance.roles import Role
from governance.workdays import TZ
from hucall import periods, workbench
from hucall.registers import REGISTERS

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
AT = "2026-11-20T17:40"
NOW = datetime.fromisoformat(AT).replace(tzinfo=TZ)
MONTH = periods.month_of(NOW.date())
CALLS = 4000


@pytest.fixture
def county(capsys):
    """One of ten counties; a township of it has some twenty calls, a department some thirty."""
    call_command("seed_load", calls=CALLS, seed=7, at=AT)
    return Unit.objects.get(kind=Unit.Kind.COUNTY, region_code="990101")


def person(county, role: str):
    """Somebody of the county who holds the role."""
    return Post.objects.filter(unit__county=county, role=role).order_by("id").first().user


def plans(work) -> str:
    """How PostgreSQL would answer what `work` reads, if tables were too large to read whole."""
    with CaptureQueriesContext(connection) as asked:
        work()
    found = []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for query in asked.captured_queries:
            if query["sql"].startswith("SELECT"):
                cursor.execute(f"EXPLAIN {query['sql']}")
                found += [line for (line,) in cursor.fetchall()]
    return "\n".join(found)


def test_months_and_own_parts_are_read_by_the_index_of_their_unit(county):
    clerk, answering = person(county, Role.TOWNSHIP_CLERK), person(county, Role.DEPARTMENT_CLERK)
    town, department = (one.posts_held()[0].unit for one in (clerk, answering))
    plan = plans(lambda: workbench.of_township(town, MONTH, NOW))
    for index in ("call_owner_raised", "response_owner_opened", "rating_owner_rated"):
        assert index in plan
    assert "response_unit_opened" in plans(lambda: workbench.of_unit(department, MONTH, NOW))
    responses = REGISTERS["responses"]
    own = plans(lambda: list(responses.for_page(responses.rows(answering)).order_by("-pk")[:51]))
    assert "response_unit" in own
    assert "governance_party" not in own  # its whole history would be joined to every file


def test_short_statements_are_neither_compiled_nor_shared_out():
    with connection.cursor() as cursor:
        for name, wanted in (("jit", "off"), ("max_parallel_workers_per_gather", "0")):
            cursor.execute(f"SHOW {name}")
            assert cursor.fetchone() == (wanted,)
