"""Bulletin 通报 and Rectification 限期整改 (GX-呼应-18, TA-16)."""

from django.db import models
from django.urls import reverse
from django_fsm import FSMField, transition

from governance.models import Matter
from governance.roles import CLERKS, LEADERS, Role
from governance.steps import Need, Start, Tell, param, step
from hucall import access, oversight


class BulletinState(models.TextChoices):
    NEW = "new", "未生成"
    DRAFT = "draft", "草稿"
    PUBLISHED = "published", "已通报"


class Bulletin(Matter):
    """A month's bulletin, generated from the records and edited before it is published."""

    State = BulletinState

    state = FSMField("状态", default=State.NEW, choices=State.choices, protected=True)
    month = models.DateField("月份", help_text="当月一日")
    title = models.CharField("标题", max_length=120)
    text = models.TextField("正文", max_length=20000, blank=True)
    figures = models.JSONField("数据", default=dict)
    published_at = models.DateTimeField("通报时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "通报"
        constraints = [
            models.UniqueConstraint(fields=["county", "month"], name="bulletin_once_a_month")
        ]

    @staticmethod
    def visible(rows, user):
        return access.visible_bulletins(rows, user)

    def get_absolute_url(self):
        return reverse("hucall:bulletin", args=[self.pk])

    def searchable(self):
        return [self.number, self.title, self.text]

    @transition(
        "state",
        source=[State.NEW, State.DRAFT],
        target=State.DRAFT,
        custom=step(
            "生成通报草稿",
            who=access.supervisors | access.system,
            clause="GX-呼应-18",
        ),
    )
    def generate(self, move):
        oversight.compose(self, move)

    @transition(
        "state",
        source=State.DRAFT,
        target=State.DRAFT,
        custom=step(
            "修改通报",
            who=access.supervisors,
            form="hucall.forms.BulletinForm",
            clause="GX-呼应-18",
        ),
    )
    def edit(self, move):
        self.title = move.given["title"]
        self.text = move.given["text"]

    @transition(
        "state",
        source=State.DRAFT,
        target=State.PUBLISHED,
        custom=step(
            "发布通报",
            who=access.ducha,
            form="hucall.forms.PublishForm",
            clause="GX-呼应-18",
            number="通报",
            needs=[Need(oversight.month_over, "当月尚未结束,不能发布。", "GX-呼应-18")],
            follow=oversight.rectifications,
            tells=[
                Tell(oversight.named_units, "被通报并须限期整改", CLERKS | LEADERS, "late"),
                Tell(oversight.all_units, "新的通报已发布"),
            ],
            tone="primary",
        ),
    )
    def publish(self, move):
        self.published_at = move.at


class RectificationState(models.TextChoices):
    NEW = "new", "未下达"
    OPEN = "open", "整改中"
    REPORTED = "reported", "已反馈"
    ACCEPTED = "accepted", "整改通过"


class Rectification(Matter):
    """限期整改 of one unit named in a bulletin, with its feedback."""

    State = RectificationState
    root_field = "bulletin"

    state = FSMField("状态", default=State.NEW, choices=State.choices, protected=True)
    bulletin = models.ForeignKey(Bulletin, models.PROTECT, related_name="rectifications")
    unit = models.ForeignKey(
        "governance.Unit", models.PROTECT, related_name="+", verbose_name="整改单位"
    )
    ground = models.CharField("通报事由", max_length=500)
    report = models.TextField("整改情况", max_length=5000, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "限期整改"
        constraints = [
            models.UniqueConstraint(fields=["bulletin", "unit"], name="rectification_once_per_unit")
        ]

    @staticmethod
    def visible(rows, user):
        return access.visible_rectifications(rows, user)

    @property
    def title(self) -> str:
        return f"限期整改:{self.unit}"

    def get_absolute_url(self):
        return reverse("hucall:rectification", args=[self.pk])

    def concerned(self):
        return {self.unit_id}

    @transition(
        "state",
        source=State.NEW,
        target=State.OPEN,
        custom=step(
            "下达限期整改",
            who=access.system,
            clause="GX-呼应-18",
            starts=[Start("rectify", "限期整改", param("call.rectify"), "unit_id", "GX-呼应-18")],
        ),
    )
    def open(self, move):
        pass

    @transition(
        "state",
        source=State.OPEN,
        target=State.REPORTED,
        custom=step(
            "反馈整改情况",
            who=access.anyone_of_unit,
            form="hucall.forms.ReportForm",
            clause="GX-呼应-18",
            stops=["rectify"],
            tells=[Tell(oversight.desks, "整改已反馈", frozenset({Role.DUCHA}))],
            tone="primary",
        ),
    )
    def feed_back(self, move):
        self.report = move.given["report"]

    @transition(
        "state",
        source=State.REPORTED,
        target=State.ACCEPTED,
        custom=step(
            "整改通过",
            who=access.ducha,
            form="hucall.forms.OpinionForm",
            clause="GX-呼应-18",
            tells=[Tell(oversight.supervised, "整改已通过")],
            tone="primary",
        ),
    )
    def accept(self, move):
        pass

    @transition(
        "state",
        source=State.REPORTED,
        target=State.OPEN,
        custom=step(
            "整改不到位,退回",
            who=access.ducha,
            form="hucall.forms.ReasonForm",
            clause="GX-呼应-18",
            starts=[Start("rectify", "限期整改", param("call.rectify"), "unit_id", "GX-呼应-18")],
            tells=[Tell(oversight.supervised, "整改被退回", CLERKS | LEADERS, "soon")],
        ),
    )
    def send_back(self, move):
        pass
