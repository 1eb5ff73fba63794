"""督办 in bulk: one ground for several parts, each through the door by itself."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from governance.perform import perform
from governance.presenting import name_of
from governance.roles import Role
from governance.steps import Invalid, Refused
from hucall.filters import whole
from hucall.models import Response

MOST = 50
"""Parts of one bulk action: one page."""


@login_required
@require_POST
def supervise_many(request):
    """Ask for ground and demand (first POST), then issue one 督办 per chosen part."""
    if not request.user.holds(Role.PLATFORM, Role.DUCHA):
        raise PermissionDenied("批量督办由平台管理员或督查机构办理。")
    ids = [pk for pk in map(whole, request.POST.getlist("pick")[:MOST]) if pk]
    rows = Response.objects.visible_to(request.user).filter(pk__in=ids)
    parts = list(rows.select_related("unit", "call").defer("call__text", "plan").order_by("id"))
    if not parts:
        messages.warning(request, "请先勾选要督办的承办单位。")
        return redirect("hucall:responses")
    if request.POST.get("sure") != "1":
        return render(request, "hucall/supervise_many.html", {"parts": parts})
    facts = {name: request.POST.get(name, "") for name in ("ground", "demand")}
    refusals = [words for part in parts if (words := supervise(part, request.user, facts))]
    if len(parts) > len(refusals):
        messages.success(request, f"已发出 {len(parts) - len(refusals)} 份督办通知书。")
    for words in refusals:
        messages.warning(request, words)
    return redirect("hucall:responses")


def supervise(part: Response, user, facts: dict) -> str:
    """Issue one 督办; the reason in words where it is refused."""
    try:
        perform(part, "supervise", actor=user, facts=facts)
    except Invalid as refusal:
        words = ";".join(word for rows in refusal.form.errors.values() for word in rows)
    except Refused as refusal:
        words = refusal.message
    else:
        return ""
    return f"{part.call.number} {name_of(part.unit)}:{words}"
