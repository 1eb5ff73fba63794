"""Rating 评价: the township's word on one response, kept from those whom it judges.

A record of its own: it changes no state, event, clock or count that a department can see
(GX-呼应-15, 16; decision 11).
"""

from django.db import models
from django.urls import reverse
from django_fsm import FSMField, transition

from governance.models import Matter
from governance.roles import CLERKS, LEADERS
from governance.steps import Start, Tell, owner, param, step
from hucall import access, judging


class Level(models.TextChoices):
    SATISFIED = "satisfied", "满意"
    MOSTLY = "mostly", "基本满意"
    DISSATISFIED = "dissatisfied", "不满意"


class RatingState(models.TextChoices):
    NEW = "new", "未开启"
    PENDING = "pending", "待评价"
    RATED = "rated", "已评价"
    UNRATED = "unrated", "未评"
    DROPPED = "dropped", "因重办作废"


class Rating(Matter):
    """One per response and round."""

    State, Level = RatingState, Level
    root_field = "call"
    confidential = True

    state = FSMField("状态", default=State.NEW, choices=State.choices, protected=True)
    call = models.ForeignKey("hucall.Call", models.PROTECT, related_name="ratings")
    response = models.ForeignKey("hucall.Response", models.PROTECT, related_name="ratings")
    round = models.PositiveSmallIntegerField("轮次", default=1)
    level = models.CharField("评价", max_length=12, choices=Level, blank=True)
    reason = models.CharField("理由", max_length=500, blank=True)
    rated_at = models.DateTimeField("评价时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "评价"
        constraints = [
            models.UniqueConstraint(fields=["response", "round"], name="rating_once_per_round"),
            models.CheckConstraint(
                condition=~models.Q(state="rated") | ~models.Q(level=""), name="rating_has_level"
            ),
            models.CheckConstraint(
                condition=~models.Q(level__in=["mostly", "dissatisfied"]) | ~models.Q(reason=""),
                name="rating_reason_below_satisfied",
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "state"], name="rating_owner_state"),
            models.Index(fields=["owner", "rated_at"], name="rating_owner_rated"),
        ]

    @staticmethod
    def visible(rows, user):
        return access.visible_ratings(rows, user)

    @property
    def title(self) -> str:
        return self.call.title

    def get_absolute_url(self):
        return reverse("hucall:rating", args=[self.pk])

    @transition(
        "state",
        source=State.NEW,
        target=State.PENDING,
        custom=step(
            "待评价",
            who=access.system,
            automatic=True,
            clause="GX-呼应-15",
            starts=[Start("rating", "评价", param("call.rating"), "owner_id", "GX-呼应-15")],
        ),
    )
    def open(self, move):
        pass

    @transition(
        "state",
        source=State.PENDING,
        target=State.RATED,
        custom=step(
            "评价",
            who=access.township,
            form="hucall.forms.RatingForm",
            clause="GX-呼应-15",
            stops=["rating"],
            follow=judging.callback_if_due,
            tells=[Tell(judging.desks_if_bad, "收到不满意评价", judging.PLATFORM, "soon")],
            tone="primary",
        ),
    )
    def rate(self, move):
        self.level = move.given["level"]
        self.reason = move.given["reason"]
        self.rated_at = move.at

    @transition(
        "state",
        source=State.PENDING,
        target=State.UNRATED,
        custom=step(
            "到期未评",
            who=access.system,
            automatic=True,
            clause="GX-呼应-15",
            cancels=["rating"],
            tells=[Tell(owner, "评价逾期,已按未评归档", CLERKS | LEADERS, "late")],
        ),
    )
    def lapse(self, move):
        pass

    @transition(
        "state",
        source=State.PENDING,
        target=State.DROPPED,
        custom=step(
            "因重办作废", who=access.system, automatic=True, clause="GX-呼应-15", cancels=["rating"]
        ),
    )
    def drop(self, move):
        pass
