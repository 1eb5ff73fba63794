"""Any matter: the way to its own page, and its trail as a paper that proves who did what when."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from governance import evidence, kinds
from governance.views.shared import crumbs, matter_or_404


@login_required
@require_safe
def matter(request, type_id: int, pk: int):
    """On to the page of the matter, wherever its app has put it."""
    return redirect(kinds.address(matter_or_404(request, type_id, pk)))


@login_required
@require_safe
def trail(request, type_id: int, pk: int):
    """The whole trail with the state of each seal, to be printed (免责: 谁知情、谁呼叫、谁响应)."""
    record = matter_or_404(request, type_id, pk)
    root = record.root()
    lines, left_out = evidence.chain(root, request.user)
    context = {
        "matter": root,
        "kind": root._meta.verbose_name,
        "state": kinds.state_label(root),
        "lines": lines,
        "left_out": left_out,
        "summary": evidence.summary(lines),
        "first": evidence.firsts(lines),
        "printed_at": timezone.now(),
        "printed_by": request.user,
        "url": kinds.address(root),
        "crumbs": crumbs(root, "留痕核验"),
    }
    return render(request, "governance/trail.html", context)
