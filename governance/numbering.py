"""Document numbers 文号: gap-free per county, kind and year, e.g. 冠呼〔2026〕15号."""

from datetime import datetime

from django.db.models import F
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
    counter, _ = Counter.objects.get_or_create(county=county, kind=kind, year=year)
    Counter.objects.filter(pk=counter.pk).update(last=F("last") + 1)
    last = Counter.objects.values_list("last", flat=True).get(pk=counter.pk)
    mark = county.mark or county.short_name[:1]
    return f"{mark}{kind}〔{year}〕{last}号"
