"""What the tests of admission's pages share: pages as text, the filing form as it is sent."""

import re

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.checklist.scene import PDF

LIST, NEW = "/admission/requests/", "/admission/requests/new/"


def text(client, url: str, status: int = 200) -> str:
    """The text of a page."""
    answer = client.get(url)
    assert answer.status_code == status, (url, answer.status_code)
    return answer.content.decode()


def names(client, url: str) -> list[str]:
    """The names of the rows of a list, in order."""
    return re.findall(r'class="main-cell[^>]*><div><a href="[^"]+">([^<]+)</a>', text(client, url))


def sent(scene, *towns: str, **given) -> dict:
    """A whole form as a browser sends it."""
    facts = scene.facts(*towns) | {"action": "consult", "token": "t" * 32}
    facts |= {"files": SimpleUploadedFile("依据.pdf", PDF, "application/pdf")} | given
    return {name: value for name, value in facts.items() if value is not None}


def field(page: str, name: str) -> str:
    """What stands in a field."""
    area = re.search(rf'<textarea name="{name}"[^>]*>\s*([^<]*)</textarea>', page)
    return area[1] if area else re.search(rf'name="{name}" value="([^"]*)"', page)[1]
