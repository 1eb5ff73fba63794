"""What the page tests share: a county with a list, clients of people, bytes without noise."""

import io
import re

from django.test import Client

from checklist.models import CollectiveTerm
from checklist.terms import seed
from governance import sheets
from tests.factories.checklist import make_published, row
from tests.factories.governance import County

ITEMS = (
    row("占道经营和马路市场整治", main="县综合行政执法局", coop="县公安局;县市场监督管理局"),
    row("道路塌陷应急处置", main="县交通运输局", coop="县公安局"),
    row("秸秆禁烧", main="各乡镇(街道)", coop="县农业农村局;县公安局"),
)
UNITS = (
    *("县综合行政执法局", "县公安局", "县市场监督管理局", "县交通运输局", "县农业农村局"),
    *("清泉街道", "贾镇", "清泉派出所", "县政府办"),
)


def listed_county(**options) -> County:
    """A county whose list has three items."""
    county = County(**options)
    for name in UNITS:
        county.unit(name)
    if not CollectiveTerm.objects.exists():
        seed(CollectiveTerm)
    county.edition = make_published(county.row, *ITEMS)
    return county


def item_of(county: County, name: str):
    """The item of this name in the county's list."""
    return county.edition.members.get(revision__name=name).item


def client_of(user) -> Client:
    """A browser in which `user` is signed in."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


NOISE = (
    re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"'),
    re.compile(rb'"X-CSRFToken": "[^"]+"'),
    re.compile(rb"X-CSRFToken&quot;: &quot;[^&]+"),
    re.compile(rb'name="token" value="[0-9a-f]+"'),
)


def bytes_of(response) -> bytes:
    """What was sent, without what differs between two readings of the same page."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    for pattern in NOISE:
        body = pattern.sub(b"", body)
    return body


def rows_of(answer) -> list[list[str]]:
    """The rows of an exported workbook."""
    book = sheets.read(io.BytesIO(b"".join(answer.streaming_content)), "x.xlsx")
    return [list(cells) for _, cells in book.sheets[0].rows()]
