"""What calls say about a change of the list, and about what the list lacks (checklist.impact).

Counted as far as the asking person sees the calls; a constant number of queries each.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from django.db.models import Count, Q

from checklist.impact import Change, Lack, Section
from governance.models import Unit
from hucall.models import Call, Response
from hucall.models.requests import Ruling
from hucall.models.states import CallKind, CallState, ResponseState
from hucall.phrases import groups

YEAR = timedelta(days=365)
SHOWN = 20
EXAMPLES = 3
READ = 3000
"""Calls without an item that are compared, the latest ones."""
UNFILED = (CallState.NEW, CallState.DRAFT, CallState.PROPOSED, CallState.WITHDRAWN)
NEVER = (ResponseState.NEW, ResponseState.VOID, ResponseState.COPIED)


def kinds() -> list[tuple[str, str]]:
    """The kinds of calls."""
    return [(value, label) for value, label in CallKind.choices]


# ------------------------------------------------------------------ before a decision


def impact_of(change: Change, user) -> list[Section]:
    """Open calls on the item, and last year's calls that would have gone elsewhere."""
    if change.item_id is None:
        return []
    calls = Call.objects.visible_to(user).filter(county=change.county, item=change.item_id)
    return [open_calls(calls), elsewhere(calls, change)]


def open_calls(calls) -> Section:
    """The calls that are being handled under the wording in force."""
    rows = list(
        calls.filter(state__in=Call.OPEN).select_related("owner").order_by("-id")[: SHOWN + 1]
    )
    total = len(rows) if len(rows) <= SHOWN else calls.filter(state__in=Call.OPEN).count()
    made = Section(
        "在办呼叫",
        f"该事项有 {total} 件呼叫在办;已派发的按原文继续办理,调整公布后的新呼叫按新文派发。",
        ("编号", "什么事", "发起单位", "状态"),
        note="只计您有权查看的呼叫",
    )
    for call in rows[:SHOWN]:
        number = call.number or "(未编号)"
        made.rows.append((number, call.title, str(call.owner), call.get_state_display()))
        made.links.append(call.get_absolute_url())
    return made


def elsewhere(calls, change: Change) -> Section:
    """Who answered last year's calls, and who would be proposed under the new wording."""
    since = change.at - YEAR
    past = calls.filter(raised_at__gte=since).exclude(state__in=UNFILED)
    total = past.count()
    answered = dict(
        Response.objects.filter(call__in=past.order_by().values("pk"))
        .exclude(state__in=NEVER)
        .order_by()
        .values_list("unit")
        .annotate(calls=Count("call", distinct=True))
    )
    away = (
        Response.objects.filter(call__in=past.order_by().values("pk"), duty="lead")
        .exclude(state__in=(*NEVER, ResponseState.RETURNED, ResponseState.TRANSFERRED))
        .exclude(unit__in=change.leads)
        .aggregate(calls=Count("call", distinct=True))["calls"]
    )
    units = Unit.objects.in_bulk(set(answered) | change.proposed)
    order = sorted(units.values(), key=lambda unit: (-answered.get(unit.pk, 0), unit.code))
    made = Section(
        "近一年的呼叫",
        f"近一年该事项有 {total} 件呼叫,其中 {away} 件的牵头单位按新文将改变。",
        ("单位", "近一年承办", "按新文"),
        note="只计您有权查看的呼叫",
    )
    for unit in order if total else ():
        count = answered.get(unit.pk, 0)
        made.rows.append((str(unit), f"{count} 件", future(unit, count, change, total)))
    return made


def future(unit: Unit, count: int, change: Change, total: int) -> str:
    """What the new wording would have meant for a unit."""
    if unit.pk in change.leads:
        return "牵头(主责)" if count else f"将牵头(主责),约 {total} 件"
    if unit.pk in change.proposed:
        return "配合" if count else f"将配合,约 {total} 件"
    return "不再提出"


# ------------------------------------------------------------------ gaps


def lacks(county, user, least: int, since: datetime, kind: str) -> list[Lack]:
    """Items whose calls come back again and again, and calls that no item fits.

    Args:
        least: how often at least; since: how far back; kind: of the calls without an item, "" all.
    """
    return [*returned(county, user, least, since), *unlisted(county, user, least, since, kind)]


def returned(county, user, least: int, since) -> list[Lack]:
    """Items with many returns and rulings: whose matter it is does not follow from the list."""
    seen = Call.objects.visible_to(user).filter(county=county).order_by().values("pk")
    came_back = Counter(
        dict(
            Response.objects.filter(
                call__in=seen, call__item__isnull=False, state=ResponseState.RETURNED,
                opened_at__gte=since,
            ).order_by().values_list("call__item").annotate(n=Count("pk"))
        )
    )  # fmt: skip
    ruled = Counter(
        dict(
            Ruling.objects.filter(
                county=county, ruled_at__gte=since, response__call__item__isnull=False,
            ).order_by().values_list("response__call__item").annotate(n=Count("pk"))
        )
    )  # fmt: skip
    # A ruling that upholds a return is that return once more.
    upheld = Counter(
        dict(
            Ruling.objects.filter(
                county=county, ruled_at__gte=since, upheld=True,
                response__call__item__isnull=False, response__state=ResponseState.RETURNED,
            ).order_by().values_list("response__call__item").annotate(n=Count("pk"))
        )
    )  # fmt: skip
    total = came_back + ruled
    total.subtract(upheld)
    often = {item: count for item, count in total.items() if count >= least}
    if not often:
        return []
    return told(county, user, often, came_back, ruled, since)


def told(county, user, often: dict, came_back: Counter, ruled: Counter, since) -> list[Lack]:
    """The items in words, with their latest calls and who bears them now."""
    calls = (
        Call.objects.visible_to(user)
        .filter(Q(responses__state=ResponseState.RETURNED) | Q(responses__rulings__isnull=False),
                county=county, item__in=often, responses__opened_at__gte=since)
        .select_related("revision").order_by("-id").distinct()[:READ]
    )  # fmt: skip
    latest: dict[int, list[Call]] = {}
    for call in calls:
        latest.setdefault(call.item_id, []).append(call)
    found = []
    for item, count in sorted(often.items(), key=lambda one: (-one[1], one[0])):
        rows = latest.get(item, [])
        name = next((one.revision.name for one in rows if one.revision_id), f"事项 {item}")
        detail = f"退回 {came_back[item]} 次,裁定 {ruled[item]} 次"
        text = f"清单事项“{name}”的呼叫近期{detail},职责划分不清,请核实后提出清单调整申请。"
        found.append(Lack(name, count, detail, text, item_id=item, examples=examples(rows)))
    return found


def unlisted(county, user, least: int, since, kind: str) -> list[Lack]:
    """Calls without an item, grouped by the phrases that they share."""
    rows = Call.objects.visible_to(user).filter(county=county, item=None, raised_at__gte=since)
    rows = rows.exclude(state__in=(*UNFILED, CallState.MERGED))
    if kind in CallKind.values:
        rows = rows.filter(kind=kind)
    calls = list(rows.only("pk", "number", "title").order_by("-pk")[:READ])
    places = Unit.objects.filter(county=county, kind__in=("township", "village"), active=True)
    names = frozenset(
        name for pair in places.values_list("name", "short_name") for name in pair if len(name) > 1
    )
    found = []
    for group in groups([call.title for call in calls], least, names):
        own = [calls[place] for place in group.places]
        detail = f"{len(own)} 件呼叫没有对应的清单事项"
        text = (
            f"近期有 {len(own)} 件涉及“{group.phrase}”的呼叫没有对应的清单事项,"
            "请研究是否列入清单并提出调整申请。"
        )
        found.append(Lack(group.phrase, len(own), detail, text, examples=examples(own)))
    return found


def examples(calls: list[Call]) -> tuple[tuple[str, str], ...]:
    """A few of the calls, to be opened."""
    return tuple(
        (f"{call.number} {call.title}".strip(), call.get_absolute_url())
        for call in calls[:EXAMPLES]
    )
