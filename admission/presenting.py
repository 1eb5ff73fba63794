"""Records of admission as the partials in templates/ui want them: words, tones, icons, units."""

from __future__ import annotations

from collections.abc import Iterable

from governance.models import Unit

# state: (tone of its tag, icon). A status is always word + icon, colour only helps.
REQUEST = {
    "draft": ("line", "edit"),
    "consulting": ("amber", "soon"),
    "reviewing": ("blue", "ok"),
    "returned": ("amber", "back"),
    "approved": ("violet", "stamp"),
    "in_force": ("green", "met"),
    "refused": ("red", "close"),
    "diverted": ("violet", "swap"),
    "withdrawn": ("", "stopped"),
}
EXIT = {
    "draft": ("amber", "edit"),
    "reviewing": ("blue", "ok"),
    "returned": ("amber", "back"),
    "approved": ("violet", "stamp"),
    "notified": ("violet", "bell"),
    "done": ("green", "met"),
    "refused": ("red", "close"),
    "withdrawn": ("", "stopped"),
}
DUTY = {
    "pending": ("amber", "soon"),
    "active": ("blue", "ok"),
    "lapsed": ("red", "late"),
    "ended": ("", "stopped"),
}
OPINION = {
    "asked": ("amber", "soon"),
    "answered": ("green", "check"),
    "noted": ("violet", "flag"),
    "void": ("", "stopped"),
}
ATTITUDE = {
    "agree": ("green", "check"),
    "disagree": ("red", "close"),
    "comment": ("amber", "edit"),
}
TONES = {
    "admissionrequest": REQUEST,
    "exitrequest": EXIT,
    "admittedduty": DUTY,
    "townshipopinion": OPINION,
}


def tag(text: str, tone: str = "", icon: str = "") -> dict:
    """A tag for ui/tag.html."""
    return {"text": text, "tone": tone, "icon": icon}


def state_tag(record) -> dict:
    """The state of a record as a tag."""
    tones = TONES.get(record._meta.model_name, {})
    return tag(record.get_state_display(), *tones.get(record.state, ("", "ok")))


def opinion_tag(opinion) -> dict:
    """What a unit has said; as long as it has said nothing, where its answer stands."""
    if opinion.state == "answered" and opinion.attitude:
        return tag(opinion.get_attitude_display(), *ATTITUDE[opinion.attitude])
    return state_tag(opinion)


def name_of(unit) -> str:
    """A unit in short."""
    return unit.short_name or unit.name


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


def day(value) -> str:
    """A day in words."""
    return f"{value.year}年{value.month}月{value.day}日" if value else ""


def term_words(record) -> str:
    """阶段性 with its days, 常规性 with its first day if there is one."""
    if not record.term:
        return ""
    first, last = day(record.starts_on), day(record.ends_on)
    if record.term == "stage":
        return f"阶段性,{first}至{last}" if first or last else "阶段性"
    return f"常规性,自{first}起" if first else "常规性,长期"
