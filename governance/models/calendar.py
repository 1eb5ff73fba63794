"""The working-day calendar: national schedule (day by day) and office hours per county."""

from datetime import date, time
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

LEAP_YEAR = 2024  # any year that has a 29 February


class CalendarYear(models.Model):
    """放假安排 of one year: whether the State Council's schedule is known, and its version."""

    class Status(models.TextChoices):
        PROVISIONAL = "provisional", "暂定"
        PUBLISHED = "published", "已公布"

    year = models.PositiveSmallIntegerField("年份", primary_key=True)
    status = models.CharField("状态", max_length=12, choices=Status, default=Status.PROVISIONAL)
    version = models.PositiveIntegerField("版本", default=0)
    source = models.CharField("依据", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "年度放假安排"
        ordering = ["-year"]

    def __str__(self):
        return f"{self.year}年({self.get_status_display()})"


class CalendarDay(models.Model):
    """One day on which the rule "Monday to Friday" does not hold, and why.

    `schedule` is the year whose schedule names the day: New Year's schedule often begins in
    the December before, and reloading the old year must not lose those days.
    """

    class Kind(models.TextChoices):
        REST = "rest", "放假"
        WORK = "work", "调休上班"

    day = models.DateField("日期", unique=True)
    kind = models.CharField("类型", max_length=4, choices=Kind)
    name = models.CharField("名称", max_length=40, blank=True)
    schedule = models.ForeignKey(
        CalendarYear, models.PROTECT, related_name="days", verbose_name="所属安排"
    )

    class Meta:
        verbose_name = verbose_name_plural = "放假与调休"
        ordering = ["day"]

    def __str__(self):
        return f"{self.day:%Y-%m-%d} {self.get_kind_display()}{self.name}"


class OfficeHours(models.Model):
    """办公时间 of a county from a day of each year until its next row begins."""

    county = models.ForeignKey(
        "governance.Unit", models.CASCADE, related_name="office_hours", verbose_name="县"
    )
    name = models.CharField("名称", max_length=20, blank=True, help_text="如:夏季")
    month = models.PositiveSmallIntegerField("起始月", default=1)
    day = models.PositiveSmallIntegerField("起始日", default=1)
    morning_opens = models.TimeField("上午上班", default=time(8, 30))
    morning_closes = models.TimeField("上午下班", default=time(12))
    afternoon_opens = models.TimeField("下午上班", default=time(14))
    afternoon_closes = models.TimeField("下午下班", default=time(17, 30))

    class Meta:
        verbose_name = verbose_name_plural = "办公时间"
        ordering = ["county", "month", "day"]
        constraints = [
            models.UniqueConstraint(
                fields=["county", "month", "day"],
                name="office_hours_start",
                violation_error_message="该县已有从这一天开始的办公时间",
            ),
            models.CheckConstraint(
                condition=Q(month__range=(1, 12), day__range=(1, 31)),
                name="office_hours_date",
                violation_error_message="起始月、日不是有效的日期",
            ),
            models.CheckConstraint(
                condition=Q(
                    morning_opens__lt=F("morning_closes"),
                    morning_closes__lt=F("afternoon_opens"),
                    afternoon_opens__lt=F("afternoon_closes"),
                ),
                name="office_hours_order",
                violation_error_message="四个时间应依次先后:上午上班、上午下班、下午上班、下午下班",
            ),
        ]

    def __str__(self):
        return f"{self.name or '办公时间'}({self.month}月{self.day}日起)"

    def clean(self):
        """The check constraint cannot know that 30 February does not exist."""
        try:
            date(LEAP_YEAR, self.month, self.day)
        except (TypeError, ValueError):
            raise ValidationError({"day": "起始月、日不是有效的日期"}) from None


class CalendarStamp(models.Model):
    """A single row whose token changes with every change of the calendar or the hours.

    A process that holds calendars compares one token per page. The token is random, not
    counted: a count that was rolled back would come again with other contents behind it.
    """

    token = models.CharField(max_length=32)

    class Meta:
        verbose_name = verbose_name_plural = "历法戳记"

    def __str__(self):
        return self.token


def touch_calendar() -> None:
    """Make every process read the calendar anew; call after a bulk write or an update()."""
    CalendarStamp.objects.update_or_create(pk=1, defaults={"token": uuid4().hex})


@receiver([post_save, post_delete], sender=CalendarYear)
@receiver([post_save, post_delete], sender=CalendarDay)
@receiver([post_save, post_delete], sender=OfficeHours)
def _changed(sender, **kwargs):
    touch_calendar()
