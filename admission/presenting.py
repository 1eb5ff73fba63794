"""Records of admission as the partials in templates/ui want them: words, tones, icons, units."""

from __future__ import annotations

from collections.abc import Iterable

from governance import presenting
from governance.models import Unit
from governance.presenting import tag
from governance.wording import date_words

TONES = {
    "townshipopinion": {
        "asked": ("amber", "soon"),
        "answered": ("green", "check"),
        "noted": ("violet", "flag"),
        "void": ("", "stopped"),
    },
    "admissionrequest": {
        "draft": ("line", "edit"),
        "consulting": ("amber", "soon"),
        "reviewing": ("blue", "ok"),
        "returned": ("amber", "back"),
        "approved": ("violet", "stamp"),
        "in_force": ("green", "met"),
        "refused": ("red", "close"),
        "diverted": ("violet", "swap"),
        "withdrawn": ("", "stopped"),
    },
    "admittedduty": {
        "pending": ("amber", "soon"),
        "active": ("green", "ok"),
        "lapsed": ("red", "late"),
        "ended": ("", "stopped"),
    },
    "support": {
        "promised": ("amber", "soon"),
        "delivered": ("blue", "ok"),
        "confirmed": ("green", "met"),
        "dropped": ("", "stopped"),
    },
    "slip": {
        "issued": ("amber", "soon"),
        "received": ("green", "met"),
        "declined": ("red", "close"),
        "recalled": ("", "back"),
    },
    "temporaryhelp": {
        "proposed": ("amber", "soon"),
        "meeting": ("violet", "meeting"),
        "agreed": ("blue", "ok"),
        "paid": ("blue", "stamp"),
        "done": ("green", "met"),
        "declined": ("red", "close"),
        "cancelled": ("", "stopped"),
    },
    "handdown": {
        "reported": ("amber", "soon"),
        "ordered": ("red", "warn"),
        "answered": ("blue", "ok"),
        "closed": ("green", "met"),
        "dismissed": ("", "minus"),
        "referred": ("red", "flag"),
        "withdrawn": ("", "back"),
    },
    "exitrequest": {
        "draft": ("amber", "edit"),
        "reviewing": ("blue", "ok"),
        "returned": ("amber", "back"),
        "approved": ("violet", "stamp"),
        "notified": ("violet", "bell"),
        "done": ("green", "met"),
        "refused": ("red", "close"),
        "withdrawn": ("", "stopped"),
    },
}
ATTITUDE = {
    "agree": ("green", "check"),
    "disagree": ("red", "close"),
    "comment": ("amber", "edit"),
}


def state_tag(record) -> dict:
    """The state of any record of this app."""
    return presenting.state_tag(record, TONES)


def opinion_tag(opinion) -> dict:
    """What a unit has said; as long as it has said nothing, where its answer stands."""
    if opinion.state == "answered" and opinion.attitude:
        return tag(opinion.get_attitude_display(), *ATTITUDE[opinion.attitude])
    return state_tag(opinion)


def names_of(ids: Iterable[int]) -> dict[int, str]:
    """Short names by id, in the order of the county's register: one query."""
    rows = Unit.objects.filter(pk__in=set(ids)).order_by("code")
    return {pk: short or name for pk, short, name in rows.values_list("pk", "short_name", "name")}


def covered_words(record, names: dict[int, str]) -> str:
    """The townships of a record in words, in the register's order."""
    if getattr(record, "whole_county", False):
        return "全县"
    wanted = set(record.covers)
    return "、".join(name for pk, name in names.items() if pk in wanted)


def yuan(value) -> str:
    """An amount as a person reads it: 20,000 元, cents only where there are any."""
    if value is None:
        return "—"
    return f"{value:,.0f} 元" if value == int(value) else f"{value:,.2f} 元"


def term_words(record) -> str:
    """阶段性 with its days, 常规性 with its first day if there is one."""
    if not record.term:
        return ""
    first, last = date_words(record.starts_on), date_words(record.ends_on)
    if record.term == "stage":
        return f"阶段性,{first}至{last}" if first or last else "阶段性"
    return f"常规性,自{first}起" if first else "常规性,长期"
