"""使用手册: what the reader's posts need to know, from docs/handbook."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

from governance import handbook


@login_required
@require_safe
def help_page(request):
    """The chapters for the posts that the reader holds; the words of ui/help.html stand before."""
    roles = {post.role for post in request.user.posts_held()}
    context = {"chapters": handbook.chapters(roles)}
    return render(request, "governance/help.html", context)
