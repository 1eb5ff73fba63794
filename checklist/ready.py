"""What stands between an approved application and its publication, for the page of composing."""

from __future__ import annotations

from django.db.models import Prefetch

from checklist import changing, composing, selectors
from checklist.applicationpage import added, columns
from checklist.models import Application
from checklist.models.states import Kind
from governance.models import Stage

BEFORE = ("submitted", "returned", "reviewing")


def candidates(county, current) -> list[dict]:
    """The approved applications that stand in no edition yet, oldest first, each with what
    blocks it: a constant number of queries.

    Args:
        current: the edition in force.
    """
    stages = Prefetch("stages", Stage.objects.order_by("order", "id"), to_attr="all_stages")
    rows = (
        Application.objects.filter(county=county, state="approved", edition=None)
        .select_related("county", "owner", "rulebook", "base", "item", "cause")
        .prefetch_related(stages)
        .order_by("id")
    )
    rows = list(rows)
    known = composing.wordings(current) if rows else {}
    names = selectors.directory(county) if rows else None
    return [candidate(one, current, known, names) for one in rows]


def candidate(application, current, known, names) -> dict:
    """One application with what must still happen before it can be published."""
    result = composing.merge(application, current, known)
    layout = composing.layout_in(known)
    clash = result.clash or composing.unreadable(application.county, result, names, layout)
    stops = [
        {"text": f"待办环节:{label}", "clause": clause} for label, clause in left_of(application)
    ]
    if clash:
        text = f"与现行清单冲突:{clash}。可“退回重报”。"
        stops.append({"text": text, "clause": application.cited("GX-清单-04")})
    blocking = bool(stops)
    if changing.needs_flow(application) and not application.flow:
        text = "运行流程尚未同步更新,可编入草稿但不得公布,请先“更新运行流程”。"
        stops.append({"text": text, "clause": application.cited("GX-清单-27")})
    return {
        "record": application,
        "columns": [] if application.kind == Kind.ADD else columns(application),
        "added": added(application),
        "stops": stops,
        "free": not blocking,
    }


def left_of(application) -> list[tuple[str, str]]:
    """The stages before publication that have not agreed, as (label, clause)."""
    chain = application.chain()
    publication = next((row["order"] for row in chain if row["stage"] == "publish"), None)
    agreed = {
        one.name
        for one in application.all_stages
        if one.round == application.round and one.state == "agreed"
    }
    return [
        (row["label"], row["clause"])
        for row in chain
        if (publication is None or row["order"] < publication) and row["stage"] not in agreed
    ]


def coming(county) -> int:
    """How many applications are still on their way to approval."""
    return Application.objects.filter(county=county, state__in=BEFORE).count()
