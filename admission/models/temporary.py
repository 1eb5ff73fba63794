"""TemporaryHelp 临时协助: trainings, surveys and the like are agreed upon between the two and paid
for (GX-准入-16); in 泰安 the joint meeting approves them (TA-11, decision 18).
"""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django_fsm import FSMField, transition

from admission import access, helping
from governance.models import Matter
from governance.roles import Role
from governance.steps import Need, Tell, owner, step

from .duty import DEPARTMENT_POSTS, TOWNSHIP_POSTS
from .request import AdmissionRequest
from .states import HelpState


class TemporaryHelp(Matter):
    """A department asks a township for a short piece of help, and pays what it costs."""

    State = HelpState

    class Kind(models.TextChoices):
        TRAINING = "training", "培训"
        SURVEY = "survey", "调查"
        OTHER = "other", "其他临时性事项"

    state = FSMField("状态", default=State.NEW, choices=State.choices, protected=True)
    unit = models.ForeignKey(
        "governance.Unit", models.PROTECT, related_name="+", verbose_name="协助乡镇"
    )
    request = models.ForeignKey(
        AdmissionRequest, models.PROTECT, null=True, related_name="helps",
        verbose_name="转来的准入申请",
    )  # fmt: skip
    kind = models.CharField("种类", max_length=10, choices=Kind)
    name = models.CharField("协助事项", max_length=200)
    content = models.TextField("协助内容", max_length=3000)
    starts_on = models.DateField("起始日")
    ends_on = models.DateField("截止日")
    fee = models.DecimalField(
        "商定费用(元)", max_digits=12, decimal_places=2, validators=[MinValueValidator(0)]
    )
    pay_by = models.DateField("付费期限")
    opinion = models.TextField("乡镇意见", max_length=2000, blank=True)
    agreed_on = models.DateField("商定日期", null=True)
    meeting_document = models.CharField("联席会议文号", max_length=60, blank=True)
    paid = models.DecimalField("已付费用(元)", max_digits=12, decimal_places=2, default=0)
    paid_on = models.DateField("付费日期", null=True)
    voucher = models.CharField("付费凭证号", max_length=60, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "临时协助单"
        indexes = [models.Index(fields=["county", "-id"], name="help_county")]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="help_days"),
            models.CheckConstraint(
                condition=~Q(state__in=["paid", "done"])
                | Q(paid_on__isnull=False, paid__gte=F("fee")),
                name="help_done_is_paid",
            ),
        ]

    @staticmethod
    def visible(rows, user):
        return access.visible_files(rows, user)

    @property
    def title(self) -> str:
        return f"临时协助:{self.name}"

    def searchable(self):
        return [self.number, self.name, self.content]

    def concerned(self):
        return {self.owner_id, self.unit_id}

    def get_absolute_url(self):
        return reverse("admission:help", args=[self.pk])

    @transition(
        "state",
        source=State.NEW,
        target=State.PROPOSED,
        custom=step(
            "提出临时协助",
            who=access.owner,
            form="admission.forms.HelpForm",
            clause="GX-准入-16",
            number="协",
            tells=[Tell(helping.township, "部门商请临时协助", TOWNSHIP_POSTS, "soon")],
            tone="primary",
        ),
    )
    def propose(self, move):
        helping.fill(self, move)

    @transition(
        "state",
        source=State.PROPOSED,
        target=State.AGREED,
        custom=step(
            "同意协助",
            who=access.township,
            form="governance.stage_forms.SayForm",
            clause="GX-准入-16",
            needs=[Need(helping.by_agreement, "本县临时性事项须经联席会议审批。", "TA-11")],
            starts=[helping.PAYMENT],
            tells=[Tell(owner, "乡镇同意临时协助", DEPARTMENT_POSTS)],
            tone="primary",
        ),
    )
    def agree(self, move):
        helping.agreed(self, move)

    @transition(
        "state",
        source=State.PROPOSED,
        target=State.MEETING,
        custom=step(
            "同意并报联席会议",
            who=access.township,
            form="governance.stage_forms.SayForm",
            clause="TA-11",
            needs=[
                Need(helping.by_meeting, "本县临时性事项由双方协商,不经联席会议。", "GX-准入-16")
            ],
            tells=[
                Tell(helping.meeting, "临时性事项待联席会议审批", frozenset({Role.MEETING_OFFICE}))
            ],
            tone="primary",
        ),
    )
    def agree_for_meeting(self, move):
        helping.agreed(self, move)

    @transition(
        "state",
        source=State.PROPOSED,
        target=State.DECLINED,
        custom=step(
            "不同意协助",
            who=access.township,
            form="governance.stage_forms.WhyForm",
            clause="GX-准入-16",
            tells=[Tell(owner, "乡镇不同意临时协助", DEPARTMENT_POSTS, "late")],
        ),
    )
    def decline(self, move):
        self.opinion = move.given["reason"]

    @transition(
        "state",
        source=State.MEETING,
        target=State.AGREED,
        custom=step(
            "联席会议批准",
            who=access.meeting,
            form="admission.forms.MeetingForm",
            clause="TA-11",
            starts=[helping.PAYMENT],
            tells=[Tell(helping.both, "联席会议已批准临时协助", DEPARTMENT_POSTS | TOWNSHIP_POSTS)],
            tone="primary",
        ),
    )
    def grant(self, move):
        self.meeting_document = move.given["document_number"]

    @transition(
        "state",
        source=State.MEETING,
        target=State.DECLINED,
        custom=step(
            "联席会议不予批准",
            who=access.meeting,
            form="governance.stage_forms.WhyForm",
            clause="TA-11",
            tells=[
                Tell(
                    helping.both,
                    "联席会议未批准临时协助",
                    DEPARTMENT_POSTS | TOWNSHIP_POSTS,
                    "late",
                )
            ],
            tone="danger",
        ),
    )
    def refuse(self, move):
        self.opinion = move.given["reason"]

    @transition(
        "state",
        source=State.AGREED,
        target=State.PAID,
        custom=step(
            "登记付费",
            who=access.owner,
            form="admission.forms.PayForm",
            clause="GX-准入-16",
            stops=["pay"],
            tells=[Tell(helping.township, "协助费用已支付,请确认", TOWNSHIP_POSTS)],
            says=helping.paid_words,
            tone="primary",
        ),
    )
    def pay(self, move):
        helping.paid(self, move)

    @transition(
        "state",
        source=State.PAID,
        target=State.DONE,
        custom=step(
            "确认收到费用",
            who=access.township,
            form="governance.stage_forms.SayForm",
            clause="GX-准入-16",
            tells=[Tell(owner, "乡镇已确认收到协助费用", DEPARTMENT_POSTS)],
            tone="primary",
        ),
    )
    def confirm(self, move):
        pass

    @transition(
        "state",
        source=State.PAID,
        target=State.AGREED,
        custom=step(
            "反映费用未到",
            who=access.township,
            form="governance.stage_forms.WhyForm",
            clause="GX-准入-16",
            starts=[helping.PAYMENT],
            tells=[Tell(owner, "乡镇反映费用未到", DEPARTMENT_POSTS, "late")],
        ),
    )
    def dispute(self, move):
        self.paid, self.paid_on, self.opinion = 0, None, move.given["reason"]

    @transition(
        "state",
        source=[State.PROPOSED, State.MEETING],
        target=State.CANCELLED,
        custom=step(
            "取消",
            who=access.owner,
            form="governance.stage_forms.WhyForm",
            clause="GX-准入-16",
            tells=[Tell(helping.township, "临时协助已取消", TOWNSHIP_POSTS)],
            tone="quiet",
        ),
    )
    def cancel(self, move):
        """Once it is agreed upon it is paid for."""
