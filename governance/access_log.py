"""Writing the access log: who signed in, was refused, exported, or changed an account.

Called in the request itself: when the entry cannot be written, the action fails with it.
"""

import unicodedata

from governance.models import AccessLog, User
from governance.net import client_address

Kind = AccessLog.Kind


def record(
    kind: str,
    *,
    request=None,
    user: User | None = None,
    username: str = "",
    subject: object = "",
    detail: str = "",
    success: bool = True,
) -> AccessLog:
    """Append one entry.

    Args:
        kind: an `AccessLog.Kind`; request: where it came from, if from outside.
        user: who acted (else the request's user); username: as typed, where nobody is known.
        subject: whom or what it was about; detail: a Chinese sentence.
        success: False for refusals.
    """
    actor = user or getattr(request, "user", None)
    if not getattr(actor, "is_authenticated", False):
        actor = None
    meta = request.META if request is not None else {}
    return AccessLog.objects.create(
        kind=kind,
        success=success,
        user=actor,
        username=plain(actor.username if actor else username, 60),
        name=plain(actor.name if actor else "", 60),
        county_id=county_of(actor) if actor else None,
        address=plain(client_address(request), 45) if request is not None else "",
        method=plain(meta.get("REQUEST_METHOD", ""), 8),
        path=plain(request.get_full_path(), 300) if request is not None else "命令行",
        subject=plain(str(subject), 160),
        detail=plain(detail, 400),
    )


def county_of(user: User) -> int | None:
    """The county whose auditor reads about this account; none: the city's and everybody's."""
    if user.county_id:
        return user.county_id
    counties = (post.county_id for post in user.posts_held())
    return next(filter(None, counties), None)


def plain(text: str, longest: int) -> str:
    """Text without control characters, lone surrogates or line breaks, cut to a column."""
    kept = (" " if unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} else c for c in text)
    return "".join(kept).strip()[:longest]


def visible_to(user: User):
    """The entries an auditor may read: the own county's, and those that belong to no county."""
    entries = AccessLog.objects.all()
    counties = {post.county_id for post in user.posts_held() if post.role == "auditor"}
    if not counties:
        return entries.none()
    if None in counties:  # the city's auditor
        return entries
    return entries.filter(county__in=counties) | entries.filter(county=None)
