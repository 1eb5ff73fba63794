"""What is published is immutable (GX-清单-29): the refusal that models and managers share.

The database refuses as well, by triggers on both databases (migration 0002).
"""

from django.db import models

CLAUSE = "GX-清单-29"
REASON = "已公布的清单不可改动,未经批准不得擅自调整;请通过清单调整申请办理。"


class Frozen(Exception):
    """Somebody tried to change what is published. `message` is Chinese, `clause` its ground."""

    status = 409
    code = "frozen"

    def __init__(self, message: str = REASON, clause: str = CLAUSE):
        super().__init__(message)
        self.message = message
        self.clause = clause


class FrozenQuerySet(models.QuerySet):
    """Rows that are written once: mass changes are refused whatever their state."""

    def update(self, **kwargs):
        """Refused."""
        raise Frozen

    def bulk_update(self, *args, **kwargs):
        """Refused."""
        raise Frozen


def refuse_change(row) -> None:
    """Refuse to save or delete a row that exists already (its wording is fixed)."""
    if row.pk is not None and not row._state.adding:
        raise Frozen
