"""The UI kit rendered without an instance: templates, a request of nobody, hostile words."""

from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.template import Context, Template
from django.test import RequestFactory

from governance import wording


def here(*parts) -> datetime:
    """A moment in Asia/Shanghai."""
    return datetime(*parts, tzinfo=wording.ZONE)


NOW = here(2026, 11, 25, 14, 20)
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


def show(source: str, **values) -> str:
    """The source of a template, rendered with the kit's tags."""
    return Template("{% load ui %}" + source).render(Context(values))


def request_for(path="/_ui/"):
    """A request of somebody who is not signed in."""
    request = RequestFactory().get(path)
    request.user = AnonymousUser()
    return request
