"""工作台: what I must do, due first; what I wait for; notices; figures; the buttons to begin."""

from django.apps import apps
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from governance import notices, opaque, todo
from governance.context import safe_reverse
from governance.wording import cn_datetime

WAITING_SHOWN = 8
NOTICES_SHOWN = 5
LISTS = {
    "mine": ("待我办理", todo.mine, "没有带时限的待办", "需要您办理的事项会出现在这里。"),
    "waiting": ("等待对方", todo.awaited, "没有等待中的事项", "对方承诺的时限会列在这里。"),
}


@login_required
@require_safe
def workbench(request):
    """The first page for everybody."""
    user, now = request.user, timezone.now()
    mine = todo.first_of_each(todo.mine(user))
    page = todo.page_of(mine, user, now)
    awaited = todo.first_of_each(todo.awaited(user))
    waiting = todo.page_of(awaited, user, now, size=WAITING_SHOWN)
    context = {
        "items": page.items,
        "more": page.more,
        "headline": headline(todo.counts(mine, now), now),
        "other": todo.without_clock(user),
        "waiting": waiting.items,
        "waiting_more": waiting.more,
        "figures": todo.figures(user),
        "notices": [notice_row(row) for row in notices.inbox(user)[:NOTICES_SHOWN]],
        "starts": starts(user),
        "waiting_url": reverse("tasks", args=["waiting"]),
        "inbox_url": reverse("notices"),
    }
    return render(request, "governance/workbench.html", context)


def headline(counts: dict, now) -> str:
    """2026年11月25日(周三) 14:20 · 7 件,其中 1 件已超期,2 件今天到期."""
    parts = [f"{counts['total']} 件"] if counts["total"] else []
    if counts["late"]:
        parts.append(f"其中 {counts['late']} 件已超期")
    if counts["today"]:
        parts.append(f"{counts['today']} 件今天到期")
    return " · ".join(part for part in (cn_datetime(now), ",".join(parts)) if part)


@login_required
@require_safe
def tasks(request, which: str):
    """All of one list of the workbench, page by page."""
    if which not in LISTS:
        raise Http404("没有这个列表。")
    title, rows_of, empty_title, empty_text = LISTS[which]
    user, now = request.user, timezone.now()
    rows = todo.first_of_each(rows_of(user))
    page = todo.page_of(rows, user, now, request.GET.get("after", ""), size=50)
    context = {
        "title": title,
        "items": page.items,
        "counts": todo.counts(rows, now),
        "next_url": f"?after={page.more}" if page.more else None,
        "first_url": request.path if request.GET.get("after") else None,
        "empty_title": empty_title,
        "empty_text": empty_text,
        "crumbs": [{"label": "工作台", "url": reverse("workbench")}, {"label": title}],
        "tabs": [
            {"label": LISTS[key][0], "url": reverse("tasks", args=[key]), "active": key == which}
            for key in LISTS
        ],
    }
    return render(request, "governance/tasks.html", context)


def notice_row(row) -> dict:
    """A line of the inbox."""
    return {
        "title": row.title,
        "body": row.body,
        "url": reverse("notice", args=[row.pk]),
        "at": row.created_at,
        "unread": row.read_at is None,
        "tone": row.tone,
        "pk": opaque.hide(row.pk),
    }


def starts(user) -> list[dict]:
    """The buttons to begin something, as the apps offer them for the posts that the user holds.

    An app's module `workbench` (or its AppConfig) names them in `starts`: (label, url_name,
    roles[, icon]), or dicts with those keys and `fits`, a question about the user where the post
    alone does not say it. Unknown addresses are left out.
    """
    roles = {post.role for post in user.posts_held()}
    found = []
    for place in (*todo.desks(), *apps.get_app_configs()):
        for entry in getattr(place, "starts", ()):
            one = as_start(entry)
            url = safe_reverse(one["url_name"])
            held = not one["roles"] or roles & set(one["roles"])
            if url and held and ("fits" not in one or one["fits"](user)):
                found.append({"label": one["label"], "url": url, "icon": one["icon"]})
    return [one | {"tone": "" if place else "go"} for place, one in enumerate(found)]


def as_start(entry) -> dict:
    """One entry of `starts`, however it is written."""
    if isinstance(entry, tuple | list):
        entry = dict(zip(("label", "url_name", "roles", "icon"), entry, strict=False))
    return {"roles": (), "icon": "plus"} | {k: v for k, v in entry.items() if v}
