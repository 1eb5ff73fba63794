"""Signing in as a person does, for tests of everything behind the sign-in."""

import time_machine
from django.test import Client
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from governance.models import User
from tests.factories.governance import PASSWORD

SIGN_IN = "/login/"


def sign_in(user: User | str, password: str = PASSWORD, client: Client | None = None, **data):
    """POST the sign-in form; returns (client, response)."""
    client = client or Client()
    username = user if isinstance(user, str) else user.username
    answer = client.post(SIGN_IN, {"username": username, "password": password, **data})
    return client, answer


def code_of(device: TOTPDevice, step: int = 0) -> str:
    """The code that the authenticator shows now (`step` half minutes later)."""
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift + step)
    return f"{totp.token():0{device.digits}d}"


def enrol(user: User) -> TOTPDevice:
    """An authenticator in use."""
    return TOTPDevice.objects.create(user=user, name="验证器", confirmed=True)


def administrator(user: User) -> Client:
    """A client signed in with both factors, as the three administrators must be."""
    device = TOTPDevice.objects.filter(user=user).first() or enrol(user)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["otp_device_id"] = device.persistent_id
    session.pop("needs_code", None)
    session.save()
    return client


def at(moment):
    """Wall clock at `moment`, standing still."""
    return time_machine.travel(moment, tick=False)
