"""Records of list changes as the partials in templates/ui want them: words, tones, icons."""

from __future__ import annotations

from governance import presenting
from governance.presenting import tag

APPLICATION = {
    "draft": ("line", "edit"),
    "submitted": ("amber", "soon"),
    "returned": ("amber", "back"),
    "reviewing": ("blue", "ok"),
    "approved": ("violet", "stamp"),
    "in_force": ("green", "met"),
    "declined": ("", "stopped"),
    "refused": ("red", "close"),
    "withdrawn": ("", "stopped"),
}
CAUSE = {
    "open": ("amber", "soon"),
    "overdue": ("red", "late"),
    "rectifying": ("red", "warn"),
    "referred": ("red", "flag"),
    "applied": ("blue", "ok"),
    "settled": ("green", "met"),
    "dismissed": ("", "minus"),
}
STAGE = {
    "open": ("blue", "soon"),
    "agreed": ("green", "met"),
    "refused": ("red", "close"),
    "returned": ("amber", "back"),
    "void": ("", "stopped"),
}
EDITION = {
    "draft": ("amber", "edit"),
    "published": ("green", "check"),
    "superseded": ("", "book"),
    "dropped": ("", "stopped"),
}
TONES = {"application": APPLICATION, "cause": CAUSE, "stage": STAGE, "edition": EDITION}


def state_tag(record) -> dict:
    """The state of any record of this app, or of a stage."""
    return presenting.state_tag(record, TONES)


def marks(application) -> list[dict]:
    """What sets an application apart beside its state."""
    found = []
    if application.late:
        found.append(tag("逾期提出", "amber", "late"))
    if application.by_authority:
        found.append(tag("依职权提出", "violet", "scales"))
    return found
