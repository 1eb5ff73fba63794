"""What the tests of the list's pages share: a page as text, a sheet sent to the import."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse


def page(client, name, *args, query="", status=200) -> str:
    """The text of a page of the list, by its name in urls.py; nothing of a download."""
    answer = client.get(reverse(f"checklist:{name}", args=args) + query)
    assert answer.status_code == status, answer.content.decode()[:300]
    return "" if answer.streaming else answer.content.decode()


def send(client, data: bytes, name="清单.xlsx", **fields):
    """The answer to a sheet that somebody uploads."""
    upload = SimpleUploadedFile(name, data)
    return client.post(reverse("checklist:upload"), {"file": upload, **fields})
