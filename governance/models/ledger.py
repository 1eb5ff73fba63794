"""What the ledgers share: each row belongs to one matter, and to the file it is part of."""

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q

from governance.roles import Role

RAISERS = frozenset({Role.TOWNSHIP_CLERK, Role.TOWNSHIP_LEADER})
"""Posts whose holders raise matters for their unit, and so may know what was confided to it."""


class LedgerQuerySet(models.QuerySet):
    """Reads that every ledger offers."""

    def of(self, matter):
        """The rows of one record."""
        return self.filter(
            matter_type=ContentType.objects.get_for_model(matter), matter_id=matter.pk
        )

    def of_file(self, root):
        """The rows of a whole file: the root matter and all that hangs on it."""
        return self.filter(root_type=ContentType.objects.get_for_model(root), root_id=root.pk)

    def readable_by(self, user):
        """What `user` may read among rows of matters that the user may see.

        A confidential row (rating, callback: GX-呼应-16, decision 11) is for those who raise
        matters in the raising unit and for the platform of the county, nobody else: the office
        that houses the platform has clerks of its own, and may be the one that was judged.
        """
        posts = user.posts_held()
        desks = [post.county_id for post in posts if post.role == Role.PLATFORM]
        mine = [post.unit_id for post in posts if post.role in RAISERS]
        return self.filter(Q(confidential=False) | Q(owner__in=mine) | Q(county__in=desks))


class InternalQuerySet(LedgerQuerySet):
    """Ledgers whose rows may also be internal to one unit (notes and their files)."""

    def readable_by(self, user):
        """As above; an internal row is for the unit that wrote it."""
        mine = [post.unit_id for post in user.posts_held()]
        return super().readable_by(user).filter(Q(internal_to=None) | Q(internal_to__in=mine))


class LedgerRow(models.Model):
    """The matter, its file, its county and its raising unit, on every row of every ledger."""

    county = models.ForeignKey("governance.Unit", models.PROTECT, related_name="+")
    owner = models.ForeignKey("governance.Unit", models.PROTECT, null=True, related_name="+")
    matter_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    matter_id = models.PositiveBigIntegerField()
    matter = GenericForeignKey("matter_type", "matter_id")
    root_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    root_id = models.PositiveBigIntegerField()
    root = GenericForeignKey("root_type", "root_id")
    confidential = models.BooleanField("保密", default=False)

    class Meta:
        abstract = True


def place(matter) -> dict:
    """The columns of `LedgerRow` for `matter`, to be spread into a new row."""
    root = matter.root()
    return {
        "county_id": matter.county_id,
        "owner_id": matter.owner_id,
        "matter_type": ContentType.objects.get_for_model(matter),
        "matter_id": matter.pk,
        "root_type": ContentType.objects.get_for_model(root),
        "root_id": root.pk,
        "confidential": matter.confidential,
    }
