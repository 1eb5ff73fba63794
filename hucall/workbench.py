"""What 乡呼县应 puts on the workbench beside its clocks: drafts, approvals, this month, buttons.

The core asks this module by its name (governance.todo) and knows nothing else of it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from governance.models import Unit
from governance.presenting import name_of
from governance.roles import Role
from hucall import digests, filing, flow, periods
from hucall.models import Call, Digest, Rating, Response

SHOWN = 20
FRESH_ENOUGH = timedelta(minutes=15)
TOWNSHIP = frozenset({Role.TOWNSHIP_CLERK, Role.TOWNSHIP_LEADER})
ANSWERING = frozenset(
    {Role.DEPARTMENT_CLERK, Role.DEPARTMENT_LEADER, Role.AGENCY_HEAD, Role.AGENCY_MEMBER}
)
COUNTY_WIDE = frozenset({Role.PLATFORM, Role.DUCHA, Role.BIANBAN, Role.COUNTY, Role.KAOHE})

starts = [
    {
        "label": "发起呼叫",
        "url_name": "hucall:call_new",
        "roles": [Role.TOWNSHIP_CLERK, Role.VILLAGE_CLERK],
        "fits": filing.may_call,
    },
    ("电话补录", "hucall:call_new", [Role.PLATFORM]),
    ("登记自行处置", "hucall:self_new", [Role.TOWNSHIP_CLERK], "check"),
]

WAITING = {
    # state: (what to do, word, icon)
    Call.State.DRAFT: ("继续填写", "草稿", "edit"),
    Call.State.PROPOSED: ("核对后提交", "村级呼叫", "users"),
    Call.State.APPROVING: ("审批", "待审批", "stamp"),
    Call.State.HANDLING: ("补办审批", "应急先行", "stamp"),
    Call.State.FINISHED: ("补办审批", "应急先行", "stamp"),
}


# -- what has no clock ----------------------------------------------------------------------


def waiting_for(user) -> list[dict]:
    """Drafts and proposals of the person's unit, and calls that await its leader: one query."""
    wanted = Q(pk__in=[])
    for post in user.posts_held():
        own = Q(owner=post.unit_id)
        if post.role == Role.TOWNSHIP_CLERK:
            wanted |= own & Q(state=Call.State.DRAFT, village=None)
            wanted |= own & Q(state=Call.State.PROPOSED)
        elif post.role == Role.VILLAGE_CLERK:
            wanted |= Q(state=Call.State.DRAFT, village=post.unit_id)
        elif post.role == Role.TOWNSHIP_LEADER:
            wanted |= own & Q(state=Call.State.APPROVING)
            urgent = Q(kind=Call.Kind.URGENT, approved_at=None)
            wanted |= own & urgent & Q(state__in=[Call.State.HANDLING, Call.State.FINISHED])
    if not wanted.children[1:]:
        return []
    # Beside the conditions of each post what an index answers: few calls of a county wait so.
    near = {post.county_id for post in user.posts_held()}
    rows = Call.objects.visible_to(user).filter(wanted, county__in=near, state__in=WAITING)
    rows = rows.order_by("-id")
    rows = rows.select_related("owner", "rulebook", "raised_by").defer("terms", "text")
    done = (Call.State.HANDLING, Call.State.FINISHED)
    return [
        row_of(call)
        for call in rows[:SHOWN]
        if call.state not in done or flow.approval_wanted(call)
    ]


def row_of(call) -> dict:
    """One line below the clocks."""
    step, word, icon = WAITING[call.state]
    who = f"{name_of(call.owner)} {call.raised_by or ''}".strip()
    return {
        "step": step,
        "word": word,
        "icon": icon,
        "tone": "" if call.state == Call.State.DRAFT else "amber",
        "title": call.title or "(未填写标题)",
        "number": call.number,
        "meta": who,
        "url": call.get_absolute_url(),
    }


# -- this month -----------------------------------------------------------------------------


def figures(user, now: datetime | None = None) -> list[dict]:
    """This month as the person's widest post sees it: at most two statements, none over a year.

    A department sees what its own lists hold, and no satisfaction (decision 11).
    """
    now = now or timezone.now()
    month = periods.month_of(timezone.localdate(now))
    for roles, maker in ((COUNTY_WIDE, of_county), (TOWNSHIP, of_township), (ANSWERING, of_unit)):
        for post in user.posts_held():
            if post.role in roles and post.county_id:
                return maker(post.unit, month, now)
    return []


def of_county(unit, month, now: datetime) -> list[dict]:
    """The county's month, as the dashboard keeps it ready."""
    row = Digest.objects.filter(county=unit.county_id, kind="running", period=month.key).first()
    if row is None or now - row.computed_at > FRESH_ENOUGH:
        row = digests.running(unit.county, month, now)
    towns, rates = row.data["townships"], digests.rates_of(row.data)
    owed = sum(one.owed for one in rates)
    url = reverse("hucall:dashboard")
    return [
        called(sum(t["filed"] for t in towns), sum(t["urgent"] for t in towns), url),
        share("承接率", sum(one.signed for one in rates), owed),
        share("办结率", sum(one.finished for one in rates), owed),
    ]


def called(filed: int, urgent: int, url: str) -> dict:
    """Calls filed."""
    note = f"其中应急 {urgent} 件" if urgent else ""
    return {"label": "呼叫", "value": filed, "unit": "件", "note": note, "url": url}


def share(label: str, numerator: int, denominator: int) -> dict:
    """A rate with both its numbers; words where nothing was owed."""
    if not denominator:
        return {"label": label, "value": "—", "note": "本月暂无"}
    return {"label": label, "numerator": numerator, "denominator": denominator}


def opened(rows, month):
    """The parts that were dispatched in a month, as the rates count them."""
    return rows.filter(
        opened_at__gte=month.start,
        opened_at__lt=month.end,
        state__in=Response.OWED,
        excluded=False,
    ).aggregate(
        owed=Count("pk"),
        signed=Count("pk", filter=Q(signed_in_at__isnull=False)),
        finished=Count("pk", filter=Q(state=Response.State.FINISHED)),
    )


def of_township(unit, month, now: datetime) -> list[dict]:
    """A township's own calls, the answers to them, and its own ratings."""
    filed = Call.objects.filter(
        digests.FILED, owner=unit, raised_at__gte=month.start, raised_at__lt=month.end
    ).aggregate(all=Count("pk"), urgent=Count("pk", filter=Q(kind=Call.Kind.URGENT)))
    parts = opened(Response.objects.filter(owner=unit), month)
    given = Rating.objects.filter(
        owner=unit, state="rated", rated_at__gte=month.start, rated_at__lt=month.end
    ).aggregate(all=Count("pk"), good=Count("pk", filter=Q(level=Rating.Level.SATISFIED)))
    return [
        called(filed["all"], filed["urgent"], reverse("hucall:calls")),
        share("部门已报到", parts["signed"], parts["owed"]),
        share("部门已办结", parts["finished"], parts["owed"]),
        share("我们评为满意", given["good"], given["all"]),
    ]


def of_unit(unit, month, now: datetime) -> list[dict]:
    """What was asked of a department (with its agencies) or an agency, and how far it is."""
    agencies = Unit.objects.filter(parent=unit, kind=Unit.Kind.AGENCY).values_list("pk", flat=True)
    parts = opened(Response.objects.filter(unit__in=[unit.pk, *agencies]), month)
    url = reverse("hucall:responses")
    return [
        {"label": "呼叫到本单位", "value": parts["owed"], "unit": "件", "url": url},
        share("已报到", parts["signed"], parts["owed"]),
        share("已办结", parts["finished"], parts["owed"]),
    ]
