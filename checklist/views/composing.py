"""Composing the next edition from approved applications (GX-清单-25, 27)."""

from __future__ import annotations

from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from checklist import filing, ready, selectors
from checklist.edition_forms import ComposeForm
from checklist.models import Edition
from checklist.views.sending import submit
from governance.roles import Role
from governance.steps import Invalid, Refused


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def compose(request):
    """What is approved, what blocks each, what the next edition would change."""
    home = next((p.unit for p in request.user.posts_held() if p.role == Role.BIANBAN), None)
    if home is None:
        raise PermissionDenied("编制清单新版本由编办办理。")
    if not filing.has_rulebook(home.county, timezone.now()):
        raise PermissionDenied("本县还没有生效的制度方案,请联系系统管理员。")
    edition = filing.begun(Edition, home, timezone.now(), state=Edition.State.NEW)
    if request.method != "POST":
        return shown(request, edition)
    try:
        made, again = submit(request, edition, "compose")
    except Invalid as refusal:
        return shown(request, edition, form=refusal.form, status=400)
    except (Refused, ValidationError) as refusal:
        words = getattr(refusal, "message", "") or ";".join(getattr(refusal, "messages", ()))
        return shown(request, edition, status=409, refusal=words)
    if again:
        messages.info(request, "刚才已经编成,没有重复编制。")
    else:
        messages.success(request, "新版本草稿已编成,核对差异后公布。")
    return redirect(made)


def shown(request, edition, *, form=None, status=200, refusal=""):
    """The page."""
    county = edition.county
    current, draft = selectors.current_edition(county), selectors.draft_edition(county)
    rows = ready.candidates(county, current)
    form = form or ComposeForm(record=edition, actor=request.user)
    picked = None
    if form.is_bound:
        picked = {str(one) for one in request.POST.getlist("applications")}
    for row in rows:
        row["picked"] = row["free"] if picked is None else str(row["record"].pk) in picked
    context = {
        "form": form,
        "current": current,
        "draft": draft,
        "rows": rows,
        "coming": ready.coming(county),
        "token": request.POST.get("token") or uuid4().hex,
        "refusal": refusal,
    }
    return render(request, "checklist/compose.html", context, status=status)
