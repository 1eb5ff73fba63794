"""Referral 移送线索: what goes to those who hold units accountable; a row that they read."""

from django.db import models

from .ledger import LedgerRow


class Referral(LedgerRow):
    """A broken promise (or another ground) that a higher app may take up as a lead."""

    unit = models.ForeignKey(
        "governance.Unit", models.PROTECT, related_name="referrals", verbose_name="涉及单位"
    )
    clock = models.OneToOneField(
        "governance.Clock", models.PROTECT, null=True, related_name="referral"
    )
    ground = models.CharField("事由", max_length=200)
    clause = models.CharField("条款", max_length=20, blank=True)
    at = models.DateTimeField("移送时间")

    class Meta:
        verbose_name = verbose_name_plural = "移送线索"
        indexes = [models.Index(fields=["county", "-id"], name="referral_county")]

    def __str__(self):
        return self.ground
