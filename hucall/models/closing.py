"""The ends of a call: finished, reworked, archived, withdrawn (GX-呼应-05, 06, 10)."""

from django.db import models
from django_fsm import transition

from governance.steps import Need, Start, Tell, owner, param, step
from hucall import access, flow

from .states import CallState as State


class Closing(models.Model):
    """The steps that end a call or take it up again."""

    class Meta:
        abstract = True

    @transition(
        "state",
        source=[
            State.DRAFT,
            State.PROPOSED,
            State.APPROVING,
            State.SUBMITTED,
            State.CORRECTING,
        ],
        target=State.WITHDRAWN,
        custom=step(
            "撤回作废",
            who=access.township_clerk,
            form="hucall.forms.ReasonForm",
            clause="GX-呼应-07",
            cancels=["verify", "correct"],
            tone="danger",
        ),
    )
    def withdraw(self, move):
        self.reason = move.given["reason"]

    @transition(
        "state",
        source=State.HANDLING,
        target=State.WITHDRAWN,
        custom=step(
            "撤销呼叫",
            who=access.platform,
            form="hucall.forms.ReasonForm",
            clause="GX-呼应-05",
            cancels=["verify"],
            follow=flow.voided_responses,
            tells=[Tell(flow.everybody, "呼叫已撤销")],
            tone="danger",
        ),
    )
    def revoke(self, move):
        self.reason = move.given["reason"]

    @transition(
        "state",
        source=State.HANDLING,
        target=State.FINISHED,
        custom=step(
            "汇总办结",
            who=access.system,
            clause="GX-呼应-10",
            needs=[Need(flow.all_parts_closed, "还有部门没有办结。", "GX-呼应-12")],
            starts=[
                Start(
                    "archive",
                    "归档",
                    param("call.archive"),
                    flow.desk_id,
                    "GX-呼应-06",
                    timer=True,
                    on_breach="archive",
                )
            ],
            tells=[Tell(owner, "呼叫已办结,请评价")],
        ),
    )
    def finish(self, move):
        self.finished_at = move.at
        self.summary = move.given.get("result", "")

    @transition(
        "state",
        source=State.FINISHED,
        target=State.HANDLING,
        custom=step(
            "退回重办",
            who=access.platform,
            form="hucall.forms.ReworkForm",
            clause="GX-呼应-05",
            cancels=["archive"],
            follow=flow.reopened_responses,
            tells=[Tell(owner, "呼叫已退回重办")],
        ),
    )
    def rework(self, move):
        self.finished_at = None

    @transition(
        "state",
        source=State.FINISHED,
        target=State.ARCHIVED,
        custom=step(
            "归档",
            who=access.system,
            clause="GX-呼应-06",
            stops=["archive"],
            cancels=["verify"],
            follow=flow.lapsed_ratings,
        ),
    )
    def archive(self, move):
        self.archived_at = move.at

    @transition(
        "state",
        source=[
            State.APPROVING,
            State.SUBMITTED,
            State.CORRECTING,
            State.HANDLING,
            State.FINISHED,
        ],
        target=None,
        custom=step(
            "补充说明",
            who=access.township | access.village | access.platform,
            form="hucall.forms.RemarkForm",
            clause="GX-呼应-04",
            tells=[Tell(flow.everybody, "呼叫有补充说明")],
            tone="quiet",
        ),
    )
    def remark(self, move):
        pass
