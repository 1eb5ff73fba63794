"""What the steps of temporary help read and make. Called by the door alone."""

from datetime import datetime

from django.utils import timezone

from admission.carrying import midnight
from governance.chains import office
from governance.lengths import Length
from governance.roles import Role
from governance.steps import Start

FIELDS = (*("unit", "request", "kind", "name", "content", "starts_on", "ends_on", "fee", "pay_by"),)


def fill(help, move) -> None:
    """Take over what the form asked for."""
    for name in FIELDS:
        if name in move.given:
            setattr(help, name, move.given[name])


def by_meeting(help, at=None) -> bool:
    """Whether the county's joint meeting approves such help (TA-11)."""
    return help.rulebook.value("admission.temporary") == "meeting"


def by_agreement(help, at=None) -> bool:
    """Whether the two agree upon it alone (GX-准入-16)."""
    return not by_meeting(help)


def agreed(help, move) -> None:
    """The township's word and its day."""
    help.opinion, help.agreed_on = move.given.get("opinion") or "", timezone.localdate(move.at)


def began(help, move) -> datetime:
    """The promise runs from the day of the agreement; one that is already late keeps its day."""
    return midnight(min(help.agreed_on, help.pay_by))


def to_pay(help) -> Length:
    """To the end of the day that was agreed upon, in hours round the clock."""
    first = min(help.agreed_on, help.pay_by)
    return Length(24 * ((help.pay_by - first).days + 1), "hours")


PAYMENT = Start("pay", "支付协助费用", to_pay, "owner_id", "GX-准入-16", since=began)


def paid(help, move) -> None:
    """What was paid, when, with which voucher."""
    help.paid, help.paid_on = move.given["amount"], move.given["day"]
    help.voucher = move.given["voucher"]


def paid_words(help, move) -> str:
    """The trail's sentence."""
    return f"支付{help.paid:,.2f}元"


def township(help) -> list[int]:
    """Who helps."""
    return [help.unit_id]


def both(help) -> list[int]:
    """The two."""
    return [help.owner_id, help.unit_id]


def meeting(help) -> list[int]:
    """The office of the joint meeting."""
    return [unit for unit in [office(help.county, Role.MEETING_OFFICE)] if unit]
