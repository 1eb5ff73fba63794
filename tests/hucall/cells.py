"""The hand-written matrix, the people of all its columns, and a record for each of its steps.

A record is made so that every condition of its step holds; only then does the walk over states
and people show what the matrix says and nothing else.
"""

from datetime import timedelta

from governance.perform import perform, steps_of
from governance.roles import Role
from hucall import models
from tests.factories import hucall as make
from tests.factories.governance import County, moment
from tests.matrices import Row, people, rows

KINDS = {
    "Call": models.Call,
    "Response": models.Response,
    "Agency": models.Response,
    "Rating": models.Rating,
    "Callback": models.Callback,
    "Supervision": models.Supervision,
    "Bulletin": models.Bulletin,
    "Rectification": models.Rectification,
    "TownRectification": models.Rectification,
}
VARIANTS = frozenset({"Agency", "TownRectification"})
"""Rows for the same kind of record where other people act: another kind of unit owes it."""
NOW = make.FILED + timedelta(minutes=20)
UNIT_ROLES = {
    Role.TOWNSHIP_CLERK: ("清泉街道", "贾镇"),
    Role.TOWNSHIP_LEADER: ("清泉街道", "贾镇"),
    Role.DEPARTMENT_CLERK: ("县公安局", "县市场监管局"),
    Role.DEPARTMENT_LEADER: ("县公安局", "县市场监管局"),
    Role.AGENCY_HEAD: ("清泉派出所", "贾镇派出所"),
    Role.AGENCY_MEMBER: ("清泉派出所", "贾镇派出所"),
    Role.VILLAGE_CLERK: ("样例村", "贾镇样例村"),
}


ROWS = rows(__file__)


def everybody(county: County, foreign: County, record: str) -> dict[str, object]:
    """The people of a record's columns: beside an agency's part the department it belongs to is
    its `parent`, beside a department's the agency is the `stationed` one.
    """
    away = {"县公安局": "parent"} if record == "Agency" else {"清泉派出所": "stationed"}
    found = people(county, foreign, UNIT_ROLES)
    for role, (own, _) in UNIT_ROLES.items():
        if own in away:
            found[f"{role}@{away[own]}"] = found.pop(f"{role}@own")
    return found


def states_of(record: str) -> list[str]:
    """All states of a kind of record."""
    return list(KINDS[record].State.values)


def steps_in_code() -> set[tuple[str, str]]:
    """Every step that the code has, to be compared with the matrix."""
    kinds = {name: kind for name, kind in KINDS.items() if name not in VARIANTS}
    return {(name, step) for name, kind in kinds.items() for step in steps_of(kind)}


# Records ------------------------------------------------------------------------------------


def record_for(county: County, row: Row):
    """A record on which every condition of the row's step holds."""
    builder = BUILDERS.get((row.record, row.step)) or BUILDERS[row.record]
    return builder(county)


def village_call(county):
    county.amend(**{"call.village": True})
    call = make.filed(county)
    call.village = county.unit("样例村")
    call.rulebook = county.rulebook
    call.save()
    return call


def call_with_village(county):
    call = make.filed(county)
    call.village = county.unit("样例村")
    call.save()
    return call


def urgent_awaiting_approval(county):
    county.amend(**{"call.leader_approval": True})
    return make.urgent(county)


def call_without_open_parts(county):
    call = make.dispatched(county)
    call.responses.update(state="void")
    return call


def agency_part(county):
    call = make.urgent(county, "清泉派出所")
    return make.part(call, county, "清泉派出所")


def urgent_part(county):
    return make.part(make.urgent(county), county)


def arrived_agency_part(county):
    response = agency_part(county)
    facts = {"arrived_at": make.FILED, "place": "现场"}
    head = county.user(Role.AGENCY_HEAD)
    return perform(response, "arrive", actor=head, at=make.FILED, facts=facts)


def plain_part(county):
    return make.part(make.dispatched(county), county)


def planned(county):
    response = make.working(county)
    facts = {
        "plan": "分期整改",
        "statutory_due": make.FILED.date() + timedelta(days=60),
        "statutory_basis": "《公路法》第三十五条",
    }
    clerk = county.user(Role.DEPARTMENT_CLERK)
    return perform(response, "propose_plan", actor=clerk, at=make.FILED, facts=facts)


def extension_asked(county):
    leader = county.user(Role.DEPARTMENT_LEADER)
    facts = {"workdays": 3, "reason": "等待材料到货"}
    response = make.working(county)
    return perform(response, "request_extension", actor=leader, at=make.FILED, facts=facts)


def suspension_asked(county):
    leader = county.user(Role.DEPARTMENT_LEADER)
    facts = {
        "reason": "冬季无法施工",
        "condition": "气温回升",
        "review_on": make.FILED.date() + timedelta(days=30),
    }
    response = make.working(county)
    return perform(response, "request_suspension", actor=leader, at=make.FILED, facts=facts)


def suspended(county):
    response = suspension_asked(county)
    platform = county.user(Role.PLATFORM)
    return perform(response, "grant_suspension", actor=platform, at=make.FILED)


def late_part(county):
    return make.part(make.dispatched(county, at=moment("2026-11-02 09:00")), county)


def rating(county):
    return make.finished(county).ratings.get()


def callback(county):
    given = {"level": "dissatisfied", "reason": "没有修好"}
    clerk = county.user(Role.TOWNSHIP_CLERK)
    perform(rating(county), "rate", actor=clerk, at=make.FILED, facts=given)
    return models.Callback.objects.get()


def supervision(county):
    response = plain_part(county)
    ducha = county.user(Role.DUCHA)
    perform(response, "supervise", actor=ducha, at=make.FILED, facts={"ground": "办理不力"})
    return models.Supervision.objects.get()


def bulletin(county):
    sheet = models.Bulletin(
        county=county.row, owner=county.unit("县督查机构"), month=moment("2026-10-01 00:00").date()
    )
    return perform(sheet, "generate", actor=county.user(Role.DUCHA), at=make.FILED)


def rectification(county, unit="县公安局"):
    facts = {"units": [county.unit(unit).pk]}
    perform(bulletin(county), "publish", actor=county.user(Role.DUCHA), at=make.FILED, facts=facts)
    return models.Rectification.objects.get()


def town_rectification(county):
    """A township that called without need, or did not call, rectifies as well."""
    return rectification(county, "清泉街道")


BUILDERS = {
    "Call": call_with_village,
    ("Call", "save_draft"): village_call,
    ("Call", "propose"): village_call,
    ("Call", "endorse"): urgent_awaiting_approval,
    ("Call", "verify"): make.urgent,
    ("Call", "finish"): call_without_open_parts,
    "Response": plain_part,
    ("Response", "arrive"): urgent_part,
    ("Response", "accept_plan"): planned,
    ("Response", "request_extension"): make.working,
    ("Response", "grant_extension"): extension_asked,
    ("Response", "refuse_extension"): extension_asked,
    ("Response", "request_suspension"): make.working,
    ("Response", "grant_suspension"): suspension_asked,
    ("Response", "refuse_suspension"): suspension_asked,
    ("Response", "renew_suspension"): suspended,
    ("Response", "resume"): suspended,
    ("Response", "finish"): make.working,
    "Agency": agency_part,
    ("Agency", "finish"): arrived_agency_part,
    "Rating": rating,
    "Callback": callback,
    "Supervision": supervision,
    "Bulletin": bulletin,
    "Rectification": rectification,
    "TownRectification": town_rectification,
}
