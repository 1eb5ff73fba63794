"""What changes of the list put on the workbench beside their clocks: drafts, what was sent back,
what awaits receiving, reviews without a limit, what is approved and not yet published; suggestions
that wait for routing or an answer; changes of laws.

The core asks this module by its name (governance.todo) and knows nothing else of it.
"""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from checklist import access, law_days
from checklist.models import Application, Edition, Suggestion
from checklist.posts import APPLICANTS
from checklist.suggestion_access import OF_UNITS
from governance.models import Stage
from governance.models.stage import REVIEWERS
from governance.presenting import name_of
from governance.roles import Role
from governance.wording import cn_date

SHOWN = 20
OWNERS = frozenset({*APPLICANTS, Role.BIANBAN, Role.COUNTY})
RECEIVERS = frozenset({Role.BIANBAN, Role.MEETING_OFFICE})

starts = [
    ("提出调整申请", "checklist:application_new", [Role.DEPARTMENT_CLERK], "swap"),
    ("通知单位申请", "checklist:cause_new", [Role.BIANBAN], "flag"),
]

WAITING = {
    # state: (what to do, word, icon, tone)
    "draft": ("继续填写", "草稿", "edit", ""),
    "returned": ("补正后重新提交", "退回补正", "back", "amber"),
    "submitted": ("受理", "待受理", "soon", "amber"),
}


HEARD = {
    # state: (what to do, word, icon)
    Suggestion.State.RECEIVED: ("转办或答复", "意见建议", "inbox"),
    Suggestion.State.ROUTED: ("答复", "意见建议", "inbox"),
    Suggestion.State.ANSWERED: ("办结", "已答复", "check"),
}
AHEAD = timedelta(days=30)
"""How long before its day a change of a law is announced."""


def waiting_for(user) -> list[dict]:
    """Rows of work without a clock; at most six statements and, for 编办, those of the laws; none
    for those who have no part.
    """
    posts = user.posts_held()
    found = []
    if any(post.role in OWNERS | RECEIVERS for post in posts):
        found += applications(user, posts)
    if any(post.role in REVIEWERS for post in posts):
        found += reviews(posts)
    found += suggestions(user, posts)
    home = next((post.unit for post in posts if post.role == Role.BIANBAN), None)
    return found + (publications(home) + law_changes(home.county) if home else [])


def applications(user, posts) -> list[dict]:
    """Own drafts and returned ones; submitted ones for whoever receives in the county."""
    own = {post.unit_id for post in posts if post.role in OWNERS}
    desks = {post.county_id for post in posts if post.role in RECEIVERS}
    mine = Q(owner__in=own, state__in=["draft", "returned"])
    wanted = mine | Q(county__in=desks, state="submitted")
    rows = Application.objects.visible_to(user).filter(wanted).order_by("-id")
    rows = rows.select_related("owner", "rulebook").defer("terms", "argument", "legal_basis")
    return [
        row_of(one)
        for one in rows[:SHOWN]
        if one.state != "submitted" or access.receiving(one, user)
    ]


def row_of(application) -> dict:
    """One application below the clocks."""
    step, word, icon, tone = WAITING[application.state]
    return {
        "step": step,
        "word": word,
        "icon": icon,
        "tone": tone,
        "title": f"清单{application.title}",
        "number": application.number,
        "meta": name_of(application.owner),
        "url": application.get_absolute_url(),
    }


def suggestions(user, posts) -> list[dict]:
    """For 编办 what came in or was answered, for a unit what was routed to it; oldest first."""
    desks = {post.county_id for post in posts if post.role == Role.BIANBAN}
    units = {post.unit_id for post in posts if post.role in OF_UNITS}
    if not desks and not units:
        return []
    state = Suggestion.State
    wanted = Q(county__in=desks, state__in=[state.RECEIVED, state.ANSWERED])
    wanted |= Q(unit__in=units, state=state.ROUTED)
    rows = Suggestion.objects.visible_to(user).filter(wanted).order_by("id")
    rows = rows.only("state", "number", "text", "channel", "county")
    return [
        dict(zip(("step", "word", "icon"), HEARD[one.state], strict=True))
        | {
            "tone": "" if one.state == state.ANSWERED else "amber",
            "title": one.title,
            "number": one.number,
            "meta": f"{one.get_channel_display()}提出",
            "url": one.get_absolute_url(),
        }
        for one in rows[:SHOWN]
    ]


def law_changes(county) -> list[dict]:
    """Causes that 编办 has still to raise, and those that 系统 will raise within a month."""
    today, rows = timezone.localdate(), []
    for change, missing in law_days.pending(county, today + AHEAD):
        if change.on > today:
            words = f"{cn_date(change.on)}由系统发出 {missing} 件调整事由"
            rows.append(law_row(change, "查看受影响的事项", words, "blue"))
        else:
            rows.append(law_row(change, "发出调整事由", f"{missing} 件尚未发出", "amber"))
    return rows[:SHOWN]


def law_row(change, step: str, meta: str, tone: str) -> dict:
    """One change of a law."""
    return {
        "step": step,
        "word": "依据变动",
        "icon": "book",
        "tone": tone,
        "title": change.sentence(),
        "number": "",
        "meta": meta,
        "url": change.basis.get_absolute_url(),
    }


def reviews(posts) -> list[dict]:
    """Open stages of the person's posts to which the county's text sets no limit."""
    desk = Q(pk=None)
    for post in posts:
        if post.role in REVIEWERS:
            desk |= Q(unit=post.unit_id, role=post.role)
    rows = Stage.objects.filter(
        desk, state="open", limit="", matter_type=Application.type()
    ).exclude(name__in=Application.closed_elsewhere)
    rows = rows.select_related("owner").prefetch_related("matter").order_by("id")[:SHOWN]
    return [
        {
            "step": stage.label,
            "word": "待审批",
            "icon": "stamp",
            "tone": "amber",
            "title": f"清单{stage.matter.title}",
            "number": stage.matter.number,
            "meta": name_of(stage.owner),
            "url": stage.get_absolute_url(),
        }
        for stage in rows
    ]


def publications(home) -> list[dict]:
    """What is approved and in no edition; a composed draft that is not yet published."""
    drafts = Edition.objects.filter(county=home.county_id, state="draft")
    draft = drafts.annotate(joined=Count("applications")).filter(joined__gt=0).first()
    free = Application.objects.filter(county=home.county_id, state="approved", edition=None)
    number = free.count()
    rows = []
    if draft is not None:
        rows.append(
            publication("公布", f"{draft}({draft.joined} 件调整)", draft.get_absolute_url())
        )
    if number:
        title = f"{number} 件已批准的调整申请"
        rows.append(publication("编制新版本", title, reverse("checklist:compose")))
    return rows


def publication(step: str, title: str, url: str) -> dict:
    """One row."""
    return {
        "step": step,
        "word": "待公布",
        "icon": "stamp",
        "tone": "amber",
        "title": title,
        "number": "",
        "meta": "责任清单",
        "url": url,
    }
