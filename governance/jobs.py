"""Long work that a person waits for: how far it is, in a small file beside its result.

The page survives reloading, and any process can read the file. Nothing outlives a day.
"""

import json
import re
from dataclasses import dataclass
from datetime import timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

KEPT = timedelta(days=1)
TOKEN = re.compile(r"[0-9a-f]{32}\Z")


@dataclass(frozen=True)
class Jobs:
    """The jobs of one kind, each known by its token; `folder` is theirs in the media storage."""

    folder: str

    def place(self, token: str, ending: str) -> str:
        """Where a part of a job lies in the media storage."""
        return f"{self.folder}/{token}.{ending}"

    def keep(self, token: str, ending: str, data: bytes) -> None:
        """Write a part of a job, in the place of the one that stood there."""
        name = self.place(token, ending)
        if default_storage.exists(name):
            default_storage.delete(name)
        default_storage.save(name, ContentFile(data))

    def note(self, token: str, **state) -> None:
        """Write down how far a job is."""
        told = (self.read(token) or {}) | state
        self.keep(token, "json", json.dumps(told, ensure_ascii=False).encode())

    def read(self, token: str) -> dict | None:
        """How far a job is; None for one that does not exist (any more)."""
        name = self.place(token, "json")
        if not TOKEN.match(token) or not default_storage.exists(name):
            return None
        try:
            with default_storage.open(name) as file:
                return json.loads(file.read())
        except (ValueError, OSError):  # just being written
            return {}

    def tidy(self) -> int:
        """Remove what is older than a day; returns how many files."""
        if not default_storage.exists(self.folder):
            return 0
        removed = 0
        for name in default_storage.listdir(self.folder)[1]:
            path = f"{self.folder}/{name}"
            if default_storage.get_modified_time(path) < timezone.now() - KEPT:
                default_storage.delete(path)
                removed += 1
        return removed
