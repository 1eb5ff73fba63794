"""Edition 清单版本: one published set of wordings; the draft before it; those it replaced."""

from importlib import import_module

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django_fsm import FSMField, transition

from checklist import access
from checklist.intake.layouts import LABELS, SEVEN
from governance import rulebooks
from governance.models import Matter
from governance.steps import Need, step

from .frozen import Frozen
from .item import Item, Revision


def composing():
    """What editions are put together with; it reads editions itself, hence named when used."""
    return import_module("checklist.composing")


def converting():
    """What an imported draft is turned into applications with; named when used, as above."""
    return import_module("checklist.converting")


ELEMENTS = {
    "category": "category",
    "item": "name",
    "duties": "county_duty",
    "county_duty": "county_duty",
    "town_duty": "township_duty",
    "basis": "basis",
    "law_basis": "basis",
    "main": "main",
    "assist": "coop",
    "lead": "lead",
}
"""Rulebook column → field. 共同部门 and 政策文件依据 may be empty where there is none."""

STATE_FIELDS = {"state", "in_force_until", "version", "terms"}


class Edition(Matter):
    """A county's list at one time. Exactly one is current, at most one is a draft."""

    class State(models.TextChoices):
        NEW = "new", "未编制"
        DRAFT = "draft", "草稿"
        PUBLISHED = "published", "现行"
        SUPERSEDED = "superseded", "历史"
        DROPPED = "dropped", "作废"

    serial = models.PositiveIntegerField("版次")
    title = models.CharField("名称", max_length=200)
    state = FSMField("状态", max_length=12, choices=State, default=State.DRAFT, protected=True)
    document_number = models.CharField("印发文号", max_length=60, blank=True)
    published_at = models.DateTimeField("公布时间", null=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    in_force_from = models.DateField("生效日期", null=True)
    in_force_until = models.DateField("失效日期", null=True, editable=False)
    sample = models.BooleanField("样例", default=False)

    revisions = models.ManyToManyField(Revision, through="EditionItem", related_name="editions")

    class Meta:
        verbose_name = verbose_name_plural = "清单版本"
        ordering = ["county", "-serial"]
        constraints = [
            models.UniqueConstraint("county", "serial", name="edition_serial_once"),
            models.UniqueConstraint(
                "county", condition=Q(state="published"), name="edition_one_current"
            ),
            models.UniqueConstraint("county", condition=Q(state="draft"), name="edition_one_draft"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "dropped"])
                | Q(published_at__isnull=False, in_force_from__isnull=False),
                name="edition_published_has_dates",
            ),
            models.CheckConstraint(
                condition=Q(in_force_until=None) | Q(in_force_until__gte=F("in_force_from")),
                name="edition_ends_after_start",
            ),
        ]
        indexes = [models.Index(fields=["county", "-in_force_from"], name="edition_in_force")]

    def __str__(self):
        return f"{self.title} 第{self.serial}版"

    @staticmethod
    def visible(rows, user):
        """Published editions inside the own county; drafts for 编办 and system administrator."""
        return access.visible_editions(rows, user)

    def get_absolute_url(self):
        """The page of the edition."""
        return reverse("checklist:edition", args=[self.pk])

    @property
    def frozen(self) -> bool:
        """Whether the content may no longer change."""
        return self.state != self.State.DRAFT

    def save(self, *args, **kwargs):
        """Whoever comes around the door finds the texts of a published edition closed."""
        if self.pk and not self._state.adding:
            self._refuse_rewriting(kwargs.get("update_fields"))
        super().save(*args, **kwargs)

    def _refuse_rewriting(self, names) -> None:
        stored = type(self)._base_manager.filter(pk=self.pk).values().first()
        if stored is None or stored["state"] == self.State.DRAFT:
            return
        for field in self._meta.concrete_fields:
            if field.name in STATE_FIELDS or (names is not None and field.name not in names):
                continue
            if stored[field.attname] != getattr(self, field.attname):
                raise Frozen

    def delete(self, *args, **kwargs):
        """Editions are never deleted; a draft is dropped by its step."""
        raise Frozen("清单版本不可删除;草稿可以“作废”。")

    @transition(
        state,
        source=State.NEW,
        target=State.DRAFT,
        custom=step(
            "编制新版本",
            who=access.bianban,
            clause="GX-清单-25",
            form="checklist.edition_forms.ComposeForm",
            needs=[
                Need(
                    lambda record, at: not record.has_rival(),
                    "本县已有一份草稿,请先公布或作废。",
                    "GX-清单-04",
                )
            ],
            follow=lambda record, move: composing().filled(record, move),
            says=lambda record, move: f"编入 {len(move.given['applications'])} 件调整申请",
            tone="primary",
        ),
    )
    def compose(self, move):
        """Put the next edition together from approved applications; several at once. Such an
        edition is a batch of powers handed down, with its name, number and day (TX-执改-06).
        """
        composing().begin(self, move)

    @transition(
        state,
        source=State.DRAFT,
        target=State.PUBLISHED,
        custom=step(
            "公布",
            who=access.publishing,
            clause="GX-清单-04",
            form="checklist.forms.PublishForm",
            needs=[
                Need(
                    lambda record, at: record.is_first() or record.applications.exists(),
                    "本县已有公布的清单,之后的每一处变动须经清单调整申请办理,不得直接公布导入的草稿。",
                    "GX-清单-29",
                ),
                Need(lambda record, at: record.has_items(), "草稿里没有任何事项。", "GX-清单-02"),
                Need(
                    lambda record, at: not record.incomplete(),
                    lambda record, at: record.why_incomplete(),
                    "GX-清单-02",
                ),
                Need(
                    lambda record, at: composing().ready(record, at),
                    lambda record, at: composing().unready_words(record, at),
                    "GX-清单-24",
                ),
                Need(
                    lambda record, at: composing().flows_updated(record, at),
                    lambda record, at: composing().flows_words(record, at),
                    "GX-清单-27",
                ),
                Need(
                    lambda record, at: composing().unaltered(record, at),
                    "草稿里有调整申请以外的改动,不得公布;请作废后重新编制。",
                    "GX-清单-29",
                ),
            ],
            before=lambda record, move: composing().superseding(record, move),
            follow=lambda record, move: composing().published(record, move),
            says=lambda record, move: f"《{record.title}》,共 {record.members.count()} 项",
        ),
    )
    def publish(self, move):
        """编办 puts an edition in force: the county's first one from an import (decision 34),
        every later one from approved applications alone (GX-清单-29).
        """
        self.in_force_from = move.given.get("in_force_from") or timezone.localdate(move.at)
        self.document_number = move.given.get("document_number") or ""
        self.published_at, self.published_by = move.at, move.actor

    @transition(
        state,
        source=State.DRAFT,
        target=State.DROPPED,
        custom=step(
            "作废",
            who=access.dropping,
            clause="GX-清单-04",
            follow=lambda record, move: composing().released(record, move),
            tone="danger",
        ),
    )
    def drop(self, move):
        """Give a draft up; it stays in the trail."""

    @transition(
        state,
        source=State.DRAFT,
        target=State.DROPPED,
        custom=step(
            "转为调整申请",
            who=access.bianban,
            clause="GX-清单-29",
            form="checklist.edition_forms.ConvertForm",
            needs=[
                Need(
                    lambda record, at: converting().is_import(record, at),
                    "首版可直接公布;由调整申请编成的版本无须转换。",
                )
            ],
            follow=lambda record, move: converting().applications(record, move),
            tone="primary",
        ),
    )
    def convert(self, move):
        """Each difference of an imported draft becomes a draft application (decision 34)."""

    @transition(
        state,
        source=State.PUBLISHED,
        target=State.SUPERSEDED,
        custom=step("被新版取代", who=access.system, clause="GX-清单-25", automatic=True),
    )
    def supersede(self, move):
        """A newer edition takes its place on this day."""
        self.in_force_until = move.given["until"]

    def has_rival(self) -> bool:
        """Whether the county has another draft already."""
        drafts = Edition.objects.filter(county=self.county_id, state=self.State.DRAFT)
        return drafts.exclude(pk=self.pk).exists()

    def is_first(self) -> bool:
        """Whether the county has never published an edition before."""
        others = Edition.objects.filter(county=self.county_id).exclude(pk=self.pk)
        return not others.filter(state__in=[self.State.PUBLISHED, self.State.SUPERSEDED]).exists()

    def has_items(self) -> bool:
        """Whether the edition holds any item."""
        return self.members.exists()

    def incomplete(self) -> list[tuple[str, str]]:
        """(item, element) pairs that the county's rulebook requires and a wording lacks."""
        gaps = []
        required = self.elements()
        for revision in self.revisions.order_by("memberships__place").iterator():
            for name in required:
                other = {"basis": "policy_basis", "policy_basis": "basis"}.get(name, name)
                if not (getattr(revision, name) or getattr(revision, other)):
                    gaps.append((revision.name, LABELS[name]))
        return gaps

    def elements(self) -> tuple[str, ...]:
        """The elements that the county's rulebook demands of each item (GX-清单-02)."""
        book = self.rulebook or rulebooks.latest(self.county)
        if book is None:
            return SEVEN
        named = (ELEMENTS.get(one) for one in book.value("checklist.columns"))
        return tuple(one for one in named if one)

    def why_incomplete(self) -> str:
        """The first gaps as a sentence."""
        gaps = self.incomplete()
        shown = ";".join(f"“{name}”缺{element}" for name, element in gaps[:3])
        return f"有 {len(gaps)} 处要素未填:{shown}{'等' if len(gaps) > 3 else ''}。缺栏不得入库。"


class EditionItemQuerySet(models.QuerySet):
    """Membership changes only in a draft."""

    def update(self, **kwargs):
        """Refused where any row belongs to an edition that is no draft."""
        self._refuse_frozen()
        return super().update(**kwargs)

    def delete(self):
        """As above."""
        self._refuse_frozen()
        return super().delete()

    def bulk_create(self, objs, *args, **kwargs):
        """As above, for new rows."""
        objs = list(objs)
        editions = {one.edition_id for one in objs}
        frozen = Edition._base_manager.filter(pk__in=editions).exclude(state=Edition.State.DRAFT)
        if frozen.exists():
            raise Frozen
        return super().bulk_create(objs, *args, **kwargs)

    def _refuse_frozen(self):
        if self.exclude(edition__state=Edition.State.DRAFT).exists():
            raise Frozen


class EditionItem(models.Model):
    """Which wording of an item an edition holds, and in which place."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="members")
    item = models.ForeignKey(Item, models.PROTECT, related_name="memberships")
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="memberships")
    flowchart = models.ForeignKey(
        "checklist.Flowchart", models.PROTECT, null=True, related_name="memberships"
    )
    place = models.PositiveIntegerField("次序", default=0)

    objects = EditionItemQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "清单事项"
        ordering = ["edition", "place"]
        constraints = [
            models.UniqueConstraint("edition", "item", name="edition_item_once"),
        ]
        indexes = [models.Index("edition", "place", name="edition_item_place")]

    def __str__(self):
        return str(self.revision)

    def save(self, *args, **kwargs):
        """Only into a draft."""
        self._refuse_frozen()
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        """Only out of a draft."""
        self._refuse_frozen()
        return super().delete(*args, **kwargs)

    def _refuse_frozen(self) -> None:
        state = Edition._base_manager.filter(pk=self.edition_id).values_list("state", flat=True)
        if state.first() != Edition.State.DRAFT:
            raise Frozen
