"""PasswordRecord 历史密码 and AccessToken 接口凭证: what an account proves itself by."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class PasswordRecord(models.Model):
    """The hash of a password that an account had, so that none of the last ones comes back."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="password_records"
    )
    password = models.CharField("哈希", max_length=128)
    at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "历史密码"
        ordering = ["-id"]

    def __str__(self):
        return f"{self.user} {self.at:%Y-%m-%d}"


class AccessToken(models.Model):
    """The token of one integration. Only its hash is kept; the token is shown once, when issued.

    A token acts as its account, so its rights are that account's posts and nothing more.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="tokens",
        verbose_name="接口账号",
        limit_choices_to={"kind": "machine"},
    )
    purpose = models.CharField("用途", max_length=100, help_text="如:12345 热线工单对接")
    prefix = models.CharField("前缀", max_length=12, unique=True, editable=False)
    hash = models.CharField("哈希", max_length=64, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name="签发人",
        editable=False,
    )
    created_at = models.DateTimeField("签发时间", auto_now_add=True)
    expires_at = models.DateTimeField("有效期至", null=True, blank=True)
    revoked_at = models.DateTimeField("吊销时间", null=True, blank=True, editable=False)
    last_used_at = models.DateTimeField("最近使用", null=True, blank=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "接口凭证"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(revoked_at=None),
                name="access_token_one_in_force",
                violation_error_message="该接口账号已有有效凭证,请先吊销。",
            )
        ]

    def __str__(self):
        return f"{self.user} {self.prefix}"
