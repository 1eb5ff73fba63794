"""Slip 交办单: work reaches a township with the number of its approval, or may be refused
(GX-准入-12, JQ-准入-13).
"""

from django.db import models
from django.urls import reverse
from django_fsm import FSMField, transition

from admission import access, carrying
from governance.models import Matter
from governance.steps import Need, Tell, step

from .duty import DEPARTMENT_POSTS, TOWNSHIP_POSTS, AdmittedDuty
from .states import SlipState


class Slip(Matter):
    """One hand-over. Issued on the platform it always carries its duty; a paper that a township
    has received is registered with the number that stands on it, and checked.
    """

    State = SlipState

    class Channel(models.TextChoices):
        PLATFORM = "platform", "平台交办"
        PAPER = "paper", "纸质或口头"

    state = FSMField("状态", default=State.NEW, choices=State.choices, protected=True)
    department = models.ForeignKey(
        "governance.Unit", models.PROTECT, related_name="+", verbose_name="交办部门"
    )
    unit = models.ForeignKey(
        "governance.Unit", models.PROTECT, related_name="+", verbose_name="承接乡镇"
    )
    duty = models.ForeignKey(
        AdmittedDuty, models.PROTECT, null=True, related_name="slips", verbose_name="准入事项"
    )
    channel = models.CharField("方式", max_length=10, choices=Channel)
    name = models.CharField("交办事项", max_length=200)
    content = models.TextField("交办内容", max_length=3000)
    stated_number = models.CharField("单上所载批准表号", max_length=60, blank=True)
    reason = models.TextField("拒收理由", max_length=2000, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "交办单"
        indexes = [models.Index(fields=["unit", "state"], name="slip_desk")]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="received") | models.Q(duty__isnull=False),
                name="slip_received_is_admitted",
            ),
            models.CheckConstraint(
                condition=~models.Q(channel="platform") | models.Q(duty__isnull=False),
                name="slip_of_platform_is_admitted",
            ),
        ]

    @staticmethod
    def visible(rows, user):
        return access.visible_files(rows, user)

    @property
    def title(self) -> str:
        return f"交办:{self.name}"

    def searchable(self):
        return [self.number, self.name, self.content, self.stated_number]

    def concerned(self):
        return {self.department_id, self.unit_id}

    def get_absolute_url(self):
        return reverse("admission:slip", args=[self.pk])

    @transition(
        "state",
        source=State.NEW,
        target=State.ISSUED,
        custom=step(
            "交办",
            who=access.owner,
            form="admission.forms.SlipForm",
            clause="GX-准入-12",
            number="交",
            tells=[Tell(carrying.township, "收到交办单,请签收", TOWNSHIP_POSTS, "soon")],
            tone="primary",
        ),
    )
    def issue(self, move):
        """Only what was admitted is handed over on the platform (GX-准入-01)."""
        carrying.issued(self, move)

    @transition(
        "state",
        source=State.NEW,
        target=State.ISSUED,
        custom=step(
            "登记收到的交办",
            who=access.reporting,
            form="admission.forms.PaperSlipForm",
            clause="GX-准入-12",
            number="交",
            tells=[Tell(carrying.department, "乡镇登记了一件交办", DEPARTMENT_POSTS)],
            tone="primary",
        ),
    )
    def register(self, move):
        carrying.registered(self, move)

    @transition(
        "state",
        source=State.ISSUED,
        target=State.RECEIVED,
        custom=step(
            "签收",
            who=access.township,
            form="governance.stage_forms.SayForm",
            clause="GX-准入-12",
            needs=[
                Need(
                    carrying.approved, "没有有效的批准表号,不属于准入事项,可以拒收。", "GX-准入-01"
                ),
                Need(carrying.begun, carrying.begun_words, "GX-准入-12"),
            ],
            follow=carrying.received,
            tells=[Tell(carrying.department, "交办单已签收", DEPARTMENT_POSTS)],
            tone="primary",
        ),
    )
    def receive(self, move):
        pass

    @transition(
        "state",
        source=State.ISSUED,
        target=State.DECLINED,
        custom=step(
            "拒收",
            who=access.township,
            form="governance.stage_forms.WhyForm",
            clause="GX-准入-12",
            needs=[Need(carrying.not_approved, "载有有效批准表号的交办,乡镇(街道)应当协助落实。")],
            tells=[Tell(carrying.department, "交办单被拒收", DEPARTMENT_POSTS, "late")],
            tone="danger",
        ),
    )
    def decline(self, move):
        self.reason = move.given["reason"]

    @transition(
        "state",
        source=State.ISSUED,
        target=State.RECALLED,
        custom=step(
            "收回交办单",
            who=access.department,
            form="governance.stage_forms.WhyForm",
            clause="GX-准入-12",
            tells=[Tell(carrying.township, "交办单已收回", TOWNSHIP_POSTS)],
            tone="quiet",
        ),
    )
    def recall(self, move):
        self.reason = move.given["reason"]
