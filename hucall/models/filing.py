"""Filing a call: draft, village, township leader, and back (GX-呼应-07, 08, 13)."""

from django.db import models
from django_fsm import GET_STATE, transition

from governance.roles import LEADERS, Role
from governance.steps import Need, Tell, owner, step
from hucall import access, flow

from .states import CallState as State


class Filing(models.Model):
    """The steps of a call until it lies before the platform."""

    class Meta:
        abstract = True

    @transition(
        "state",
        source=[State.NEW, State.DRAFT],
        target=State.DRAFT,
        custom=step(
            "保存草稿",
            who=access.township_clerk | access.village,
            form="hucall.forms.DraftForm",
            clause="GX-呼应-08",
            tone="quiet",
        ),
    )
    def save_draft(self, move):
        flow.fill(self, move)

    @transition(
        "state",
        source=[State.NEW, State.DRAFT],
        target=State.PROPOSED,
        custom=step(
            "报乡镇提交",
            who=access.village,
            form="hucall.forms.ProposeForm",
            clause="TX-网格-01",
            needs=[Need(flow.villages_may_call, "本县未开通村级呼叫。", "TX-网格-01")],
            tells=[Tell(owner, "村级呼叫待提交")],
        ),
    )
    def propose(self, move):
        flow.fill(self, move)

    @transition(
        "state",
        source=[State.NEW, State.DRAFT, State.PROPOSED],
        target=GET_STATE(
            flow.filed_state, states=[State.SUBMITTED, State.APPROVING, State.HANDLING]
        ),
        custom=step(
            "提交呼叫",
            who=access.township_clerk | access.platform,
            form="hucall.forms.FilingForm",
            clause="GX-呼应-08",
            number="呼",
            starts=[flow.VERIFY],
            tells=[
                Tell(flow.desks_at_work, "新的呼叫待核实派发", frozenset({Role.PLATFORM})),
                Tell(flow.owner_awaiting_approval, "呼叫待审批", LEADERS),
            ],
            follow=flow.direct_responses,
            urgent=flow.is_urgent,
            tone="primary",
        ),
    )
    def file(self, move):
        flow.fill(self, move)
        flow.stamp_item(self)
        self.raised_at = move.at  # a draft may be old; the call is as old as its filing
        if self.is_urgent:
            self.dispatched_at = move.at

    @transition(
        "state",
        source=[State.NEW, State.DRAFT],
        target=State.SELF_HANDLED,
        custom=step(
            "登记自行处置",
            who=access.township_clerk,
            form="hucall.forms.SelfHandledForm",
            clause="GX-呼应-07",
            number="自",
            tone="quiet",
        ),
    )
    def record_self_handled(self, move):
        flow.fill(self, move)
        flow.stamp_item(self)
        self.finished_at = move.at

    @transition(
        "state",
        source=State.APPROVING,
        target=State.SUBMITTED,
        custom=step(
            "同意呼叫",
            who=access.township_leader,
            form="hucall.forms.OpinionForm",
            clause="GX-呼应-08",
            starts=[flow.VERIFY],
            tells=[Tell(flow.desks, "新的呼叫待核实派发", frozenset({Role.PLATFORM}))],
            tone="primary",
        ),
    )
    def approve(self, move):
        flow.not_ones_own(self, move)
        self.approved_at = move.at

    @transition(
        "state",
        source=State.APPROVING,
        target=State.DRAFT,
        custom=step(
            "不同意,退回修改",
            who=access.township_leader,
            form="hucall.forms.ReasonForm",
            clause="GX-呼应-07",
            tells=[Tell(owner, "呼叫未获本乡镇负责人同意")],
        ),
    )
    def disapprove(self, move):
        self.reason = move.given["reason"]

    @transition(
        "state",
        source=[State.HANDLING, State.FINISHED],
        target=None,
        custom=step(
            "补办审批",
            who=access.township_leader,
            form="hucall.forms.OpinionForm",
            clause="GX-呼应-13",
            needs=[
                Need(flow.approval_outstanding, "本件无须补办审批,或已补办。", "GX-呼应-13"),
            ],
        ),
    )
    def endorse(self, move):
        self.approved_at = move.at
