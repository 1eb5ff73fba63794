"""Doing something once per key: the key, the effect and its answer commit together."""

import hashlib
import json
from collections.abc import Callable

from django.db import IntegrityError, transaction

from governance.models import IdempotencyKey


class Reused(Exception):
    """The key stands already, with another body."""


def body_hash(path: str, data, files) -> str:
    """A digest of what is asked for: path, facts, and the content of files."""
    pairs = (
        sorted((name, data.getlist(name)) for name in data) if hasattr(data, "getlist") else data
    )
    uploads = []
    for upload in files or ():
        digest = hashlib.sha256()
        for chunk in upload.chunks():
            digest.update(chunk)
        upload.seek(0)
        uploads.append(digest.hexdigest())
    text = json.dumps([path, pairs, uploads], ensure_ascii=True, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def once(user, key: str, path: str, digest: str, act: Callable[[], tuple[int, dict]]):
    """Run `act` the first time that `user` sends `key`; later give the same answer again.

    Args:
        act: makes the effect and returns (status, answer); what it raises leaves no key behind.

    Returns:
        (status, answer, whether it was a repetition).

    Raises:
        Reused: the key was used for something else.
    """
    with transaction.atomic():
        try:
            with transaction.atomic():
                row = IdempotencyKey.objects.create(
                    user=user, key=key[:100], path=path[:300], body_hash=digest
                )
        except IntegrityError:
            row = IdempotencyKey.objects.get(user=user, key=key[:100])
            if row.body_hash != digest:
                raise Reused from None
            return row.status, row.answer, True
        row.status, row.answer = act()
        row.save(update_fields=["status", "answer"])
        return row.status, row.answer, False
