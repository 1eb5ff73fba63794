"""The registers and ledgers of admission side by side: one row of tabs on all of them."""

from __future__ import annotations

from django.urls import reverse

from admission import ledgers, registers
from admission.posts import TAKING_PART

SECTIONS = (
    # (name of the address, title, who may open it)
    ("requests", registers.REQUESTS.title, TAKING_PART),
    *((one.name, one.title, one.readers) for one in (ledgers.DUTIES, ledgers.SLIPS)),
    ("exits", registers.EXITS.title, TAKING_PART),
    *((one.name, one.title, one.readers) for one in (ledgers.HELPS, ledgers.HANDDOWNS)),
    ("load", "负荷台账", ledgers.LOAD_READERS),
)


def sections(user, current: str) -> list[dict]:
    """Tabs for ui/tabs.html: what this person may open, `current` marked."""
    return [
        {"label": title, "url": reverse(f"admission:{name}"), "active": name == current}
        for name, title, readers in SECTIONS
        if user.holds(*readers)
    ]


def listed(user, name: str) -> str:
    """The address of the list a file stands in; empty for those who may read the file alone (the
    ladder has told them of a delay, or it was referred to them).
    """
    readers = next(readers for one, _, readers in SECTIONS if one == name)
    return reverse(f"admission:{name}") if user.holds(*readers) else ""
