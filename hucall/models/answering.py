"""A department answers: report, arrive, note, finish (GX-呼应-10, 12, 14, 18)."""

from django.db import models
from django_fsm import GET_STATE, transition

from governance.roles import CLERKS, LEADERS
from governance.steps import Need, Start, Tell, owner, param, step
from hucall import access, parts

from .states import ResponseState as State


class Answering(models.Model):
    """The steps of a part from dispatch to result."""

    note_is_shared = False
    """Whether the note of this move is for everybody (of the move, not kept)."""

    class Meta:
        abstract = True

    @transition(
        "state",
        source=State.NEW,
        target=GET_STATE(parts.opened_state, states=[State.WAITING, State.COPIED]),
        custom=step(
            "派发",
            who=access.system,
            clause="GX-呼应-12",
            starts=[
                Start(
                    "sign_in",
                    "报到",
                    param("call.sign_in.{record.pace}", when=parts.owes_an_answer),
                    "unit_id",
                    "GX-呼应-10",
                    parts.ladder,
                    on_breach="supervise",
                ),
                Start(
                    "arrive",
                    "到场",
                    param("call.arrive.urgent", when=parts.owes_presence),
                    "unit_id",
                    "GX-呼应-14",
                    parts.ladder,
                    on_breach="supervise",
                ),
                Start(
                    "finish",
                    "办结",
                    param("call.finish.{record.finish_pace}", when=parts.owes_an_answer),
                    "unit_id",
                    "GX-呼应-10",
                    parts.ladder,
                    on_breach="supervise",
                ),
            ],
            tells=[Tell(access.answering, "新的呼叫待报到", CLERKS | LEADERS)],
            says=parts.opened_words,
            urgent=parts.is_urgent,
        ),
    )
    def open(self, move):
        self.opened_at = move.at
        self.return_until = parts.return_until(self, move.at)

    @transition(
        "state",
        source=State.WAITING,
        target=State.WORKING,
        custom=step(
            "报到",
            who=access.anyone_answering,
            form="hucall.forms.SignInForm",
            clause="GX-呼应-10",
            stops=["sign_in"],
            tells=[Tell(owner, "部门已报到")],
            tone="primary",
        ),
    )
    def sign_in(self, move):
        self.signed_in_at = move.at
        self.latest = move.given.get("note", "")[:300]

    @transition(
        "state",
        source=[State.WAITING, State.WORKING],
        target=State.WORKING,
        custom=step(
            "登记到场",
            who=access.anyone_answering,
            form="hucall.forms.ArrivalForm",
            clause="GX-呼应-14",
            needs=[
                Need(parts.is_urgent_now, "只有应急呼叫须登记到场。", "GX-呼应-14"),
                Need(parts.not_arrived, "已登记到场。", "GX-呼应-14"),
            ],
            stops=["sign_in", "arrive"],
            tells=[Tell(owner, "部门已到场")],
            tone="primary",
        ),
    )
    def arrive(self, move):
        self.signed_in_at = self.signed_in_at or move.at
        self.arrived_at = move.given["arrived_at"]
        self.arrival_place = move.given["place"]

    @transition(
        "state",
        source=[State.WAITING, State.WORKING, State.SUSPENDED, State.RETURNING, State.RULING],
        target=None,
        custom=step(
            "登记进展",
            who=access.anyone_answering,
            form="hucall.forms.NoteForm",
            clause="GX-呼应-04",
            internal=parts.internal_unit,
            tells=[Tell(parts.owner_unless_internal, "呼叫有新进展")],
        ),
    )
    def note(self, move):
        self.note_is_shared = move.given["audience"] == "shared"
        if self.note_is_shared:
            self.latest = move.given["note"][:300]

    @transition(
        "state",
        source=State.WORKING,
        target=State.FINISHED,
        custom=step(
            "办结",
            who=access.anyone_answering,
            form="hucall.forms.FinishForm",
            clause="GX-呼应-10",
            needs=[
                Need(parts.arrived_if_urgent, "应急呼叫须先登记到场。", "GX-呼应-14"),
                Need(parts.others_closed_if_lead, parts.others_words, "GX-呼应-12"),
            ],
            stops=["finish", "arrive"],
            cancels=["extension_decision", "suspension_decision"],
            follow=parts.finished,
            tells=[Tell(owner, "部门已办结")],
            tone="primary",
            hint=(State.WAITING, State.WORKING),
        ),
    )
    def finish(self, move):
        self.finished_at = move.at
        self.result = move.given["result"]
        self.latest = self.result[:300]
        parts.drop_requests(self, move)

    @transition(
        "state",
        source=State.FINISHED,
        target=State.WORKING,
        custom=step(
            "重办",
            who=access.system,
            clause="GX-呼应-05",
            starts=[
                Start(
                    "finish",
                    "办结",
                    param("call.rework_finish"),
                    "unit_id",
                    "GX-呼应-10",
                    parts.ladder,
                    on_breach="supervise",
                )
            ],
            follow=parts.dropped_rating,
            tells=[Tell(access.answering, "平台退回重办", CLERKS | LEADERS, "soon")],
            says=parts.rework_words,
        ),
    )
    def reopen(self, move):
        self.round += 1
        self.finished_at = None

    @transition(
        "state",
        source=[State.WAITING, State.WORKING, State.RETURNING, State.RULING, State.SUSPENDED],
        target=State.VOID,
        custom=step(
            "撤销",
            who=access.system,
            clause="GX-呼应-05",
            cancels=[
                *("sign_in", "arrive", "finish", "return_decision", "ruling", "review"),
                *("extension_decision", "suspension_decision"),
            ],
        ),
    )
    def void(self, move):
        parts.drop_requests(self, move)

    @transition(
        "state",
        source=[State.WAITING, State.WORKING, State.SUSPENDED],
        target=None,
        custom=step("转为牵头", who=access.system, clause="GX-呼应-12"),
    )
    def take_lead(self, move):
        self.duty = "lead"

    @transition(
        "state",
        source=[State.WAITING, State.WORKING],
        target=None,
        custom=step(
            "督办",
            who=access.supervisors | access.system,
            form="hucall.forms.SuperviseForm",
            clause="GX-呼应-18",
            follow=parts.supervision,
        ),
    )
    def supervise(self, move):
        pass

    @transition(
        "state",
        source=[
            State.WAITING,
            State.WORKING,
            State.RETURNING,
            State.RULING,
            State.SUSPENDED,
            State.FINISHED,
        ],
        target=None,
        custom=step(
            "剔除考核",
            who=access.ducha,
            form="hucall.forms.ReasonForm",
            clause="GX-呼应-18",
            needs=[Need(parts.counted, "本件已剔除。", "GX-呼应-18")],
            tells=[Tell(access.answering, "已批准不计入考核"), Tell(owner, "已批准剔除")],
        ),
    )
    def exclude(self, move):
        self.excluded = True
        self.exclusion_reason = move.given["reason"]
