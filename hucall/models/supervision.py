"""Supervision 督办: a numbered notice to a department that is late (GX-呼应-05, 18)."""

from django.db import models
from django.urls import reverse
from django_fsm import FSMField, transition

from governance.models import Matter
from governance.roles import CLERKS, LEADERS, Role
from governance.steps import Start, Tell, owner, param, step
from hucall import access, oversight


class SupervisionState(models.TextChoices):
    NEW = "new", "未发出"
    ISSUED = "issued", "待反馈"
    REPLIED = "replied", "已反馈"
    CLOSED = "closed", "已销号"


class Supervision(Matter):
    """督办通知书: issued at red by the clock, or by 督查 and the platform at any time."""

    State = SupervisionState
    root_field = "call"

    state = FSMField("状态", default=State.NEW, choices=State.choices, protected=True)
    call = models.ForeignKey("hucall.Call", models.PROTECT, related_name="supervisions")
    response = models.ForeignKey("hucall.Response", models.PROTECT, related_name="supervisions")
    unit = models.ForeignKey(
        "governance.Unit", models.PROTECT, related_name="+", verbose_name="被督办单位"
    )
    ground = models.CharField("督办事由", max_length=300)
    demand = models.CharField("督办要求", max_length=500)
    reply = models.TextField("反馈", max_length=2000, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "督办"
        indexes = [models.Index(fields=["county", "-id"], name="supervision_county")]

    @staticmethod
    def visible(rows, user):
        return access.visible_through_call(rows, user)

    @property
    def title(self) -> str:
        return f"督办:{self.call.title}"

    def get_absolute_url(self):
        return reverse("hucall:supervision", args=[self.pk])

    def searchable(self):
        return [self.number, self.call.number, self.call.title, self.ground]

    def concerned(self):
        return {self.unit_id}

    @transition(
        "state",
        source=State.NEW,
        target=State.ISSUED,
        custom=step(
            "发出督办通知书",
            who=access.system,
            clause="GX-呼应-18",
            number="督",
            starts=[
                Start("reply", "督办反馈", param("call.supervision_reply"), "unit_id", "GX-呼应-18")
            ],
            tells=[
                Tell(oversight.supervised, "收到督办通知书", CLERKS | LEADERS, "late"),
                Tell(owner, "已向承办单位发出督办通知书"),
            ],
            says=oversight.issued_words,
            urgent=oversight.of_urgent_call,
        ),
    )
    def issue(self, move):
        pass

    @transition(
        "state",
        source=State.ISSUED,
        target=State.REPLIED,
        custom=step(
            "反馈督办",
            who=access.anyone_answering,
            form="hucall.forms.ReplyForm",
            clause="GX-呼应-18",
            stops=["reply"],
            tells=[Tell(oversight.desks, "督办已反馈", frozenset({Role.PLATFORM, Role.DUCHA}))],
            tone="primary",
        ),
    )
    def answer(self, move):
        self.reply = move.given["reply"]

    @transition(
        "state",
        source=State.REPLIED,
        target=State.CLOSED,
        custom=step(
            "销号",
            who=access.supervisors,
            form="hucall.forms.OpinionForm",
            clause="GX-呼应-18",
            tells=[Tell(oversight.supervised, "督办已销号")],
            tone="primary",
        ),
    )
    def close(self, move):
        pass

    @transition(
        "state",
        source=State.REPLIED,
        target=State.ISSUED,
        custom=step(
            "退回重新反馈",
            who=access.supervisors,
            form="hucall.forms.ReasonForm",
            clause="GX-呼应-18",
            starts=[
                Start("reply", "督办反馈", param("call.supervision_reply"), "unit_id", "GX-呼应-18")
            ],
            tells=[Tell(oversight.supervised, "督办反馈被退回", CLERKS | LEADERS, "soon")],
        ),
    )
    def send_back(self, move):
        pass
