"""Staged: a matter under joint approval, and who sees it (design.md §4, decisions 2, 37)."""

from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.db.models import Q

from governance.roles import ADMINISTRATORS, Role

from .clock import Clock
from .matter import Matter

OVERSEERS = frozenset({Role.BIANBAN, Role.COUNTY})
"""Posts that see every matter under approval in their county: who receives, and who decides."""


TOLD_OF_DELAY = frozenset({Role.PLATFORM, Role.DUCHA})
"""Posts that a ladder tells of a broken promise, and that read the file it is about; 纪检监察 reads
what was referred to it, and not before."""


class Staged(Matter):
    """A matter under joint approval. Subclasses have `state` and the steps that stages bring
    about: `approve`, `send_back`, `refuse`, and, where the end of the chain means something,
    `complete`.
    """

    chain_key = ""
    """Rulebook field of type 环节 that holds the chain, e.g. "adjust.flow"."""

    closed_elsewhere: frozenset[str] = frozenset()
    """Stages that no reviewer closes but something that happens to the matter (publication)."""

    filing_steps = frozenset({"file", "resubmit"})
    """Steps whose actors have raised the matter, and so do not decide it."""

    filing_key = ""
    """Rulebook field that says whether it is filed above before it takes effect (decision 4)."""

    effect = ""
    """The step that an approval brings about, at once or after the filing."""

    round = models.PositiveSmallIntegerField("轮次", default=0)
    stages = GenericRelation("governance.Stage", "matter_id", "matter_type")

    class Meta:
        abstract = True

    @classmethod
    def visible(cls, rows, user):
        """What one's unit takes part in; for those who receive and decide, all that was filed."""
        return seen(rows, user, Q(parties__unit__in=units_of(user)), Q(number=""))

    def is_own(self, user, role: str) -> bool:
        """Whether a reviewer with this post has filed the matter, once or again, and so must not
        decide it.
        """
        filings = self.events.filter(step__in=self.filing_steps)
        return self.raised_by_id == user.pk or filings.filter(actor=user).exists()

    def waits_for_filing(self) -> bool:
        """Whether nothing takes effect before it was filed above (decision 4)."""
        return self.rulebook.value(self.filing_key) == "before_effect"

    def chain(self) -> list[dict]:
        """The stages that the matter's rulebook names, in order."""
        return self.rulebook.value(self.chain_key)

    def current(self):
        """The stages of this round, in their order."""
        return self.stages.filter(round=self.round).order_by("order", "id")


def units_of(user) -> set[int]:
    """The units for which a person handles business."""
    return {post.unit_id for post in user.posts_held() if post.role not in ADMINISTRATORS}


def delays(user):
    """Clocks of the promises broken in the counties of those whom the ladder tells (decision 27);
    None for everybody else.
    """
    posts = user.posts_held() if user.is_active else []
    counties = {post.county_id for post in posts if post.role in TOLD_OF_DELAY} - {None}
    if not counties:
        return None
    rows = Clock.objects.filter(county__in=counties, breached_at__isnull=False)
    return rows.filter(confidential=False)


def delayed(model, user) -> Q:
    """Files of a kind in which a promise was broken: nobody is told of what they may not read."""
    late = delays(user)
    return Q() if late is None else Q(pk__in=late.filter(root_type=model.type()).values("root_id"))


def seen(rows, user, mine: Q, unfiled: Q):
    """Rows that are `mine`, and for overseers those of their county without the `unfiled`."""
    posts = user.posts_held() if user.is_active else []
    wide = {post.county_id for post in posts if post.role in OVERSEERS} - {None}
    mine |= delayed(rows.model, user)
    found = mine | (Q(county__in=wide) & ~unfiled) if wide else mine
    return rows.filter(pk__in=rows.model.objects.filter(found).values("pk"))
