"""People who visit pages: a signed-in client, and addresses of matters in the ledgers."""

from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice

from governance.roles import ADMINISTRATORS


def visit(user=None) -> Client:
    """A client, signed in as `user`; administrators with their second factor."""
    client = Client()
    if user is not None:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        if user.holds(*ADMINISTRATORS):
            device = TOTPDevice.objects.create(user=user, name="测试", confirmed=True)
            session = client.session
            session[DEVICE_ID_SESSION_KEY] = device.persistent_id
            session.save()
    return client


def address(matter, tail: str = "") -> str:
    """/matters/<type>/<pk>/<tail>"""
    return f"/matters/{matter.type().pk}/{matter.pk}/{tail}"


def step(matter, name: str) -> str:
    """The page of a step."""
    return address(matter, f"steps/{name}/")


def text_of(response) -> str:
    """The page as text."""
    return response.content.decode()
