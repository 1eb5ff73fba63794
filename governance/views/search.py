"""全站搜索: every kind of matter, each only as far as the reader may see it."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from governance import kinds
from governance.views.shared import number

FIRST = 5
PAGE = 30
LONGEST = 60


@login_required
@require_safe
def search(request):
    """The first hits of each kind; with `kind` all hits of one, page by page."""
    words = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST]
    only = number(request.GET.get("kind"))
    before = number(request.GET.get("before"))
    every = [model for model in kinds.kinds() if not model.confidential]
    chosen = [model for model in every if only and model is kinds.kind_of(only)] or every
    size = PAGE if len(chosen) == 1 else FIRST
    groups = [group_of(model, request.user, words, size, before) for model in chosen if words]
    groups = [group for group in groups if group["rows"]]
    context = {
        "words": words,
        "groups": groups,
        "single": len(chosen) == 1,
        "all_url": f"{reverse('search')}?{urlencode({'q': words})}",
        "first_url": address(words, chosen[0]) if before and len(chosen) == 1 else None,
    }
    return render(request, "governance/search.html", context)


def address(words: str, model, before: int | None = None) -> str:
    """The page of all hits of one kind."""
    asked = {"q": words, "kind": model.type().pk}
    return f"{reverse('search')}?{urlencode(asked | ({'before': before} if before else {}))}"


def group_of(model, user, words: str, size: int, before: int | None) -> dict:
    """The hits of one kind, newest first: one query."""
    rows = kinds.visible(model, user).found(words)
    if before and size == PAGE:
        rows = rows.filter(pk__lt=before)
    page = list(rows.order_by("-pk")[: size + 1])
    more = len(page) > size
    page = page[:size]
    return {
        "label": model._meta.verbose_name,
        "rows": [row_of(matter) for matter in page],
        "more_url": address(words, model, page[-1].pk if size == PAGE else None) if more else "",
    }


def row_of(matter) -> dict:
    """One hit; a part of a file is named by its file and its own unit."""
    own = str(matter) if str(matter) != matter.title else matter.root().number
    return {
        "title": matter.title,
        "number": own,
        "meta": f"{matter.owner} · {kinds.state_label(matter)}",
        "url": kinds.address(matter),
    }
