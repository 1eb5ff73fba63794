"""What the pages of the list share: whose county, which edition, files on their way out."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404

from checklist import access, selectors
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


def shown_edition(request) -> Edition | None:
    """The edition named in the address, else the current one of the own county."""
    wanted = request.GET.get("edition", "")
    if wanted.isdecimal() and len(wanted) < 15:
        return edition_or_404(request, int(wanted))
    return selectors.current_edition(county_of(request))


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
