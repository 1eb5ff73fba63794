"""AdmissionRequest 准入申请: the gate before work that is not on the list (GX-准入-01…12)."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django_fsm import FSMField, transition

from admission import access, applying
from governance.chains import (
    after_approval,
    after_chain,
    approved,
    not_ones_own,
    opened,
    reason_words,
    voided,
)
from governance.models import Staged
from governance.models.stage import APPLICANTS
from governance.roles import Role
from governance.stages import manned, unmanned_words
from governance.steps import Need, Tell, owner, step

from .states import Kind, Outcome, RequestState, Term


class AdmissionRequest(Staged):
    """What a department (in 同心 also a township) asks to hand down, to whom, how long, with what.

    `covers` are the ids of the townships, `elements` the parts of the 专项说明 by their names in
    the county's rulebook, `support` what is promised by kind, `vetoes` what was declared.
    """

    State = RequestState
    chain_key = "admission.flow"
    filing_key = "admission.filing"
    filing_steps = frozenset({"consult", "file", "resubmit"})
    effect = "take_effect"

    state = FSMField("状态", default=State.NEW, choices=State.choices, protected=True)
    kind = models.CharField("类别", max_length=10, choices=Kind.choices, default=Kind.DUTY)
    department = models.ForeignKey(
        "governance.Unit", models.PROTECT, null=True, related_name="+", verbose_name="交办部门"
    )
    name = models.CharField("申请交办事项", max_length=200, blank=True)
    applied_on = models.DateField("申请时间", null=True)
    reason = models.TextField("申请准入理由", max_length=3000, blank=True)
    contact = models.CharField("联系人", max_length=40, blank=True)
    phone = models.CharField("联系电话", max_length=30, blank=True)
    whole_county = models.BooleanField("覆盖全县", default=False)
    covers = models.JSONField("覆盖乡镇", default=list)
    term = models.CharField("工作时限", max_length=10, choices=Term.choices, blank=True)
    starts_on = models.DateField("起始日", null=True)
    ends_on = models.DateField("截止日", null=True)
    content = models.TextField("工作内容", max_length=5000, blank=True)
    target = models.TextField("目标任务", max_length=5000, blank=True)
    funds = models.DecimalField(
        "划拨工作经费(元)", max_digits=14, decimal_places=2, null=True,
        validators=[MinValueValidator(0)],
    )  # fmt: skip
    funds_source = models.CharField("经费来源", max_length=200, blank=True)
    elements = models.JSONField("专项说明", default=dict)
    support = models.JSONField("保障措施", default=dict)
    support_due_on = models.DateField("保障落实日期", null=True)
    vetoes = models.JSONField("承诺情况", default=dict)
    gate_note = models.TextField("核对说明", max_length=2000, blank=True)
    agreement = models.TextField("协商意见", max_length=3000, blank=True)
    consultation = models.PositiveSmallIntegerField("征求意见轮次", default=0)
    put = models.JSONField("征求意见的内容", default=dict)
    answer = models.TextField("退回或不予准入理由", max_length=2100, blank=True)
    outcome = models.CharField("处理方式", max_length=10, choices=Outcome.choices, blank=True)
    approved_on = models.DateField("批准日期", null=True)
    approval_document = models.CharField("批准文号", max_length=60, blank=True)
    in_force_on = models.DateField("准入生效日", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "准入申请"
        indexes = [
            models.Index(fields=["county", "-id"], name="request_county"),
            models.Index(fields=["county", "state"], name="request_state"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(term=Term.STAGE, state__in=applying.BOUND)
                | Q(starts_on__isnull=False, ends_on__gte=F("starts_on")),
                name="request_stage_has_days",
            ),
            models.CheckConstraint(
                condition=~Q(term=Term.REGULAR) | Q(ends_on=None), name="request_regular_is_open"
            ),
            models.CheckConstraint(
                condition=~Q(state="in_force")
                | (Q(in_force_on__isnull=False, approved_on__isnull=False) & ~Q(number="")),
                name="request_in_force_is_approved",
            ),
        ]

    @property
    def title(self) -> str:
        return f"准入:{self.name or '(未填事项)'}"

    def searchable(self):
        return [self.number, self.name, self.content, self.reason]

    def concerned(self):
        """The applicant, and the department once it is asked; the townships join as they are."""
        drafted = self.state in (self.State.NEW, self.State.DRAFT)
        return {self.owner_id} if drafted else {self.owner_id, self.department_id} - {None}

    def opinions_now(self):
        """What was asked of whom in the last consultation, in the order of the units."""
        rows = self.opinions.filter(round=self.consultation).select_related("unit")
        return rows.order_by("unit__code", "id")

    def get_absolute_url(self):
        return reverse("admission:request", args=[self.pk])

    @transition(
        "state",
        source=[State.NEW, State.DRAFT],
        target=State.DRAFT,
        custom=step(
            "保存草稿",
            who=access.applicant,
            form="admission.forms.DraftForm",
            clause="GX-准入-08",
            tone="quiet",
        ),
    )
    def save_draft(self, move):
        applying.fill(self, move)

    @transition(
        "state",
        source=[State.NEW, State.DRAFT, State.CONSULTING, State.RETURNED],
        target=State.CONSULTING,
        custom=step(
            "征求乡镇意见",
            who=access.applicant,
            form="admission.forms.RequestForm",
            clause="GX-准入-07",
            follow=applying.asked,
            says=applying.asked_words,
            hint=(State.CONSULTING,),
            tone="primary",
        ),
    )
    def consult(self, move):
        """Also anew, when what was put to the townships has to change."""
        applying.fill(self, move)
        applying.put(self)

    @transition(
        "state",
        source=State.CONSULTING,
        target=State.REVIEWING,
        custom=step(
            "提交申请",
            who=access.applicant,
            form="admission.forms.FileForm",
            clause="GX-准入-08",
            number="准",
            needs=[
                Need(applying.answered, applying.unanswered_words, "GX-准入-07"),
                Need(applying.not_imposed, applying.imposed_words, "TX-准入-10"),
                Need(manned, unmanned_words, "GX-准入-09"),
            ],
            follow=opened,
            tone="primary",
            hint=(State.CONSULTING,),
        ),
    )
    def file(self, move):
        applying.filed(self, move)

    @transition(
        "state",
        source=State.RETURNED,
        target=State.REVIEWING,
        custom=step(
            "补正后重新提交",
            who=access.applicant,
            form="admission.forms.ResubmitForm",
            clause="GX-准入-08",
            needs=[
                Need(applying.consulted, "须先书面征求乡镇意见。", "GX-准入-07"),
                Need(manned, unmanned_words, "GX-准入-09"),
            ],
            follow=opened,
            tone="primary",
        ),
    )
    def resubmit(self, move):
        """What was put to the townships stays as it was; to change it they are asked anew."""
        applying.fill(self, move)
        applying.filed(self, move)

    @transition(
        "state",
        source=[State.DRAFT, State.CONSULTING, State.REVIEWING, State.RETURNED],
        target=State.WITHDRAWN,
        custom=step(
            "撤回申请",
            who=access.applicant,
            form="governance.stage_forms.WhyForm",
            clause="GX-准入-08",
            follow=applying.dropped,
            tells=[Tell(applying.townships, "准入申请已撤回", frozenset({Role.TOWNSHIP_CLERK}))],
            tone="danger",
        ),
    )
    def withdraw(self, move):
        self.answer = move.given["reason"]

    @transition(
        "state",
        source=State.REVIEWING,
        target=State.RETURNED,
        custom=step(
            "审批退回补正",
            who=access.system,
            clause="GX-准入-06",
            tells=[Tell(owner, "准入申请被退回补正", APPLICANTS, "soon")],
            says=reason_words,
        ),
    )
    def send_back(self, move):
        self.answer = move.given["reason"]

    @transition(
        "state",
        source=State.REVIEWING,
        target=State.REFUSED,
        custom=step(
            "不予准入",
            who=access.system,
            clause="GX-准入-10",
            tells=[
                Tell(owner, "不予准入,理由见告知书", APPLICANTS, "late"),
                Tell(applying.townships, "准入申请未获批准", APPLICANTS),
            ],
            says=reason_words,
        ),
    )
    def refuse(self, move):
        self.answer = move.given["reason"]

    @transition(
        "state",
        source=State.REVIEWING,
        target=State.APPROVED,
        custom=step(
            "批准准入",
            who=access.system,
            clause="GX-准入-11",
            follow=after_approval,
            tells=[Tell(owner, "准入申请已批准", APPLICANTS)],
        ),
    )
    def approve(self, move):
        approved(self, move)

    @transition(
        "state",
        source=[State.APPROVED, State.IN_FORCE],
        target=None,
        custom=step(
            "审批办结",
            who=access.system,
            clause="GX-准入-11",
            follow=after_chain,
            automatic=True,
        ),
    )
    def complete(self, move):
        """The last stage is done, with it what had to precede the effect (decision 4)."""

    @transition(
        "state",
        source=State.APPROVED,
        target=State.IN_FORCE,
        custom=step(
            "准入生效",
            who=access.system,
            clause="GX-准入-12",
            follow=applying.admitted,
            says=applying.effect_words,
            automatic=True,
        ),
    )
    def take_effect(self, move):
        applying.in_force(self, move)

    @transition(
        "state",
        source=State.APPROVED,
        target=State.RETURNED,
        custom=step(
            "退回重报",
            who=access.bianban,
            form="governance.stage_forms.WhyForm",
            clause="JQ-准入-12",
            follow=voided,
            tells=[Tell(owner, "准入申请被退回重报", APPLICANTS, "soon")],
        ),
    )
    def reconsider(self, move):
        """What was approved was not accepted for filing above."""
        self.answer, self.approved_on = move.given["reason"], None

    @transition(
        "state",
        source=[State.REVIEWING, State.REFUSED],
        target=State.DIVERTED,
        custom=step(
            "改由其他方式办理",
            who=access.concluding,
            form="admission.forms.DivertForm",
            clause="GX-准入-17",
            follow=applying.dropped,
            tells=[
                Tell(owner, "事项不宜准入,改由其他方式办理", APPLICANTS, "soon"),
                Tell(applying.townships, "准入申请未获批准", APPLICANTS),
            ],
        ),
    )
    def divert(self, move):
        """Purchase of services, or an agreement about temporary help."""
        not_ones_own(self, move, move.post.role, move.step.clause)
        self.outcome, self.answer = move.given["outcome"], move.given["reason"]
