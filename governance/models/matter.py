"""Matter 办件: anything with a number, a state, a trail and clocks."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django_fsm import ConcurrentTransitionMixin, FSMFieldMixin

from governance.search import SearchField, terms


class MatterQuerySet(models.QuerySet):
    """Reads of matters. Every page, list, file, count and export starts at `visible_to`."""

    def visible_to(self, user):
        """The rows that `user` may see; the model names its rule in `visible`."""
        return self.model.visible(self, user)

    def found(self, words: str):
        """The rows whose searchable text holds `words` (Chinese: two characters suffice)."""
        return self.filter(terms__found=words) if words.strip() else self


@cache
def states_of(model) -> tuple:
    """The state fields of a kind of matter: asked for with every row that is read."""
    return tuple(one for one in model._meta.fields if isinstance(one, FSMFieldMixin))


@cache
def labels_of(field) -> dict:
    """The words of a field's choices."""
    return {key: str(label) for key, label in field.flatchoices}


class Matter(ConcurrentTransitionMixin, models.Model):
    """What all matters have in common. Subclasses add a protected `state` and their steps.

    `version` counts the moves, so that a page that has grown stale is recognised even when the
    state has come back to what it was.
    """

    number = models.CharField("文号", max_length=60, blank=True, default="")
    county = models.ForeignKey(
        "governance.Unit", models.PROTECT, related_name="+", verbose_name="县"
    )
    owner = models.ForeignKey(
        "governance.Unit", models.PROTECT, related_name="+", verbose_name="发起单位"
    )
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="发起人"
    )
    raised_at = models.DateTimeField("发起时间", null=True)
    rulebook = models.ForeignKey(
        "governance.Rulebook", models.PROTECT, null=True, related_name="+", verbose_name="制度方案"
    )
    version = models.PositiveIntegerField("版本", default=0)
    terms = SearchField(editable=False)

    events = GenericRelation("governance.Event", "matter_id", "matter_type")
    clocks = GenericRelation("governance.Clock", "matter_id", "matter_type")
    attachments = GenericRelation("governance.Attachment", "matter_id", "matter_type")
    parties = GenericRelation("governance.Party", "matter_id", "matter_type")

    objects = MatterQuerySet.as_manager()

    root_field = ""
    """The field that leads to the matter whose file this one is part of."""

    read_with: tuple[str, ...] = ()
    """Relations that the steps of this kind of matter always ask for: read with the record."""

    gathered = ""
    """Words of the workbench's one line for several records of this kind in one file that a unit
    owes alike, e.g. "落实{count}项保障"; empty: each has its own line.
    """

    generic: Mapping[str, str] = MappingProxyType({})
    """For clauses of one county that this kind's steps name: what stands for them in the others."""

    confidential = False
    """Whether the matter's trail is for the raising unit and the platform only (GX-呼应-16)."""

    class Meta:
        abstract = True

    def __str__(self):
        return self.number or self.title

    @staticmethod
    def visible(rows, user):
        """Nobody sees anything until the model says who does."""
        return rows.none()

    @property
    def state_fields(self) -> tuple:
        """As ConcurrentTransitionMixin, without searching the fields anew for every row."""
        return states_of(type(self))

    def _get_FIELD_display(self, field):
        """As Django, without building the dictionary of choices anew for every word."""
        value = getattr(self, field.attname)
        return labels_of(field).get(value, "" if value is None else str(value))

    def root(self) -> "Matter":
        """The matter whose file this one is part of; itself unless `root_field` names another."""
        return getattr(self, self.root_field) if self.root_field else self

    def searchable(self) -> list[str]:
        """The texts in which a search looks."""
        return [self.number, self.title]

    def concerned(self) -> set[int]:
        """Ids of the units that take part, and so may see the matter (written to Party)."""
        return {self.owner_id}

    def cites(self, step) -> str:
        """The clause on which a step of this record rests: the step's own in the county's text,
        unless the kind knows better (a review stage has the clause of the county's chain).
        """
        return self.cited(step.clause)

    def cited(self, rule_id: str) -> str:
        """The rule id that this record cites for one that code names, by its file's rulebook."""
        return self.cited_under(self.rulebook if self.rulebook_id else None, rule_id)

    @classmethod
    def cited_under(cls, book, rule_id: str) -> str:
        """The rule id that this kind cites under a rulebook for one that code names; without a
        rulebook (`book` None) the generic one. See `Rulebook.cited`.
        """
        generic = cls.generic.get(rule_id)
        if generic and not (book and book.clause_for(rule_id)[1]):
            rule_id = generic
        return book.cited(rule_id) if book else rule_id

    def index(self) -> None:
        """Refresh the search terms from the texts; called by the door before it saves. What is
        confidential is found by no search.
        """
        self.terms = "" if self.confidential else terms(*self.searchable())

    @classmethod
    def type(cls) -> ContentType:
        """The content type of this kind of matter."""
        return ContentType.objects.get_for_model(cls)
