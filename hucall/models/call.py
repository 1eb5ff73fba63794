"""Call 呼叫: what a township raises, from the draft to the archive (GX-呼应-02 … 15)."""

from django.db import models
from django_fsm import FSMField

from governance.addresses import of_record
from governance.models import Matter
from hucall import access

from .closing import Closing
from .filing import Filing
from .states import CallKind, CallState, Channel, Difficulty
from .triage import Triage


class Call(Filing, Triage, Closing, Matter):
    """One call. Its parts, one per department, are the responses."""

    State, Kind = CallState, CallKind

    OPEN = (State.SUBMITTED, State.CORRECTING, State.APPROVING, State.HANDLING)
    CLOSED = (State.ARCHIVED, State.SELF_HANDLED, State.MERGED, State.WITHDRAWN)

    state = FSMField("状态", default=State.NEW, choices=State.choices, protected=True)
    kind = models.CharField("类别", max_length=10, choices=Kind, default=Kind.COMPLEX)
    title = models.CharField("什么事", max_length=80)
    text = models.TextField("具体情况", max_length=5000, blank=True)
    place = models.CharField("地点", max_length=200, blank=True)
    latitude = models.DecimalField("纬度", max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField("经度", max_digits=9, decimal_places=6, null=True, blank=True)
    channel = models.CharField("渠道", max_length=10, choices=Channel, default=Channel.PLATFORM)
    caller_name = models.CharField("呼叫联系人", max_length=40, blank=True)
    caller_phone = models.CharField("联系电话", max_length=40, blank=True)
    village = models.ForeignKey(
        "governance.Unit",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="村",
    )
    item = models.ForeignKey(
        "checklist.Item", models.PROTECT, null=True, blank=True, verbose_name="清单事项"
    )
    revision = models.ForeignKey(
        "checklist.Revision", models.PROTECT, null=True, blank=True, verbose_name="事项版本"
    )
    edition = models.ForeignKey(
        "checklist.Edition", models.PROTECT, null=True, blank=True, verbose_name="清单版本"
    )
    self_check = models.BooleanField("已自查确实不能自行解决", default=False)
    self_check_reason = models.CharField("为什么不能自行解决", max_length=500, blank=True)
    township_is_main = models.BooleanField("主体责任含乡镇", default=False)
    difficulty = models.CharField(
        "难易", max_length=10, choices=Difficulty, default=Difficulty.GENERAL
    )
    approved_at = models.DateTimeField("乡镇审批", null=True)
    verified_at = models.DateTimeField("核实", null=True)
    verified_true = models.BooleanField("核实属实", null=True)
    over_call = models.BooleanField("认定乱呼叫", default=False)
    dispatched_at = models.DateTimeField("派发", null=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="merged", verbose_name="并入"
    )
    reason = models.CharField("退回、作废或自行处置的理由", max_length=500, blank=True)
    finished_at = models.DateTimeField("办结", null=True)
    archived_at = models.DateTimeField("归档", null=True)
    summary = models.TextField("办理结果", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "呼叫"
        indexes = [
            models.Index(fields=["county", "-id"], name="call_county"),
            models.Index(fields=["county", "state", "-id"], name="call_county_state"),
            models.Index(fields=["owner", "-id"], name="call_owner"),
            models.Index(fields=["owner", "raised_at"], name="call_owner_raised"),
            models.Index(fields=["item", "-id"], name="call_item"),
            models.Index(fields=["county", "raised_at"], name="call_raised"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["county", "number"], condition=~models.Q(number=""), name="call_number_once"
            ),
        ]

    @staticmethod
    def visible(rows, user):
        return access.visible_calls(rows, user)

    def get_absolute_url(self):
        return of_record("hucall:call", self.pk)

    def searchable(self):
        return [self.number, self.title, self.text, self.place, self.self_check_reason]

    def concerned(self):
        return {self.owner_id, self.village_id} - {None}

    @property
    def pace(self) -> str:
        """Which column of the limits applies: urgent or general."""
        return "urgent" if self.kind == self.Kind.URGENT else "general"

    @property
    def is_urgent(self) -> bool:
        return self.kind == self.Kind.URGENT
