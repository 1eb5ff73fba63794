"""Whether the collected static files are those of the sources, judged without copying anything."""

import hashlib

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders


def _digest() -> str:
    seen = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            at = storage.get_modified_time(path).timestamp()
            seen.update(f"{storage.location}/{path}:{storage.size(path)}:{at}\n".encode())
    return seen.hexdigest()


def _file():
    return settings.STATIC_ROOT / ".sources"


def is_current() -> bool:
    """Whether the last collection was made from exactly these sources."""
    return _file().exists() and _file().read_text() == _digest()


def write() -> None:
    """Remember the sources after a collection."""
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    _file().write_text(_digest())
