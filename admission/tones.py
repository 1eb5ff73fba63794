"""States of what follows an approval as the partials in templates/ui want them.

state: (tone of its tag, icon). A status is always word + icon, colour only helps.
"""

from django.urls import NoReverseMatch, reverse

from checklist.presenting import tag

TONES = {
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


def state_tag(record) -> dict:
    """The state of a record as a tag."""
    tones = TONES[record._meta.model_name]
    return tag(record.get_state_display(), *tones.get(record.state, ("", "ok")))


def yuan(value) -> str:
    """An amount as a person reads it: 20,000 元, cents only where there are any."""
    if value is None:
        return "—"
    return f"{value:,.0f} 元" if value == int(value) else f"{value:,.2f} 元"


def fact(label: str, value, **more) -> dict:
    """A line of ui/kv.html."""
    return {"label": label, "value": value, **more}


def url_of(name: str, *args) -> str | None:
    """An address, or None where this page does not stand."""
    try:
        return reverse(f"admission:{name}", args=args)
    except NoReverseMatch:
        return None
