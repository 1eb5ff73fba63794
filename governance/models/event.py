"""Event 留痕: every move of every matter, append-only, sealed into a chain per county."""

from django.conf import settings
from django.db import models

from .ledger import InternalQuerySet, LedgerRow


class Event(LedgerRow):
    """One move. The database refuses to change or delete it (triggers, migration 0002)."""

    step = models.CharField("步骤", max_length=40)
    label = models.CharField("步骤名称", max_length=60)
    source = models.CharField("原状态", max_length=30, blank=True)
    target = models.CharField("新状态", max_length=30, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="经手人"
    )
    actor_name = models.CharField("姓名", max_length=60)
    unit = models.ForeignKey(
        "governance.Unit", models.PROTECT, null=True, related_name="+", verbose_name="单位"
    )
    post_label = models.CharField("岗位", max_length=120, blank=True)
    at = models.DateTimeField("时间")
    recorded_at = models.DateTimeField("入库时间", auto_now_add=True)
    clause = models.CharField("条款", max_length=20, blank=True)
    rulebook = models.ForeignKey(
        "governance.Rulebook", models.PROTECT, null=True, related_name="+", verbose_name="制度方案"
    )
    summary = models.TextField("摘要", blank=True)
    facts = models.JSONField("内容", default=list)
    internal_to = models.ForeignKey(
        "governance.Unit", models.PROTECT, null=True, related_name="+", verbose_name="仅本单位"
    )

    objects = InternalQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "留痕"
        ordering = ["id"]
        indexes = [
            models.Index(fields=["root_type", "root_id", "id"], name="event_root"),
            models.Index(fields=["matter_type", "matter_id", "id"], name="event_matter"),
            models.Index(fields=["county", "id"], name="event_county"),
        ]

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_name} {self.label}"


class Seal(models.Model):
    """The place of one event in its county's hash chain; kept apart so events stay untouched."""

    county = models.ForeignKey("governance.Unit", models.PROTECT, related_name="+")
    seq = models.PositiveBigIntegerField("序号")
    event = models.OneToOneField(Event, models.PROTECT, related_name="seal")
    algorithm = models.CharField("算法", max_length=10, default="sha256")
    hash = models.CharField("哈希", max_length=64)
    sealed_at = models.DateTimeField("封存时间")

    class Meta:
        verbose_name = verbose_name_plural = "封存"
        constraints = [models.UniqueConstraint(fields=["county", "seq"], name="seal_seq_once")]


class SealHead(models.Model):
    """The head of a county's chain, and the event below which nothing is left unsealed."""

    county = models.OneToOneField("governance.Unit", models.PROTECT, related_name="+")
    seq = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, blank=True)
    watermark = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "封存链头"
