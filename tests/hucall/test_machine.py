"""Random people do random steps of calls while time passes; what must always hold, holds.

Which people may do what stands in the hand-written matrix; the code's own predicates only help
to choose people who come far enough.
"""

from collections import defaultdict
from datetime import date
from random import Random

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, run_state_machine_as_test

from governance.models import Clock, Unit, User
from governance.perform import perform
from governance.roles import Role
from governance.steps import Invalid
from hucall.dispatching import DispatchForm, PartsForm
from hucall.models import (
    Bulletin,
    Call,
    Callback,
    Rating,
    Rectification,
    Response,
    Supervision,
)
from tests.factories import hucall as make
from tests.factories.governance import County, load_calendar, moment
from tests.hucall import cells
from tests.machine import SETTINGS, THOROUGH, MatterMachine

pytestmark = pytest.mark.sqlite  # rules that no database changes are walked once
MATRIX = {(row.record, row.step): row for row in cells.ROWS}
RESPONDING = {
    "department_clerk@own": {"department_clerk@parent", "agency_head@own", "agency_member@own"},
    "department_leader@own": {"department_leader@parent", "agency_head@own"},
}
"""Who acts for a stationed agency where the matrix names the people of a department."""
FIRST = {
    "save_draft": 3,
    "propose": 1,
    "file": 8,
    "record_self_handled": 1,
}


def parts_sent(form, facts, pick: Random) -> None:
    """Duties and tasks beside the chosen units: one lead at dispatch, none when adding."""
    units = facts.get("units") or []
    for place, unit in enumerate(units):
        leads = isinstance(form, DispatchForm) and place == 0
        facts[f"duty_{unit}"] = "lead" if leads else pick.choice(["assist", "assist", "copy"])
        facts[f"task_{unit}"] = pick.choice(["", "核查现场并处置"])
    if units and pick.random() < 0.1:
        facts[f"duty_{pick.choice(units)}"] = pick.choice(["lead", "assist", "无此分工"])


class CallMachine(MatterMachine):
    """乡呼县应 with two counties, each with its townships, departments, agencies and desks."""

    kinds = (Call, Response, Rating, Callback, Supervision, Bulletin, Rectification)
    ended = {
        Call: ("archived", "self_handled", "merged", "withdrawn"),
        Response: ("finished", "returned", "transferred", "void", "copied"),
        Rating: ("rated", "unrated", "dropped"),
        Callback: ("done", "lapsed"),
        Supervision: ("replied", "closed"),
        Bulletin: ("published",),
        Rectification: ("reported", "accepted"),
    }
    extra = {PartsForm: parts_sent}
    weights = {
        **dict.fromkeys(("withdraw", "revoke", "turn_back", "remark", "note", "exclude"), 1),
        **dict.fromkeys(("supervise", "propose_return", "transfer", "edit"), 2),
        **{"dispatch": 10, "sign_in": 12, "arrive": 12, "finish": 40, "rate": 20},
    }
    shares = {Response: 5, Call: 2, Rating: 2}
    own = ("不能审批自己提交", "申请人不能审批自己")
    start = moment("2026-11-10 09:00")
    near = None
    townships: list[Unit] = []
    villages: list[Unit] = []
    done = defaultdict(int)

    @initialize(opening=st.sampled_from(["under way", "under way", "urgent", "at work", "nothing"]))
    def something_is_under_way(self, opening):
        """Most sequences begin in the middle, so that they come to an end."""
        near = self.near
        if opening == "urgent":
            make.urgent(near, "县公安局", "清泉派出所")
        elif opening != "nothing":
            make.dispatched(near, assist=["县市场监管局"] if opening == "under way" else [])
        if opening == "at work":
            make.sign_in(near, Response.objects.get())

    def raise_matter(self, pick: Random) -> None:
        """A draft, a village's proposal, a filing, something settled already; or a bulletin."""
        if pick.random() < 0.1:
            self.raise_bulletin(pick)
            return
        owner = pick.choice(self.townships)
        call = Call(county=owner.county, owner=owner)
        if pick.random() < 0.3:
            villages = [one for one in self.villages if one.parent == owner]
            call.village = pick.choice(villages or [None])
        name = pick.choices(list(FIRST), list(FIRST.values()))[0]
        self.attempt(call, name, self.somebody(call, name, pick), pick)

    def raise_bulletin(self, pick: Random) -> None:
        """The bulletin of a month, one per county and month."""
        county = pick.choice(self.counties)
        month = date(self.now.year, self.now.month, 1)
        if not Bulletin.objects.filter(county=county, month=month).exists():
            sheet = Bulletin(county=county, owner=county, month=month)
            self.attempt(sheet, "generate", self.somebody(sheet, "generate", pick), pick)

    def listed(self, record, name, actor) -> bool:
        """By the hand-written matrix."""
        kind = type(record).__name__
        row = MATRIX[kind, name]
        columns = row.who
        unit = getattr(record, "unit", None)
        if unit is not None and unit.kind == Unit.Kind.AGENCY:
            if ("Agency", name) in MATRIX and kind == "Response":
                columns = MATRIX["Agency", name].who
            else:
                columns = set().union(*(RESPONDING.get(one, {one}) for one in columns))
        if kind == "Rectification" and unit.kind == Unit.Kind.TOWNSHIP:
            columns = MATRIX.get(("TownRectification", name), row).who
        return record.state in row.states and self.column(record, actor) in columns

    def column(self, record, actor) -> str:
        """Which column of the matrix a person is for this record."""
        (post,) = actor.posts_held()
        role, place = post.role, post.unit
        if role in (Role.CITY_BIANBAN, Role.CITY_SIFA):
            return f"{role}@city"
        if post.county_id != record.county_id:
            return f"{role}@foreign"
        if role not in cells.UNIT_ROLES:
            return f"{role}@county"
        unit = getattr(record, "unit", None)
        call = record if isinstance(record, Call) else getattr(record, "call", None)
        raised = unit.pk if isinstance(record, Rectification) else record.owner_id
        own = {
            Role.TOWNSHIP_CLERK: raised,
            Role.TOWNSHIP_LEADER: raised,
            Role.VILLAGE_CLERK: call.village_id if call else None,
        }.get(role, unit.pk if unit else None)
        if own == place.pk:
            return f"{role}@own"
        is_parent = unit is not None and unit.kind == "agency" and unit.parent_id == place.pk
        return f"{role}@{'parent' if is_parent else 'other'}"

    # Invariants ------------------------------------------------------------

    @invariant()
    def parts_stand_as_their_call_stands(self):
        """No open part under what is over; one lead for what is under way or done."""
        parts = defaultdict(list)
        for call, state, duty in Response.objects.values_list("call", "state", "duty"):
            parts[call].append((state, duty))
        for pk, state in Call.objects.values_list("pk", "state"):
            opened = [part for part in parts[pk] if part[0] in Response.OPEN]
            leads = [s for s, duty in parts[pk] if duty == "lead" and s in Response.OWED]
            if state == Call.State.HANDLING:
                assert len(leads) == 1, f"call {pk}: {parts[pk]}"
                assert leads != ["finished"], f"call {pk}: {parts[pk]}"
            else:
                assert not opened, f"call {pk} [{state}]: {parts[pk]}"
            if state in (Call.State.FINISHED, Call.State.ARCHIVED):
                assert leads == ["finished"], f"call {pk} [{state}]: {parts[pk]}"

    @invariant()
    def every_open_part_has_its_clock(self):
        """Whoever must do something has a limit for it; in a pause the limits rest."""
        running = defaultdict(dict)
        rows = Clock.objects.running().filter(matter_type=Response.type())
        for pk, name, paused in rows.values_list("matter_id", "name", "paused_at"):
            running[pk][name] = paused
        needed = {
            "waiting": {"sign_in", "finish"},
            "working": {"finish"},
            "returning": {"return_decision"},
            "ruling": {"ruling"},
            "suspended": {"review"},
        }
        for pk, state in Response.objects.filter(state__in=needed).values_list("pk", "state"):
            ticking = {name for name, paused in running[pk].items() if paused is None}
            assert needed[state] <= ticking, f"part {pk} [{state}]: {running[pk]}"
            if state in ("returning", "ruling", "suspended"):
                assert "finish" in running[pk], f"part {pk} [{state}]: {running[pk]}"
                assert ticking == needed[state], f"part {pk} [{state}]: {running[pk]}"

    @invariant()
    def requests_wait_only_where_work_goes_on(self):
        """A request that nobody can decide any more has lapsed."""
        for part in Response.objects.exclude(state="working"):
            assert not part.extensions.filter(decision="pending").exists(), part.pk
            assert not part.suspensions.filter(decision="pending").exists(), part.pk

    @invariant()
    def numbers_have_no_gap(self):
        """Per county and kind: 1, 2, 3 … in the order of filing."""
        for kind in (Call, Supervision, Bulletin):
            found = defaultdict(list)
            for number in kind.objects.exclude(number="").values_list("number", flat=True):
                head, _, tail = number.partition("〕")
                found[head].append(int(tail.removesuffix("号")))
            for head, numbers in found.items():
                assert sorted(numbers) == list(range(1, len(numbers) + 1)), (head, numbers)


@pytest.fixture
def world(db):
    """Two counties with different rulebooks; in one the leader approves, villages call in one."""
    load_calendar()
    near = County(**{"call.village": True, "call.callback_share": 100})
    far = County(
        *("郊区", "230811", "郊", "jiaoqu-2022"),
        **{"call.leader_approval": True, "call.callback_share": 0},
    )
    CallMachine.near = near
    found = {}
    for county, other in ((near, far), (far, near)):
        found |= {user.pk: user for user in cells.everybody(county, other, "Call").values() if user}
        for unit in Unit.objects.filter(county=county.row, kind="department").order_by("pk"):
            for role in (Role.DEPARTMENT_CLERK, Role.DEPARTMENT_LEADER):
                user = county.user(role, unit)
                found[user.pk] = user
    CallMachine.people = [User.objects.get(pk=pk) for pk in sorted(found)]
    for user in CallMachine.people:
        user.posts_held()
    counties = [near.row, far.row]
    CallMachine.counties = counties
    units = Unit.objects.filter(county__in=counties).select_related("county", "parent")
    CallMachine.townships = list(units.filter(kind="township").order_by("pk"))
    CallMachine.villages = list(units.filter(kind="village").order_by("pk"))
    CallMachine.done = defaultdict(int)
    CallMachine.sequences = 0


@pytest.mark.timeout(0 if THOROUGH else 900)
def test_whatever_people_do_the_records_stay_whole(world):
    run_state_machine_as_test(CallMachine, settings=SETTINGS)
    print(f"{CallMachine.sequences} sequences, {sum(CallMachine.done.values())} steps done")
    print(f"{CallMachine.tried} tried:", dict(sorted(CallMachine.done.items())))
    done = {f"{kind}.{name}" for kind, name in CallMachine.done}
    # The machine is worth something only if it comes far.
    assert {"Call.file", "Call.dispatch", "Response.finish", "Response.propose_return"} <= done


def test_a_task_that_no_database_can_keep_is_refused(world):
    """Found by the machine: a lone surrogate beside the form's own fields."""
    near = CallMachine.near
    call, unit = make.filed(near), near.unit("县公安局")
    facts = {"difficulty": "general", "units": [unit.pk], f"duty_{unit.pk}": "lead"}
    with pytest.raises(Invalid):
        perform(
            call,
            "dispatch",
            actor=near.user(Role.PLATFORM),
            at=make.FILED,
            facts=facts | {f"task_{unit.pk}": "\ud800"},
        )
