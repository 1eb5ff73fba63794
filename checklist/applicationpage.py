"""The page of one application as plain dicts for the templates: chain, difference, steps."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from checklist import access, composing, flowcharts, grounds, selectors
from checklist.intake.layouts import LABELS
from checklist.intake.rows import TEXT_FIELDS
from checklist.models import Cause, Edition
from checklist.models.states import ENDED, Kind
from checklist.presenting import state_tag
from governance import presentation, stages
from governance.chains import CLERICAL
from governance.lengths import Length
from governance.models import Stage
from governance.presentation import Mark, progress_line
from governance.presenting import name_of
from governance.roles import Role
from governance.wording import date_words

WRITING = ("resubmit", "file", "save_draft")
"""Steps whose form is the page on which an application is written."""
STOPPED = ("declined", "refused", "withdrawn")


def page(request, record) -> dict:
    """The context of templates/checklist/application.html."""
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
    now = [stage for stage in found if stage.round == record.round]
    chain = [
        group | {"stages": [stage_dict(row, user, by_place) for row in group["stages"]]}
        for group in stages.line(record)
    ]
    return {
        "application": record,
        "tags": [state_tag(record)],
        "line": line(record, chain),
        "chain": chain,
        "earlier": earlier(found, record, user),
        "columns": columns(record),
        "added": added(record),
        "ground": grounds.find(record.rulebook, record.kind, record.ground),
        "authority": grounds.LEVELS.get(record.authority, ""),
        "facts": facts(record),
        "stale": stale(record),
        "flow": flow(record),
        "cause": shown_cause(record, user),
        "edition": shown_edition(record, user),
        "item_url": item_url(record, user),
        "clocks": [one for one in clocks if one["running"]],
        "files": files,
        "trail": trail,
        "trail_url": reverse("trail", args=presentation.place(record)),
        "steps": steps(record, now, user),
    }


# ------------------------------------------------------------------ what is asked for


def columns(record) -> list[dict]:
    """Each column that changes, old and new; of a removal, all that goes."""
    before = record.base.texts() if record.base else {}
    if record.kind == Kind.REMOVE:
        return [
            {"label": LABELS[name], "old": before[name], "new": ""}
            for name in TEXT_FIELDS
            if before.get(name)
        ]
    return [
        {"label": LABELS[name], "old": before.get(name, ""), "new": record.changes[name]}
        for name in TEXT_FIELDS
        if name in record.changes
    ]


def added(record) -> list[dict]:
    """The texts of an item that is to be added; nothing stands beside them yet."""
    if record.kind != Kind.ADD:
        return []
    return [
        {"label": LABELS[name], "value": record.changes[name], "pre": True}
        for name in TEXT_FIELDS
        if record.changes.get(name)
    ]


def facts(record) -> list[dict]:
    """Who, when, on what ground of law."""
    rows = [
        {"label": "申请单位", "value": record.owner},
        {"label": "经办人", "value": record.raised_by},
        {"label": "事由发生日", "value": date_words(record.cause_on)},
    ]
    if record.known_on:
        rows.append({"label": "知悉日", "value": date_words(record.known_on)})
    if record.ground_text:
        rows.append({"label": "情形说明", "value": record.ground_text, "pre": True})
    rows.append({"label": "论证说明", "value": record.argument, "pre": True})
    if record.legal_basis:
        rows.append({"label": "法律依据", "value": record.legal_basis, "pre": True})
    return rows


def flow(record) -> dict:
    """The run flow that the application brings, drawn."""
    rows = flowcharts.rows_from(record.flow)
    return {"rows": rows, "drawings": flowcharts.drawings(rows, record.name)}


def stale(record) -> str:
    """What others have changed since the application was written, if it can still matter."""
    if record.state in ENDED or record.kind == Kind.ADD or not record.item_id:
        return ""
    return composing.merge(record, selectors.current_edition(record.county_id)).clash


def shown_cause(record, user) -> Cause | None:
    """The cause, for those who may see it."""
    if record.cause_id is None:
        return None
    return Cause.objects.visible_to(user).filter(pk=record.cause_id).first()


def item_url(record, user) -> str:
    """The page of the item, for those who may read the county's list (decision 37)."""
    if record.item_id is None or record.county_id not in access.counties(user):
        return ""
    return reverse("checklist:item", args=[record.item_id])


def shown_edition(record, user) -> Edition | None:
    """The edition that brings (or will bring) the change, for those who may see it."""
    if record.edition_id is None:
        return None
    return Edition.objects.visible_to(user).filter(pk=record.edition_id).first()


# ------------------------------------------------------------------ the chain


def line(record, chain: list[dict]) -> list[dict]:
    """The way of the application as stations."""
    filed = record.raised_at if record.number else None
    marks = [Mark("提出申请", filed, name_of(record.owner), clause="GX-清单-22")]
    if record.state == "returned":
        marks.append(Mark("补正后重新提交", None, name_of(record.owner), clause="GX-清单-28"))
    begun = [one["begun"] for group in chain for one in group["stages"] if one["begun"]]
    under = record.round and record.state not in ("submitted", "returned")
    marks.append(Mark("受理", min(begun, default=None) if under else None, clause="GX-清单-04"))
    marks += [station(group["stages"]) for group in chain]
    if not any(one["name"] == "publish" for group in chain for one in group["stages"]):
        at = record.edition.published_at if record.edition_id else None
        marks.append(Mark("公布", at, clause="GX-清单-25"))
    return progress_line(record, marks, stopped=record.state in STOPPED)


def station(group: list[dict]) -> Mark:
    """The stages side by side as one station."""
    label = " ∥ ".join(one["label"] for one in group)
    passed = [one["at"] for one in group if one["passed"]]
    done = len(passed) == len(group)
    note = f"{len(passed)} / {len(group)} 已通过" if passed and not done else ""
    return Mark(label, max(passed) if done else None, note=note, clause=group[0]["clause"])


def stage_dict(row: dict, user, clocks: dict) -> dict:
    """One stage of the chain; `record` is None for one whose turn has not come."""
    record: Stage | None = row["record"]
    limit = row["limit"]
    found = {
        "name": row["stage"],
        "label": row["label"],
        "clause": row["clause"],
        "limit": limit.label if limit else "",
        "desk": Role(row["role"]).label,
        "clerical": row["stage"] in CLERICAL,
        "begun": None,
        "passed": False,
        "at": None,
    }
    if record is None:
        return found
    return found | decided(record, user) | {"clocks": clocks.get(presentation.place(record), [])}


def decided(record: Stage, user) -> dict:
    """A stage that has begun: who, what, when."""
    mine = any(p.unit_id == record.unit_id and p.role == record.role for p in user.posts_held())
    return {
        "label": record.label,
        "clause": record.clause,
        "limit": Length.parse(record.limit).label if record.limit else "",
        "desk": record.get_role_display(),
        "clocks": [],
        "unit": record.unit,
        "state": state_tag(record),
        "open": record.state == "open",
        "mine": mine and record.state == "open",
        "begun": record.raised_at,
        "passed": record.state == "agreed",
        "at": record.decided_at,
        "opinion": record.opinion,
        "signer": record.signer,
        "decided_on": record.decided_on,
        "document_number": record.document_number,
    }


def earlier(found: list[Stage], record, user) -> list[dict]:
    """The rounds before this one, newest first."""
    rounds: dict[int, list[dict]] = {}
    for stage in found:
        if stage.round < record.round:
            rounds.setdefault(stage.round, []).append(decided(stage, user))
    return [{"number": n, "stages": rounds[n]} for n in sorted(rounds, reverse=True)]


# ------------------------------------------------------------------ steps


def steps(record, current: list[Stage], user, at: datetime | None = None) -> list[dict]:
    """What the reader can do: own stages first, then the application itself."""
    own = []
    for stage in current:
        if stage.state != "open":
            continue
        own += [
            one | {"label": f"{one['label']}({stage.label})"}
            for one in presentation.steps_for(stage, user, at)
            if one["open"]
        ]
    found = presentation.steps_for(record, user, at)
    return own + composed(record, user) + written(record, found)


def composed(record, user) -> list[dict]:
    """What was approved goes into the next edition: 编办 finds the way there first."""
    waiting = record.state == record.State.APPROVED and record.edition_id is None
    if not waiting or access.bianban(record, user) is None:
        return []
    step = {"name": "compose", "label": "编制新版本", "open": True, "tone": "primary"}
    return [step | {"clause": record.cited("GX-清单-25"), "url": reverse("checklist:compose")}]


def written(record, found: list[dict]) -> list[dict]:
    """The steps of writing lead to the page of writing, as one button."""
    first = next((one for one in found if one["name"] in WRITING and one["open"]), None)
    rest = [one for one in found if one["name"] not in WRITING]
    if first is None:
        return rest
    label = "补正后重新提交" if record.state == "returned" else "继续填写"
    url = reverse("checklist:application_edit", args=[record.pk])
    return [first | {"label": label, "url": url}, *rest]
