"""AdmittedDuty 准入事项: what one township has taken on, from when to when, and with what money."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django_fsm import FSMField, transition

from admission import access, carrying
from admission.posts import DEPARTMENT, TOWNSHIP
from governance.models import Matter
from governance.roles import Role
from governance.steps import Need, Tell, step

from .request import AdmissionRequest
from .states import DutyState, Term

DEPARTMENT_POSTS, TOWNSHIP_POSTS = frozenset(DEPARTMENT), frozenset(TOWNSHIP)


class AdmittedDuty(Matter):
    """One admitted duty of one township: never without the number of its approval (GX-准入-12),
    never outside its dates (GX-准入-15), never spending what was not given (GX-准入-14).
    """

    State = DutyState
    read_with = ("unit", "department", "request")

    state = FSMField("状态", default=State.NEW, choices=State.choices, protected=True)
    request = models.ForeignKey(
        AdmissionRequest, models.PROTECT, related_name="duties", verbose_name="准入申请"
    )
    department = models.ForeignKey(
        "governance.Unit", models.PROTECT, related_name="+", verbose_name="交办部门"
    )
    unit = models.ForeignKey(
        "governance.Unit", models.PROTECT, related_name="+", verbose_name="承接乡镇"
    )
    name = models.CharField("事项", max_length=200)
    approval_number = models.CharField("批准表号", max_length=60)
    term = models.CharField("工作时限", max_length=10, choices=Term.choices)
    starts_on = models.DateField("起始日")
    ends_on = models.DateField("截止日", null=True)
    allotted = models.DecimalField("已拨付(元)", max_digits=14, decimal_places=2, default=0)
    spent = models.DecimalField("已支出(元)", max_digits=14, decimal_places=2, default=0)
    listing = models.ForeignKey(
        "checklist.Application", models.PROTECT, null=True, related_name="+",
        verbose_name="清单调整申请",
    )  # fmt: skip
    ended_on = models.DateField("退出日", null=True)
    end_reason = models.CharField("退出情形", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "准入事项"
        indexes = [
            models.Index(fields=["unit", "state"], name="duty_desk"),
            models.Index(fields=["county", "-id"], name="duty_county"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["request", "unit"], name="duty_once_per_township"),
            models.CheckConstraint(condition=~Q(approval_number=""), name="duty_is_approved"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="duty_days"
            ),
            models.CheckConstraint(
                condition=~Q(term=Term.STAGE) | Q(ends_on__isnull=False), name="duty_stage_ends"
            ),
            models.CheckConstraint(
                condition=Q(spent__gte=0, allotted__gte=F("spent")), name="duty_fund_not_negative"
            ),
            models.CheckConstraint(
                condition=~Q(state="ended") | Q(ended_on__isnull=False), name="duty_ended_has_day"
            ),
        ]

    @staticmethod
    def visible(rows, user):
        return access.visible_duties(rows, user)

    @property
    def title(self) -> str:
        return f"{self.name}({self.unit.short_name})"

    @property
    def balance(self):
        """What is left of the money, in yuan."""
        return self.allotted - self.spent

    def searchable(self):
        return [self.approval_number, self.name, self.unit.name, self.department.name]

    def concerned(self):
        return {self.department_id, self.unit_id, self.request.owner_id}

    def get_absolute_url(self):
        return reverse("admission:duty", args=[self.pk])

    @transition(
        "state",
        source=State.NEW,
        target=State.PENDING,
        custom=step(
            "列入准入台账",
            who=access.system,
            clause="GX-准入-12",
            starts=carrying.TERM,
            follow=carrying.supported,
            tells=[
                Tell(carrying.department, "事项已准入,可凭批准表交办", DEPARTMENT_POSTS),
                Tell(carrying.township, "新的准入事项", TOWNSHIP_POSTS),
            ],
            automatic=True,
        ),
    )
    def admit(self, move):
        pass

    @transition(
        "state",
        source=State.PENDING,
        target=State.ACTIVE,
        custom=step("开始承接", who=access.system, clause="GX-准入-12"),
    )
    def activate(self, move):
        """The township has received the hand-over slip."""

    @transition(
        "state",
        source=[State.PENDING, State.ACTIVE, State.LAPSED],
        target=None,
        custom=step(
            "拨付经费",
            who=access.paying,
            form="admission.forms.AllotForm",
            clause="GX-准入-13",
            tells=[Tell(carrying.township, "准入经费已拨付", TOWNSHIP_POSTS)],
            says=carrying.money_words,
        ),
    )
    def allot(self, move):
        carrying.entered(self, move, "allot")

    @transition(
        "state",
        source=[State.ACTIVE, State.LAPSED, State.ENDED],
        target=None,
        custom=step(
            "登记支出",
            who=access.township,
            form="admission.forms.SpendForm",
            clause="GX-准入-14",
            needs=[Need(carrying.has_money, "没有可支出的余额。")],
            says=carrying.money_words,
        ),
    )
    def spend(self, move):
        """Earmarked: what is not there cannot be spent."""
        carrying.entered(self, move, "spend")

    @transition(
        "state",
        source=[State.ACTIVE, State.LAPSED, State.ENDED],
        target=None,
        custom=step(
            "退回结余经费",
            who=access.township,
            form="admission.forms.SpendForm",
            clause="GX-准入-14",
            needs=[Need(carrying.has_money, "没有结余经费。")],
            tells=[Tell(carrying.department, "结余经费已退回", DEPARTMENT_POSTS)],
            says=carrying.money_words,
            tone="quiet",
        ),
    )
    def give_back(self, move):
        carrying.entered(self, move, "give_back")

    @transition(
        "state",
        source=[State.ACTIVE, State.PENDING],
        target=None,
        custom=step(
            "建议退出",
            who=access.township,
            form="admission.forms.SuggestExitForm",
            clause="GX-准入-15",
            needs=[
                Need(carrying.may_suggest, carrying.suggest_words),
                Need(carrying.not_leaving, "该事项已有退出申请在办。"),
            ],
            follow=carrying.exit_suggested,
            tells=[Tell(carrying.bianban, "乡镇建议退出准入事项", frozenset({Role.BIANBAN}))],
            tone="quiet",
        ),
    )
    def suggest_exit(self, move):
        """To 编办; the department has the file before it (decision 36)."""

    @transition(
        "state",
        source=State.ACTIVE,
        target=None,
        custom=step(
            "列入权责清单",
            who=access.bianban,
            form="governance.stage_forms.WhyForm",
            clause="TX-准入-14",
            needs=[
                Need(carrying.joins_list, "本县不把下放的权力列入清单,或该事项不是常规性事项。"),
                Need(carrying.not_joining, "已有清单调整申请。"),
            ],
            follow=carrying.list_application,
        ),
    )
    def join_list(self, move):
        """A power handed down for good: a draft application for the list (decision 35)."""

    @transition(
        "state",
        source=[State.PENDING, State.ACTIVE],
        target=None,
        custom=step(
            "期满前提醒",
            who=access.system,
            clause="GX-准入-15",
            tells=[
                Tell(
                    carrying.department, "准入事项即将期满,请及时申请退出", DEPARTMENT_POSTS, "soon"
                ),
                Tell(carrying.township, "准入事项即将期满", TOWNSHIP_POSTS, "soon"),
            ],
            says=carrying.end_words,
            automatic=True,
        ),
    )
    def remind(self, move):
        pass

    @transition(
        "state",
        source=[State.PENDING, State.ACTIVE],
        target=State.LAPSED,
        custom=step(
            "工作时限期满",
            who=access.system,
            clause="GX-准入-15",
            cancels=["remind"],
            follow=carrying.lapsed,
            tells=[
                Tell(carrying.department, "准入事项期满,请申请退出", DEPARTMENT_POSTS, "late"),
                Tell(carrying.township, "准入事项期满,不再承接", TOWNSHIP_POSTS),
            ],
            says=carrying.end_words,
            automatic=True,
        ),
    )
    def lapse(self, move):
        """From the day after its end it binds the township no more (decision 36)."""

    @transition(
        "state",
        source=[State.PENDING, State.ACTIVE, State.LAPSED],
        target=State.ENDED,
        custom=step(
            "退出准入事项",
            who=access.system,
            clause="GX-准入-15",
            cancels=["remind", "term"],
            follow=carrying.support_dropped,
            says=lambda duty, move: duty.end_reason,
            automatic=True,
        ),
    )
    def end(self, move):
        self.ended_on, self.end_reason = move.given["day"], move.given["reason"]


class FundEntry(models.Model):
    """One movement of a duty's earmarked money (GX-准入-14): made by its steps, never changed."""

    class Kind(models.TextChoices):
        ALLOT = "allot", "拨付"
        SPEND = "spend", "支出"
        GIVE_BACK = "give_back", "退回结余"

    duty = models.ForeignKey(AdmittedDuty, models.PROTECT, related_name="entries")
    kind = models.CharField("类别", max_length=10, choices=Kind)
    amount = models.DecimalField("金额(元)", max_digits=14, decimal_places=2)
    day = models.DateField("日期")
    purpose = models.CharField("用途", max_length=200)
    voucher = models.CharField("凭证号", max_length=60, blank=True)
    balance = models.DecimalField("余额(元)", max_digits=14, decimal_places=2)
    at = models.DateTimeField("登记时间")
    by = models.ForeignKey("governance.User", models.PROTECT, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "经费台账"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0, balance__gte=0), name="entry_has_amount"
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.amount}"

    def save(self, *args, **kwargs):
        """Only the first save is allowed."""
        if not self._state.adding:
            raise TypeError("经费台账只能追加,不能修改")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        """Refused: a ledger is put right by another entry."""
        raise TypeError("经费台账只能追加,不能删除")
