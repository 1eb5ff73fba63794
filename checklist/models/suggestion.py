"""Suggestion 意见建议: what citizens and organisations say of the list (GX-清单-30)."""

from django.db import models
from django.urls import reverse
from django_fsm import FSMField, transition

from checklist import hearing
from checklist import suggestion_access as access
from governance.models import Matter
from governance.roles import CLERKS, LEADERS, Role
from governance.steps import Need, Tell, step

from .cause import Cause
from .item import Item

OPEN = Need(hearing.receives, "本县的制度方案没有开通意见建议。", "GX-清单-30")
UNADOPTED = Need(lambda record, at: record.cause_id is None, "已转为调整事由,不能重复转办。")


class Suggestion(Matter):
    """One suggestion: who says what, through which channel, and what became of it.

    Name, phone and mail are personal: they stand in no trail, no search and no export, and are
    shown to 编办 and the handling unit alone (`contact_for`).
    """

    class State(models.TextChoices):
        NEW = "new", "未登记"
        RECEIVED = "received", "已收到"
        ROUTED = "routed", "已转办"
        ANSWERED = "answered", "已答复"
        CLOSED = "closed", "已办结"
        INVALID = "invalid", "无效"

    class Person(models.TextChoices):
        CITIZEN = "citizen", "公民"
        LEGAL = "legal", "法人"
        ORGANISATION = "organisation", "其他组织"

    class Channel(models.TextChoices):
        WEB = "web", "网页"
        PHONE = "phone", "电话"
        LETTER = "letter", "信函"
        MAIL = "mail", "电子邮件"
        VISIT = "visit", "来访"

    class Result(models.TextChoices):
        ADOPTED = "adopted", "采纳"
        PARTLY = "partly", "部分采纳"
        DECLINED = "declined", "不采纳"
        EXPLAINED = "explained", "解释说明"

    state = FSMField("状态", max_length=12, default=State.NEW, choices=State, protected=True)
    person = models.CharField("提出人类别", max_length=12, choices=Person, default=Person.CITIZEN)
    channel = models.CharField("渠道", max_length=8, choices=Channel)
    name = models.CharField("姓名或名称", max_length=100, blank=True)
    phone = models.CharField("联系电话", max_length=40, blank=True)
    mail = models.EmailField("电子信箱", blank=True)
    no_answer = models.BooleanField("不需答复", default=False)
    text = models.TextField("意见建议", max_length=2000)
    item = models.ForeignKey(
        Item, models.PROTECT, null=True, related_name="suggestions", verbose_name="涉及事项"
    )
    unit = models.ForeignKey(
        "governance.Unit", models.PROTECT, null=True, related_name="+", verbose_name="办理单位"
    )
    reply_text = models.TextField("答复", max_length=2000, blank=True)
    replied_at = models.DateTimeField("答复时间", null=True)
    result = models.CharField("办理结果", max_length=12, choices=Result, blank=True)
    reason = models.TextField("理由", max_length=2100, blank=True)
    cause = models.ForeignKey(
        Cause, models.PROTECT, null=True, related_name="suggestions", verbose_name="调整事由"
    )
    code_digest = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "意见建议"
        indexes = [
            models.Index(fields=["county", "-id"], name="suggestion_county"),
            models.Index(fields=["unit", "state"], name="suggestion_unit"),
        ]
        constraints = [
            models.UniqueConstraint(
                "code_digest", condition=~models.Q(code_digest=""), name="suggestion_code_once"
            ),
        ]

    @staticmethod
    def visible(rows, user):
        """编办 all of its county; the unit that handles it; the unit that has keyed it in."""
        return access.visible(rows, user)

    @property
    def title(self) -> str:
        return self.text.strip().partition("\n")[0][:60]

    def searchable(self):
        """Never the person."""
        return [self.number, self.text]

    def concerned(self):
        return {self.owner_id, self.unit_id} - {None}

    def contact_for(self, user) -> list[tuple[str, str]]:
        """Who said it and how to answer, as `user` may read it: in full or masked."""
        return access.contact(self, user)

    def get_absolute_url(self):
        return reverse("checklist:suggestion", args=[self.pk])

    @transition(
        "state",
        source=State.NEW,
        target=State.RECEIVED,
        custom=step(
            "登记意见建议",
            who=access.keying,
            form="checklist.suggestion_forms.SuggestionForm",
            clause="GX-清单-30",
            number="建",
            needs=[OPEN],
            tells=[Tell(hearing.desk, "收到一条清单意见建议", frozenset({Role.BIANBAN}), "soon")],
            says=hearing.received_words,
            tone="primary",
        ),
    )
    def submit(self, move):
        hearing.fill(self, move)

    @transition(
        "state",
        source=[State.RECEIVED, State.ROUTED],
        target=State.ROUTED,
        custom=step(
            "转办",
            who=access.bianban,
            form="checklist.suggestion_forms.RouteForm",
            clause="GX-清单-31",
            tells=[Tell(hearing.handler, "编办转来一条意见建议,请办理", CLERKS | LEADERS, "soon")],
            says=lambda record, move: f"转{record.unit}办理",
            tone="primary",
        ),
    )
    def route(self, move):
        self.unit, self.item = move.given["unit"], move.given["item"] or self.item

    @transition(
        "state",
        source=State.ROUTED,
        target=State.RECEIVED,
        custom=step(
            "退回编办",
            who=access.handling,
            form="governance.stage_forms.WhyForm",
            clause="GX-清单-31",
            tells=[Tell(hearing.desk, "转办的意见建议被退回", frozenset({Role.BIANBAN}), "soon")],
            says=lambda record, move: move.given["reason"],
        ),
    )
    def hand_back(self, move):
        self.unit = None

    @transition(
        "state",
        source=[State.RECEIVED, State.ROUTED],
        target=State.ANSWERED,
        custom=step(
            "答复",
            who=access.handling | access.bianban,
            form="checklist.suggestion_forms.ReplyForm",
            clause="GX-清单-31",
            tells=[Tell(hearing.desk, "意见建议已答复", frozenset({Role.BIANBAN}))],
            tone="primary",
        ),
    )
    def reply(self, move):
        self.reply_text, self.result = move.given["reply_text"], move.given["result"]
        self.replied_at = move.at
        if self.unit_id is None:
            self.unit_id = move.unit_id

    @transition(
        "state",
        source=[State.RECEIVED, State.ROUTED, State.ANSWERED],
        target=None,
        custom=step(
            "采纳并转为调整事由",
            who=access.bianban,
            form="checklist.suggestion_forms.AdoptForm",
            clause="GX-清单-30",
            needs=[UNADOPTED],
            follow=hearing.adopted,
            says=lambda record, move: f"由{move.given['unit']}研究提出调整申请",
        ),
    )
    def adopt(self, move):
        self.result = self.Result.ADOPTED

    @transition(
        "state",
        source=State.ANSWERED,
        target=State.CLOSED,
        custom=step("办结", who=access.bianban, clause="GX-清单-31", tone="primary"),
    )
    def close(self, move):
        """Nothing more to be done."""

    @transition(
        "state",
        source=[State.RECEIVED, State.ROUTED],
        target=State.INVALID,
        custom=step(
            "认定无效",
            who=access.bianban,
            form="governance.stage_forms.WhyForm",
            clause="GX-清单-30",
            says=lambda record, move: move.given["reason"],
            tone="danger",
        ),
    )
    def reject(self, move):
        """Spam, or nothing to do with the list."""
        self.reason = move.given["reason"]
