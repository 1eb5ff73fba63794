"""What the tests of hostile input share: browsers that answer as a server does."""

from contextlib import contextmanager

from django.db import transaction

from tests.governance.visiting import visit

CALLS = "/api/v1/hucall/calls/"
JSON = "application/json"
SCRIPT = "<script>alert(1)</script><svg onload=alert(2)>"
RARE = "𠮷㐀𰻝·葛󠄀😀"


@contextmanager
def undone():
    """Whatever happens inside is taken back."""
    with transaction.atomic():
        try:
            yield
        finally:
            transaction.set_rollback(True)


def browser(user):
    """A signed-in client that answers as a server does: an error of ours is a 500."""
    client = visit(user)
    client.raise_request_exception = False
    return client


def survives(client, method: str, url: str, *args, **kwargs):
    """The answer; whatever was asked, it is no 500, and what it says can be read."""
    with undone():
        answer = getattr(client, method)(url, *args, **kwargs)
        assert answer.status_code < 500, (method, url, str(args)[:300], str(kwargs)[:300])
        if answer.headers.get("Content-Type") == JSON:
            answer.json()
        return answer
