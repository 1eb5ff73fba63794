"""Stage 审批环节: one reviewer's part of a joint approval (design.md §4, decision 2).

A `Staged` matter passes the chain that its county's rulebook names. Each stage of the chain is a
record of its own, made when its turn has come. What a stage decides moves its matter through the
door, as follow-up steps (governance/chains.py).
"""

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django_fsm import FSMField, transition

from governance import chains
from governance.access import SYSTEM, Who, holders
from governance.roles import Role
from governance.steps import Need, Start, Tell, owner, step

from .matter import Matter
from .party import Party
from .staged import delays, seen, units_of
from .unit import Unit

REVIEWERS = frozenset(
    {
        *(Role.COUNTY, Role.BIANBAN, Role.SIFA, Role.MEETING_OFFICE),
        *(Role.CITY_BIANBAN, Role.CITY_SIFA),
    }
)

APPLICANTS = frozenset(
    {
        *(Role.DEPARTMENT_CLERK, Role.DEPARTMENT_LEADER, Role.TOWNSHIP_CLERK),
        *(Role.TOWNSHIP_LEADER, Role.BIANBAN, Role.COUNTY),
    }
)


class StageState(models.TextChoices):
    NEW = "new", "未开始"
    OPEN = "open", "办理中"
    AGREED = "agreed", "通过"
    REFUSED = "refused", "不予通过"
    RETURNED = "returned", "退回补正"
    VOID = "void", "终止"


class Reviewer(Who):
    """Who holds the stage's own post in the stage's own unit."""

    def __init__(self):
        super().__init__(REVIEWERS, "unit_id", "本环节审批岗位")

    def __call__(self, record, user):
        for post in user.posts_held():
            if post.role == record.role and post.unit_id == record.unit_id:
                return post
        return None


reviewer = Reviewer()
REVIEW_ONLY = Need(
    chains.undecided, "事项已经批准,本环节只作记录,不能否决;确需重报的,请在事项页面办理“退回重报”。"
)
"""What was approved is not refused by those who file or publish it."""


REVIEW = Start(
    "review", lambda stage: stage.label, chains.allowed, "unit_id", lambda stage: stage.clause
)
"""How long the reviewer has, where the county says so."""


class Stage(Matter):
    """One stage of one round: a reviewer's opinion, signer, day, document and clock."""

    State = StageState
    root_field = "matter"

    state = FSMField("状态", default=State.NEW, choices=State.choices, protected=True)
    matter_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    matter_id = models.PositiveBigIntegerField()
    matter = GenericForeignKey("matter_type", "matter_id")
    round = models.PositiveSmallIntegerField("轮次")
    order = models.PositiveSmallIntegerField("顺序")
    name = models.CharField("环节", max_length=20)
    label = models.CharField("环节名称", max_length=60)
    role = models.CharField("岗位", max_length=20, choices=Role.choices)
    limit = models.CharField("时限", max_length=40, blank=True)
    clause = models.CharField("条款", max_length=20, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="审批单位")
    opinion = models.TextField("意见", blank=True)
    signer = models.CharField("签字人", max_length=40, blank=True)
    decided_on = models.DateField("审批日期", null=True)
    document_number = models.CharField("文号", max_length=60, blank=True)
    decided_by = models.ForeignKey(
        "governance.User", models.PROTECT, null=True, related_name="+", verbose_name="办理人"
    )
    decided_at = models.DateTimeField("办理时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "审批环节"
        constraints = [
            models.UniqueConstraint(
                fields=["matter_type", "matter_id", "round", "name"], name="stage_once_per_round"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["agreed", "refused", "returned"])
                | Q(decided_at__isnull=False, decided_on__isnull=False),
                name="stage_decided_has_day",
            ),
        ]
        indexes = [models.Index(fields=["unit", "state"], name="stage_desk")]

    def __str__(self):
        return f"{self.label}({self.get_state_display()})"

    @staticmethod
    def visible(rows, user):
        """As its matter: the two are read together (Staged.visible)."""
        mine = Party.objects.filter(
            unit__in=units_of(user),
            matter_type=models.OuterRef("matter_type"),
            matter_id=models.OuterRef("matter_id"),
        )
        found = seen(rows, user, Q(models.Exists(mine)), Q(pk=None))
        late = delays(user)
        if late is None:
            return found
        of = {"root_type": models.OuterRef("matter_type"), "root_id": models.OuterRef("matter_id")}
        told = rows.model.objects.filter(models.Exists(late.filter(**of)))
        return rows.filter(Q(pk__in=found.values("pk")) | Q(pk__in=told.values("pk")))

    @property
    def title(self) -> str:
        return self.matter.title

    def searchable(self):
        """The matter is found by its own words."""
        return [self.label]

    def concerned(self):
        """Who reviews sees the file from its turn on (decision 37)."""
        return {self.unit_id}

    def cites(self, step):
        """The clause that the county's chain gives this stage."""
        return self.clause or super().cites(step)

    def get_absolute_url(self):
        """The page of the file."""
        return self.matter.get_absolute_url()

    @transition(
        "state",
        source=State.NEW,
        target=State.OPEN,
        custom=step(
            "进入审批环节",
            who=SYSTEM,
            automatic=True,
            starts=[REVIEW],
            tells=[Tell(chains.desk, "待审批", REVIEWERS)],
            says=lambda stage, move: stage.label,
        ),
    )
    def begin(self, move):
        pass

    @transition(
        "state",
        source=State.OPEN,
        target=State.AGREED,
        custom=step(
            "通过",
            who=reviewer,
            form="governance.stage_forms.AgreeForm",
            needs=[Need(chains.closed_by_review, "本环节随公布办结,请在清单版本页面公布。")],
            stops=["review"],
            follow=chains.passed,
            tells=[Tell(owner, "审批环节已通过", APPLICANTS)],
            says=lambda stage, move: stage.label,
            tone="primary",
        ),
    )
    def agree(self, move):
        chains.decided(self, move)

    @transition(
        "state",
        source=State.OPEN,
        target=State.RETURNED,
        custom=step(
            "退回补正",
            who=reviewer,
            form="governance.stage_forms.ReasonForm",
            needs=[Need(chains.closed_by_review, "本环节随公布办结,不能在此退回。"), REVIEW_ONLY],
            stops=["review"],
            follow=chains.stopped("send_back"),
            says=lambda stage, move: stage.label,
        ),
    )
    def send_back(self, move):
        chains.decided(self, move)

    @transition(
        "state",
        source=State.OPEN,
        target=State.REFUSED,
        custom=step(
            "不予通过",
            who=reviewer,
            form="governance.stage_forms.ReasonForm",
            needs=[Need(chains.closed_by_review, "本环节随公布办结,不能在此否决。"), REVIEW_ONLY],
            stops=["review"],
            follow=chains.stopped("refuse"),
            says=lambda stage, move: stage.label,
            tone="danger",
        ),
    )
    def refuse(self, move):
        chains.decided(self, move)

    @transition(
        "state",
        source=State.OPEN,
        target=None,
        custom=step(
            "移交现任岗位单位",
            who=holders(Role.BIANBAN, label="编办"),
            needs=[Need(chains.moved_away, "该岗位仍设在本环节的审批单位,无须移交。")],
            starts=[REVIEW],
            tells=[Tell(chains.desk, "待审批", REVIEWERS)],
            says=lambda stage, move: stage.label,
        ),
    )
    def hand_over(self, move):
        """The reviewing unit was dissolved or has lost the post: its successor decides."""
        chains.hand_over(self, move)

    @transition(
        "state",
        source=State.OPEN,
        target=State.AGREED,
        custom=step(
            "办结环节",
            who=SYSTEM,
            stops=["review"],
            follow=chains.passed,
            says=lambda stage, move: stage.label,
        ),
    )
    def close(self, move):
        """What happened to the matter has closed the stage: its publication."""
        chains.noted(self, move)

    @transition(
        "state",
        source=State.OPEN,
        target=State.VOID,
        custom=step(
            "环节终止",
            who=SYSTEM,
            automatic=True,
            cancels=["review"],
            says=lambda stage, move: stage.label,
        ),
    )
    def void(self, move):
        pass
