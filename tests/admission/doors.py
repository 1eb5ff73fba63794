"""How the doors of admission are tried: which county tries which cell of the matrix, a record in a
state, what each step asks for, and the ways in.

A cell is tried in the first county that has it, on the first variety of its record. Steps whose
form or effect a county's rulebook words are tried in every county that has them, by one person.
"""

from dataclasses import dataclass

import time_machine

from admission.models import (
    AdmissionRequest,
    AdmittedDuty,
    ExitRequest,
    HandDown,
    Slip,
    Support,
    TemporaryHelp,
    TownshipOpinion,
)
from governance.models import Stage, User
from governance.perform import enlist
from tests.admission import cells
from tests.admission.scene import PRESETS, TOWN, papers
from tests.factories.governance import moment
from tests.governance.visiting import step as step_page
from tests.governance.visiting import visit
from tests.hucall.doors import forced

API = "/api/v1/admission"
PAGES = "/admission"
PLURAL = {
    AdmissionRequest: "requests",
    TownshipOpinion: "opinions",
    AdmittedDuty: "duties",
    Support: "supports",
    Slip: "slips",
    ExitRequest: "exits",
    TemporaryHelp: "helps",
    HandDown: "handdowns",
    Stage: "stages",
}
DAY = moment("2026-09-14 10:00")
"""The first day of the duties of the scene."""
LAST = moment("2027-01-04 10:00")
"""The latest moment at which anything is tried: sessions that begin then are idle at none."""
BOOKS = tuple(one.partition("-")[0] for one in PRESETS)
WORDED = {
    *((AdmissionRequest, name) for name in ("save_draft", "consult", "file", "resubmit")),
    *((ExitRequest, name) for name in ("save_draft", "file", "resubmit")),
    (Stage, "agree"),
}
TODAY = {"approved_on": DAY.date(), "effective_on": DAY.date()}
AGREED = {"agreed_on": DAY.date()}
WITH = {
    # What a record has by the time that it is in a state; the database insists on most of it.
    (AdmissionRequest, "in_force"): {"in_force_on": DAY.date(), "approved_on": DAY.date()},
    (TownshipOpinion, "answered"): {"answered_on": DAY.date(), "attitude": "agree"},
    (AdmittedDuty, "ended"): {"ended_on": DAY.date()},
    (Support, "delivered"): {"delivered_on": DAY.date()},
    (Support, "confirmed"): {"delivered_on": DAY.date()},
    (ExitRequest, "notified"): TODAY,
    (ExitRequest, "done"): TODAY,
    (TemporaryHelp, "meeting"): AGREED,
    (TemporaryHelp, "agreed"): AGREED,
    (TemporaryHelp, "paid"): AGREED | {"paid": 3000, "paid_on": DAY.date()},
    (TemporaryHelp, "done"): AGREED | {"paid": 3000, "paid_on": DAY.date()},
    **{
        (Stage, state): {"decided_on": DAY.date(), "decided_at": DAY}
        for state in ("agreed", "refused", "returned")
    },
}
UNFILED = ("new", "draft", "consulting")
"""States in which a request has no number, and its reviewers see nothing of it."""


# ------------------------------------------------------------------ who tries what


@dataclass(frozen=True)
class Try:
    """One row of the matrix as one county tries it."""

    row: cells.Row
    variant: str
    states: tuple[str, ...]
    columns: tuple[str, ...]
    first: bool
    """Whether no county before this one tries the row."""

    @property
    def step(self) -> str:
        return self.row.step

    @property
    def model(self) -> type:
        return cells.model_of(self.row.record)

    def cells(self) -> list[tuple[str, str]]:
        """(state, column) of each cell; where the row was tried before, only one of them."""
        found = [(state, column) for state in self.states for column in self.columns]
        return found if self.first else found[:1]


def tries(book: str) -> list[Try]:
    """The rows that a county tries: those with a saved state."""
    found = []
    for row in cells.ROWS:
        model = cells.model_of(row.record)
        states = tuple(one for one in model.State.values if one in row.states and one != "new")
        first = next(one for one in BOOKS if one in row.books) == book
        again = book in row.books and (model, row.step) in WORDED
        if not states or not (first or again):
            continue
        variant = row.record
        if "." not in variant:
            variant = f"{variant}.{cells.VARIETIES.get(variant, ('approve.admission',))[0]}"
        people = tuple(sorted(cells.columns_of(row, variant) - {"system"}))
        found.append(Try(row, variant, states, people, first))
    return found


# ------------------------------------------------------------------ the world


class World(cells.World):
    """A county of the matrix with a browser for everybody and a record of each kind it tries."""

    def __init__(self, preset: str):
        super().__init__(preset)
        self.tries = tries(self.book)
        self.records = {one: self.made(one) for one in dict.fromkeys(t.variant for t in self.tries)}
        self.carried_duty = self.scene.carried()
        User.objects.update(password_changed_at=LAST)  # nobody has to renew it meanwhile
        with time_machine.travel(LAST, tick=False):
            self.clients = {column: visit(user) for column, user in self.people.items() if user}

    def put(self, variant: str, state: str):
        """The kind's record in a state, with what it would have by then."""
        kept, _ = self.records[variant]
        record = type(kept).objects.get(pk=kept.pk)
        given = dict(WITH.get((type(record), state), {}))
        if isinstance(record, AdmissionRequest) and state not in UNFILED and not record.number:
            given["number"] = "冠准〔2026〕99号"
        if given:
            type(record).objects.filter(pk=record.pk).update(**given)
        if record.state == state:
            return type(record).objects.get(pk=record.pk)
        record = forced(record, state)
        if isinstance(record, AdmissionRequest) and state not in UNFILED:
            self.reached(record)
        return record

    def reached(self, request) -> None:
        """As when the last stage of the chain has been reached: whoever reviews sees the file."""
        for row in request.chain():
            unit = self.scene.county.user(row["role"]).posts_held()[0].unit
            stage = Stage(matter=request, unit=unit, county=request.county, owner=request.owner)
            enlist(stage, False)


# ------------------------------------------------------------------ facts


REASON = {"reason": "情况说明"}


def request_facts(world, record, at) -> dict:
    """A complete request; a township names the department."""
    named = {"department": world.scene.department.pk, "agreement": "各乡镇同意承接。"}
    return world.scene.facts() | named


def exit_facts(world, record, at) -> dict:
    """A complete exit of the record's own admission, or of the one that is carried."""
    return world.scene.exit_facts(record.request if record else world.carried_duty.request)


def money(world, record, at) -> dict:
    """A movement of today."""
    day = at.date().isoformat()
    return {"amount": "100", "day": day, "purpose": "普查员补助", "voucher": "凭1"}


def help_facts(world, record, at) -> dict:
    """A small piece of help of the township."""
    return {
        "unit": world.scene.unit(TOWN).pk,
        "kind": "survey",
        "name": "秋粮调查",
        "content": "协助抽样入户。",
        "starts_on": "2026-09-15",
        "ends_on": "2026-09-18",
        "fee": "3000",
        "pay_by": "2026-09-30",
    }


def paper_facts(world, record, at) -> dict:
    """What came on paper; on the platform its duty goes with it."""
    return {
        "duty": world.carried_duty.pk,
        "department": world.scene.department.pk,
        "name": "报表",
        "content": "每日上报",
    }


def report_facts(world, record, at) -> dict:
    """A pledge that the department has asked for."""
    return {
        "department": world.scene.department.pk,
        "manner": "pledge",
        "name": "责任状",
        "happened_on": "2026-09-08",
        "text": "要求各村签订责任状。",
    }


FACTS = {
    **{(AdmissionRequest, name): request_facts for name in ("save_draft", "consult", "resubmit")},
    (AdmissionRequest, "file"): lambda *_: {"agreement": "各乡镇同意承接。"},
    (AdmissionRequest, "divert"): lambda *_: REASON | {"outcome": "temporary"},
    (TownshipOpinion, "reply"): lambda *_: {"attitude": "comment", "text": "建议延后"},
    **{(AdmittedDuty, name): money for name in ("allot", "spend", "give_back")},
    (Support, "deliver"): lambda world, record, at: {
        "delivery": "已派人驻点", "delivered_on": at.date().isoformat()
    },
    **{(ExitRequest, name): exit_facts for name in ("save_draft", "file", "resubmit")},
    (Slip, "issue"): paper_facts,
    (Slip, "register"): paper_facts,
    (TemporaryHelp, "propose"): help_facts,
    (HandDown, "report"): report_facts,
    (TemporaryHelp, "pay"): lambda *given: money(*given) | {"amount": "3000"},
    (TemporaryHelp, "grant"): lambda *_: {"opinion": "同意", "document_number": "联〔2026〕2号"},
    (HandDown, "order"): lambda *_: {"demand": "withdraw", "limit": 5, "text": "请收回。"},
    (HandDown, "answer"): lambda *_: {"correction": "已收回责任状。"},
    (Stage, "agree"): lambda *_: {"opinion": "同意", "document_number": "备〔2026〕3号"},
}  # fmt: skip


def facts_for(world, model, name: str, record, at) -> dict:
    """What a step's form asks for; a reason does no harm where none is asked."""
    return FACTS.get((model, name), lambda *_: REASON)(world, record, at)


# ------------------------------------------------------------------ the doors


def ask_page(client, name: str, record, facts: dict):
    """POST the form of the step's page, as from within an open page."""
    data = {"version": record.version} | facts
    return client.post(step_page(record, name), data, headers={"HX-Request": "true"})


def ask_api(client, name: str, record, facts: dict):
    """POST to the step's address in the API."""
    url = f"{API}/{PLURAL[type(record)]}/{record.pk}/steps/{name}/"
    return client.post(url, facts, content_type="application/json")


def ask_sheet(client, name: str, record, facts: dict):
    """POST the page on which a request or an exit is written."""
    url = f"{PAGES}/{PLURAL[type(record)]}/{record.pk}/edit/"
    return client.post(url, {"version": record.version, "action": name} | facts)


SHEETS = {
    AdmissionRequest: ("save_draft", "consult", "resubmit"),
    ExitRequest: ("save_draft", "file", "resubmit"),
}


def doors_of(model, name: str) -> list[tuple]:
    """(name, way in, status of success) of each door that a step has."""
    found = [("page", ask_page, 204), ("api", ask_api, 200)]
    return found + ([("sheet", ask_sheet, 302)] if name in SHEETS.get(model, ()) else [])


# ------------------------------------------------------------------ first steps


FIRST = {
    # (kind, step): the page on which a new record is written
    (AdmissionRequest, "save_draft"): "requests/new/",
    (AdmissionRequest, "consult"): "requests/new/",
    (Slip, "issue"): "slips/new/",
    (Slip, "register"): "slips/register/",
    (ExitRequest, "save_draft"): "exits/new/",
    (ExitRequest, "file"): "exits/new/",
    (TemporaryHelp, "propose"): "helps/new/",
    (HandDown, "report"): "handdowns/new/",
}


def raising(model, name: str, book: str) -> set[str]:
    """The columns of those who make a new record of a kind by a step."""
    found: set[str] = set()
    for row in cells.ROWS:
        if (
            book in row.books
            and "new" in row.states
            and (cells.model_of(row.record), row.step) == (model, name)
        ):
            variant = row.record if "." in row.record else f"{row.record}."
            found |= cells.columns_of(row, variant) - {"system"}
    return found


def first_facts(world, model, name: str) -> dict:
    """What a new record asks for, with its files."""
    return facts_for(world, model, name, None, DAY) | {"files": papers()["files"]}


def person_of(world, role: str) -> str:
    """The column of a role's person nearest to the records."""
    return next(one for one in world.people if one.partition("@")[0] == role)
