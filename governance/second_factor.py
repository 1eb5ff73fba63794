"""The second factor: a time-based code (TOTP, RFC 6238) from an authenticator on the phone.

Codes are verified under a row lock; one that was used is refused, and failures slow down.
"""

import base64

import django_otp
import qrcode
from django.db import transaction
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from governance import access_log, signing_in
from governance.models import User

Kind = access_log.Kind


class Refused(ValueError):
    """A code that was not accepted; the message is Chinese."""


def device_of(user: User) -> TOTPDevice | None:
    """The authenticator in use, or None."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).first()


def pending_of(user: User) -> TOTPDevice | None:
    """The authenticator that is being set up, or None."""
    return TOTPDevice.objects.filter(user=user, confirmed=False).first()


def begin(user: User) -> TOTPDevice:
    """Draw a new key to be confirmed by a first code; an unconfirmed older one is dropped."""
    TOTPDevice.objects.filter(user=user, confirmed=False).delete()
    return TOTPDevice.objects.create(user=user, name="验证器", confirmed=False)


def secret(device: TOTPDevice) -> str:
    """The key as a person types it into an authenticator without a camera: groups of four."""
    text = base64.b32encode(device.bin_key).decode().rstrip("=")
    return " ".join(text[i : i + 4] for i in range(0, len(text), 4))


def picture(device: TOTPDevice) -> dict:
    """The QR code as the path of an inline SVG: {size, path}; no file, no other host."""
    code = qrcode.QRCode(border=4, error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(device.config_url)
    rows = code.get_matrix()
    path = "".join(
        f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark
    )
    return {"size": len(rows), "path": path}


def verify(request, code: str) -> None:
    """Accept a code for this session.

    Raises:
        Refused: wrong, used before, or too soon after failures.
    """
    with transaction.atomic():
        device = _locked(request.user, confirmed=True)
        fault = _fault(device, code)
    if fault:
        access_log.record(Kind.SECOND_FACTOR, request=request, detail=fault, success=False)
        raise Refused(fault)
    _admit(request, device)
    access_log.record(Kind.SECOND_FACTOR, request=request, detail="动态口令验证通过")


def confirm(request, code: str) -> None:
    """Put the pending authenticator in use; every other session of the account ends."""
    with transaction.atomic():
        device = _locked(request.user, confirmed=False)
        fault = _fault(device, code)
        if not fault:
            device.confirmed = True
            device.save(update_fields=["confirmed"])
    if fault:
        raise Refused(fault)
    signing_in.end_sessions(request.user)
    signing_in.keep_this(request)
    _admit(request, device)
    access_log.record(Kind.SECOND_FACTOR, request=request, detail="启用第二因素")


def give_up(request, code: str) -> None:
    """Stop using one's own second factor, against a code."""
    verify(request, code)
    TOTPDevice.objects.filter(user=request.user).delete()
    request.session.pop(signing_in.DEVICE, None)
    access_log.record(Kind.SECOND_FACTOR, request=request, detail="停用第二因素")


def _locked(user: User, *, confirmed: bool) -> TOTPDevice:
    device = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=confirmed).first()
    if device is None:
        raise Refused("尚未设置第二因素。")
    return device


def _fault(device: TOTPDevice, code: str) -> str:
    """Why a code is not accepted; empty when it is. Failures are counted on the device."""
    allowed, about = device.verify_is_allowed()
    if not allowed:
        until = (about or {}).get("locked_until")
        seconds = max(1, round((until - timezone.now()).total_seconds())) if until else 1
        return f"尝试过于频繁,请在 {seconds} 秒后再试。"
    if not device.verify_token(code):
        return "动态口令不正确或已经用过,请等待下一个口令。"
    return ""


def _admit(request, device: TOTPDevice) -> None:
    """The session is verified from now on, under a new key."""
    django_otp.login(request, device)
    request.session.pop(signing_in.NEEDS_CODE, None)
    request.session.cycle_key()
