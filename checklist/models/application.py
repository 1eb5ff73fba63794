"""Application 调整申请: the only way in which a published list changes (GX-清单-22…29)."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django_fsm import FSMField, transition

from checklist import access, changing
from governance.chains import not_ones_own, opened, reason_words, voided
from governance.models import Staged
from governance.roles import Role
from governance.stages import manned, unmanned_words
from governance.steps import Need, Tell, owner, step

from .cause import Cause
from .edition import Edition
from .item import Item, Revision
from .states import ApplicationState, Kind

APPLICANTS = changing.APPLICANTS


class Application(Staged):
    """One change of one item, with its ground, its argument, and the text column by column.

    `changes` holds the columns that are to change (field → new text), so that what others have
    changed in the meantime stays: a publication merges column by column.
    """

    State = ApplicationState
    Kind = Kind
    chain_key = "adjust.flow"
    closed_elsewhere = frozenset({"publish"})

    state = FSMField("状态", default=State.NEW, choices=State.choices, protected=True)
    kind = models.CharField("调整类型", max_length=12, choices=Kind.choices, blank=True)
    ground = models.CharField("情形", max_length=20, blank=True)
    ground_text = models.CharField("情形说明", max_length=500, blank=True)
    authority = models.CharField("决定机关层级", max_length=10, blank=True)
    cause = models.ForeignKey(
        Cause, models.PROTECT, null=True, related_name="applications", verbose_name="调整事由"
    )
    cause_on = models.DateField("事由发生日", null=True)
    known_on = models.DateField("知悉日", null=True)
    argument = models.TextField("论证说明", max_length=5000, blank=True)
    legal_basis = models.TextField("法律依据", max_length=5000, blank=True)
    item = models.ForeignKey(
        Item, models.PROTECT, null=True, related_name="applications", verbose_name="清单事项"
    )
    base = models.ForeignKey(
        Revision, models.PROTECT, null=True, related_name="+", verbose_name="现行文本"
    )
    name = models.CharField("事项名称", max_length=200, blank=True)
    changes = models.JSONField("调整内容", default=dict)
    affects_flow = models.BooleanField("涉及运行流程变化", null=True)
    flow = models.JSONField("调整后的运行流程", default=list)
    by_authority = models.BooleanField("依职权提出", default=False)
    late = models.BooleanField("逾期申请", default=False)
    reason = models.TextField("退回或不予办理理由", max_length=2100, blank=True)
    edition = models.ForeignKey(
        Edition, models.PROTECT, null=True, related_name="applications", verbose_name="公布版本"
    )
    in_force_on = models.DateField("生效日期", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "清单调整申请"
        indexes = [
            models.Index(fields=["county", "-id"], name="application_county"),
            models.Index(fields=["county", "state"], name="application_state"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="in_force")
                | Q(edition__isnull=False, in_force_on__isnull=False),
                name="application_in_force_has_edition",
            ),
            models.UniqueConstraint(
                "edition", "item", condition=Q(edition__isnull=False, item__isnull=False),
                name="application_item_once_per_edition",
            ),
        ]  # fmt: skip

    @property
    def title(self) -> str:
        """What is asked for, in one line."""
        return f"{self.get_kind_display() or '调整'}:{self.name or '(未填事项)'}"

    def searchable(self):
        return [self.number, self.name, self.ground_text, self.argument]

    def concerned(self):
        """The applicant, and once it is filed who receives it; reviewers join in their turn."""
        return {self.owner_id, *(changing.desk(self) if self.number else ())}

    def is_own(self, user, role: str) -> bool:
        """What 县委、县政府 propose themselves they also decide themselves (GX-清单-26)."""
        if self.by_authority and role == Role.COUNTY:
            return False
        return super().is_own(user, role)

    def get_absolute_url(self):
        return reverse("checklist:application", args=[self.pk])

    @transition(
        "state",
        source=State.NEW,
        target=State.DRAFT,
        custom=step("起草依职权调整建议", who=access.system, clause="GX-清单-26", automatic=True),
    )
    def prepare(self, move):
        """A draft that lies before 县委、县政府, or before 编办 for what an import has shown."""
        changing.prepare(self, move)

    @transition(
        "state",
        source=[State.NEW, State.DRAFT],
        target=State.DRAFT,
        custom=step(
            "保存草稿",
            who=access.applicant,
            form="checklist.change_forms.DraftForm",
            clause="GX-清单-22",
            follow=changing.cause_recorded,
            tone="quiet",
        ),
    )
    def save_draft(self, move):
        changing.fill(self, move)

    @transition(
        "state",
        source=[State.NEW, State.DRAFT],
        target=State.SUBMITTED,
        custom=step(
            "提交申请",
            who=access.applicant,
            form="checklist.change_forms.ApplicationForm",
            clause="GX-清单-22",
            number="调",
            follow=changing.applied,
            tells=[Tell(changing.desk, "新的清单调整申请待受理", changing.RECEIVERS)],
            says=changing.filed_words,
            tone="primary",
        ),
    )
    def file(self, move):
        changing.fill(self, move)
        changing.filed(self, move)

    @transition(
        "state",
        source=State.RETURNED,
        target=State.SUBMITTED,
        custom=step(
            "补正后重新提交",
            who=access.applicant,
            form="checklist.change_forms.ApplicationForm",
            clause="GX-清单-28",
            tells=[Tell(changing.desk, "补正后的清单调整申请待受理", changing.RECEIVERS)],
            tone="primary",
        ),
    )
    def resubmit(self, move):
        changing.fill(self, move)

    @transition(
        "state",
        source=[State.DRAFT, State.SUBMITTED, State.RETURNED, State.REVIEWING],
        target=State.WITHDRAWN,
        custom=step(
            "撤回申请",
            who=access.applicant,
            form="governance.stage_forms.WhyForm",
            clause="GX-清单-22",
            follow=changing.given_up,
            tells=[Tell(changing.desk, "清单调整申请已撤回", changing.RECEIVERS)],
            tone="danger",
        ),
    )
    def withdraw(self, move):
        self.reason = move.given["reason"]

    @transition(
        "state",
        source=State.SUBMITTED,
        target=State.REVIEWING,
        custom=step(
            "受理",
            who=access.receiving,
            form="governance.stage_forms.SayForm",
            clause="GX-清单-04",
            needs=[Need(manned, unmanned_words, "GX-清单-04")],
            follow=opened,
            tells=[Tell(owner, "清单调整申请已受理", APPLICANTS)],
            tone="primary",
        ),
    )
    def accept(self, move):
        not_ones_own(self, move, move.post.role, move.step.clause, "受理")
        self.round += 1

    @transition(
        "state",
        source=State.SUBMITTED,
        target=State.RETURNED,
        custom=step(
            "退回补正",
            who=access.receiving,
            form="governance.stage_forms.WhyForm",
            clause="GX-清单-28",
            tells=[Tell(owner, "清单调整申请被退回补正", APPLICANTS, "soon")],
        ),
    )
    def return_for_correction(self, move):
        self.reason = move.given["reason"]

    @transition(
        "state",
        source=[State.SUBMITTED, State.RETURNED],
        target=State.DECLINED,
        custom=step(
            "不予受理",
            who=access.receiving,
            form="governance.stage_forms.WhyForm",
            clause="GX-清单-28",
            follow=changing.given_up,
            tells=[Tell(owner, "清单调整申请不予受理", APPLICANTS, "late")],
            tone="danger",
        ),
    )
    def decline(self, move):
        """Also of what was returned and never corrected: its cause would stay answered."""
        self.reason = move.given["reason"]

    @transition(
        "state",
        source=State.REVIEWING,
        target=State.RETURNED,
        custom=step(
            "审批退回补正",
            who=access.system,
            clause="GX-清单-28",
            tells=[Tell(owner, "清单调整申请被退回补正", APPLICANTS, "soon")],
            says=reason_words,
        ),
    )
    def send_back(self, move):
        self.reason = move.given["reason"]

    @transition(
        "state",
        source=State.REVIEWING,
        target=State.REFUSED,
        custom=step(
            "不予调整",
            who=access.system,
            clause="GX-清单-23",
            follow=changing.settled,
            tells=[Tell(owner, "清单调整申请未获同意", APPLICANTS, "late")],
            says=reason_words,
        ),
    )
    def refuse(self, move):
        self.reason = move.given["reason"]

    @transition(
        "state",
        source=State.REVIEWING,
        target=State.APPROVED,
        custom=step(
            "批准",
            who=access.system,
            clause="GX-清单-25",
            tells=[
                Tell(owner, "清单调整申请已批准", APPLICANTS),
                Tell(changing.publisher, "已批准的调整待公布", frozenset({Role.BIANBAN})),
            ],
        ),
    )
    def approve(self, move):
        pass

    @transition(
        "state",
        source=State.APPROVED,
        target=State.RETURNED,
        custom=step(
            "退回重报",
            who=access.bianban,
            form="governance.stage_forms.WhyForm",
            clause="GX-清单-04",
            needs=[Need(changing.not_joined, "已编入待公布的版本,请先从该版本移出。")],
            follow=voided,
            tells=[Tell(owner, "清单调整申请被退回重报", APPLICANTS, "soon")],
        ),
    )
    def reconsider(self, move):
        """What was approved no longer fits the list that others have changed meanwhile."""
        self.reason = move.given["reason"]

    @transition(
        "state",
        source=[State.SUBMITTED, State.RETURNED, State.REVIEWING, State.APPROVED],
        target=None,
        custom=step(
            "更新运行流程",
            who=access.applicant | access.bianban,
            form="checklist.change_forms.FlowForm",
            clause="GX-清单-27",
            needs=[
                Need(changing.keeps_flow, "本县清单不附运行流程,或该事项将移出清单。"),
                Need(changing.not_joined, "已编入待公布的版本,请先从该版本移出。"),
            ],
        ),
    )
    def supply_flow(self, move):
        self.affects_flow = True
        self.flow = move.given["flow"]

    @transition(
        "state",
        source=State.APPROVED,
        target=None,
        custom=step("编入待公布版本", who=access.system, clause="GX-清单-25", automatic=True),
    )
    def join(self, move):
        self.edition, self.item = move.given["edition"], move.given["item"]

    @transition(
        "state",
        source=State.APPROVED,
        target=None,
        custom=step("移出待公布版本", who=access.system, clause="GX-清单-25", automatic=True),
    )
    def leave(self, move):
        self.edition = None
        if self.kind == Kind.ADD:
            self.item = None

    @transition(
        "state",
        source=State.APPROVED,
        target=State.IN_FORCE,
        custom=step(
            "公布生效",
            who=access.system,
            clause="GX-清单-25",
            follow=changing.settled,
            tells=[Tell(owner, "清单调整已公布生效", APPLICANTS)],
        ),
    )
    def take_effect(self, move):
        self.in_force_on = move.given["in_force_on"]
