"""People who visit pages: a signed-in client, and addresses of matters in the ledgers."""

from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice

from governance import catalogue
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


def shows_every_rule(client: Client, app: str, count: int, **headers) -> None:
    """Assert that the drawer of each rule of an app shows statement, document and article."""
    rules = [entry for entry in catalogue.entries().values() if entry.app == app]
    assert len(rules) == count
    for entry in rules:
        answer = client.get(f"/clauses/{entry.rule_id}/", headers=headers)
        assert answer.status_code == 200, entry.rule_id
        page = text_of(answer)
        for text in (entry.statement, entry.document, entry.article_label):
            assert text in page, (entry.rule_id, text)
        # What is ours (推导) may stand beside the clause, never in its text.
        assert entry.remark == "" or entry.remark not in entry.statement
