"""The responsibility list as calls use it: what can be chosen, and who answers by it."""

from checklist import selectors as checklist
from checklist.models import Item, Revision


def in_force(county):
    """The items of the county's current edition."""
    edition = checklist.current_edition(county)
    if edition is None:
        return Item.objects.none()
    return Item.objects.filter(memberships__edition=edition).order_by("pk")


def township_is_main(revision: Revision | None) -> bool:
    """Whether townships carry the item themselves (GX-呼应-07: warn, and ask why)."""
    return revision is not None and revision.township_part == Revision.Township.MAIN
