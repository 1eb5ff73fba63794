"""Item 事项, Revision 事项版本, ItemUnit: what the list says of one matter, by version."""

import hashlib
import json

from django.db import models
from django.db.models import Q

from checklist.intake.layouts import LABELS
from checklist.intake.rows import TEXT_FIELDS
from governance.search import SearchField, terms

from .frozen import FrozenQuerySet, refuse_change


class Item(models.Model):
    """The identity of an item through all editions (its texts are in its revisions)."""

    county = models.ForeignKey(
        "governance.Unit", models.PROTECT, related_name="+", verbose_name="县"
    )
    code = models.CharField("事项编码", max_length=40, blank=True)
    key = models.CharField("识别键", max_length=300, editable=False)
    created_at = models.DateTimeField("建立时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "事项"
        constraints = [
            models.UniqueConstraint(
                "county", "code", condition=~Q(code=""), name="item_code_once_per_county"
            )
        ]
        indexes = [models.Index("county", "key", name="item_key")]

    def __str__(self):
        return self.code or self.key.partition("|")[2]


class Revision(models.Model):
    """One wording of an item. Once it stands in a published edition it never changes."""

    class Township(models.TextChoices):
        MAIN = "main", "乡镇主责"
        COOP = "coop", "乡镇配合"
        NONE = "none", "不涉及乡镇"

    item = models.ForeignKey(Item, models.PROTECT, related_name="revisions", verbose_name="事项")
    layout = models.CharField("表式", max_length=1, default="A")
    code = models.CharField(LABELS["code"], max_length=40, blank=True)
    # TW-27: a power that is handed down names its place in the province's 赋权目录.
    directory_code = models.CharField(LABELS["directory_code"], max_length=40, blank=True)
    category = models.CharField(LABELS["category"], max_length=60, blank=True)
    name = models.CharField(LABELS["name"], max_length=200)
    lead = models.TextField(LABELS["lead"], blank=True)
    joint = models.TextField(LABELS["joint"], blank=True)
    county_duty = models.TextField(LABELS["county_duty"], blank=True)
    township_duty = models.TextField(LABELS["township_duty"], blank=True)
    basis = models.TextField(LABELS["basis"], blank=True)
    policy_basis = models.TextField(LABELS["policy_basis"], blank=True)
    main = models.TextField(LABELS["main"], blank=True)
    coop = models.TextField(LABELS["coop"], blank=True)
    township_part = models.CharField(
        "乡镇责任", max_length=4, choices=Township, default=Township.NONE
    )
    digest = models.CharField(max_length=64, editable=False)
    terms = SearchField(editable=False)
    created_at = models.DateTimeField("建立时间", auto_now_add=True)

    objects = FrozenQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "事项版本"
        constraints = [
            models.UniqueConstraint("item", "digest", name="revision_once_per_item"),
        ]

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        """A revision is written once; its digest and search terms follow from its texts."""
        refuse_change(self)
        self.derive()
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        """Refused once published (the database refuses it as well)."""
        refuse_change(self)
        return super().delete(*args, **kwargs)

    def texts(self) -> dict[str, str]:
        """The texts of this wording by field, as `Found.texts` has them."""
        return {name: getattr(self, name) for name in TEXT_FIELDS}

    def derive(self) -> None:
        """Set what follows from the texts: digest and search terms (mass inserts call it too)."""
        texts = self.texts()
        self.digest = digest(texts)
        self.terms = terms(*(texts[name] for name in ("name", *TEXT_FIELDS)))


class ItemUnit(models.Model):
    """One unit, or one collective term, of an item's wording, in one role."""

    class Role(models.TextChoices):
        MAIN = "main", "主体责任"
        COOP = "coop", "配合责任"
        LEAD = "lead", "牵头部门"
        JOINT = "joint", "共同部门"

    revision = models.ForeignKey(Revision, models.CASCADE, related_name="units")
    unit = models.ForeignKey(
        "governance.Unit", models.PROTECT, null=True, blank=True, related_name="+"
    )
    term = models.ForeignKey(
        "checklist.CollectiveTerm", models.PROTECT, null=True, blank=True, related_name="+"
    )
    role = models.CharField("责任", max_length=5, choices=Role)
    qualifier = models.CharField("限定", max_length=100, blank=True)
    duty = models.TextField("职责", blank=True)
    place = models.PositiveSmallIntegerField("次序", default=0)

    objects = FrozenQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "责任单位"
        ordering = ["revision", "place"]
        constraints = [
            models.CheckConstraint(
                condition=Q(unit=None, term__isnull=False) | Q(unit__isnull=False, term=None),
                name="item_unit_is_unit_or_term",
            )
        ]

    def __str__(self):
        name = str(self.unit or self.term)
        return f"{name}({self.qualifier})" if self.qualifier else name

    def save(self, *args, **kwargs):
        """Written once, with its revision."""
        refuse_change(self)
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        """Refused once published."""
        refuse_change(self)
        return super().delete(*args, **kwargs)


def digest(texts: dict[str, str]) -> str:
    """Return the fingerprint of a wording: equal texts, equal digest."""
    content = json.dumps([texts.get(name, "") for name in TEXT_FIELDS], ensure_ascii=False)
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()
