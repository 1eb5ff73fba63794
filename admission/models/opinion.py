"""TownshipOpinion 乡镇意见: each township is asked and answers for itself (GX-准入-07)."""

from django.db import models
from django_fsm import FSMField, transition

from admission import access, applying
from governance.models import Matter
from governance.models.stage import APPLICANTS
from governance.steps import Need, Start, Tell, owner, param, step

from .request import AdmissionRequest
from .states import Attitude, OpinionState


class TownshipOpinion(Matter):
    """One unit's answer in one consultation. Where a township applies (同心), the department whose
    work it asks for is asked too.
    """

    State = OpinionState
    root_field = "request"

    state = FSMField("状态", default=State.NEW, choices=State.choices, protected=True)
    request = models.ForeignKey(
        AdmissionRequest, models.PROTECT, related_name="opinions", verbose_name="准入申请"
    )
    unit = models.ForeignKey(
        "governance.Unit", models.PROTECT, related_name="+", verbose_name="被征求意见单位"
    )
    round = models.PositiveSmallIntegerField("轮次")
    attitude = models.CharField("态度", max_length=10, choices=Attitude.choices, blank=True)
    text = models.TextField("意见", max_length=2000, blank=True)
    answered_on = models.DateField("答复日期", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "乡镇意见"
        constraints = [
            models.UniqueConstraint(
                fields=["request", "unit", "round"], name="opinion_once_per_round"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="answered")
                | (models.Q(answered_on__isnull=False) & ~models.Q(attitude="")),
                name="opinion_answered_says_what",
            ),
        ]

    @staticmethod
    def visible(rows, user):
        return access.visible_parts(rows, user, "request", AdmissionRequest)

    def get_absolute_url(self):
        """The page of the file."""
        return self.request.get_absolute_url()

    @property
    def title(self) -> str:
        return f"{self.unit}对“{self.request.name}”的意见"

    def searchable(self):
        return [self.text]

    def concerned(self):
        return {self.unit_id}

    @transition(
        "state",
        source=State.NEW,
        target=State.ASKED,
        custom=step(
            "发出征求意见函",
            who=access.system,
            clause="GX-准入-07",
            starts=[
                Start("reply", "答复征求意见", param("admission.consult"), "unit_id", "GX-准入-07")
            ],
            tells=[Tell(applying.asked_unit, "请答复征求意见函", APPLICANTS, "soon")],
            says=lambda opinion, move: f"向{opinion.unit}征求意见",
        ),
    )
    def ask(self, move):
        pass

    @transition(
        "state",
        source=[State.ASKED, State.ANSWERED, State.NOTED],
        target=State.ANSWERED,
        custom=step(
            "答复意见",
            who=access.asked_unit,
            form="admission.forms.OpinionForm",
            clause="GX-准入-07",
            needs=[Need(applying.still_asking, "申请单位已提交申请或撤回,意见不能再改。")],
            stops=["reply"],
            tells=[Tell(owner, "收到乡镇意见", APPLICANTS)],
            says=applying.opinion_words,
            tone="primary",
        ),
    )
    def reply(self, move):
        """Also again: agreement is reached by talking (协商意见)."""
        applying.replied(self, move)

    @transition(
        "state",
        source=State.ASKED,
        target=State.NOTED,
        custom=step(
            "说明未答复情况",
            who=access.asking_unit,
            form="governance.stage_forms.WhyForm",
            clause="GX-准入-07",
            needs=[Need(applying.overdue, "答复期限未满,不能以说明代替乡镇意见。")],
            cancels=["reply"],
            tells=[Tell(applying.asked_unit, "逾期未答复,申请单位已作说明", APPLICANTS, "late")],
            says=lambda opinion, move: f"{opinion.unit}逾期未答复",
        ),
    )
    def note(self, move):
        """Replaces only the answer of a unit that was asked and whose limit has passed
        (decision 36).
        """
        self.text = move.given["reason"]

    @transition(
        "state",
        source=[State.ASKED, State.ANSWERED, State.NOTED],
        target=State.VOID,
        custom=step(
            "征求意见终止",
            who=access.system,
            clause="GX-准入-07",
            cancels=["reply"],
            automatic=True,
            says=lambda opinion, move: f"{opinion.unit}",
        ),
    )
    def void(self, move):
        """The request was withdrawn, or its text has changed and everybody is asked anew."""
