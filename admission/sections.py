"""The registers and ledgers of admission side by side: one row of tabs on all of them."""

from __future__ import annotations

from django.urls import reverse

from admission import ledgers, registers
from admission.posts import CARRYING, FILING, HANDING

SECTIONS = {
    # name of the address: (title, for whom it is of use)
    "requests": (registers.REQUESTS.title, FILING),
    "duties": (ledgers.DUTIES.title, CARRYING),
    "slips": (ledgers.SLIPS.title, HANDING),
    "exits": (registers.EXITS.title, FILING),
    "helps": (ledgers.HELPS.title, HANDING),
    "handdowns": (ledgers.HANDDOWNS.title, ledgers.HANDDOWNS.readers),
    "load": ("负荷台账", CARRYING),
}


def sections(user, current: str) -> list[dict]:
    """Tabs for ui/tabs.html: what this person is offered, `current` marked."""
    return [
        {"label": title, "url": reverse(f"admission:{name}"), "active": name == current}
        for name, (title, readers) in SECTIONS.items()
        if user.holds(*readers)
    ]


def listed(user, name: str) -> str:
    """The address of the list a file stands in; empty for those who may read the file alone (the
    ladder has told them of a delay, or it was referred to them).
    """
    return reverse(f"admission:{name}") if user.holds(*SECTIONS[name][1]) else ""
