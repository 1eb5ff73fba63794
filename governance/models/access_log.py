"""AccessLog 访问日志: sign-ins, refusals, exports and every change of accounts, append-only.

It holds no business content: what a matter's people did stands in its own trail (Event).
"""

from django.conf import settings
from django.db import models


class AccessLog(models.Model):
    """One entry. The database refuses to change or delete it (triggers, migration 0003)."""

    class Kind(models.TextChoices):
        SIGN_IN = "sign_in", "登录"
        SIGN_IN_FAILED = "sign_in_failed", "登录失败"
        LOCKED = "locked", "锁定"
        SIGN_OUT = "sign_out", "退出"
        SECOND_FACTOR = "second_factor", "第二因素"
        PASSWORD = "password", "密码"
        ACCOUNT = "account", "账号变更"
        POST = "post", "岗位变更"
        TOKEN = "token", "接口凭证"
        REGISTRY = "registry", "基础数据变更"
        DENIED = "denied", "越权被拒"
        EXPORT = "export", "导出下载"

    at = models.DateTimeField("时间", auto_now_add=True)
    kind = models.CharField("类型", max_length=16, choices=Kind)
    success = models.BooleanField("成功", default=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="用户"
    )
    username = models.CharField("账号", max_length=60, blank=True)
    name = models.CharField("姓名", max_length=60, blank=True)
    county = models.ForeignKey(
        "governance.Unit", models.PROTECT, null=True, related_name="+", verbose_name="所属县"
    )
    address = models.CharField("来源地址", max_length=45, blank=True)
    method = models.CharField("方法", max_length=8, blank=True)
    path = models.CharField("路径", max_length=300, blank=True)
    subject = models.CharField("对象", max_length=160, blank=True)
    detail = models.CharField("说明", max_length=400, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "访问日志"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["county", "-id"], name="access_log_county"),
            models.Index(fields=["kind", "-id"], name="access_log_kind"),
            models.Index(fields=["username", "-id"], name="access_log_username"),
            models.Index(fields=["at"], name="access_log_at"),
        ]

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M} {self.username} {self.get_kind_display()}"
