"""Tokens of integrations: `Authorization: Token gx_…`, one per integration, kept as a hash.

A token acts as its account (kind machine), so its rights are that account's posts: the unit and
posts to which the integration is bound (interfaces.md, HTTP).
"""

import hashlib
import hmac
import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed

from governance import access_log
from governance.models import AccessToken, User

KEYWORD = "Token"
MARK = "gx_"
USED_EVERY = timedelta(minutes=1)
"""How exact the time of last use is; not every request writes."""


class TokenError(ValueError):
    """A token that may not be issued; the message is Chinese."""


def digest(token: str) -> str:
    """The hash that is kept. The token is random and long, so that no slow hash is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def issue(user: User, *, by: User, purpose: str, expires_at=None, request=None):
    """Issue the token of an integration, replacing none that is in force.

    Returns:
        (AccessToken, token): the token itself is known here and now only.

    Raises:
        TokenError: the account is no integration, is disabled, or has a token in force.
    """
    if user.kind != User.Kind.MACHINE or not user.is_active:
        raise TokenError("凭证只能签发给启用的接口账号。")
    prefix = secrets.token_hex(4)
    token = f"{MARK}{prefix}_{secrets.token_urlsafe(32)}"
    with transaction.atomic():
        if user.tokens.select_for_update().filter(revoked_at=None).exists():
            raise TokenError("该接口账号已有有效凭证,请先吊销。")
        row = AccessToken.objects.create(
            user=user,
            purpose=purpose,
            prefix=prefix,
            hash=digest(token),
            created_by=by,
            expires_at=expires_at,
        )
        access_log.record(
            access_log.Kind.TOKEN,
            request=request,
            user=by,
            subject=user,
            detail=f"签发接口凭证 {prefix}:{purpose}",
        )
    return row, token


def revoke(row: AccessToken, *, by: User, request=None) -> None:
    """End a token; it is refused from the next request on."""
    with transaction.atomic():
        ended = AccessToken.objects.filter(pk=row.pk, revoked_at=None).update(
            revoked_at=timezone.now()
        )
        if ended:
            access_log.record(
                access_log.Kind.TOKEN,
                request=request,
                user=by,
                subject=row.user,
                detail=f"吊销接口凭证 {row.prefix}",
            )


class TokenAuthentication(BaseAuthentication):
    """The API's door for machines; browsers come by session."""

    message = _("接口凭证无效、已吊销或已过期。")

    def authenticate(self, request):
        """(user, token) for a valid token; None where none is offered."""
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() != KEYWORD.lower().encode():
            return None
        try:
            token = parts[1].decode("ascii") if len(parts) == 2 else ""
        except UnicodeDecodeError:
            token = ""
        row = self.find(token)
        if row is None:
            access_log.record(
                access_log.Kind.TOKEN,
                request=request._request,
                username=token[: len(MARK) + 8],
                detail="接口凭证无效、已吊销或已过期",
                success=False,
            )
            raise AuthenticationFailed(self.message)
        return row.user, row

    def authenticate_header(self, request):
        """Named, so that a stranger gets 401 and not 403."""
        return KEYWORD

    @staticmethod
    def find(token: str) -> AccessToken | None:
        """The row of a token in force whose account is in force."""
        prefix = token.removeprefix(MARK).partition("_")[0]
        row = AccessToken.objects.select_related("user").filter(prefix=prefix[:12]).first()
        kept = row.hash if row else digest("")
        if not hmac.compare_digest(kept, digest(token)) or row is None:
            return None
        now = timezone.now()
        if row.revoked_at or (row.expires_at and row.expires_at <= now) or not row.user.is_active:
            return None
        if row.last_used_at is None or now - row.last_used_at > USED_EVERY:
            AccessToken.objects.filter(pk=row.pk).update(last_used_at=now)
        return row


class TokenScheme(OpenApiAuthenticationExtension):
    """How the interface's description names it."""

    target_class = "governance.tokens.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema):
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "机器对接:`Token gx_…`,由安全管理员签发,每个对接一个。",
        }
