"""What ratings and callbacks read and make (GX-呼应-15, 16; decisions 7, 11, 28, 29)."""

import hashlib

from governance.roles import Role
from hucall import flow

PLATFORM = frozenset({Role.PLATFORM})

desks = flow.desks
desk_id = flow.desk_id


def desks_if_bad(rating) -> list[int]:
    """The platform learns at once of a 不满意; nobody else does."""
    return desks(rating) if rating.level == "dissatisfied" else []


def sampled(rating) -> bool:
    """Whether a rating that is not bad is called back: a fixed share, drawn by the record itself,
    so that nobody chooses whom to ask and a repetition draws the same.
    """
    share = rating.rulebook.value("call.callback_share")
    mark = hashlib.sha256(f"callback:{rating.response_id}:{rating.round}".encode()).digest()
    return int.from_bytes(mark[:4], "big") % 100 < share


def callback_if_due(rating, move):
    """Every 不满意, and a share of the rest, is called back."""
    if rating.level != "dissatisfied" and not sampled(rating):
        return
    callbacks = rating.call.callbacks.model
    callback = callbacks(
        call=rating.call,
        county=rating.county,
        owner_id=desk_id(rating),
        response=rating.response,
        round=rating.round,
    )
    yield callback, "open", {}


def keep_answers(callback, move) -> None:
    """One answer of the caller and one of the people served; those not reached are kept too."""
    for who in ("caller", "served"):
        asked = move.given.get(f"{who}_level")
        if asked:
            reached = asked != "unreached"
            callback.answers.create(
                who=who,
                reached=reached,
                level=asked if reached else "",
                words=move.given.get(f"{who}_words", ""),
            )
