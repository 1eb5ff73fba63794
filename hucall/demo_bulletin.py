"""The demo's monthly bulletin 通报: last month's, published early this month, and put right."""

from datetime import datetime, timedelta
from functools import partial

from hucall.demo_plan import at
from hucall.models import Bulletin

ASKED = 2
"""How many units the demo's bulletin tells to rectify."""
REPORT = "已约谈责任股室,明确报到由值班室统一登记、分管负责人每日调度;涉及呼叫已全部补报进展。"
OPINION = "整改措施具体,同意销号,后续纳入抽查。"


def moves(stage) -> list[tuple[datetime, partial]]:
    """(moment, what happens) of the bulletin of the month before day 0; none without 督查."""
    desk = stage.units.get("P07")
    if desk is None or not any(post.unit == desk for u in stage.people for post in u.posts_held()):
        return []
    first = stage.almanac.day.replace(day=1)
    month = (first - timedelta(days=1)).replace(day=1)
    record = Bulletin(county=stage.county, owner=desk, month=month)
    kept = {"bulletin": record}
    days = (stage.almanac.calendar.workday_shift(first, count) for count in (0, 1, 4, 5))
    moments = [at(day, clock) for day, clock in zip(days, CLOCKS, strict=True)]
    return [
        (moment, partial(step, stage, kept, moment))
        for moment, step in zip(moments, (generate, publish, feed_back, accept), strict=True)
    ]


CLOCKS = ("09:40", "15:10", "10:20", "16:00")


def generate(stage, kept: dict, moment: datetime) -> None:
    """The draft, from the records."""
    kept["bulletin"] = stage.do(kept["bulletin"], "generate", moment, {})


def publish(stage, kept: dict, moment: datetime) -> None:
    """Publication; the first units with a ground must rectify."""
    bulletin = kept["bulletin"]
    asked = [int(unit) for unit in bulletin.figures.get("grounds", {})][:ASKED]
    kept["bulletin"] = stage.do(bulletin, "publish", moment, {"units": asked})


def feed_back(stage, kept: dict, moment: datetime) -> None:
    """The first unit that has people reports; the others are still at it."""
    for rectification in kept["bulletin"].rectifications.order_by("id"):
        people = (post.unit_id for user in stage.people for post in user.posts_held())
        if rectification.unit_id in people:
            kept["reported"] = stage.do(rectification, "feed_back", moment, {"report": REPORT})
            return


def accept(stage, kept: dict, moment: datetime) -> None:
    """督查 accepts what was reported."""
    if "reported" in kept:
        stage.do(kept["reported"], "accept", moment, {"opinion": OPINION})
