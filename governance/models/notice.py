"""Notice 通知: one row per recipient and cause; Outbox: one per outside channel."""

from django.conf import settings
from django.db import models


class Notice(models.Model):
    """A line in somebody's inbox. `dedupe` makes a repeated sweep or task write nothing twice."""

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices", verbose_name="收件人"
    )
    dedupe = models.CharField(max_length=80)
    title = models.CharField("标题", max_length=200)
    body = models.CharField("内容", max_length=500, blank=True)
    url = models.CharField("地址", max_length=200, blank=True)
    tone = models.CharField("性质", max_length=10, default="info")
    urgent = models.BooleanField("紧急", default=False)
    created_at = models.DateTimeField("时间")
    read_at = models.DateTimeField("已读", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "通知"
        constraints = [
            models.UniqueConstraint(fields=["recipient", "dedupe"], name="notice_once"),
        ]
        indexes = [
            models.Index(fields=["recipient", "-id"], name="notice_inbox"),
            models.Index(
                fields=["recipient"], condition=models.Q(read_at=None), name="notice_unread"
            ),
        ]

    def __str__(self):
        return self.title


class Outbox(models.Model):
    """A message that must leave by an outside channel; delivered and retried by a task."""

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="outbox")
    channel = models.CharField("渠道", max_length=20)
    address = models.CharField("地址", max_length=200)
    due_at = models.DateTimeField("可发时间")
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    sent_at = models.DateTimeField("已发", null=True)
    failed_at = models.DateTimeField("放弃", null=True)
    error = models.CharField("错误", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "待发消息"
        constraints = [models.UniqueConstraint(fields=["notice", "channel"], name="outbox_once")]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(sent_at=None, failed_at=None),
                name="outbox_open",
            )
        ]
