"""Response 响应: one department's part of a call, with its own limit, state and record."""

from django.db import models
from django_fsm import FSMField

from governance.addresses import of_record
from governance.models import Matter
from hucall import access

from .answering import Answering
from .postponing import Postponing
from .returning import Returning
from .states import Duty, ResponseState


class Response(Answering, Returning, Postponing, Matter):
    """One part. The first round's lateness stays on record whatever a later round brings."""

    State, Duty = ResponseState, Duty

    OPEN = (State.WAITING, State.WORKING, State.RETURNING, State.RULING, State.SUSPENDED)
    OWED = (*OPEN, State.FINISHED)
    """States that count as owed in the rates; suspended ones are left out there (挂账)."""

    root_field = "call"
    read_with = ("unit",)

    state = FSMField("状态", default=State.NEW, choices=State.choices, protected=True)
    call = models.ForeignKey("hucall.Call", models.PROTECT, related_name="responses")
    unit = models.ForeignKey(
        "governance.Unit", models.PROTECT, related_name="+", verbose_name="承办单位"
    )
    duty = models.CharField("分工", max_length=8, choices=Duty, default=Duty.ASSIST)
    task = models.TextField("职责任务", max_length=1000, blank=True)
    round = models.PositiveSmallIntegerField("办理轮次", default=1)
    opened_at = models.DateTimeField("派发", null=True)
    return_until = models.DateTimeField("可退回至", null=True)
    signed_in_at = models.DateTimeField("报到", null=True)
    arrived_at = models.DateTimeField("到场", null=True)
    arrival_place = models.CharField("到场地点", max_length=200, blank=True)
    finished_at = models.DateTimeField("办结", null=True)
    result = models.TextField("办理结果", max_length=5000, blank=True)
    latest = models.CharField("最近进展", max_length=300, blank=True)
    reason = models.CharField("退回或改派理由", max_length=500, blank=True)
    plan = models.TextField("解决方案", max_length=5000, blank=True)
    statutory_due = models.DateField("法定期限", null=True, blank=True)
    statutory_basis = models.CharField("法定期限依据", max_length=200, blank=True)
    plan_accepted_at = models.DateTimeField("方案确认", null=True)
    excluded = models.BooleanField("不计入考核", default=False)
    exclusion_reason = models.CharField("剔除理由", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "响应"
        indexes = [
            models.Index(fields=["unit", "-id"], name="response_unit"),
            models.Index(fields=["unit", "state", "-id"], name="response_unit_state"),
            models.Index(fields=["county", "opened_at"], name="response_opened"),
            models.Index(fields=["owner", "opened_at"], name="response_owner_opened"),
            models.Index(fields=["unit", "opened_at"], name="response_unit_opened"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["call"],
                condition=models.Q(
                    duty="lead",
                    state__in=[
                        "waiting",
                        "working",
                        "returning",
                        "ruling",
                        "suspended",
                        "finished",
                    ],
                ),
                name="response_one_lead",
            ),
            models.UniqueConstraint(
                fields=["call", "unit"],
                condition=models.Q(
                    state__in=["waiting", "working", "returning", "ruling", "suspended", "finished"]
                ),
                name="response_once_per_unit",
            ),
        ]

    def __str__(self):
        return f"{self.call} {self.unit}"

    @staticmethod
    def visible(rows, user):
        return access.visible_through_call(rows, user)

    def get_absolute_url(self):
        return f"{of_record('hucall:call', self.call_id)}#part-{self.pk}"

    @property
    def title(self) -> str:
        return self.call.title

    @property
    def pace(self) -> str:
        """Which column of the limits applies."""
        return self.call.pace

    @property
    def finish_pace(self) -> str:
        """How long finishing may take: urgent, or by the difficulty found at dispatch."""
        return "urgent" if self.call.is_urgent else self.call.difficulty

    def searchable(self):
        return [self.call.number, self.call.title, self.task, self.result]

    def concerned(self):
        return access.answering(self)
