"""The heads of the chains leave the machine daily, so that a lost tail cannot go unnoticed.

Whoever may change the database may change a chain and its head alike, but not the head that the
audit administrators received yesterday by mail, nor the line in the log collected elsewhere.
`manage.py verify_trail` prints the head to compare with.
"""

import logging
from datetime import datetime

from django.utils import timezone

from governance import calendars, notices
from governance.models import SealHead
from governance.roles import Role

log = logging.getLogger("governance.trail")


def hand_off(now: datetime) -> int:
    """Log and send each county's head; once a day, however often it runs.

    Returns:
        How many counties have a chain.
    """
    heads = list(SealHead.objects.exclude(seq=0).select_related("county").order_by("county"))
    auditors = notices.county_holders([head.county_id for head in heads], [Role.AUDITOR])
    day = timezone.localdate(now)
    for head in heads:
        words = f"{head.county} 第{head.seq}条 {head.hash}"
        log.info("chain head %s", words)
        lines = [
            notices.Line(
                recipient=user,
                dedupe=f"head:{head.county_id}:{day:%Y%m%d}",
                title=f"留痕链头 {day:%Y年%m月%d日}",
                body=f"{words}。请另行保存,供核验留痕时比对。",
                created_at=now,
            )
            for user in auditors.get((head.county_id, Role.AUDITOR), ())
        ]
        calendar = calendars.for_county(head.county)
        notices.write(lines, now, lambda user, calendar=calendar: calendar)
    return len(heads)
