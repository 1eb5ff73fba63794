"""Cause 调整事由: why the list should change, and who has ten working days to apply for it."""

from django.db import models
from django.urls import reverse
from django_fsm import FSMField, transition

from checklist import access, causing
from governance.models import Matter
from governance.roles import CLERKS, LEADERS, Role
from governance.steps import Need, Start, Tell, param, step

from .item import Item
from .states import AWAITING, CauseState, Kind


def days_to_apply(on_breach: str, when) -> Start:
    """The ten working days, and what follows when they have passed without an application."""
    return Start(
        "apply",
        "提出调整申请",
        param("adjust.apply", when=when),
        "unit_id",
        "GX-清单-22",
        since=causing.day_of_cause,
        on_breach=on_breach,
    )


WATCHING = frozenset({Role.BIANBAN, Role.SIFA})
APPLY = (
    days_to_apply("fall_due", causing.proposes),
    days_to_apply("order_rectification", causing.rectifies),
)
"""One of the two, as the county's text says (GX-清单-26, JQ-清单-24)."""


class Cause(Matter):
    """What has happened (a law, a decision, a reform), when, and which unit should apply.

    Recorded by the unit itself, by 编办 as a notice to the unit, or by the register of legal bases.
    `owner` is who recorded it, `unit` who owes the application (GX-清单-22, JQ-清单-17).
    """

    State = CauseState

    class Source(models.TextChoices):
        SELF = "self", "本单位登记"
        NOTICE = "notice", "编办通知"
        LAW = "law", "依据变动"
        RADAR = "radar", "呼叫分析"
        SUGGESTION = "suggestion", "意见建议"

    state = FSMField("状态", default=State.NEW, choices=State.choices, protected=True)
    unit = models.ForeignKey(
        "governance.Unit", models.PROTECT, related_name="+", verbose_name="应申请单位"
    )
    item = models.ForeignKey(
        Item, models.PROTECT, null=True, related_name="causes", verbose_name="清单事项"
    )
    kind = models.CharField("调整类型", max_length=12, choices=Kind.choices, blank=True)
    ground = models.CharField("情形", max_length=20, blank=True)
    text = models.TextField("事由", max_length=2000)
    source = models.CharField("来源", max_length=12, choices=Source, default=Source.SELF)
    occurred_on = models.DateField("事由发生日")
    known_on = models.DateField("知悉日", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "调整事由"
        indexes = [
            models.Index(fields=["county", "-id"], name="cause_county"),
            models.Index(fields=["unit", "state"], name="cause_unit"),
        ]

    def __str__(self):
        return self.number or self.title

    @staticmethod
    def visible(rows, user):
        """For the unit that owes and the one that recorded; for 编办, 司法局 and the county all."""
        return access.visible_causes(rows, user)

    @property
    def title(self) -> str:
        return self.text.partition("\n")[0][:80]

    def searchable(self):
        return [self.number, self.text]

    def concerned(self):
        return {self.owner_id, self.unit_id}

    def get_absolute_url(self):
        return reverse("checklist:cause", args=[self.pk])

    @transition(
        "state",
        source=State.NEW,
        target=State.OPEN,
        custom=step(
            "登记调整事由",
            who=access.recording,
            form="checklist.change_forms.CauseForm",
            clause="GX-清单-22",
            number="由",
            starts=APPLY,
            tells=[Tell(causing.obliged, "请在限期内提出清单调整申请", CLERKS | LEADERS, "soon")],
            tone="primary",
        ),
    )
    def record(self, move):
        causing.fill(self, move)

    @transition(
        "state",
        source=AWAITING,
        target=State.APPLIED,
        custom=step(
            "已提出申请", who=access.system, clause="GX-清单-22", stops=["apply", "rectify"]
        ),
    )
    def apply(self, move):
        """An application has been filed for it."""

    @transition(
        "state",
        source=State.APPLIED,
        target=State.OPEN,
        custom=step(
            "恢复待申请",
            who=access.system,
            clause="GX-清单-22",
            starts=APPLY,
            tells=[Tell(causing.obliged, "申请已撤回或未受理,仍须在限期内申请", CLERKS, "soon")],
        ),
    )
    def reopen(self, move):
        """What was filed is gone; the ten days run from the day of the cause as before."""

    @transition(
        "state",
        source=State.APPLIED,
        target=State.SETTLED,
        custom=step("事由办结", who=access.system, clause="GX-清单-25"),
    )
    def settle(self, move):
        """The application has been decided, one way or the other."""

    @transition(
        "state",
        source=AWAITING,
        target=State.DISMISSED,
        custom=step(
            "认定无须调整",
            who=access.bianban,
            form="governance.stage_forms.WhyForm",
            clause="GX-清单-04",
            cancels=["apply", "rectify"],
            tells=[Tell(causing.obliged, "编办认定无须调整清单", CLERKS)],
            tone="quiet",
        ),
    )
    def dismiss(self, move):
        pass

    @transition(
        "state",
        source=State.OPEN,
        target=State.OVERDUE,
        custom=step(
            "逾期未申请",
            who=access.system,
            clause="GX-清单-26",
            needs=[Need(causing.proposes, "本县对逾期未申请的责令限期整改。", "JQ-清单-24")],
            follow=causing.proposed_by_county,
            tells=[
                Tell(causing.obliged, "逾期未提出清单调整申请", CLERKS | LEADERS, "late"),
                Tell(causing.watch, "应申请未申请", WATCHING, "late"),
                Tell(causing.county, "可直接提出调整建议", frozenset({Role.COUNTY}), "late"),
            ],
            says=causing.overdue_words,
        ),
    )
    def fall_due(self, move):
        """Ten working days have passed: 县委、县政府 may propose the change themselves."""

    @transition(
        "state",
        source=State.OPEN,
        target=State.RECTIFYING,
        custom=step(
            "责令限期整改",
            who=access.system,
            clause="JQ-清单-24",
            needs=[Need(causing.rectifies, "本县制度未规定限期整改。")],
            cancels=["apply"],
            starts=[
                Start(
                    "rectify",
                    "限期整改",
                    param("adjust.rectify"),
                    "unit_id",
                    "JQ-清单-24",
                    on_breach="refer",
                )
            ],
            tells=[
                Tell(causing.obliged, "逾期未提出申请,责令限期整改", CLERKS | LEADERS, "late"),
                Tell(causing.watch, "应申请未申请,已责令限期整改", WATCHING, "late"),
            ],
            says=causing.rectify_words,
        ),
    )
    def order_rectification(self, move):
        """Ten working days have passed: 编办 and 司法局 set a last limit, which runs from the order
        however late the order comes. The first limit ends here and refers nothing by itself.
        """

    @transition(
        "state",
        source=State.RECTIFYING,
        target=State.REFERRED,
        custom=step(
            "移送纪检监察机关",
            who=access.system,
            clause="JQ-清单-25",
            needs=[Need(causing.rectifies, "本县制度未规定限期整改。")],
            cancels=["rectify"],
            tells=[
                Tell(causing.obliged, "整改未落实,已移送", LEADERS, "late"),
                Tell(causing.discipline, "收到移送线索", frozenset({Role.JIWEI}), "late"),
            ],
            says=causing.referral_words,
        ),
    )
    def refer(self, move):
        """The last limit has passed too; it ends here, so that no ladder refers it again."""
        causing.refer(self, move)
