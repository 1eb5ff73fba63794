"""The records of 乡呼县应, one file each."""

from .bulletin import Bulletin, Rectification
from .call import Call
from .callback import Callback, CallbackAnswer
from .digest import Digest
from .rating import Rating
from .requests import Extension, Ruling, Suspension
from .response import Response
from .supervision import Supervision

__all__ = [
    "Bulletin",
    "Call",
    "Callback",
    "CallbackAnswer",
    "Digest",
    "Extension",
    "Rating",
    "Rectification",
    "Response",
    "Ruling",
    "Supervision",
    "Suspension",
]
