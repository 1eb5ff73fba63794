"""Doing the step of a whole form once, however often its button was pressed."""

from __future__ import annotations

import hashlib

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from governance import idempotency, uploads
from governance.perform import perform
from governance.steps import Refused
from governance.views.steps import read_version

LEFT_OUT = ("csrfmiddlewaretoken", "version")


def submit(request, record, name: str):
    """Do step `name` of `record` with what was sent.

    One sending is known by the form's token and all that was typed, so that the same form with
    other words (after “back”) is another sending.

    Returns:
        (the record as saved, whether it had been done already).
    """
    version = read_version(request.POST.get("version")) if record.pk else None

    def act() -> tuple[int, dict]:
        done = perform(
            record,
            name,
            actor=request.user,
            version=version,
            facts=request.POST,
            files=request.FILES,
        )
        return 200, {"pk": done.pk}

    if not request.POST.get("token"):
        return found(record, act()[1]["pk"]), False
    said = request.POST.copy()
    for one in LEFT_OUT:
        said.pop(one, None)
    digest = idempotency.body_hash(request.path, said, request.FILES.getlist("files"))
    key = "form." + hashlib.sha256(f"{name}.{digest}".encode()).hexdigest()
    _, answer, again = idempotency.once(request.user, key, request.path, digest, act)
    return found(record, answer["pk"]), again


def found(record, pk: int):
    """The record as it stands now."""
    return type(record).objects.get(pk=pk)


def kept_as_draft(request, record, name: str = "save_draft"):
    """Save what was sent as a draft with its files (a browser's form cannot keep them); None
    where that is not possible.
    """
    good = [one for one in request.FILES.getlist("files") if acceptable(one)]
    if not good:
        return None
    facts = QueryDict(mutable=True)
    facts.update(request.POST)
    files = MultiValueDict({"files": good})
    try:
        return perform(record, name, actor=request.user, facts=facts, files=files)
    except (Refused, ValidationError):
        return None


def acceptable(upload) -> bool:
    """Whether a file may be kept."""
    try:
        uploads.check(upload)
    except ValidationError:
        return False
    return True
