"""The world in which the doors are tried: everybody of the matrix, and valid facts."""

from contextlib import contextmanager

from django.db import transaction
from django.test import Client

from governance.perform import perform
from governance.roles import Role
from tests.factories import hucall as make
from tests.factories.governance import County, load_calendar
from tests.governance.visiting import step, visit
from tests.hucall import cells

ROWS = cells.ROWS
PLURAL = {
    "Call": "calls",
    "Response": "responses",
    "Agency": "responses",
    "Rating": "ratings",
    "Callback": "callbacks",
    "Supervision": "supervisions",
    "Bulletin": "bulletins",
    "Rectification": "rectifications",
    "TownRectification": "rectifications",
}
HIDDEN = ("new", "draft", "proposed")
"""States in which a call is its own unit's business, so that others find 404 and not 409."""


# ------------------------------------------------------------------ the world


class World:
    """Two counties, everybody in them, and a signed-in browser for each."""

    def __init__(self):
        load_calendar()
        self.county = County()
        self.foreign = County("郊区", "230811", "郊", "jiaoqu-2022")
        for name in ("县水利局", "县住建局"):
            self.county.unit(name)
        near = cells.everybody(self.county, self.foreign, "Response")
        agency = cells.everybody(self.county, self.foreign, "Agency")
        self.people = near | agency
        self.columns = {"Response": list(near), "Agency": list(agency)}
        self.clients = {}

    def client(self, column: str) -> Client:
        """The browser of one person of the matrix."""
        if column not in self.clients:
            self.clients[column] = visit(self.people[column])
        return self.clients[column]

    def column(self, row, role: str) -> str:
        """Of the people of one role, the one nearest to the record who may not do the step."""
        columns = self.columns.get(row.record, self.columns["Response"])
        near = [name for name in columns if name.partition("@")[0] == role]
        return next(name for name in near if name not in row.who)


@contextmanager
def undone():
    """Whatever happens inside is taken back."""
    with transaction.atomic():
        try:
            yield
        finally:
            transaction.set_rollback(True)


# ------------------------------------------------------------------ facts

REASON = {"reason": "情况说明"}


def dispatch_facts(county, record):
    unit = county.unit("县水利局").pk
    return {"difficulty": "general", "units": [unit], f"duty_{unit}": "lead"}


def added_facts(county, record):
    unit = county.unit("县水利局").pk
    return {"units": [unit], f"duty_{unit}": "assist"}


def successor(county, record):
    return {"to_unit": county.unit("县水利局").pk} | REASON | {"text": "裁定意见"}


FACTS = {
    **dict.fromkeys(("save_draft", "propose", "file", "refile"), make.CONTENT),
    "record_self_handled": make.CONTENT | {"result": "已当场清理"},
    "dispatch": dispatch_facts,
    "add_units": added_facts,
    "merge": lambda county, record: {"into": make.filed(county).pk} | REASON,
    "verify": {"verified_true": "yes", "opinion": "属实"},
    "rework": lambda county, record: {"responses": [record.responses.get().pk]} | REASON,
    "remark": {"remark": "补充一点"},
    "arrive": {"arrived_at": "2026-11-10 09:10", "place": "现场"},
    "propose_return": REASON | {"basis": "清单第3项"},
    **dict.fromkeys(("accept_return", "uphold_return", "transfer"), successor),
    "overrule_return": {"text": "由该单位承办"},
    "note": {"note": "进展顺利", "audience": "shared"},
    "propose_plan": {"plan": "分期整改"},
    "request_extension": {"workdays": 3} | REASON,
    "request_suspension": {"condition": "解冻", "review_on": "2026-12-01"} | REASON,
    "renew_suspension": {"review_on": "2026-12-15"} | REASON,
    "finish": {"result": "已修复路面并恢复通行"},
    "supervise": {"ground": "办理不力"},
    "rate": {"level": "satisfied"},
    "record": {"caller_level": "satisfied", "note": "电话回访"},
    "answer": {"reply": "已派人到场"},
    "edit": {"title": "十月通报", "text": "通报如下。"},
    "feed_back": {"report": "已整改"},
}


def from_village(county):
    """A draft of a village, which its township may take over."""
    county.amend(**{"call.village": True})
    call = make.new_call(county, village=county.unit("样例村"))
    clerk = county.user(Role.VILLAGE_CLERK)
    return perform(call, "save_draft", actor=clerk, at=make.FILED, facts=make.CONTENT)


def with_village(county):
    """A filed call in which a village takes part."""
    call, clerk = from_village(county), county.user(Role.TOWNSHIP_CLERK)
    return perform(call, "file", actor=clerk, at=make.FILED, facts=make.CONTENT)


BUILDERS = {
    ("Call", "rework"): make.finished,
    ("Call", "remark"): with_village,
    ("Call", "save_draft"): from_village,
    ("Call", "propose"): from_village,
}


def facts_for(world, row, record) -> dict:
    """What the step's form asks for; a reason does no harm where none is asked."""
    found = FACTS.get(row.step, REASON)
    return found(world.county, record) if callable(found) else dict(found)


def record_for(world, row, state: str):
    """A record on which the row's step is open, in one of its states."""
    builder = BUILDERS.get((row.record, row.step))
    record = builder(world.county) if builder else cells.record_for(world.county, row)
    return forced(record, state)


def forced(record, state: str):
    """The record in another state, whatever the process says."""
    type(record).objects.filter(pk=record.pk).update(state=state)
    return type(record).objects.get(pk=record.pk)


def api(row, record) -> str:
    """The step's address in the API."""
    return f"/api/v1/hucall/{PLURAL[row.record]}/{record.pk}/steps/{row.step}/"


def ask_api(world, column, row, record, facts):
    """POST as JSON."""
    return world.client(column).post(api(row, record), facts, content_type="application/json")


def ask_page(world, column, row, record, facts):
    """POST the form of the step's page."""
    data = facts | {"version": record.version}
    return world.client(column).post(step(record, row.step), data)


def ask_panel(world, column, row, record, facts):
    """The same from within an open page: the answer is the step's panel alone."""
    data = facts | {"version": record.version}
    headers = {"HX-Request": "true"}
    return world.client(column).post(step(record, row.step), data, headers=headers)


DOORS = {"api": (ask_api, 200), "page": (ask_page, 302)}
SAVED = [row for row in ROWS if row.states - {"new"}]
FOR_PEOPLE = [row for row in SAVED if row.who - {"system"}]


def state_of(row) -> str:
    """A listed state in which all of the row's people see the record."""
    saved = [s for s in cells.states_of(row.record) if s in row.states and s != "new"]
    return saved[-1] if row.record == "Call" and row.step == "withdraw" else saved[0]


def named(row) -> str:
    return f"{row.record}.{row.step}"
