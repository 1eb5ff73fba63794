"""Records of 乡呼县应 as the partials in templates/ui want them: words, tones, icons."""

from __future__ import annotations

from governance import presenting
from governance.presenting import tag
from hucall.models.states import CallKind

CALL = {
    "draft": ("line", "edit"),
    "proposed": ("amber", "soon"),
    "approving": ("amber", "soon"),
    "submitted": ("amber", "soon"),
    "correcting": ("amber", "back"),
    "handling": ("blue", "ok"),
    "finished": ("green", "met"),
    "archived": ("", "lock"),
    "self_handled": ("", "met"),
    "merged": ("", "link"),
    "withdrawn": ("", "stopped"),
}
RESPONSE = {
    "waiting": ("amber", "soon"),
    "working": ("blue", "ok"),
    "returning": ("amber", "back"),
    "ruling": ("violet", "scales"),
    "suspended": ("violet", "paused"),
    "finished": ("green", "met"),
    "returned": ("", "back"),
    "transferred": ("", "swap"),
    "void": ("", "stopped"),
    "copied": ("line", "bell"),
}
RATING = {
    "pending": ("amber", "soon"),
    "rated": ("green", "met"),
    "unrated": ("", "stopped"),
    "dropped": ("", "refresh"),
}
LEVEL = {
    "satisfied": ("green", "met"),
    "mostly": ("amber", "info"),
    "dissatisfied": ("red", "warn"),
}
CALLBACK = {"pending": ("amber", "phone"), "done": ("green", "met"), "lapsed": ("", "stopped")}
SUPERVISION = {"issued": ("red", "flag"), "replied": ("amber", "soon"), "closed": ("green", "met")}
BULLETIN = {"draft": ("line", "edit"), "published": ("green", "met")}
RECTIFICATION = {
    "open": ("red", "flag"),
    "reported": ("amber", "soon"),
    "accepted": ("green", "met"),
}
DECISION = {
    "pending": ("amber", "soon"),
    "granted": ("violet", "paused"),
    "refused": ("", "stopped"),
    "dropped": ("", "stopped"),
    "ended": ("green", "met"),
}
KIND = {
    CallKind.COMPLEX: ("line", "call"),
    CallKind.KEY: ("amber", "star"),
    CallKind.URGENT: ("red", "siren"),
}
TONES = {
    "call": CALL,
    "response": RESPONSE,
    "rating": RATING,
    "callback": CALLBACK,
    "supervision": SUPERVISION,
    "bulletin": BULLETIN,
    "rectification": RECTIFICATION,
}


def state_tag(record) -> dict:
    """The state of any record of this app."""
    return presenting.state_tag(record, TONES)


def kind_tag(call) -> dict:
    """The kind of a call in the county's own words."""
    return tag(kind_word(call), *KIND[call.kind])


def kind_word(call) -> str:
    """重点事项 · 要呼, or as the call's rulebook names it."""
    own = call.rulebook.value(f"call.kind.{call.kind}") if call.rulebook_id else ""
    return own or call.get_kind_display()


def item_name(call) -> str:
    """The list item in the wording that was stamped on the call."""
    if call.revision_id:
        return call.revision.name
    return str(call.item) if call.item_id else ""


def item_words(ruling) -> str:
    """The list item of a ruling as the call had it when it was ruled."""
    if not ruling.item_id:
        return "未对应清单事项"
    call = ruling.response.call
    return call.revision.name if call.revision_id else str(ruling.item)
