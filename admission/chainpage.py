"""What the pages of a request and of an exit share: chain, clocks, files, trail, steps."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from checklist.applicationpage import decided, earlier, stage_dict, station
from governance import presentation, stages
from governance.models import Stage

__all__ = ["File", "decided", "file_of", "own_stage_steps", "station", "written"]


@dataclass
class File:
    """One file of admission as its ledgers tell it to one reader."""

    found: list[Stage]
    chain: list[dict]
    clocks: list[dict]
    by_place: dict
    files: list[dict]
    trail: presentation.Trail

    def context(self, record, user) -> dict:
        """What both templates show of it."""
        return {
            "chain": self.chain,
            "earlier": earlier(self.found, record, user),
            "clocks": [one for one in self.clocks if one["running"]],
            "files": self.files,
            "trail": self.trail,
            "trail_url": reverse("trail", args=presentation.place(record)),
        }


def file_of(request, record) -> File:
    """Everything that the ledgers hold of a file, in a constant number of queries."""
    user = request.user
    found = list(
        record.stages.select_related("unit", "decided_by").order_by("round", "order", "id")
    )
    for stage in found:
        stage.matter = record
    clocks = presentation.clocks_of(record, user)
    by_place = presentation.clocks_by_matter(clocks)
    files = presentation.files_of(record, user)
    trail = presentation.trail_of(record, user, request.GET.get("trail"), files)
    chain = [
        group | {"stages": [stage_dict(row, user, by_place) for row in group["stages"]]}
        for group in stages.line(record)
    ]
    return File(found, chain, clocks, by_place, files, trail)


def own_stage_steps(file: File, record, user) -> list[dict]:
    """The open stages of this round that the reader decides."""
    return [
        one | {"label": f"{one['label']}({stage.label})"}
        for stage in file.found
        if stage.round == record.round and stage.state == "open"
        for one in presentation.steps_for(stage, user)
        if one["open"]
    ]


def written(steps: list[dict], writing: tuple[str, ...], label: str, url: str, **more) -> list:
    """The steps of writing as one button that leads to the page of writing.

    Args:
        writing: their names; label, url: of the button; more: what else changes in it (tone).
    """
    first = next((one for one in steps if one["name"] in writing and one["open"]), None)
    rest = [one for one in steps if one["name"] not in writing]
    return rest if first is None else [first | {"label": label, "url": url} | more, *rest]
