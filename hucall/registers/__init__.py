"""The lists of 乡呼县应 as data: whose rows, which filters, which columns, page and sheet alike."""

from .base import Column, Register, Seen, seen
from .calls import CALLS, RESPONSES
from .judging import CALLBACKS, RATINGS
from .oversight import BULLETINS, RULINGS, SUPERVISIONS, SUSPENSIONS

REGISTERS = {
    one.name: one
    for one in (
        CALLS,
        RESPONSES,
        RATINGS,
        CALLBACKS,
        SUPERVISIONS,
        SUSPENSIONS,
        RULINGS,
        BULLETINS,
    )
}

__all__ = ["REGISTERS", "Column", "Register", "Seen", "seen"]
