"""HandDown 擅自交办: what was handed down without admission is withdrawn or brought in order
(GX-准入-01, 02; TW-36, 37).
"""

from types import MappingProxyType

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django_fsm import FSMField, transition

from admission import access, correcting
from governance.models import Matter
from governance.roles import LEADERS, Role
from governance.steps import Need, Tell, step

from .duty import DEPARTMENT_POSTS, TOWNSHIP_POSTS
from .request import AdmissionRequest
from .slip import Slip
from .states import HandDownState

WATCHING = frozenset({Role.BIANBAN})


class HandDown(Matter):
    """A township reports work that came without admission; 编办 has it corrected within a limit."""

    State = HandDownState
    generic = MappingProxyType({"TW-37": "GX-准入-02"})

    class Demand(models.TextChoices):
        WITHDRAW = "withdraw", "责令收回"
        REGULARISE = "regularise", "责令补办准入"

    class Manner(models.TextChoices):
        DUTY = "duty", "擅自转交职责"
        PLEDGE = "pledge", "签订责任状"
        INDICATOR = "indicator", "分解下达指标"
        APPRAISAL = "appraisal", "考核验收、一票否决"
        BODY = "body", "要求对口设机构、挂牌子、场所或专职人员"

    state = FSMField("状态", default=State.NEW, choices=State.choices, protected=True)
    department = models.ForeignKey(
        "governance.Unit", models.PROTECT, related_name="+", verbose_name="交办部门"
    )
    slip = models.ForeignKey(
        Slip, models.PROTECT, null=True, related_name="reports", verbose_name="拒收的交办单"
    )
    manner = models.CharField("方式", max_length=10, choices=Manner)
    name = models.CharField("被交办事项", max_length=200)
    happened_on = models.DateField("交办日期")
    text = models.TextField("情况说明", max_length=3000)
    demand = models.CharField("处理要求", max_length=10, choices=Demand, blank=True)
    limit = models.PositiveSmallIntegerField(
        "纠正期限(工作日)", null=True, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )
    order_text = models.TextField("责令内容", max_length=2000, blank=True)
    ordered_on = models.DateField("责令日期", null=True)
    correction = models.TextField("纠正情况", max_length=3000, blank=True)
    request = models.ForeignKey(
        AdmissionRequest, models.PROTECT, null=True, related_name="+",
        verbose_name="补办的准入申请",
    )  # fmt: skip
    finding = models.TextField("认定理由", max_length=2000, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "擅自交办"
        indexes = [models.Index(fields=["county", "-id"], name="handdown_county")]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state__in=["ordered", "answered", "closed", "referred"])
                | (models.Q(limit__isnull=False) & ~models.Q(demand="")),
                name="handdown_ordered_has_limit",
            ),
        ]

    @staticmethod
    def visible(rows, user):
        return access.visible_reports(rows, user)

    @property
    def title(self) -> str:
        return f"擅自交办:{self.name}"

    def searchable(self):
        return [self.number, self.name, self.text]

    def concerned(self):
        """The township alone until 编办 has found that there is something to it."""
        return {self.owner_id} | ({self.department_id} if self.demand else set())

    def get_absolute_url(self):
        return reverse("admission:handdown", args=[self.pk])

    @transition(
        "state",
        source=State.NEW,
        target=State.REPORTED,
        custom=step(
            "报告擅自交办",
            who=access.reporting,
            form="admission.forms.HandDownForm",
            clause="GX-准入-02",
            number="纠",
            tells=[Tell(correcting.desk, "乡镇报告擅自交办", WATCHING, "soon")],
            tone="primary",
        ),
    )
    def report(self, move):
        correcting.fill(self, move)

    @transition(
        "state",
        source=State.REPORTED,
        target=State.WITHDRAWN,
        custom=step(
            "撤回报告",
            who=access.reporting,
            form="governance.stage_forms.WhyForm",
            clause="GX-准入-02",
            tone="quiet",
        ),
    )
    def withdraw(self, move):
        self.finding = move.given["reason"]

    @transition(
        "state",
        source=State.REPORTED,
        target=State.ORDERED,
        custom=step(
            "责令纠正",
            who=access.correcting,
            form="admission.forms.OrderForm",
            clause="TW-37",
            starts=[correcting.LIMIT],
            tells=[
                Tell(
                    correcting.department,
                    "责令限期纠正擅自交办",
                    DEPARTMENT_POSTS | LEADERS,
                    "late",
                ),
                Tell(correcting.township, "编办已责令纠正", TOWNSHIP_POSTS),
            ],
            says=correcting.order_words,
            tone="primary",
        ),
    )
    def order(self, move):
        correcting.ordered(self, move)

    @transition(
        "state",
        source=State.REPORTED,
        target=State.DISMISSED,
        custom=step(
            "认定不属擅自交办",
            who=access.correcting,
            form="governance.stage_forms.WhyForm",
            clause="GX-准入-02",
            tells=[Tell(correcting.township, "经核查不属擅自交办", TOWNSHIP_POSTS)],
        ),
    )
    def dismiss(self, move):
        self.finding = move.given["reason"]

    @transition(
        "state",
        source=State.ORDERED,
        target=State.ANSWERED,
        custom=step(
            "报告纠正情况",
            who=access.department,
            form="admission.forms.CorrectionForm",
            clause="GX-准入-02",
            stops=["correct"],
            tells=[Tell(correcting.desk, "部门报告已纠正,请确认", WATCHING)],
            tone="primary",
        ),
    )
    def answer(self, move):
        self.correction, self.request = move.given["correction"], move.given.get("request")

    @transition(
        "state",
        source=State.ANSWERED,
        target=State.CLOSED,
        custom=step(
            "确认已纠正",
            who=access.correcting,
            form="governance.stage_forms.SayForm",
            clause="GX-准入-02",
            tells=[Tell(correcting.both, "擅自交办已纠正", DEPARTMENT_POSTS | TOWNSHIP_POSTS)],
            tone="primary",
        ),
    )
    def close(self, move):
        pass

    @transition(
        "state",
        source=State.ANSWERED,
        target=State.ORDERED,
        custom=step(
            "退回继续纠正",
            who=access.correcting,
            form="governance.stage_forms.WhyForm",
            clause="GX-准入-02",
            starts=[correcting.LIMIT],
            tells=[Tell(correcting.department, "纠正未到位,请继续纠正", DEPARTMENT_POSTS, "late")],
        ),
    )
    def send_back(self, move):
        self.finding = move.given["reason"]

    @transition(
        "state",
        source=State.ORDERED,
        target=State.REFERRED,
        custom=step(
            "逾期未纠正,移送线索",
            who=access.system,
            clause="GX-准入-02",
            needs=[Need(correcting.overdue, "纠正期限未满。")],
            cancels=["correct"],
            tells=[
                Tell(correcting.department, "逾期未纠正,已移送问责线索", LEADERS, "late"),
                Tell(correcting.desk, "擅自交办逾期未纠正,已移送", WATCHING, "late"),
            ],
            says=correcting.referral_words,
        ),
    )
    def refer(self, move):
        correcting.refer(self, move)
