"""What pages show of the laws behind an item."""

from django import template
from django.utils import timezone

from checklist import citing
from checklist.views.laws import status_tag

register = template.Library()


@register.inclusion_tag("checklist/_bases.html")
def legal_bases(revision, linked: bool = True):
    """The laws that a wording cites, each with its status today; `linked` inside alone."""
    today = timezone.localdate()
    rows = [
        {"cited": one, "law": one.basis, "status": one.basis and status_tag(one.basis, today),
         "life": one.basis.life(today) if one.basis else ""}
        for one in citing.of_revision(revision)
    ]  # fmt: skip
    return {"rows": rows, "linked": linked}
