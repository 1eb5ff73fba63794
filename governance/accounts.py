"""Accounts as the administrators keep them: open, disable, reset, unlock. Each leaves an entry.

Opening and disabling is the system administrator's, resetting and unlocking the security
administrator's (三员); the registry pages ask for the post, the services keep the rules.
"""

from datetime import timedelta

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.password_validation import password_validators_help_texts
from django.core.exceptions import ValidationError
from django.db import transaction
from django_otp.plugins.otp_totp.models import TOTPDevice

from governance import access_log, passwords, signing_in
from governance.models import AccessLog, User
from governance.roles import ADMINISTRATORS

Kind = AccessLog.Kind
SIGN_IN_KINDS = (Kind.SIGN_IN, Kind.SIGN_IN_FAILED, Kind.LOCKED, Kind.SECOND_FACTOR, Kind.PASSWORD)


PEOPLE_ONLY = ADMINISTRATORS
"""Posts that an integration never holds."""


class NotAllowed(ValueError):
    """An administrator may not do this to this account; the message is Chinese."""


def log(request, kind: str, **words) -> None:
    """An entry about the signed-in account itself."""
    access_log.record(kind, request=request, **words)


def policy_text() -> str:
    """What a password must be, in one line."""
    return "".join(password_validators_help_texts())


def expires(user: User):
    """The day on which the password has to be changed, or None."""
    if not settings.PASSWORD_EXPIRY_DAYS or settings.DEMO:
        return None
    since = user.password_changed_at or user.date_joined
    return since + timedelta(days=settings.PASSWORD_EXPIRY_DAYS)


def prepare(user: User, password: str = "") -> str:
    """Give an account that is not saved yet its initial password; return it.

    Raises:
        ValidationError: the policy refuses it.
    """
    password = password or passwords.initial()
    try:
        passwords.check(password, user)
    except ValidationError as refusal:
        raise ValidationError({"initial_password": refusal.messages}) from refusal
    user.set_password(password)
    user.must_change_password = True
    return password


def open_account(
    *, by: User | None, username: str, name: str, password: str = "", request=None, **fields
):
    """Make an account with an initial password that has to be changed.

    Returns:
        (user, initial password); empty for a machine, which has none.

    Raises:
        ValidationError: a field or the password is refused.
    """
    user = User(username=username.strip().lower(), name=name, **fields)
    if user.kind == User.Kind.MACHINE:
        user.set_unusable_password()
        user.must_change_password = False
        initial = ""
    else:
        initial = prepare(user, password)
    user.full_clean(exclude=["password"])
    with transaction.atomic():
        user.save()
        access_log.record(Kind.ACCOUNT, request=request, user=by, subject=user, detail="开通账号")
    return user, initial


def set_active(user: User, active: bool, *, by: User, request=None) -> None:
    """Enable or disable; a disabled account's sessions and tokens end at once."""
    if user.pk == by.pk:
        raise NotAllowed("不能停用或启用自己的账号。")
    if user.is_active == active:
        return
    with transaction.atomic():
        user.is_active = active
        user.save(update_fields=["is_active"])
        detail = "启用账号" if active else "停用账号"
        access_log.record(Kind.ACCOUNT, request=request, user=by, subject=user, detail=detail)


def reset_password(user: User, *, by: User, request=None) -> str:
    """A new initial password, which ends every session; returned once."""
    if user.pk == by.pk:
        raise NotAllowed("自己的密码请在“修改密码”中修改。")
    if user.kind == User.Kind.MACHINE:
        raise NotAllowed(f"“{user}”是接口账号,没有密码。")
    with transaction.atomic():
        initial = prepare(user)
        user.save(update_fields=["password", "must_change_password"])
        unlock(user, by=by, request=request)
        access_log.record(Kind.PASSWORD, request=request, user=by, subject=user, detail="重置密码")
    return initial


def reset_second_factor(user: User, *, by: User, request=None) -> None:
    """Forget a lost authenticator; the account sets up a new one after its next sign-in."""
    if user.pk == by.pk:
        raise NotAllowed("不能重置自己的第二因素,请由另一位安全管理员办理。")
    with transaction.atomic():
        TOTPDevice.objects.filter(user=user).delete()
        signing_in.end_sessions(user)
        access_log.record(
            Kind.SECOND_FACTOR, request=request, user=by, subject=user, detail="重置第二因素"
        )


def unlock(user: User, *, by: User, request=None) -> int:
    """Forget an account's failed sign-ins; returns how many rows there were."""
    found = AccessAttempt.objects.filter(username=user.username)
    addresses = sorted(set(found.values_list("ip_address", flat=True)))
    count, _ = found.delete()
    if count:
        access_log.record(
            Kind.LOCKED,
            request=request,
            user=by,
            subject=user,
            detail=f"解除锁定,来源 {'、'.join(map(str, addresses))}",
        )
    return count
