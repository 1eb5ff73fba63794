"""What the settings need before Django is there: kept secrets, and refusals in plain words."""

import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def refuse(reason: str):
    """Stop the start with a sentence for the administrator."""
    raise ImproperlyConfigured(reason)


def kept_secret(path: Path, length: int = 50) -> str:
    """The secret kept in `path`, made on first use and readable by its owner alone.

    Several processes may ask at once: whoever creates the file decides.
    """
    fresh = secrets.token_urlsafe(length)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        pass
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(fresh)
        os.link(draft, path)  # fails where another process was faster
    except FileExistsError:
        pass
    finally:
        draft.unlink(missing_ok=True)
    return path.read_text().strip()
