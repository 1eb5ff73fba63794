"""What the pages of admission share: a file that the reader may see, the unit one acts for."""

from __future__ import annotations

from django.http import Http404

PARTS = ("county", "owner", "rulebook", "raised_by", "department", "unit", "request",
         "request__department")  # fmt: skip


def found_or_404(model, user, pk: int):
    """A record that the user may see, with what its page and its steps read of it.

    Raises:
        Http404: there is none.
    """
    own = {field.name for field in model._meta.get_fields()}
    names = [name for name in PARTS if name.split("__")[0] in own]
    found = model.objects.visible_to(user).select_related(*names).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
