"""Support 保障: what goes down with a duty, promised, delivered, confirmed (GX-准入-13, TA-12)."""

from django.core.validators import MinValueValidator
from django.db import models
from django_fsm import FSMField, transition

from admission import access, carrying
from governance.models import Matter
from governance.rulebook_fields import schema
from governance.steps import Start, Tell, step

from .duty import DEPARTMENT_POSTS, TOWNSHIP_POSTS, AdmittedDuty
from .states import SupportState

PROMISE = Start(
    "deliver",
    lambda support: f"落实{support.label}保障",
    carrying.until_promised,
    "department_id",
    "GX-准入-13",
    since=carrying.from_promise,
)


class Support(Matter):
    """One kind of support for one duty. `unit` is the township; the department owes it."""

    State = SupportState
    root_field = "duty"
    gathered = "落实{count}项保障"

    state = FSMField("状态", default=State.NEW, choices=State.choices, protected=True)
    duty = models.ForeignKey(
        AdmittedDuty, models.PROTECT, related_name="supports", verbose_name="准入事项"
    )
    department = models.ForeignKey(
        "governance.Unit", models.PROTECT, related_name="+", verbose_name="交办部门"
    )
    unit = models.ForeignKey(
        "governance.Unit", models.PROTECT, related_name="+", verbose_name="承接乡镇"
    )
    kind = models.CharField("保障种类", max_length=12)
    promise = models.CharField("承诺内容", max_length=500)
    promised_on = models.DateField("承诺日期")
    due_on = models.DateField("承诺落实日期")
    delivery = models.TextField("落实情况", max_length=2000, blank=True)
    delivered_on = models.DateField("落实日期", null=True)
    people = models.PositiveIntegerField("到位人数", null=True)
    hours = models.DecimalField(
        "培训指导学时", max_digits=6, decimal_places=1, null=True,
        validators=[MinValueValidator(0)],
    )  # fmt: skip
    objection = models.TextField("乡镇异议", max_length=2000, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "保障台账"
        constraints = [
            models.UniqueConstraint(fields=["duty", "kind"], name="support_kind_once"),
            models.CheckConstraint(
                condition=~models.Q(state__in=["delivered", "confirmed"])
                | models.Q(delivered_on__isnull=False),
                name="support_delivered_has_day",
            ),
        ]

    @staticmethod
    def visible(rows, user):
        return access.visible_parts(rows, user, "duty", AdmittedDuty)

    @property
    def label(self) -> str:
        """The kind of support in words."""
        return schema().fields["admission.support"].choices.get(self.kind, self.kind)

    def get_absolute_url(self):
        """The page of the file."""
        return self.duty.get_absolute_url()

    @property
    def title(self) -> str:
        return f"{self.label}保障:{self.duty.title}"

    def searchable(self):
        return [self.promise]

    @transition(
        "state",
        source=State.NEW,
        target=State.PROMISED,
        custom=step(
            "登记保障承诺",
            who=access.system,
            clause="GX-准入-13",
            starts=[PROMISE],
            says=lambda support, move: f"{support.label}:{support.promise}",
            automatic=True,
        ),
    )
    def undertake(self, move):
        pass

    @transition(
        "state",
        source=State.PROMISED,
        target=State.DELIVERED,
        custom=step(
            "登记保障落实",
            who=access.department,
            form="admission.forms.DeliverForm",
            clause="GX-准入-13",
            stops=["deliver"],
            tells=[Tell(carrying.township, "请确认保障落实情况", TOWNSHIP_POSTS)],
            says=lambda support, move: support.label,
            tone="primary",
        ),
    )
    def deliver(self, move):
        carrying.delivered(self, move)

    @transition(
        "state",
        source=State.DELIVERED,
        target=State.CONFIRMED,
        custom=step(
            "确认保障到位",
            who=access.township,
            form="governance.stage_forms.SayForm",
            clause="GX-准入-13",
            says=lambda support, move: support.label,
            tone="primary",
        ),
    )
    def confirm(self, move):
        self.objection = ""

    @transition(
        "state",
        source=State.DELIVERED,
        target=State.PROMISED,
        custom=step(
            "反映保障未落实",
            who=access.township,
            form="governance.stage_forms.WhyForm",
            clause="GX-准入-13",
            starts=[PROMISE],
            tells=[Tell(carrying.department, "乡镇反映保障未落实", DEPARTMENT_POSTS, "late")],
            says=lambda support, move: support.label,
        ),
    )
    def dispute(self, move):
        """What was said to be delivered has not arrived: the promise stands with its day."""
        self.objection, self.promised_on = move.given["reason"], carrying.today(move)

    @transition(
        "state",
        source=[State.PROMISED, State.DELIVERED],
        target=State.DROPPED,
        custom=step(
            "保障随事项终止",
            who=access.system,
            clause="GX-准入-15",
            cancels=["deliver"],
            automatic=True,
            says=lambda support, move: support.label,
        ),
    )
    def drop(self, move):
        pass
