"""Party 当事单位: the units that take part in a matter, and so may see it."""

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models


class Party(models.Model):
    """One unit of one matter. Written by the door, read by every `visible_to`."""

    unit = models.ForeignKey("governance.Unit", models.PROTECT, related_name="+")
    matter_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    matter_id = models.PositiveBigIntegerField()
    matter = GenericForeignKey("matter_type", "matter_id")

    class Meta:
        verbose_name = verbose_name_plural = "当事单位"
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "matter_type", "matter_id"], name="party_once_per_matter"
            )
        ]
        indexes = [models.Index(fields=["matter_type", "matter_id"], name="party_matter")]
