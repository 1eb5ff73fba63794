"""Counter 文号 and IdempotencyKey: what must happen exactly once."""

from django.conf import settings
from django.db import models


class Counter(models.Model):
    """The last number drawn per county, kind of document and year."""

    county = models.ForeignKey(
        "governance.Unit", models.PROTECT, related_name="+", verbose_name="县"
    )
    kind = models.CharField("文种", max_length=20)
    year = models.PositiveSmallIntegerField("年份")
    last = models.PositiveIntegerField("最后一号", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "文号"
        constraints = [
            models.UniqueConstraint(fields=["county", "kind", "year"], name="counter_once"),
        ]

    def __str__(self):
        return f"{self.kind}〔{self.year}〕{self.last}号"


class IdempotencyKey(models.Model):
    """The answer given to one key of one user; the same key with another body is refused."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=100)
    path = models.CharField(max_length=300)
    body_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    answer = models.JSONField(null=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "幂等键"
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="idempotency_key_once")]
        indexes = [models.Index(fields=["at"], name="idempotency_at")]
