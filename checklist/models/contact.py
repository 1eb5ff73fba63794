"""Contact 联络信息: who answers for an item in a unit (GX-呼应-03, decision 32)."""

from django.conf import settings
from django.db import models

from .item import Item


class Contact(models.Model):
    """科室, 联系人, 电话 of (item, unit); an empty field falls back to the unit's own."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="contacts", verbose_name="事项")
    unit = models.ForeignKey(
        "governance.Unit", models.PROTECT, related_name="+", verbose_name="单位"
    )
    office = models.CharField("负责科室", max_length=60, blank=True)
    person = models.CharField("联系人", max_length=40, blank=True)
    phone = models.CharField("联系电话", max_length=40, blank=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )

    class Meta:
        verbose_name = verbose_name_plural = "事项联络信息"
        constraints = [models.UniqueConstraint("item", "unit", name="contact_once")]

    def __str__(self):
        return f"{self.unit} {self.item}"
