"""ExitRequest 准出申请: an admitted duty leaves the township again (GX-准入-15, JQ-准入-17, 18)."""

from types import MappingProxyType

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django_fsm import FSMField, transition

from admission import access, applying, leaving
from governance.chains import (
    after_approval,
    after_chain,
    approved,
    opened,
    reason_words,
    voided,
)
from governance.models import Staged
from governance.models.stage import APPLICANTS
from governance.roles import LEADERS
from governance.stages import manned, unmanned_words
from governance.steps import Need, Start, Tell, owner, param, step

from .request import AdmissionRequest
from .states import ExitState


def leaving_due(label: str) -> Start:
    """How long the unit has to ask for the exit of what is over."""
    limit = param("exit.apply", when=leaving.is_due)
    return Start("apply", label, limit, "owner_id", "GX-准入-15")


class ExitRequest(Staged):
    """The exit of one admission's duties in the townships `covers` (ids)."""

    State = ExitState
    chain_key = "exit.flow"
    filing_key = "exit.filing"
    effect = "notify"
    generic = MappingProxyType({"JQ-准入-18": "GX-准入-15"})

    class Origin(models.TextChoices):
        APPLIED = "applied", "申请退出"
        LAPSED = "lapsed", "期满退出"
        SUGGESTED = "suggested", "乡镇建议"

    state = FSMField("状态", default=State.NEW, choices=State.choices, protected=True)
    request = models.ForeignKey(
        AdmissionRequest, models.PROTECT, related_name="exits", verbose_name="准入申请"
    )
    covers = models.JSONField("退出乡镇", default=list)
    origin = models.CharField("来源", max_length=10, choices=Origin, default=Origin.APPLIED)
    applied_on = models.DateField("申请时间", null=True)
    ground = models.CharField("退出情形", max_length=60, blank=True)
    reason = models.TextField("申请退出理由", max_length=3000, blank=True)
    contact = models.CharField("联系人", max_length=40, blank=True)
    phone = models.CharField("联系电话", max_length=30, blank=True)
    effective_on = models.DateField("退出日", null=True)
    approved_on = models.DateField("批准日期", null=True)
    approval_document = models.CharField("批准文号", max_length=60, blank=True)
    notified_on = models.DateField("告知日期", null=True)
    answer = models.TextField("退回或不予退出理由", max_length=2100, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "退出申请"
        indexes = [
            models.Index(fields=["county", "-id"], name="exit_county"),
            models.Index(fields=["county", "state"], name="exit_state"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["notified", "done"])
                | Q(approved_on__isnull=False, effective_on__isnull=False),
                name="exit_is_approved",
            ),
        ]

    @property
    def title(self) -> str:
        return f"退出:{self.request.name}"

    def searchable(self):
        return [self.number, self.request.name, self.request.number, self.reason]

    def concerned(self):
        """The applicant, the department, every township that is left."""
        return {self.owner_id, self.request.department_id, *self.covers}

    def get_absolute_url(self):
        return reverse("admission:exit", args=[self.pk])

    @transition(
        "state",
        source=State.NEW,
        target=State.DRAFT,
        custom=step(
            "开启退出",
            who=access.system,
            clause="GX-准入-15",
            starts=[leaving_due("提出退出申请")],
            tells=[Tell(owner, "请提出退出申请", APPLICANTS | LEADERS, "soon")],
            says=leaving.origin_words,
            automatic=True,
        ),
    )
    def prepare(self, move):
        """Opened by the clock at the end of the time, or by what a township has suggested."""

    @transition(
        "state",
        source=[State.DRAFT, State.RETURNED],
        target=None,
        custom=step(
            "期满待退出",
            who=access.system,
            clause="GX-准入-15",
            starts=[leaving_due("提出退出申请")],
            tells=[Tell(owner, "事项已期满,请提出退出申请", APPLICANTS | LEADERS, "late")],
            automatic=True,
        ),
    )
    def fall_due(self, move):
        """The time has ended while the file lay before its unit."""

    @transition(
        "state",
        source=[State.NEW, State.DRAFT],
        target=State.DRAFT,
        custom=step(
            "保存草稿",
            who=access.leaver,
            form="admission.forms.ExitDraftForm",
            clause="GX-准入-15",
            tone="quiet",
        ),
    )
    def save_draft(self, move):
        leaving.fill(self, move)

    @transition(
        "state",
        source=[State.NEW, State.DRAFT],
        target=State.REVIEWING,
        custom=step(
            "提交退出申请",
            who=access.leaver,
            form="admission.forms.ExitForm",
            clause="GX-准入-15",
            number="退",
            needs=[Need(manned, unmanned_words, "GX-准入-15")],
            stops=["apply"],
            follow=opened,
            tone="primary",
        ),
    )
    def file(self, move):
        leaving.fill(self, move)
        applying.begun(self, move)

    @transition(
        "state",
        source=State.RETURNED,
        target=State.REVIEWING,
        custom=step(
            "补正后重新提交",
            who=access.leaver,
            form="admission.forms.ExitForm",
            clause="GX-准入-15",
            needs=[Need(manned, unmanned_words, "GX-准入-15")],
            stops=["apply"],
            follow=opened,
            tone="primary",
        ),
    )
    def resubmit(self, move):
        leaving.fill(self, move)
        applying.begun(self, move)

    @transition(
        "state",
        source=[State.DRAFT, State.REVIEWING, State.RETURNED],
        target=State.WITHDRAWN,
        custom=step(
            "撤回申请",
            who=access.leaver,
            form="governance.stage_forms.WhyForm",
            clause="GX-准入-15",
            needs=[Need(leaving.is_free, "期满的事项须办结退出,不能撤回。", "GX-准入-15")],
            cancels=["apply"],
            follow=voided,
            tells=[Tell(leaving.townships, "退出申请已撤回", APPLICANTS)],
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
            clause="GX-准入-15",
            starts=[leaving_due("补正退出申请")],
            tells=[Tell(owner, "退出申请被退回补正", APPLICANTS, "soon")],
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
            "不予退出",
            who=access.system,
            clause="JQ-准入-18",
            follow=leaving.still_over,
            tells=[
                Tell(owner, "退出申请未获批准", APPLICANTS, "late"),
                Tell(leaving.townships, "退出申请未获批准", APPLICANTS),
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
            "批准退出",
            who=access.system,
            clause="JQ-准入-18",
            follow=after_approval,
            tells=[Tell(owner, "退出申请已批准", APPLICANTS)],
        ),
    )
    def approve(self, move):
        approved(self, move)

    @transition(
        "state",
        source=[State.APPROVED, State.NOTIFIED, State.DONE],
        target=None,
        custom=step(
            "审批办结",
            who=access.system,
            clause="JQ-准入-18",
            follow=after_chain,
            automatic=True,
        ),
    )
    def complete(self, move):
        """The last stage is done, with it what had to precede the effect (decision 4)."""

    @transition(
        "state",
        source=State.APPROVED,
        target=State.RETURNED,
        custom=step(
            "退回重报",
            who=access.bianban,
            form="governance.stage_forms.WhyForm",
            clause="JQ-准入-18",
            starts=[leaving_due("补正退出申请")],
            follow=voided,
            tells=[Tell(owner, "退出申请被退回重报", APPLICANTS, "soon")],
        ),
    )
    def reconsider(self, move):
        """What was approved was not accepted for filing above."""
        self.answer, self.approved_on = move.given["reason"], None

    @transition(
        "state",
        source=State.APPROVED,
        target=State.NOTIFIED,
        custom=step(
            "书面告知各方",
            who=access.system,
            clause="GX-准入-15",
            starts=[leaving.EFFECT],
            follow=leaving.at_once,
            tells=[
                Tell(leaving.everybody, "退出告知:准入事项将退出", leaving.TOLD, "soon"),
            ],
            says=leaving.notice_words,
            automatic=True,
        ),
    )
    def notify(self, move):
        """To every party, in writing."""
        leaving.notified(self, move)

    @transition(
        "state",
        source=State.NOTIFIED,
        target=State.DONE,
        custom=step(
            "退出生效",
            who=access.system,
            clause="GX-准入-15",
            cancels=["effect"],
            follow=leaving.ended,
            tells=[Tell(leaving.everybody, "准入事项已退出", leaving.TOLD)],
            says=leaving.notice_words,
            automatic=True,
        ),
    )
    def take_effect(self, move):
        pass
