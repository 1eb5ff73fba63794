"""What the core's views share: finding a matter for a reader, cursors, the reader's county."""

from django.http import Http404

from governance import kinds
from governance.models import Matter, Unit

NOT_HERE = "没有这个办件,或不在您的查看范围内。"


def matter_or_404(request, type_id: int, pk: int) -> Matter:
    """The matter, if it exists for this reader; otherwise it is as if it did not exist."""
    matter = kinds.find(type_id, pk, request.user)
    if matter is None:
        raise Http404(NOT_HERE)
    return matter


def county_of(user) -> Unit | None:
    """The county of the first post that lies in one; None for the city's people."""
    return next((post.unit.county for post in user.posts_held() if post.unit.county_id), None)


def number(text: str | None) -> int | None:
    """A whole number from an address; None for nonsense and for what no key can be."""
    text = text or ""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def crumbs(matter, last: str) -> list[dict]:
    """Where a page about a matter stands: the kind, the matter, this page."""
    return [
        {"label": matter.root()._meta.verbose_name},
        {"label": str(matter), "url": kinds.address(matter)},
        {"label": last},
    ]
