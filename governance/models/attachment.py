"""Attachment 附件: private files of a matter, checked by content and hashed."""

from uuid import uuid4

from django.conf import settings
from django.db import models

from .ledger import InternalQuerySet, LedgerRow


def storage_key(instance, name: str) -> str:
    """A random key: nothing of what the sender called the file reaches the file system."""
    key = uuid4().hex
    return f"attachments/{key[:2]}/{key}"


class Attachment(LedgerRow):
    """One file. Downloadable only by those who may see the matter."""

    step = models.CharField("步骤", max_length=40)
    file = models.FileField(upload_to=storage_key, max_length=120)
    name = models.CharField("文件名", max_length=200)
    media_type = models.CharField("类型", max_length=80)
    size = models.PositiveIntegerField("字节")
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    unit = models.ForeignKey("governance.Unit", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField("时间")
    internal_to = models.ForeignKey("governance.Unit", models.PROTECT, null=True, related_name="+")

    objects = InternalQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "附件"
        indexes = [models.Index(fields=["root_type", "root_id"], name="attachment_root")]

    def __str__(self):
        return self.name

    @property
    def is_picture(self) -> bool:
        """Whether a page may show it instead of naming it."""
        return self.media_type in {"image/jpeg", "image/png", "image/gif", "image/webp"}
