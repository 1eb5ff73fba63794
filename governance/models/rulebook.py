"""Rulebook 制度方案: a county's parameters as of a day. Clause 条款: the rule catalogue."""

from functools import cached_property

from django.db import models

from governance import catalogue
from governance.presets import DEFAULT_PRESET, load_preset
from governance.rulebook_fields import schema


class Clause(catalogue.ClauseText, models.Model):
    """One rule of the catalogue, loaded from fixtures/rules.tsv; nobody edits it here."""

    rule_id = models.CharField("编号", max_length=20, unique=True)
    place = models.PositiveIntegerField("次序")
    document = models.CharField("文件", max_length=120)
    short = models.CharField("简称", max_length=40)
    issued = models.CharField("文号与日期", max_length=60, blank=True)
    article = models.CharField("条", max_length=20)
    statement = models.TextField("条文要点")
    remark = models.TextField("说明", blank=True)
    actor = models.CharField("主体与对象", max_length=120, blank=True)
    trigger = models.CharField("触发", max_length=120, blank=True)
    deadline = models.CharField("时限", max_length=60, blank=True)
    product = models.CharField("形成的状态或文书", max_length=200, blank=True)
    violation = models.CharField("条文所写的后果", max_length=120, blank=True)
    handling = models.CharField("平台的处置", max_length=120, blank=True)
    app = models.CharField("应用", max_length=30, db_index=True)
    enforce = models.CharField("执行方式", max_length=40)

    class Meta:
        verbose_name = verbose_name_plural = "条款"
        ordering = ["place"]

    def __str__(self):
        return f"{self.rule_id} {self.label}"


class Immutable(Exception):
    """Somebody tried to change or remove a version of a rulebook."""

    def __init__(self):
        super().__init__("制度方案的版本一经采用不得修改或删除,请另立新版本")


class RulebookQuerySet(models.QuerySet):
    """Reads of rulebooks; versions are added, never changed (rulebooks.adopt)."""

    def in_force(self, day):
        """Versions in force on a day, the valid one first: a later version replaces an earlier."""
        return self.filter(effective_from__lte=day).order_by("-version")

    def update(self, **kwargs):
        """Refused: see Immutable."""
        raise Immutable

    def bulk_update(self, *args, **kwargs):
        """Refused: see Immutable."""
        raise Immutable

    def delete(self):
        """Refused: see Immutable."""
        raise Immutable


class Rulebook(models.Model):
    """One version of a county's rulebook: the stored value of every field of the schema."""

    county = models.ForeignKey(
        "governance.Unit", models.PROTECT, related_name="rulebooks", verbose_name="县"
    )
    version = models.PositiveIntegerField("版本")
    # GX-清单-33, JQ-清单-26: what was issued holds from its day on, and what was done before it
    # stays under the version before.
    effective_from = models.DateField("生效日期")
    preset = models.CharField("预设", max_length=40, blank=True)
    data = models.JSONField("内容")
    note = models.CharField("说明", max_length=200, blank=True)
    adopted_by = models.ForeignKey(
        "governance.User", models.PROTECT, null=True, related_name="+", verbose_name="采用人"
    )
    adopted_at = models.DateTimeField("采用时间", auto_now_add=True)

    objects = RulebookQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "制度方案"
        ordering = ["county", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["county", "version"], name="rulebook_version_once"),
            models.CheckConstraint(condition=models.Q(version__gte=1), name="rulebook_version"),
        ]

    def __str__(self):
        return f"{self.stored('name')} 第{self.version}版"

    def save(self, *args, **kwargs):
        """Only the first save is allowed."""
        if not self._state.adding:
            raise Immutable
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        """Refused: see Immutable."""
        raise Immutable

    def stored(self, key: str):
        """The stored form of a field; a field newer than this version has its preset's value.

        Raises KeyError for a key that the schema does not know.
        """
        if key in self.data:
            return self.data[key]
        if key not in schema().fields:
            raise KeyError(f"制度方案没有“{key}”这一项")
        return self._preset_data[key]

    @cached_property
    def _preset_data(self) -> dict:
        return load_preset(self.preset or DEFAULT_PRESET)

    def value(self, key: str):
        """The value of a field as code uses it.

        length → Length, or None where the regulation sets no limit; decimal → Decimal; int,
        percent (a whole number), bool, text and choice as they are; list → list of str; ladder →
        dicts with `after` (Length, zero for the due moment), `level`, `to`; stages → dicts with
        `stage`, `order`, `label`, `role`, `limit` (Length or None), `clause`, in order.
        """
        try:
            return self._typed[key]
        except KeyError:
            stored = self.stored(key)
            self._typed[key] = schema().fields[key].typed(stored)
            return self._typed[key]

    @cached_property
    def _typed(self) -> dict:
        return {}

    def shown(self, key: str) -> str:
        """The value of a field as a person reads it."""
        return schema().fields[key].show(self.stored(key))

    def clause_for(self, rule_id: str) -> tuple[catalogue.Entry, bool]:
        """The county's clause that stands for a rule id used in code, and whether it is its own.

        Where the county has none, the clause named is given with False: 非本县原文 (decision 30).
        LookupError if the catalogue does not hold the id.
        """
        family = self.stored("family") + "-"
        own = rule_id if rule_id.startswith(family) else self.stored("clauses").get(rule_id)
        found = catalogue.entry(own or rule_id)
        return found, found.rule_id.startswith(family)

    def cited(self, rule_id: str) -> str:
        """The rule id that a decision of this county cites for one that code names: the county's
        own clause, else the one named. What is no rule id (a county's parameter in words, or
        nothing at all) stays as it is.
        """
        return self.clause_for(rule_id)[0].rule_id if rule_id in catalogue.entries() else rule_id
