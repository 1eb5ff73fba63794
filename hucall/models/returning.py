"""A department says the matter is not its own: return, transfer, ruling (GX-呼应-05, 09)."""

from django.db import models
from django_fsm import GET_STATE, transition

from governance.roles import CLERKS, LEADERS, Role
from governance.steps import Need, Start, Tell, param, step
from hucall import access, parts

from .states import ResponseState as State


class Returning(models.Model):
    """The steps by which a part changes hands."""

    class Meta:
        abstract = True

    @transition(
        "state",
        source=[State.WAITING, State.WORKING],
        target=GET_STATE(parts.returning_state, states=[State.RETURNING, State.RULING]),
        custom=step(
            "不属本单位,退回",
            who=access.anyone_answering,
            form="hucall.forms.ReturnForm",
            clause="GX-呼应-09",
            needs=[
                Need(parts.return_window_open, parts.return_window_words, "GX-呼应-10"),
                Need(parts.not_ruled, "编办已裁定由本单位承办,不得再退。", "GX-呼应-09"),
            ],
            pauses=["sign_in", "arrive", "finish"],
            cancels=["extension_decision", "suspension_decision"],
            starts=[
                Start(
                    "return_decision",
                    "退回审核",
                    param("call.return_decision", when=parts.platform_decides),
                    parts.desk_id,
                    "GX-呼应-05",
                ),
                Start(
                    "ruling",
                    "编办裁定",
                    param("call.ruling", when=parts.bianban_decides),
                    parts.bianban_id,
                    "GX-呼应-09",
                ),
            ],
            tells=[
                Tell(parts.desks, "部门申请退回", frozenset({Role.PLATFORM})),
                Tell(parts.ruling_desks, "退回争议待裁定", frozenset({Role.BIANBAN})),
            ],
        ),
    )
    def propose_return(self, move):
        self.reason = move.given["reason"]
        parts.drop_requests(self, move)

    @transition(
        "state",
        source=State.RETURNING,
        target=State.RETURNED,
        custom=step(
            "同意退回",
            who=access.platform,
            form="hucall.dispatching.RedirectForm",
            clause="GX-呼应-05",
            stops=["return_decision"],
            cancels=["sign_in", "arrive", "finish"],
            follow=parts.redirected,
            tells=[Tell(access.answering, "退回已获同意")],
            tone="primary",
        ),
    )
    def accept_return(self, move):
        pass

    @transition(
        "state",
        source=State.RETURNING,
        target=GET_STATE(parts.resumed_state, states=[State.WAITING, State.WORKING]),
        custom=step(
            "不同意退回",
            who=access.platform,
            form="hucall.forms.ReasonForm",
            clause="GX-呼应-05",
            stops=["return_decision"],
            resumes=["sign_in", "arrive", "finish"],
            tells=[Tell(access.answering, "退回未获同意,请继续办理", CLERKS | LEADERS, "soon")],
        ),
    )
    def refuse_return(self, move):
        self.return_until = move.at

    @transition(
        "state",
        source=State.RULING,
        target=State.RETURNED,
        custom=step(
            "裁定:不属该单位",
            who=access.bianban,
            form="hucall.dispatching.UpheldForm",
            clause="GX-呼应-09",
            stops=["ruling"],
            cancels=["sign_in", "arrive", "finish"],
            follow=parts.redirected,
            tells=[
                Tell(access.answering, "编办已裁定:不属本单位", CLERKS | LEADERS),
                Tell(parts.desks, "编办已裁定", frozenset({Role.PLATFORM})),
            ],
        ),
    )
    def uphold_return(self, move):
        parts.keep_ruling(self, move, upheld=True)

    @transition(
        "state",
        source=State.RULING,
        target=GET_STATE(parts.resumed_state, states=[State.WAITING, State.WORKING]),
        custom=step(
            "裁定:由该单位承办",
            who=access.bianban,
            form="hucall.dispatching.OverruledForm",
            clause="GX-呼应-09",
            stops=["ruling"],
            resumes=["sign_in", "arrive", "finish"],
            tells=[
                Tell(access.answering, "编办已裁定:由本单位承办", CLERKS | LEADERS, "soon"),
                Tell(parts.desks, "编办已裁定", frozenset({Role.PLATFORM})),
            ],
            tone="primary",
        ),
    )
    def overrule_return(self, move):
        parts.keep_ruling(self, move, upheld=False)

    @transition(
        "state",
        source=[State.WAITING, State.WORKING],
        target=State.TRANSFERRED,
        custom=step(
            "改派",
            who=access.platform,
            form="hucall.dispatching.TransferForm",
            clause="GX-呼应-09",
            needs=[Need(parts.not_ruled, "编办已裁定由本单位承办,不得改派。", "GX-呼应-09")],
            cancels=["sign_in", "arrive", "finish", "extension_decision", "suspension_decision"],
            follow=parts.redirected,
            tells=[Tell(access.answering, "呼叫已改派其他单位")],
        ),
    )
    def transfer(self, move):
        self.reason = move.given["reason"]
        parts.drop_requests(self, move)
