"""What the steps of a cause read and make. Called by the door alone."""

from datetime import datetime, time

from django.apps import apps
from django.utils import timezone

from checklist.models.states import ENDED
from governance.chains import office
from governance.models import Post, Referral
from governance.models.ledger import place
from governance.roles import Role

FIELDS = ("unit", "item", "kind", "ground", "text", "source", "occurred_on", "known_on")


def fill(cause, move) -> None:
    """Take over what the form (or the step that recorded it) has said."""
    for name in FIELDS:
        if move.given.get(name):
            setattr(cause, name, move.given[name])


def day_of_cause(cause, move) -> datetime:
    """The limit runs from the day of the cause, even when it is overdue at recording
    (decision 33).
    """
    return timezone.make_aware(datetime.combine(cause.occurred_on, time.min))


def rectifies(cause, at=None) -> bool:
    """Where the county orders rectification of what was not applied for (JQ-清单-24)."""
    return cause.rulebook.value("adjust.overdue") == "rectify"


def proposes(cause, at=None) -> bool:
    """Where the county proposes itself, or its text is silent."""
    return not rectifies(cause)


def overdue_words(cause, move) -> str:
    """The trail's sentence."""
    return f"{cause.unit}自{cause.occurred_on:%Y年%m月%d日}起逾期未申请"


def rectify_words(cause, move) -> str:
    """The trail's sentence."""
    return f"{overdue_words(cause, move)},编办、司法局责令限期整改"


def referral_words(cause, move) -> str:
    """The trail's sentence."""
    return f"{cause.unit}限期整改未落实,移送{'、'.join(cause.rulebook.value('adjust.enforcers'))}"


def proposed_by_county(cause, move):
    """冠县: 县委、县政府 may propose the change themselves; a draft lies before them
    (GX-清单-26), one at a time: a cause may fall due again after an application was withdrawn.
    """
    if cause.rulebook.value("adjust.overdue") != "county_proposal":
        return
    if cause.applications.filter(by_authority=True).exclude(state__in=ENDED).exists():
        return
    application = apps.get_model("checklist.Application")(
        county=cause.county,
        owner_id=office(cause.county, Role.COUNTY) or cause.county_id,
        by_authority=True,
    )
    yield application, "prepare", {"cause": cause}


def refer(cause, move) -> None:
    """A row that those who hold units accountable will read (JQ-清单-25)."""
    Referral.objects.create(
        **place(cause),
        unit_id=cause.unit_id,
        ground=referral_words(cause, move)[:200],
        clause="JQ-清单-25",
        at=move.at,
    )


# Units ------------------------------------------------------------


def obliged(cause) -> list[int]:
    """The unit that owes the application."""
    return [cause.unit_id]


def county(cause) -> list[int]:
    """Where the county decides, if its text lets it propose."""
    if cause.rulebook.value("adjust.overdue") != "county_proposal":
        return []
    return Post.objects.units_with(cause.county_id, Role.COUNTY)


def watch(cause) -> list[int]:
    """编办 and 司法局."""
    return Post.objects.units_with(cause.county_id, Role.BIANBAN, Role.SIFA)


def discipline(cause) -> list[int]:
    """纪检监察."""
    return Post.objects.units_with(cause.county_id, Role.JIWEI)
