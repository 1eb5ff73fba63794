"""Random people ask, answer, review, hand over, pay, leave and report in two counties while time
passes; what must always hold, holds. Which people may do what stands in the hand-written matrix.
"""

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from random import Random

import pytest
from django.utils import timezone
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, run_state_machine_as_test

from admission import carrying, forms
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
from governance.models import Clock, Referral, Stage, User
from governance.roles import Role
from governance.stage_forms import DecidedForm
from tests.admission import cells
from tests.admission.scene import DEPARTMENT, NOW, TOWN, Scene
from tests.factories.governance import load_calendar
from tests.machine import SETTINGS, THOROUGH, MatterMachine

pytestmark = pytest.mark.sqlite  # rules that no database changes are walked once
BIND = ("pending", "active")


def ahead(form, days: int) -> str:
    """A day from today."""
    return (timezone.localdate(form.at) + timedelta(days=days)).isoformat()


def request_told(form, facts, pick: Random) -> None:
    """A request that makes sense: short times, so that they end; few words, so that they meet."""
    length = pick.choice([3, 20, 45])
    facts |= {"name": pick.choice(["入户登记", "隐患排查", "林木普查"]), "gate_note": "另一事项"}
    facts |= {
        "term": pick.choice(["stage", "stage", "regular"]),
        "content": "登记",
        "target": "完成",
    }
    facts |= {"starts_on": ahead(form, pick.choice([0, 1])), "ends_on": ahead(form, length)}
    facts |= {"support_due_on": ahead(form, pick.choice([0, 2])), "funds": "100", "kind": "duty"}
    if facts["term"] == "regular":
        facts |= {"starts_on": "", "ends_on": ""}
    facts.pop("whole_county", None)
    if "townships" in form.fields:
        towns = sorted(form.fields["townships"].queryset.values_list("pk", flat=True))
        facts["townships"] = pick.choice([towns, towns[:1], towns[1:]])
    facts |= {name: "no" for name in form.fields if name.startswith("veto_")}
    record = form.record
    if isinstance(form, forms.ResubmitForm):  # as it was put
        kept = {**facts, **{name: getattr(record, name) for name in (
            "name", "term", "content", "target", "starts_on", "ends_on", "funds", "support_due_on",
        )}}  # fmt: skip
        facts |= {name: "" if value is None else str(value) for name, value in kept.items()
                  if name in facts and not isinstance(value, list)}  # fmt: skip
        facts["townships"] = record.covers
        for place, words in enumerate(form.elements):
            facts[f"element_{place}"] = record.elements[words]
        facts |= {f"support_{kind}": words for kind, words in record.support.items()}
        facts |= {"agreement": "已协商一致"}


def money_told(form, facts, pick: Random) -> None:
    """Small amounts of today."""
    facts |= {"amount": str(pick.choice([1, 5, 20, "0.01", 99])), "day": ahead(form, 0)}


def exit_told(form, facts, pick: Random) -> None:
    """Townships that carry the duty, mostly all of them."""
    facts["effective_on"] = pick.choice(["", "", ahead(form, 1), ahead(form, 7)])
    record = form.record
    request = record.request if record.request_id else None
    if request is None and facts.get("request"):
        request = AdmissionRequest.objects.get(pk=facts["request"])
    if request is not None:
        bound = request.duties.filter(state__in=(*BIND, "lapsed")).order_by("unit_id")
        units = list(bound.values_list("unit_id", flat=True))
        own = record.owner_id if record.owner.kind == "township" else None
        facts["townships"] = [own] if own in units else units[: pick.choice([1, 9])]


def help_told(form, facts, pick: Random) -> None:
    """Next week."""
    facts |= {"starts_on": ahead(form, 1), "ends_on": ahead(form, 5), "pay_by": ahead(form, 6)}
    facts["fee"] = "100"
    facts.pop("request", None)


def told(**given):
    """Facts that every form of a kind takes."""
    return lambda form, facts, pick: facts.update(given)


OPENINGS = ("carried", "reviewing", "reviewing", "leaving", "asked", "asked")
"""Where a sequence begins; twice where it takes several people to go on."""


class AdmissionMachine(MatterMachine):
    """准入准出 of two counties: all records of the app, and the stages of their chains."""

    kinds = (
        *(AdmissionRequest, TownshipOpinion, Stage, AdmittedDuty, Support, Slip),
        *(ExitRequest, TemporaryHelp, HandDown),
    )
    ended = {
        AdmissionRequest: ("refused", "withdrawn", "diverted", "in_force"),
        TownshipOpinion: ("answered", "noted", "void"),
        Stage: ("agreed", "refused", "returned", "void"),
        AdmittedDuty: ("ended",),
        Support: ("confirmed", "dropped"),
        Slip: ("received", "declined", "recalled"),
        ExitRequest: ("done", "refused", "withdrawn"),
        TemporaryHelp: ("done", "declined", "cancelled"),
        HandDown: ("closed", "dismissed", "referred", "withdrawn"),
    }
    extra = {
        forms.DraftForm: request_told,
        forms.FileForm: told(agreement="已协商一致"),
        DecidedForm: told(decided_on="", document_number="备〔2026〕3号"),
        forms.AllotForm: money_told,
        forms.SpendForm: money_told,
        forms.ExitDraftForm: exit_told,
        forms.HelpForm: help_told,
        forms.PayForm: lambda form, facts, pick: facts.update(amount="100", day=ahead(form, 0)),
        forms.DeliverForm: lambda form, facts, pick: facts.update(delivered_on=ahead(form, 0)),
    }
    weights = {
        **dict.fromkeys(("withdraw", "cancel", "recall", "decline", "send_back", "refuse"), 1),
        **dict.fromkeys(("divert", "reconsider", "dismiss", "save_draft"), 1),
        **{"agree": 40, "file": 30, "reply": 20, "issue": 20, "receive": 30, "resubmit": 20},
    }
    shares = {Stage: 8, TownshipOpinion: 12, AdmittedDuty: 5, ExitRequest: 3, AdmissionRequest: 3}
    own = ("不能审批自己提交",)
    raising = 0.2
    start = NOW + timedelta(days=1)
    scenes: list[Scene] = []
    done = defaultdict(int)

    @initialize(opening=st.sampled_from(OPENINGS))
    def something_is_under_way(self, opening):
        """Most sequences begin in the middle, so that they come to an end."""
        given = {"starts_on": "2026-09-10", "ends_on": "2026-10-09", "support_due_on": "2026-09-30"}
        for scene in self.scenes:
            if opening == "asked":
                scene.consult(**given)
                continue
            if opening == "reviewing":
                scene.filed(**given)
                continue
            request = scene.admitted(**given)
            duty = scene.received(scene.duty(request))
            scene.allot(duty, "50")
            if opening == "leaving":
                scene.exit(request, TOWN)

    def raise_matter(self, pick: Random) -> None:
        """A request, a slip, an exit, help, or a report."""
        scene = pick.choice(self.scenes)
        department, town = scene.department, scene.unit(TOWN)
        owner = pick.choice([department, department, town])
        model, name, owner = pick.choice([
            (AdmissionRequest, "consult", owner), (AdmissionRequest, "save_draft", owner),
            (Slip, "issue", department), (Slip, "issue", department), (Slip, "register", town),
            (ExitRequest, "file", owner), (ExitRequest, "save_draft", owner),
            (TemporaryHelp, "propose", department), (HandDown, "report", town),
        ])  # fmt: skip
        record = model(county=scene.row, owner=owner)
        self.attempt(record, name, self.somebody(record, name, pick), pick)

    def keys(self, kind) -> list[int]:
        """Those that are under way, and of what is over the newest two; stages of admission."""
        rows = kind.objects.all()
        over = rows.filter(state__in=self.ended[kind]).order_by("-pk").values_list("pk", flat=True)
        going = rows.exclude(state__in=self.ended[kind]).values_list("pk", flat=True)
        return sorted([*over[:2], *going])

    def somebody(self, record, name: str, pick: Random):
        """Also for a record that has no rulebook yet."""
        if record.rulebook_id is None:
            record.rulebook = self.books[record.county_id]
        return super().somebody(record, name, pick)

    def listed(self, record, name, actor) -> bool:
        """By the hand-written matrix; of a kind with varieties any that it may be."""
        book = self.names[record.county_id]
        variants = {
            AdmissionRequest: lambda: [f"AdmissionRequest.{record.owner.kind}"],
            TownshipOpinion: lambda: [f"TownshipOpinion.{record.unit.kind}"],
            Stage: lambda: [f"Stage.{record.name}.{chain}" for chain in ("admission", "exit")],
            ExitRequest: lambda: [f"ExitRequest.{self.origin(record)}"],
        }
        kind = type(record).__name__
        default = [f"{kind}.{one}" for one in cells.VARIETIES.get(kind, ())]
        found = variants.get(type(record), lambda: default)()
        cell = (record.state, self.column(record, actor))
        return any(cell in cells.expected(one, book).get(name, ()) for one in found)

    @staticmethod
    def origin(record) -> str:
        """Which variety of an exit; where it is free to go is a condition, not a right."""
        return record.owner.kind if record.origin == "applied" else "suggested"

    def column(self, record, actor) -> str:
        """Which column of the matrix a person is for this record."""
        (post,) = actor.posts_held()
        if post.county_id != record.county_id:
            return f"{post.role}@foreign"
        if post.role not in cells.UNIT_ROLES:
            return f"{post.role}@county"
        home = DEPARTMENT if post.role.startswith("department") else TOWN
        if getattr(record, "department_id", None) and post.role.startswith("department"):
            home = record.department.short_name  # a paper may have come from any department
        if getattr(record, "unit_id", None) and post.role.startswith("township"):
            home = str(record.unit) if record.unit.kind == "township" else TOWN
        return f"{post.role}@{'own' if post.unit.short_name == home else 'other'}"

    # Invariants ------------------------------------------------------------

    @invariant()
    def no_duty_without_the_number_of_its_approval(self):
        for duty in AdmittedDuty.objects.select_related("request"):
            request = duty.request
            assert duty.approval_number == request.number != ""
            assert request.state == "in_force" and request.approved_on
            states = dict(request.current().values_list("name", "state"))
            for row in request.chain():
                assert states.get(row["stage"]) == "agreed", (request.pk, states)
            assert duty.unit_id in request.covers

    @invariant()
    def the_balance_is_the_sum_of_the_entries_and_never_negative(self):
        for duty in AdmittedDuty.objects.all():
            balance = Decimal(0)
            for entry in duty.entries.order_by("id"):
                balance += entry.amount if entry.kind == "allot" else -entry.amount
                assert entry.balance == balance >= 0
            assert duty.balance == balance, duty.pk

    @invariant()
    def one_opinion_per_unit_and_round_and_none_by_the_applicant(self):
        rows = TownshipOpinion.objects.values_list("request", "unit", "round", "owner")
        seen = [row[:3] for row in rows]
        assert len(set(seen)) == len(seen)
        assert all(unit != owner for _, unit, _, owner in rows)
        for request in AdmissionRequest.objects.filter(state__in=("reviewing", "in_force")):
            assert not request.opinions_now().filter(state="asked").exists()

    @invariant()
    def numbers_have_no_gap(self):
        for kind in (AdmissionRequest, Slip, ExitRequest, TemporaryHelp, HandDown):
            drawn = defaultdict(set)
            for number in kind.objects.exclude(number="").values_list("number", flat=True):
                head, _, tail = number.partition("〕")
                drawn[head].add(int(tail.removesuffix("号")))
            for head, numbers in drawn.items():
                assert numbers == set(range(1, len(numbers) + 1)), (head, numbers)

    @invariant()
    def stages_stand_as_their_matter_stands(self):
        for kind in (AdmissionRequest, ExitRequest):
            for matter in kind.objects.all():
                opened = matter.stages.filter(state="open").values_list("round", flat=True)
                wanted = {matter.round} if matter.state in ("reviewing", "approved") else set()
                assert set(opened) == wanted, (matter, matter.state, list(opened))

    @invariant()
    def each_duty_has_one_exit_at_a_time(self):
        taken = []
        for leave in ExitRequest.objects.exclude(state__in=("done", "refused", "withdrawn")):
            if leave.origin != "applied" or leave.state != "draft":
                taken += [(leave.request_id, unit) for unit in leave.covers]
        assert len(set(taken)) == len(taken), taken
        self.taken = set(taken)

    def swept(self):
        """After a sweep nothing binds outside its dates, and what is over is on its way out."""
        super().swept()
        today = timezone.localdate(self.now)
        bound = AdmittedDuty.objects.filter(state__in=BIND)
        assert not bound.filter(ends_on__lt=today).exists()
        self.each_duty_has_one_exit_at_a_time()
        for duty in AdmittedDuty.objects.filter(state="lapsed"):
            assert (duty.request_id, duty.unit_id) in self.taken, duty
            (leave,) = carrying.leaving(duty)
            if leave.state in ("draft", "returned"):
                assert leave.clocks.running().filter(name="apply").exists(), leave
        gone = ExitRequest.objects.filter(state="notified", effective_on__lte=today)
        assert not gone.exists()
        for report in HandDown.objects.filter(state="referred"):
            assert (
                Referral.objects.filter(matter_id=report.pk, matter_type=HandDown.type()).count()
                == 1
            )
        late = Clock.objects.running().filter(name="correct", due_at__lte=self.now)
        assert not late.exists()


@pytest.fixture
def world(db):
    """冠县, and 郊区 with filing before effect and exits that townships apply for."""
    load_calendar()
    near, far = Scene("guanxian-2019"), Scene("jiaoqu-2022", ("郊区", "230811", "郊"))
    AdmissionMachine.scenes = [near, far]
    AdmissionMachine.counties = [near.row, far.row]
    AdmissionMachine.books = {one.row.pk: one.county.rulebook for one in (near, far)}
    AdmissionMachine.names = {near.row.pk: "guanxian", far.row.pk: "jiaoqu"}
    for scene in (near, far):
        for role in (Role.DEPARTMENT_CLERK, Role.DEPARTMENT_LEADER):
            scene.county.user(role, "县公安局")
        for role in (Role.TOWNSHIP_LEADER, Role.JIWEI, Role.SYSADMIN):
            scene.county.user(role)
    users = sorted({user.pk for scene in (near, far) for user in scene.county.people.values()})
    AdmissionMachine.people = [
        user for user in (User.objects.get(pk=pk) for pk in users)
        if user.posts_held()[0].unit.county_id
    ]  # fmt: skip
    AdmissionMachine.done = defaultdict(int)
    AdmissionMachine.sequences = AdmissionMachine.tried = 0


@pytest.mark.timeout(0 if THOROUGH else 600)
def test_whatever_people_do_nothing_binds_without_its_gate(world):
    lean = SETTINGS if THOROUGH else settings(SETTINGS, max_examples=12)
    run_state_machine_as_test(AdmissionMachine, settings=lean)
    done = {f"{kind}.{name}" for kind, name in AdmissionMachine.done}
    print(f"{AdmissionMachine.sequences} sequences, {AdmissionMachine.tried} steps tried")
    print(dict(sorted(AdmissionMachine.done.items())))
    # The machine is worth something only if it comes far.
    assert {"TownshipOpinion.reply", "Stage.agree", "AdmittedDuty.allot"} <= done
