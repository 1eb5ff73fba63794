"""What the pages of 乡呼县应 share: whose county, which record, what is a fragment."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404

from governance.models import Unit
from governance.roles import ADMINISTRATORS, Role
from hucall.filters import whole


def county_of(user) -> Unit:
    """The county in which the user works: of the first business post.

    Raises:
        PermissionDenied: no business post in any county (administrators see no business).
    """
    for post in user.posts_held():
        if post.role not in ADMINISTRATORS and post.county_id:
            return post.unit.county
    raise PermissionDenied("您没有县内业务岗位,不能查看乡呼县应。")


def units_held(user, *roles: str) -> list[Unit]:
    """The units in which the user holds one of `roles`."""
    return [post.unit for post in user.posts_held() if post.role in roles]


def is_platform(user) -> bool:
    """Whether the user is a platform operator."""
    return user.holds(Role.PLATFORM)


def found_or_404(rows, user, pk: int):
    """The record, if the user may see it; else it does not exist."""
    found = next(iter(rows.visible_to(user).filter(pk=pk).order_by()[:1]), None)
    if found is None:
        raise Http404
    return found


def number_in(query, name: str) -> int | None:
    """A number from the address; None for anything else."""
    return whole(query.get(name, ""))


__all__ = [
    "county_of",
    "found_or_404",
    "is_platform",
    "login_required",
    "number_in",
    "units_held",
]
