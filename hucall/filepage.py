"""The page of one call as plain dicts for the templates: line, parts, steps, clocks, basis."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from checklist import selectors as checklist
from governance import calendars, presentation
from governance.presentation import Mark, clock_dict, progress_line, steps_for
from governance.presenting import name_of, tag
from governance.roles import Role
from hucall import access
from hucall.loaded import File
from hucall.presenting import CALLBACK, LEVEL, RESPONSE, state_tag

FILING = {"file", "propose", "refile", "save_draft"}
"""Steps whose form is the filing page itself."""
QUIET = {"save_draft", "record_self_handled"}
"""Steps that the filing page offers and the call's page leaves out."""
SPECIAL = {
    "call": {"dispatch", "add_units", "merge"},
    "response": {"propose_return", "accept_return", "transfer", "uphold_return"},
}
"""Steps with a form page of this app (hucall/views/special.py)."""
DECISIONS = {
    *("accept_return", "refuse_return", "uphold_return", "overrule_return"),
    *("grant_extension", "refuse_extension", "grant_suspension", "refuse_suspension"),
    "accept_plan",
}
"""Steps by which somebody answers what a department has asked for."""
CLOCKS_SHOWN = 4
STOPPED = ("self_handled", "merged", "withdrawn")


@dataclass(frozen=True)
class Reader:
    """What the reader is to this call."""

    user: object
    judges: bool
    calls_back: bool
    units: frozenset

    @classmethod
    def of(cls, user, call) -> Reader:
        """Ratings are for the township that called and for the platform, callbacks for the
        platform alone (decision 11).
        """
        posts = user.posts_held()
        desk = any(p.role == Role.PLATFORM and p.county_id == call.county_id for p in posts)
        own = any(p.role in access.township.roles and p.unit_id == call.owner_id for p in posts)
        return cls(user, desk or own, desk, frozenset(p.unit_id for p in posts))


# ------------------------------------------------------------------ the line


def line(found: File, reader: Reader) -> list[dict]:
    """The state of the call as stations: who, when, how long, which clause."""
    call = found.call
    parts = [p for p in found.parts if p.duty != "copy" and p.state not in GONE]
    signed = [p for p in parts if p.signed_in_at]
    closed = [p for p in parts if p.state == "finished"]
    filed = call.raised_at if call.number else None
    who = f"{name_of(call.owner)} {call.raised_by or ''}".strip()
    marks = [Mark("发起", filed, who, clause="GX-呼应-08")]
    if call.approved_at or call.state == "approving":
        marks.append(Mark("乡镇审批", call.approved_at))
    marks += [
        Mark(
            "直呼部门" if call.is_urgent else "核实派发",
            call.dispatched_at,
            "" if call.is_urgent else "平台",
            note="事后核实" if call.is_urgent and not call.verified_at else "",
            clause="GX-呼应-13" if call.is_urgent else "GX-呼应-09",
        ),
        Mark(
            "报到",
            max(p.signed_in_at for p in signed) if signed and len(signed) == len(parts) else None,
            note=f"{len(signed)} / {len(parts)} 已报到" if parts else "",
        ),
        Mark(
            "办理",
            call.finished_at,
            note=f"{len(closed)} / {len(parts)} 已办结" if parts else "",
            clause="GX-呼应-10",
        ),
    ]
    if reader.judges:
        marks.append(rated(found))
    marks.append(Mark("归档", call.archived_at, clause="GX-呼应-06"))
    return progress_line(call, marks, stopped=call.state in STOPPED)


GONE = ("returned", "transferred", "void")


def rated(found: File) -> Mark:
    """How far the ratings are; made for those alone who may know."""
    current = [one for one in found.ratings if one.state != "dropped"]
    done = [one for one in current if one.state != "pending"]
    moment = None
    if found.call.finished_at and current and len(done) == len(current):
        moment = max((one.rated_at for one in done if one.rated_at), default=None)
        moment = moment or found.call.archived_at
    note = f"{len(done)} / {len(current)} 已评" if current else ""
    return Mark("评价", moment, note=note, clause="GX-呼应-15")


# ------------------------------------------------------------------ steps


def steps_of(record, user, at: datetime) -> list[dict]:
    """The steps of one record that a page offers, those of this app leading to its own forms."""
    kind = record._meta.model_name
    found = []
    for one in steps_for(record, user, at):
        name = one["name"]
        if name in QUIET and kind == "call":
            continue
        if kind == "call" and name in FILING:
            one["url"] = reverse("hucall:call_edit", args=[record.pk])
        elif name in SPECIAL.get(kind, ()):
            one["url"] = reverse(f"hucall:{kind}_step", args=[record.pk, name]) + "#step-panel"
        found.append(one)
    return found


def decisions(parts: list[dict]) -> list[dict]:
    """What the reader has to decide on another unit's part: that waits for it and comes first."""
    return [
        step | {"label": f"{step['label']}:{name_of(part['unit'])}"}
        for part in parts
        if not part["mine"]
        for step in part["buttons"]
        if step["name"] in DECISIONS
    ]


def steps_beside(parts: list[dict], supervised: list[dict], judged: list[dict]) -> list[dict]:
    """What stands beside the call's own steps: those of the reader's parts, of the 督办 that the
    reader answers or closes, and of the ratings that are asked for. Where there are several of a
    kind, each says whose it is.
    """
    mine = [part for part in parts if part["mine"] and not part["out"]]
    found = [
        step | ({"label": f"{step['label']}({name_of(part['unit'])})"} if len(mine) > 1 else {})
        for part in mine
        for step in part["steps"]
    ]
    found += [
        step | {"label": f"{step['label']}({row['number']})"}
        for row in supervised
        for step in row["steps"]
    ]
    found += [
        step | {"label": f"{step['label']}:{name_of(row['unit'])}"}
        for row in judged
        for step in row["steps"]
    ]
    return found


def is_mine(part, reader: Reader) -> bool:
    """Whether the reader's unit answers this part."""
    return bool(access.answering(part) & reader.units)


# ------------------------------------------------------------------ parts


def part_dicts(found: File, reader: Reader, clocks: dict, contacts: dict, at) -> list[dict]:
    """The departments side by side, each with its state, task, clocks and open steps."""
    return [one_part(part, reader, clocks, contacts, at) for part in found.parts]


def one_part(part, reader: Reader, clocks: dict, contacts: dict, at) -> dict:
    """One department's part."""
    own = clocks.get((part.type().pk, part.pk), [])
    shown = [clock for clock in own if clock["state"] != "cancelled"][-CLOCKS_SHOWN:]
    steps = steps_of(part, reader.user, at)
    return {
        "pk": part.pk,
        "unit": part.unit,
        "role": part.get_duty_display(),
        "mine": is_mine(part, reader),
        "done": part.state == "finished",
        "out": part.state in GONE,
        "state": tag(part.get_state_display(), *RESPONSE[part.state]),
        "tags": part_tags(part),
        "duty": part.task,
        "rows": part_rows(part),
        "note": {"text": part.latest} if part.latest and part.latest != part.result else None,
        "result": part.result,
        "contact": contacts.get(part.unit_id, ""),
        "clocks": shown,
        "steps": steps,
        "buttons": [one for one in steps if one["open"]],
    }


def part_tags(part) -> list[dict]:
    """What else there is to know of a part at a glance."""
    found = []
    if part.round > 1:
        found.append(tag(f"第 {part.round} 轮", "line", "refresh"))
    if part.arrived_at:
        found.append(tag("已到场", "green", "pin"))
    if part.state == "working":
        found.append(tag("已报到", "green", "met"))
    for request in part.extensions.all():
        if request.decision in ("pending", "granted"):
            word = "延期待审批" if request.decision == "pending" else "已延期"
            found.append(tag(f"{word} {request.workdays} 个工作日", "amber", "calendar"))
    for request in part.suspensions.all():
        if request.decision == "pending":
            found.append(tag("挂账待审批", "amber", "paused"))
    if part.excluded:
        found.append(tag("不计入考核", "line", "minus"))
    return found


def part_rows(part) -> list[dict]:
    """Facts of a part that have a name: arrival, plan, suspension, return."""
    rows = []
    if part.arrived_at:
        rows.append({"label": "到场", "value": part.arrival_place, "when": part.arrived_at})
    if part.plan:
        due = f";法定期限 {part.statutory_due:%Y年%m月%d日}" if part.statutory_due else ""
        rows.append({"label": "解决方案", "value": part.plan + due})
    for request in part.suspensions.all():
        if request.decision == "granted":
            value = f"{request.condition}(复核 {request.review_on:%Y年%m月%d日})"
            rows.append({"label": "挂账条件", "value": value})
    if part.reason and part.state in (*GONE, "returning", "ruling"):
        rows.append({"label": "理由", "value": part.reason})
    for ruling in part.rulings.all():
        rows.append({"label": "编办裁定", "value": ruling.text})
    if part.excluded:
        rows.append({"label": "剔除理由", "value": part.exclusion_reason})
    return rows


# ------------------------------------------------------------------ clocks


def clock_dicts(found: File, now: datetime) -> dict[tuple, list[dict]]:
    """The clocks of the file by the record that each belongs to."""
    calendar = calendars.for_county(found.call.county_id)
    rows = [clock for clock in found.clocks if clock.kind == clock.Kind.PROMISE]
    rows.sort(key=lambda clock: (clock.met_at is not None, clock.due_at, clock.pk))
    return presentation.clocks_by_matter(clock_dict(clock, calendar, now) for clock in rows)


def clocks_beside(found: File, reader: Reader, clocks: dict) -> list[dict]:
    """The clocks shown in full: of the call, of the reader's own parts, of what hangs on them,
    and whatever the reader's unit owes; those of the other departments stand on their parts.
    """
    others = {part.pk for part in found.parts if not is_mine(part, reader)}
    part_type = found.call.responses.model.type().pk
    shown = [
        clock
        for (kind, pk), rows in clocks.items()
        for clock in rows
        if clock["running"]
        and (kind != part_type or pk not in others or clock["unit"].pk in reader.units)
    ]
    return sorted(shown, key=lambda clock: clock["due"])


# ------------------------------------------------------------------ judging, supervision


def judged(found: File, reader: Reader, at) -> list[dict]:
    """One row per rating, with its callback for the platform."""
    calls_back = {(one.response_id, one.round): one for one in found.callbacks}
    rows = []
    for rating in found.ratings:
        callback = calls_back.get((rating.response_id, rating.round))
        word = tag(rating.get_level_display(), *LEVEL[rating.level]) if rating.level else None
        rows.append(
            {
                "unit": rating.response.unit,
                "round": rating.round,
                "url": rating.get_absolute_url(),
                "state": state_tag(rating),
                "level": word,
                "reason": rating.reason,
                "steps": [one for one in steps_for(rating, reader.user, at) if one["open"]],
                "callback": callback and called_back(callback, reader, at),
            }
        )
    return rows


def called_back(callback, reader: Reader, at) -> dict:
    """A callback with its answers in words."""
    answers = [
        f"{one.get_who_display()}:{one.get_level_display() if one.reached else '未联系上'}"
        for one in callback.answers.all()
    ]
    return {
        "url": callback.get_absolute_url(),
        "state": tag(callback.get_state_display(), *CALLBACK[callback.state]),
        "answers": answers,
        "steps": [one for one in steps_for(callback, reader.user, at) if one["open"]],
    }


def supervised(found: File, reader: Reader, at) -> list[dict]:
    """The 督办 of the file."""
    return [
        {
            "number": one.number,
            "unit": one.unit,
            "ground": one.ground,
            "url": one.get_absolute_url(),
            "state": state_tag(one),
            "at": one.raised_at,
            "steps": [step for step in steps_for(one, reader.user, at) if step["open"]],
        }
        for one in found.supervisions
    ]


# ------------------------------------------------------------------ basis


def basis(call) -> dict | None:
    """The list item in the wording of the edition that was stamped on the call, and who is to be
    reached for it in each unit (GX-呼应-03).
    """
    if call.revision_id is None:
        return None
    revision = call.revision
    who = checklist.responsible_units(revision)
    units = [*who.main, *who.coop, *who.information]
    url = reverse("checklist:item", args=[call.item_id])
    return {
        "name": revision.name,
        "url": f"{url}?edition={call.edition_id}",
        "edition": call.edition,
        "units": units,
        "rows": [
            {"label": label, "value": value}
            for label, value in (
                ("类别", revision.category),
                ("主体责任", revision.main),
                ("配合责任", revision.coop),
                ("县级职责", revision.county_duty),
                ("乡镇职责", revision.township_duty),
                ("职责依据", revision.basis),
            )
            if value
        ],
    }


def contacts(call, units) -> dict[int, str]:
    """How to reach each unit for this item: 科室 联系人 电话, one query; else the unit's own."""
    units = {unit.pk: unit for unit in units}.values()
    if call.item_id:
        pairs = checklist.contacts_of(call.item_id, units)
        return {unit.pk: reach(info.office, info.person, info.phone) for unit, info in pairs}
    return {
        unit.pk: reach(unit.contact_office, unit.contact_person, unit.contact_phone)
        for unit in units
    }


def reach(*words: str) -> str:
    """Office, person and phone in one line."""
    return " ".join(word for word in words if word)
