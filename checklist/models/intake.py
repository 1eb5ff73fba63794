"""Import 导入: one uploaded sheet, from upload to result; survives reloading and restarts."""

from uuid import uuid4

from django.conf import settings
from django.db import models

from checklist import access


def storage_key(instance, name: str) -> str:
    """A random key: nothing of the sender's file name reaches the file system."""
    key = uuid4().hex
    return f"imports/{key[:2]}/{key}"


class ImportQuerySet(models.QuerySet):
    """Reads of imports."""

    def visible_to(self, user):
        """Imports of the counties where the user may draft."""
        return self.filter(county__in=access.drafting_counties(user))


class Import(models.Model):
    """An upload and what became of it. The rows of the list are written on confirmation only."""

    class State(models.TextChoices):
        WAITING = "waiting", "等待检查"
        CHECKING = "checking", "正在检查"
        FAULTY = "faulty", "有错误,未导入"
        READY = "ready", "待确认"
        CONFIRMED = "confirmed", "等待写入"
        WRITING = "writing", "正在写入"
        DONE = "done", "已导入"
        FAILED = "failed", "未能完成"
        CANCELLED = "cancelled", "已放弃"

    county = models.ForeignKey(
        "governance.Unit", models.PROTECT, related_name="+", verbose_name="县"
    )
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="上传人"
    )
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)
    file = models.FileField("文件", upload_to=storage_key, max_length=120)
    name = models.CharField("文件名", max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField("字节", default=0)
    sheet = models.CharField("工作表", max_length=80, blank=True)
    title = models.CharField("清单名称", max_length=200, blank=True)
    replace = models.BooleanField("表中没有的事项移出草稿", default=False)
    state = models.CharField("状态", max_length=10, choices=State, default=State.WAITING)
    progress = models.PositiveSmallIntegerField("进度", default=0)
    message = models.CharField("说明", max_length=300, blank=True)
    faults = models.JSONField("错误", default=list)
    remarks = models.JSONField("提示", default=list)
    changes = models.JSONField("差异", default=dict)
    base = models.CharField("比对基础", max_length=80, blank=True)
    edition = models.ForeignKey(
        "checklist.Edition", models.PROTECT, null=True, related_name="imports"
    )
    touched_at = models.DateTimeField("最近动作", auto_now=True)

    objects = ImportQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "清单导入"
        ordering = ["-id"]
        indexes = [models.Index(fields=["county", "-id"], name="import_county")]

    def __str__(self):
        return self.name

    @property
    def working(self) -> bool:
        """Whether somebody is still at it (the page then asks again)."""
        return self.state in {
            self.State.WAITING,
            self.State.CHECKING,
            self.State.CONFIRMED,
            self.State.WRITING,
        }
