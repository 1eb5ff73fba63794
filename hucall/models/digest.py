"""Digest 汇总: figures of a county and a period, kept ready so that no page scans a year."""

from django.db import models


class Digest(models.Model):
    """One set of figures. A running one is computed anew; a batch is written once and stands.

    A batch holds a closed month's satisfaction with what too few have answered already left out,
    so that no later answer can be told from a difference (GX-呼应-16; decision 11).
    """

    class Kind(models.TextChoices):
        RUNNING = "running", "运行数据"
        BATCH = "batch", "当月满意度"

    county = models.ForeignKey(
        "governance.Unit", models.PROTECT, related_name="+", verbose_name="县"
    )
    kind = models.CharField("种类", max_length=8, choices=Kind)
    period = models.CharField("期间", max_length=7)
    computed_at = models.DateTimeField("截至")
    asked_at = models.DateTimeField("最近查看", null=True)
    took_ms = models.PositiveIntegerField("计算用时(毫秒)", default=0)
    data = models.JSONField("数据", default=dict)

    class Meta:
        verbose_name = verbose_name_plural = "汇总"
        constraints = [
            models.UniqueConstraint(fields=["county", "kind", "period"], name="digest_once")
        ]

    def __str__(self):
        return f"{self.county} {self.period} {self.get_kind_display()}"
