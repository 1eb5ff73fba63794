"""More time: plan with statutory limit, extension, suspension 挂账 (GX-呼应-10, 11)."""

from django.db import models
from django_fsm import transition

from governance.roles import CLERKS, LEADERS, Role
from governance.steps import Need, Start, Tell, owner, param, step
from hucall import access, parts

from .states import ResponseState as State


class Postponing(models.Model):
    """The steps that move a limit, each decided by the platform."""

    class Meta:
        abstract = True

    @transition(
        "state",
        source=State.WORKING,
        target=None,
        custom=step(
            "提出解决方案",
            who=access.anyone_answering,
            form="hucall.forms.PlanForm",
            clause="GX-呼应-11",
            needs=[Need(parts.plan_open, "方案已确认,不能再改。", "GX-呼应-11")],
            tells=[
                Tell(owner, "部门提出解决方案,请协助", CLERKS | LEADERS),
                Tell(parts.desks, "解决方案待确认", frozenset({Role.PLATFORM})),
            ],
        ),
    )
    def propose_plan(self, move):
        self.plan = move.given["plan"]
        self.statutory_due = move.given["statutory_due"]
        self.statutory_basis = move.given["statutory_basis"]

    @transition(
        "state",
        source=State.WORKING,
        target=None,
        custom=step(
            "确认方案与法定期限",
            who=access.platform,
            form="hucall.forms.OpinionForm",
            clause="GX-呼应-11",
            needs=[Need(parts.plan_pending, "没有待确认的方案。", "GX-呼应-11")],
            starts=[
                Start(
                    "finish",
                    "办结",
                    parts.statutory_length,
                    "unit_id",
                    "GX-呼应-11",
                    parts.ladder,
                    on_breach="supervise",
                    since=parts.opened,
                )
            ],
            tells=[Tell(access.answering, "解决方案已确认")],
        ),
    )
    def accept_plan(self, move):
        self.plan_accepted_at = move.at

    @transition(
        "state",
        source=State.WORKING,
        target=None,
        custom=step(
            "申请延期",
            who=access.responder_leader,
            form="hucall.forms.ExtensionForm",
            clause="GX-呼应-10",
            needs=[
                Need(parts.extension_left, parts.extension_words, "GX-呼应-10"),
                Need(parts.before_expiry, "办结期限已过,不能再申请延期。", "GX-呼应-10"),
                Need(parts.no_open_request, "已有延期或挂账申请待审批。", "GX-呼应-10"),
            ],
            starts=[
                Start(
                    "extension_decision",
                    "延期审批",
                    param("call.extension_decision"),
                    parts.desk_id,
                    "GX-呼应-05",
                )
            ],
            tells=[Tell(parts.desks, "延期申请待审批", frozenset({Role.PLATFORM}))],
            hint=(State.WAITING, State.WORKING),
        ),
    )
    def request_extension(self, move):
        parts.keep_extension(self, move)

    @transition(
        "state",
        source=State.WORKING,
        target=None,
        custom=step(
            "同意延期",
            who=access.platform,
            form="hucall.forms.OpinionForm",
            clause="GX-呼应-05",
            needs=[Need(parts.extension_pending, "没有待审批的延期申请。", "GX-呼应-10")],
            stops=["extension_decision"],
            extends=parts.extension_length,
            tells=[Tell(access.answering, "延期已获同意", CLERKS | LEADERS)],
        ),
    )
    def grant_extension(self, move):
        parts.decide_extension(self, move, granted=True)

    @transition(
        "state",
        source=State.WORKING,
        target=None,
        custom=step(
            "不同意延期",
            who=access.platform,
            form="hucall.forms.ReasonForm",
            clause="GX-呼应-05",
            needs=[Need(parts.extension_pending, "没有待审批的延期申请。", "GX-呼应-10")],
            stops=["extension_decision"],
            tells=[Tell(access.answering, "延期未获同意", CLERKS | LEADERS, "soon")],
        ),
    )
    def refuse_extension(self, move):
        parts.decide_extension(self, move, granted=False)

    @transition(
        "state",
        source=State.WORKING,
        target=None,
        custom=step(
            "申请挂账",
            who=access.responder_leader,
            form="hucall.forms.SuspensionForm",
            clause="GX-呼应-11",
            needs=[
                Need(parts.before_expiry, "办结期限已过,不能再申请挂账。", "GX-呼应-10"),
                Need(parts.no_open_request, "已有延期或挂账申请待审批。", "GX-呼应-11"),
            ],
            starts=[
                Start(
                    "suspension_decision",
                    "挂账审批",
                    param("call.extension_decision"),
                    parts.desk_id,
                    "GX-呼应-05",
                )
            ],
            tells=[Tell(parts.desks, "挂账申请待审批", frozenset({Role.PLATFORM}))],
        ),
    )
    def request_suspension(self, move):
        parts.keep_suspension(self, move)

    @transition(
        "state",
        source=State.WORKING,
        target=State.SUSPENDED,
        custom=step(
            "同意挂账",
            who=access.platform,
            form="hucall.forms.OpinionForm",
            clause="GX-呼应-05",
            needs=[Need(parts.suspension_pending, "没有待审批的挂账申请。", "GX-呼应-11")],
            stops=["suspension_decision"],
            pauses=["finish", "arrive"],
            pauses_since=parts.suspension_asked,
            says=parts.suspended_words,
            starts=[parts.REVIEW],
            tells=[Tell(owner, "事项已挂账"), Tell(access.answering, "挂账已获同意")],
        ),
    )
    def grant_suspension(self, move):
        parts.decide_suspension(self, move, granted=True)

    @transition(
        "state",
        source=State.WORKING,
        target=None,
        custom=step(
            "不同意挂账",
            who=access.platform,
            form="hucall.forms.ReasonForm",
            clause="GX-呼应-05",
            needs=[Need(parts.suspension_pending, "没有待审批的挂账申请。", "GX-呼应-11")],
            stops=["suspension_decision"],
            tells=[Tell(access.answering, "挂账未获同意", CLERKS | LEADERS, "soon")],
        ),
    )
    def refuse_suspension(self, move):
        parts.decide_suspension(self, move, granted=False)

    @transition(
        "state",
        source=State.SUSPENDED,
        target=None,
        custom=step(
            "续挂",
            who=access.platform,
            form="hucall.forms.RenewalForm",
            clause="GX-呼应-11",
            stops=["review"],
            starts=[parts.REVIEW],
            tells=[Tell(owner, "挂账事项已续挂"), Tell(access.answering, "挂账已续期")],
        ),
    )
    def renew_suspension(self, move):
        parts.renew(self, move)

    @transition(
        "state",
        source=State.SUSPENDED,
        target=State.WORKING,
        custom=step(
            "恢复办理",
            who=access.anyone_answering | access.platform,
            form="hucall.forms.OpinionForm",
            clause="GX-呼应-11",
            stops=["review"],
            resumes=["finish", "arrive"],
            tells=[Tell(owner, "挂账事项恢复办理"), Tell(access.answering, "恢复办理")],
            tone="primary",
        ),
    )
    def resume(self, move):
        parts.end_suspension(self, move)
