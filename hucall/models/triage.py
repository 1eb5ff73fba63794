"""Verification and dispatch by the platform (GX-呼应-05, 09, 12)."""

from django.db import models
from django_fsm import transition

from governance.roles import CLERKS, LEADERS, Role
from governance.steps import Need, Start, Tell, owner, param, step
from hucall import access, flow

from .states import CallState as State


class Triage(models.Model):
    """The steps of the platform operator who verifies and dispatches."""

    class Meta:
        abstract = True

    @transition(
        "state",
        source=State.SUBMITTED,
        target=State.HANDLING,
        custom=step(
            "核实派发",
            who=access.platform,
            form="hucall.dispatching.DispatchForm",
            clause="GX-呼应-09",
            stops=["verify"],
            follow=flow.dispatched_responses,
            tells=[Tell(owner, "呼叫已核实派发")],
            tone="primary",
        ),
    )
    def dispatch(self, move):
        self.verified_at = self.dispatched_at = move.at
        self.verified_true = True
        self.difficulty = move.given["difficulty"]
        if move.given.get("item"):
            self.item = move.given["item"]
        flow.stamp_item(self)

    @transition(
        "state",
        source=State.SUBMITTED,
        target=State.CORRECTING,
        custom=step(
            "退回补正",
            who=access.platform,
            form="hucall.forms.ReasonForm",
            clause="GX-呼应-05",
            stops=["verify"],
            starts=[Start("correct", "补正", param("call.correction"), "owner_id", "GX-呼应-05")],
            tells=[Tell(owner, "呼叫退回补正", tone="soon")],
        ),
    )
    def return_for_correction(self, move):
        self.reason = move.given["reason"]

    @transition(
        "state",
        source=State.CORRECTING,
        target=State.SUBMITTED,
        custom=step(
            "补正后提交",
            who=access.township_clerk,
            form="hucall.forms.FilingForm",
            clause="GX-呼应-05",
            stops=["correct"],
            starts=[flow.VERIFY],
            tells=[Tell(flow.desks, "呼叫已补正,待核实派发", frozenset({Role.PLATFORM}))],
            tone="primary",
        ),
    )
    def refile(self, move):
        flow.fill(self, move)
        flow.stamp_item(self)
        self.reason = ""

    @transition(
        "state",
        source=State.SUBMITTED,
        target=State.SELF_HANDLED,
        custom=step(
            "转乡镇自行处置",
            who=access.platform,
            form="hucall.forms.TurnBackForm",
            clause="GX-呼应-07",
            stops=["verify"],
            tells=[Tell(owner, "呼叫转为自行处置", CLERKS | LEADERS, "soon")],
        ),
    )
    def turn_back(self, move):
        self.reason = move.given["reason"]
        self.over_call = move.given["over_call"]
        self.verified_at, self.verified_true = move.at, not self.over_call

    @transition(
        "state",
        source=[State.HANDLING, State.FINISHED],
        target=None,
        custom=step(
            "事后核实",
            who=access.platform,
            form="hucall.forms.VerifyForm",
            clause="GX-呼应-13",
            needs=[Need(flow.unverified, "本件已核实。", "GX-呼应-13")],
            stops=["verify"],
            tone="primary",
        ),
    )
    def verify(self, move):
        self.verified_at = move.at
        self.verified_true = move.given["verified_true"] == "yes"
        self.over_call = not self.verified_true
        if move.given.get("item"):
            self.item = move.given["item"]
            flow.stamp_item(self)

    @transition(
        "state",
        source=State.SUBMITTED,
        target=State.MERGED,
        custom=step(
            "并入已有呼叫",
            who=access.platform,
            form="hucall.forms.MergeForm",
            clause="GX-呼应-05",
            stops=["verify"],
            follow=flow.joined,
            also=flow.call_to_join,
            tells=[Tell(owner, "呼叫已并入同一事项")],
        ),
    )
    def merge(self, move):
        self.merged_into = move.given["into"]
        self.reason = move.given["reason"]

    @transition(
        "state",
        source=[State.HANDLING, State.SUBMITTED],
        target=None,
        custom=step("并入相同呼叫", who=access.system, clause="GX-呼应-05", says=flow.joined_words),
    )
    def take_in(self, move):
        self.parties.get_or_create(unit_id=move.given["from"].owner_id)

    @transition(
        "state",
        source=State.HANDLING,
        target=None,
        custom=step(
            "补派部门",
            who=access.platform,
            form="hucall.dispatching.AddUnitsForm",
            clause="GX-呼应-12",
            follow=flow.dispatched_responses,
        ),
    )
    def add_units(self, move):
        pass
