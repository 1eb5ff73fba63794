"""Extension 延期, Suspension 挂账 and Ruling 裁定: what a department asks for and what it gets."""

from django.db import models

from governance.search import SearchField, terms


class Decision(models.TextChoices):
    PENDING = "pending", "待审批"
    GRANTED = "granted", "同意"
    REFUSED = "refused", "不同意"
    DROPPED = "dropped", "已失效"
    ENDED = "ended", "已结束"


class Request(models.Model):
    """What extension and suspension share: asked by the department, decided by the platform."""

    response = models.ForeignKey("hucall.Response", models.PROTECT, related_name="%(class)ss")
    reason = models.CharField("理由", max_length=500)
    asked_by = models.ForeignKey("governance.User", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField("申请时间")
    decision = models.CharField("审批", max_length=8, choices=Decision, default=Decision.PENDING)
    decided_by = models.ForeignKey("governance.User", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField("审批时间", null=True)
    opinion = models.CharField("审批意见", max_length=500, blank=True)

    class Meta:
        abstract = True


class Extension(Request):
    """延期: once, before expiry, asked for by the department's leader (decision 5)."""

    workdays = models.PositiveSmallIntegerField("延长工作日")
    due_before = models.DateTimeField("原期限")

    class Meta:
        verbose_name = verbose_name_plural = "延期"
        constraints = [
            models.UniqueConstraint(
                fields=["response"],
                condition=models.Q(decision="pending"),
                name="extension_one_pending",
            )
        ]


class Suspension(Request):
    """挂账: a condition and a review date; out of the rates, always listed (decision 28)."""

    condition = models.CharField("挂账条件", max_length=500)
    review_on = models.DateField("复核日期")

    class Meta:
        verbose_name = verbose_name_plural = "挂账"
        constraints = [
            models.UniqueConstraint(
                fields=["response"],
                condition=models.Q(decision__in=["pending", "granted"]),
                name="suspension_one_open",
            )
        ]


class Ruling(models.Model):
    """编办 says finally whose matter it is; kept as a precedent that can be searched."""

    response = models.ForeignKey("hucall.Response", models.PROTECT, related_name="rulings")
    county = models.ForeignKey("governance.Unit", models.PROTECT, related_name="+")
    item = models.ForeignKey("checklist.Item", models.PROTECT, null=True, related_name="+")
    unit = models.ForeignKey(
        "governance.Unit", models.PROTECT, related_name="+", verbose_name="裁定承办单位"
    )
    upheld = models.BooleanField("支持退回")
    text = models.TextField("裁定意见", max_length=2000)
    ruled_by = models.ForeignKey("governance.User", models.PROTECT, related_name="+")
    ruled_at = models.DateTimeField("裁定时间")
    terms = SearchField(editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "裁定先例"
        indexes = [models.Index(fields=["county", "-id"], name="ruling_county")]

    def __str__(self):
        return f"{self.unit}:{self.text[:30]}"

    def save(self, *args, **kwargs):
        call = self.response.call
        self.terms = terms(call.title, self.text, str(self.unit), str(self.item or ""))
        super().save(*args, **kwargs)
