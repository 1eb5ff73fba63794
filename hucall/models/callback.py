"""Callback 回访: the platform asks the caller and the people served (GX-考评-07; decision 28)."""

from django.db import models
from django.urls import reverse
from django_fsm import FSMField, transition

from governance.models import Matter
from governance.steps import Start, Tell, param, step
from hucall import access, judging

from .rating import Level


class CallbackState(models.TextChoices):
    NEW = "new", "未开启"
    PENDING = "pending", "待回访"
    DONE = "done", "已回访"
    LAPSED = "lapsed", "未回访"


class Callback(Matter):
    """One callback on one round of one response; seen by the platform operators alone."""

    State = CallbackState
    root_field = "call"
    confidential = True

    state = FSMField("状态", default=State.NEW, choices=State.choices, protected=True)
    call = models.ForeignKey("hucall.Call", models.PROTECT, related_name="callbacks")
    response = models.ForeignKey("hucall.Response", models.PROTECT, related_name="callbacks")
    round = models.PositiveSmallIntegerField("轮次", default=1)
    done_at = models.DateTimeField("回访时间", null=True)
    note = models.CharField("回访记录", max_length=1000, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "回访"
        constraints = [
            models.UniqueConstraint(fields=["response", "round"], name="callback_once_per_round")
        ]

    @staticmethod
    def visible(rows, user):
        return access.visible_callbacks(rows, user)

    @property
    def title(self) -> str:
        return self.call.title

    def get_absolute_url(self):
        return reverse("hucall:callback", args=[self.pk])

    def concerned(self):
        """Nobody is let into the file by it: who asks is the platform, which sees all files."""
        return set()

    @transition(
        "state",
        source=State.NEW,
        target=State.PENDING,
        custom=step(
            "待回访",
            who=access.system,
            automatic=True,
            clause="GX-呼应-05",
            starts=[
                Start("callback", "回访", param("call.callback"), judging.desk_id, "GX-呼应-05")
            ],
            tells=[Tell(judging.desks, "办件待回访", judging.PLATFORM)],
        ),
    )
    def open(self, move):
        pass

    @transition(
        "state",
        source=State.PENDING,
        target=State.DONE,
        custom=step(
            "登记回访",
            who=access.platform,
            form="hucall.forms.CallbackForm",
            clause="GX-呼应-05",
            stops=["callback"],
            tone="primary",
        ),
    )
    def record(self, move):
        self.done_at = move.at
        self.note = move.given["note"]
        judging.keep_answers(self, move)

    @transition(
        "state",
        source=State.PENDING,
        target=State.LAPSED,
        custom=step(
            "归档未回访",
            who=access.system,
            automatic=True,
            clause="GX-呼应-05",
            cancels=["callback"],
        ),
    )
    def lapse(self, move):
        pass


class CallbackAnswer(models.Model):
    """One answer: of the caller, or of one of the people served (decision 7)."""

    class Who(models.TextChoices):
        CALLER = "caller", "呼叫发起人"
        SERVED = "served", "服务对象"

    callback = models.ForeignKey(Callback, models.PROTECT, related_name="answers")
    who = models.CharField("回访对象", max_length=8, choices=Who)
    reached = models.BooleanField("是否联系上", default=True)
    level = models.CharField("满意度", max_length=12, choices=Level, blank=True)
    words = models.CharField("原话", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "回访答复"
        constraints = [
            models.UniqueConstraint(fields=["callback", "who"], name="callback_answer_once"),
            models.CheckConstraint(
                condition=models.Q(reached=False, level="")
                | models.Q(reached=True) & ~models.Q(level=""),
                name="callback_answer_if_reached",
            ),
        ]
