"""What the steps of a suggestion read and make. Called by the door alone."""

from checklist.models.cause import Cause
from governance.models import Post
from governance.roles import Role

FIELDS = ("person", "channel", "name", "phone", "mail", "no_answer", "text", "item")


def receives(record, at) -> bool:
    """Whether the county hears suggestions at all (its rulebook's switch)."""
    return record.rulebook is not None and record.rulebook.value("checklist.suggestions")


def fill(suggestion, move) -> None:
    """Take over what the form has said."""
    for name in FIELDS:
        setattr(suggestion, name, move.given[name])


def received_words(suggestion, move) -> str:
    """The trail's sentence, without the person."""
    return f"{suggestion.get_person_display()}通过{suggestion.get_channel_display()}提出"


def adopted(suggestion, move):
    """A cause for the unit that should apply (its ten days run from the day of adoption)."""
    given = move.given
    cause = Cause(county=suggestion.county, owner_id=move.unit_id, rulebook=suggestion.rulebook)
    yield (
        cause,
        "record",
        {
            "unit": given["unit"],
            "item": given["item"],
            "ground": "grassroots" if given["item"] is None else "",
            "text": f"公众意见建议({suggestion.number}):{given['text']}"[:2000],
            "source": Cause.Source.SUGGESTION,
            "occurred_on": given["occurred_on"],
            "known_on": given["occurred_on"],
        },
    )
    suggestion.cause = cause
    suggestion.save(update_fields=["cause"])


def desk(suggestion) -> list[int]:
    """编办."""
    return Post.objects.units_with(suggestion.county_id, Role.BIANBAN)


def handler(suggestion) -> list[int]:
    """The unit that answers."""
    return [suggestion.unit_id] if suggestion.unit_id else []
