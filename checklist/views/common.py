"""What the pages of the list share: whose county, which edition, files on their way out."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote, urlencode

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404
from django.shortcuts import render

from checklist import access, days, selectors
from checklist.models import Edition
from governance.models import Unit

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PAGE = 50


def county_of(request) -> Unit:
    """The county whose list the user looks at: the first of the own ones.

    Raises:
        PermissionDenied: the user holds no post in any county.
    """
    own = access.counties(request.user)
    if not own:
        raise PermissionDenied("您没有县内岗位,不能查看责任清单。")
    return Unit.objects.filter(pk__in=own).order_by("code").first()


def draft_county(request) -> Unit:
    """The county whose draft the user may touch.

    Raises:
        PermissionDenied: the user is neither 编办 nor system administrator of a county.
    """
    own = access.drafting_counties(request.user)
    if not own:
        raise PermissionDenied("只有编办和系统管理员可以导入清单草稿。")
    return Unit.objects.filter(pk__in=own).order_by("code").first()


def edition_or_404(request, pk: int) -> Edition:
    """An edition that the user may see."""
    found = Edition.objects.visible_to(request.user).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def found_or_404(model, user, pk: int):
    """A matter that the user may see, with what its page and its steps read of it.

    Raises:
        Http404: there is none.
    """
    names = ["county", "owner", "rulebook", "raised_by", "item"]
    own = {field.name for field in model._meta.get_fields()}
    names += [name for name in ("base", "cause", "edition", "unit") if name in own]
    found = model.objects.visible_to(user).select_related(*names).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@dataclass(frozen=True)
class Shown:
    """Which edition a page shows: a named one, that of a day, else the current one.

    Attributes:
        edition: None before the first one; day: as of which day it was asked for; problem: what
            is wrong with the day, in Chinese (the current edition is shown then).
    """

    edition: Edition | None
    day: date | None = None
    problem: str = ""

    @property
    def query(self) -> str:
        """What keeps other pages at the same edition."""
        if self.day:
            return f"?as_of={self.day}"
        current = self.edition is None or self.edition.state == Edition.State.PUBLISHED
        return "" if current else f"?edition={self.edition.pk}"

    @property
    def keep(self) -> list[tuple[str, str]]:
        """The same, as hidden fields of a filter form."""
        pair = self.query.removeprefix("?").partition("=")
        return [(pair[0], pair[2])] if pair[0] == "edition" else []


def shown(request) -> Shown:
    """The edition that the address names (`edition`, `as_of`), else the own county's current."""
    wanted = request.GET.get("edition", "")
    if wanted.isdecimal() and len(wanted) < 15:
        return Shown(edition_or_404(request, int(wanted)))
    county = county_of(request)
    try:
        day = days.read(request.GET.get("as_of", ""))
    except ValueError as problem:
        return Shown(selectors.current_edition(county), problem=str(problem))
    if day is None:
        return Shown(selectors.current_edition(county))
    return Shown(selectors.edition_as_of(county, day), day)


def wrong_day(request, found: Shown):
    """The answer to a file asked for as of a day that makes no sense."""
    return render(request, "400.html", {"message": found.problem}, status=400)


def send_file(write: Callable[[Any], Any], name: str, media_type: str = XLSX) -> FileResponse:
    """Write into a temporary file and send it under a Chinese name (RFC 6266)."""
    target = tempfile.SpooledTemporaryFile(max_size=4 << 20)
    write(target)
    target.seek(0)
    answer = FileResponse(target, content_type=media_type)
    plain = "export." + name.rpartition(".")[2]
    answer["Content-Disposition"] = (
        f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
    )
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "no-store"
    return answer


def query_without(request, *names: str, **changes: str) -> str:
    """The address's query without some parameters and with others."""
    kept = [(k, v) for k, v in request.GET.items() if k not in {*names, *changes} and v]
    return "?" + urlencode(kept + [(k, v) for k, v in changes.items() if v])
