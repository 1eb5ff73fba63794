"""What admission puts on the workbench beside its clocks: own drafts, what was sent back, requests
whose opinions are all in, exits that a township has suggested, reviews without a limit, and what
follows an approval (admission.awaiting).

The core asks this module by its name (governance.todo) and knows nothing else of it.
"""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, prefetch_related_objects

from admission import awaiting, filing
from admission.models import AdmissionRequest, ExitRequest, TownshipOpinion
from admission.posts import APPLICANTS, DEPARTMENT, TOWNSHIP
from governance.models import Clock, Stage
from governance.models.stage import REVIEWERS
from governance.presenting import name_of

SHOWN = 20

starts = [
    {
        "label": "提出准入申请",
        "url_name": "admission:request_new",
        "roles": DEPARTMENT,
        "icon": "gate",
        "fits": filing.may_apply,
    },
    {
        "label": "提出准入申请",
        "url_name": "admission:request_new",
        "roles": TOWNSHIP,
        "icon": "gate",
        "fits": filing.township_may_apply,
    },
]

REQUESTS = {
    # state: (what to do, word, icon, tone)
    "draft": ("继续填写", "草稿", "edit", ""),
    "returned": ("补正后重新提交", "退回补正", "back", "amber"),
    "consulting": ("填写协商意见并提交", "意见已齐", "check", "amber"),
}
EXITS = {
    "draft": ("继续填写", "草稿", "edit", ""),
    "returned": ("补正后重新提交", "退回补正", "back", "amber"),
}
SUGGESTED = ("核实后提出退出申请", "乡镇建议", "users", "amber")


def waiting_for(user) -> list[dict]:
    """Rows of work without a clock: at most six statements, none for those who have no part."""
    posts = user.posts_held()
    own = {post.unit_id for post in posts if post.role in APPLICANTS}
    found = [*requests(user, own), *exits(user, own)] if own else []
    if any(post.role in REVIEWERS for post in posts):
        found += reviews(posts)
    return found + awaiting.rows(user, posts)


def requests(user, own: set[int]) -> list[dict]:
    """Own requests that lie with the applicant."""
    asked = TownshipOpinion.objects.filter(
        request=OuterRef("pk"), round=OuterRef("consultation"), state="asked"
    )
    mine = Q(state__in=("draft", "returned")) | (Q(state="consulting") & ~Exists(asked))
    rows = AdmissionRequest.objects.visible_to(user).filter(mine, owner__in=own)
    rows = rows.select_related("owner").defer("terms", "put", "elements", "content", "reason")
    return [row(one, *REQUESTS[one.state]) for one in rows.order_by("-id")[:SHOWN]]


def exits(user, own: set[int]) -> list[dict]:
    """Own exits that lie with the applicant and have no clock (decision 36: what the clock has
    opened stands among the clocks).
    """
    running = (
        Clock.objects.running()
        .promises()
        .filter(matter_type=ExitRequest.type(), matter_id=OuterRef("pk"))
    )
    rows = ExitRequest.objects.visible_to(user).filter(~Exists(running), owner__in=own)
    rows = rows.filter(state__in=tuple(EXITS)).select_related("owner", "request")
    return [
        row(one, *(SUGGESTED if waits(one) else EXITS[one.state]))
        for one in rows.defer("terms").order_by("-id")[:SHOWN]
    ]


def waits(exit) -> bool:
    """Whether a township has suggested it and the department has not taken it up."""
    return exit.origin == "suggested" and exit.state == "draft" and not exit.ground


def row(record, step: str, word: str, icon: str, tone: str) -> dict:
    """One file below the clocks."""
    return {
        "step": step,
        "word": word,
        "icon": icon,
        "tone": tone,
        "title": record.title,
        "number": record.number,
        "meta": name_of(record.owner),
        "url": record.get_absolute_url(),
    }


def reviews(posts) -> list[dict]:
    """Open stages of the person's posts to which the county's text sets no limit."""
    desk = Q(pk=None)
    for post in posts:
        if post.role in REVIEWERS:
            desk |= Q(unit=post.unit_id, role=post.role)
    types = (AdmissionRequest.type(), ExitRequest.type())
    rows = Stage.objects.filter(desk, state="open", limit="", matter_type__in=types)
    rows = rows.select_related("owner").prefetch_related("matter").order_by("id")[:SHOWN]
    # An exit is named by its admission: read together, not one by one.
    exits = [one.matter for one in rows if isinstance(one.matter, ExitRequest)]
    prefetch_related_objects(exits, "request")
    for stage in rows:
        stage.matter.owner = stage.owner  # the same for all records of a file
    return [
        row(stage.matter, stage.label, "待审批", "stamp", "amber")
        | {"url": stage.get_absolute_url()}
        for stage in rows
    ]
