"""Channel 公开渠道: the phone and mail that a unit publishes for suggestions (GX-清单-31)."""

from django.conf import settings
from django.db import models


class Channel(models.Model):
    """What a department or township makes public; kept apart from the contacts of calls, which
    name persons and stay inside.
    """

    unit = models.OneToOneField(
        "governance.Unit", models.CASCADE, related_name="channel", verbose_name="单位"
    )
    phone = models.CharField("公开电话", max_length=40, blank=True)
    mail = models.EmailField("电子信箱", blank=True)
    note = models.CharField("说明", max_length=100, blank=True, help_text="如受理时间、地址")
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="填写人"
    )
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "公开渠道"

    def __str__(self):
        return f"{self.unit}公开渠道"
