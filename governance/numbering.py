"""Document numbers 文号: gap-free per county, kind and year, e.g. 冠呼〔2026〕15号."""

from datetime import datetime

from django.db import connection
from django.utils import timezone

from governance.models import Counter


def draw(county, kind: str, at: datetime) -> str:
    """Draw the next number. Call it last in a transaction: the counter row stays locked until
    the end, and a rollback gives the number back.

    Args:
        county: the county unit, whose `mark` opens the number; kind: 文种, e.g. 呼; at: the day.

    Returns:
        The number as printed.
    """
    year = timezone.localtime(at).year
    table = connection.ops.quote_name(Counter._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (county_id, kind, year, last) VALUES (%s, %s, %s, 1) "
            f"ON CONFLICT (county_id, kind, year) DO UPDATE SET last = {table}.last + 1 "
            "RETURNING last",
            [county.pk, kind, year],
        )
        last = cursor.fetchone()[0]
    mark = county.mark or county.short_name[:1]
    return f"{mark}{kind}〔{year}〕{last}号"
