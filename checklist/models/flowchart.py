"""Flowchart 运行流程("施工图"): who does what, in which order (GX-清单-01, 27; TA-04)."""

from django.db import models

from .frozen import FrozenQuerySet, refuse_change
from .item import Item


class Flowchart(models.Model):
    """One version of an item's run flow; written once, like a wording."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="flowcharts", verbose_name="事项")
    digest = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField("建立时间", auto_now_add=True)

    objects = FrozenQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "运行流程"
        constraints = [
            models.UniqueConstraint("item", "digest", name="flowchart_once_per_item"),
        ]

    def __str__(self):
        return f"{self.item} 运行流程"

    def save(self, *args, **kwargs):
        """Written once."""
        refuse_change(self)
        super().save(*args, **kwargs)


class FlowStep(models.Model):
    """One step of a run flow: unit, action, limit, material."""

    flowchart = models.ForeignKey(Flowchart, models.CASCADE, related_name="steps")
    place = models.PositiveSmallIntegerField("次序")
    unit = models.CharField("办理单位", max_length=100)
    action = models.CharField("办理内容", max_length=300)
    limit = models.CharField("时限", max_length=60, blank=True)
    material = models.CharField("材料", max_length=300, blank=True)

    objects = FrozenQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "流程步骤"
        ordering = ["flowchart", "place"]
        constraints = [
            models.UniqueConstraint("flowchart", "place", name="flow_step_place_once"),
        ]

    def __str__(self):
        return f"{self.place}. {self.unit}:{self.action}"

    def save(self, *args, **kwargs):
        """Written once, with its flowchart."""
        refuse_change(self)
        super().save(*args, **kwargs)
