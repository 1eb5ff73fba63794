"""Clock 时限: one row per promise, with its due date stored."""

from django.db import models
from django.db.models import Q

from .ledger import LedgerQuerySet, LedgerRow


class ClockQuerySet(LedgerQuerySet):
    """Reads of clocks."""

    def running(self):
        """Neither met nor cancelled; a paused clock is running too, only not ticking."""
        return self.filter(met_at=None)

    def promises(self):
        """What somebody owes; timers are nobody's promise."""
        return self.filter(kind=Clock.Kind.PROMISE)


class Clock(LedgerRow):
    """One promise of one unit: when it began, when it is due, what became of it.

    `next_at` is the moment at which the sweep has something to do with it, so that the sweep is
    one probe of one index. A `timer` is no promise: it only names the step that falls due.
    """

    class Kind(models.TextChoices):
        PROMISE = "promise", "时限"
        TIMER = "timer", "到期事项"

    kind = models.CharField(max_length=8, choices=Kind, default=Kind.PROMISE)
    name = models.CharField("代号", max_length=30)
    label = models.CharField("时限", max_length=40)
    title = models.CharField("办件", max_length=160, blank=True)
    owed_by = models.ForeignKey(
        "governance.Unit", models.PROTECT, related_name="clocks_owed", verbose_name="责任单位"
    )
    rulebook = models.ForeignKey("governance.Rulebook", models.PROTECT, null=True, related_name="+")
    param = models.CharField("参数", max_length=60, blank=True)
    length = models.CharField("长度", max_length=20)
    extra = models.CharField("延长", max_length=20, blank=True)
    clause = models.CharField("条款", max_length=20, blank=True)
    ladder = models.CharField("升级阶梯", max_length=20, default="general")
    started_at = models.DateTimeField("开始")
    due_at = models.DateTimeField("到期")
    provisional = models.BooleanField("暂定", default=False)
    warn_at = models.DateTimeField("提醒时间", null=True)
    next_at = models.DateTimeField("下次处理", null=True)
    warned_at = models.DateTimeField("已提醒", null=True)
    paused_at = models.DateTimeField("暂停于", null=True)
    resumed_at = models.DateTimeField("恢复于", null=True)
    remaining = models.PositiveIntegerField("剩余分钟", null=True)
    met_at = models.DateTimeField("结束", null=True)
    cancelled = models.BooleanField("撤销", default=False)
    breached_at = models.DateTimeField("超期于", null=True)
    level = models.PositiveSmallIntegerField("升级级数", default=0)
    on_breach = models.CharField("到期步骤", max_length=40, blank=True)
    fired_at = models.DateTimeField("到期步骤应办", null=True)
    done_at = models.DateTimeField("到期步骤已办", null=True)

    objects = ClockQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "时限"
        constraints = [
            models.UniqueConstraint(
                fields=["matter_type", "matter_id", "name"],
                condition=Q(met_at=None),
                name="clock_one_running_per_name",
            ),
            models.CheckConstraint(
                condition=Q(due_at__gte=models.F("started_at")), name="clock_due"
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_at"], condition=Q(met_at=None, paused_at=None), name="clock_sweep"
            ),
            models.Index(fields=["owed_by", "due_at"], condition=Q(met_at=None), name="clock_owed"),
            models.Index(
                fields=["owner", "due_at"], condition=Q(met_at=None), name="clock_waited_for"
            ),
            models.Index(
                fields=["county", "due_at"], condition=Q(met_at=None), name="clock_county"
            ),
            models.Index(
                fields=["county", "matter_type", "name"],
                condition=Q(met_at=None),
                name="clock_county_kind",
            ),
            models.Index(fields=["root_type", "root_id"], name="clock_root"),
            models.Index(fields=["matter_type", "matter_id"], name="clock_matter"),
            models.Index(
                fields=["fired_at"],
                condition=Q(done_at=None, fired_at__isnull=False),
                name="clock_fired",
            ),
        ]

    def __str__(self):
        return f"{self.label} {self.due_at:%Y-%m-%d %H:%M}"
