"""LegalBasis 法律依据: the register of laws and documents on which items rest (decision 20).

Laws are common to all counties (county is null); a county's own documents bear its county.
"""

import re
import unicodedata
from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from governance.wording import cn_date

COUNTRY = "中华人民共和国"
VERSION = re.compile(r"\((?=[^()]*(?:\d|修订|修正|修改|第[一二三四五六七八九十]+次|本\)))[^()]*\)")
SEPARATORS = re.compile(r"[、;,\n]")


def normal(name: str) -> str:
    """A name as it is compared: no 中华人民共和国, no 书名号, no blanks, no year of a version."""
    text = unicodedata.normalize("NFKC", name).replace("〔", "(").replace("〕", ")")
    text = re.sub(r"[\s《》〈〉<>]", "", text)
    return VERSION.sub("", text).removeprefix(COUNTRY)


class LegalBasis(models.Model):
    """One law, regulation or document, what is known of its life, and what replaced it."""

    class Kind(models.TextChoices):
        LAW = "law", "法律"
        REGULATION = "regulation", "行政法规"
        LOCAL = "local", "地方性法规"
        RULE = "rule", "规章"
        NORM = "norm", "规范性文件"
        POLICY = "policy", "政策文件"

    class Status(models.TextChoices):
        IN_FORCE = "in_force", "现行"
        AMENDED = "amended", "已修改"
        REPEALED = "repealed", "已废止"
        COMING = "coming", "尚未施行"
        UNCLEAR = "unclear", "待核实"

    county = models.ForeignKey(
        "governance.Unit", models.PROTECT, null=True, related_name="+", verbose_name="适用县"
    )
    name = models.CharField("名称", max_length=200)
    short_names = models.CharField("简称", max_length=300, blank=True, help_text="多个用顿号隔开")
    number = models.CharField("文号", max_length=80, blank=True)
    kind = models.CharField("效力级别", max_length=12, choices=Kind)
    issued_on = models.DateField("公布日期", null=True, blank=True)
    in_force_from = models.DateField("施行日期", null=True, blank=True)
    amended_on = models.DateField("最近一次修改施行日期", null=True, blank=True)
    repealed_on = models.DateField("废止日期", null=True, blank=True)
    successor = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced",
        verbose_name="由何者取代",
    )  # fmt: skip
    note = models.CharField("来源与说明", max_length=500, blank=True)
    verified = models.BooleanField("已核实", default=False)
    unclear = models.BooleanField("施行情况不明", default=False)
    key = models.CharField("识别名", max_length=200, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "法律依据"
        ordering = ["kind", "name", "id"]
        constraints = [
            models.UniqueConstraint("county", "key", name="legal_basis_once_per_county"),
            models.UniqueConstraint("key", condition=Q(county=None), name="legal_basis_once"),
            models.CheckConstraint(
                condition=Q(repealed_on=None)
                | Q(in_force_from=None)
                | Q(repealed_on__gte=F("in_force_from")),
                name="legal_basis_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(successor=None) | ~Q(successor=F("id")),
                name="legal_basis_not_its_own_successor",
            ),
        ]

    def __str__(self):
        return f"《{self.name}》"

    def save(self, *args, **kwargs):
        """The key follows from the name."""
        self.key = normal(self.name)
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("checklist:law", args=[self.pk])

    def keys(self) -> list[str]:
        """Every name under which a wording may cite it, as compared."""
        names = [self.name, *SEPARATORS.split(self.short_names)]
        return [key for key in dict.fromkeys(map(normal, names)) if key]

    def status_on(self, day: date) -> str:
        """What it was, or will be, on a day; a value of Status."""
        if self.repealed_on and self.repealed_on <= day:
            return self.Status.REPEALED
        if self.unclear:
            return self.Status.UNCLEAR
        if self.in_force_from and self.in_force_from > day:
            return self.Status.COMING
        if self.amended_on and self.amended_on <= day:
            return self.Status.AMENDED
        return self.Status.IN_FORCE

    def life(self, day: date) -> str:
        """Its status as a sentence, with the day and the successor."""
        status = self.status_on(day)
        words = self.Status(status).label
        if status == self.Status.REPEALED:
            words = f"{cn_date(self.repealed_on)}起废止"
            if self.successor:
                words += f",由{self.successor}取代"
        elif status == self.Status.AMENDED:
            words = f"{cn_date(self.amended_on)}起施行修改后的文本"
        elif status == self.Status.COMING:
            words = f"{cn_date(self.in_force_from)}起施行"
        return words


class LawChange(models.Model):
    """One line of the register's history: who entered, corrected, amended or repealed, and when."""

    class Kind(models.TextChoices):
        ENTERED = "entered", "登记"
        EDITED = "edited", "更正"
        AMENDED = "amended", "修改"
        REPEALED = "repealed", "废止"

    basis = models.ForeignKey(LegalBasis, models.CASCADE, related_name="changes")
    kind = models.CharField("变动", max_length=10, choices=Kind)
    on = models.DateField("施行日期", null=True)
    note = models.CharField("说明", max_length=500, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="登记人"
    )
    at = models.DateTimeField("登记时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "依据变动"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                "basis", "kind", "on", condition=Q(kind__in=["amended", "repealed"]),
                name="law_change_once",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["amended", "repealed"]) | Q(on__isnull=False),
                name="law_change_has_day",
            ),
        ]  # fmt: skip

    def __str__(self):
        return f"{self.basis}{self.get_kind_display()}"

    @property
    def moves_items(self) -> bool:
        """Whether items that rest on the law have to be looked at (GX-清单-06, 10, 14, 18)."""
        return self.kind in (self.Kind.AMENDED, self.Kind.REPEALED)

    def sentence(self) -> str:
        """What has happened, for the cause that it becomes."""
        day = cn_date(self.on)
        if self.kind == self.Kind.REPEALED:
            after = f",由{self.basis.successor}取代" if self.basis.successor else ""
            return f"{self.basis}自{day}起废止{after}"
        return f"{self.basis}修改后的文本自{day}起施行"


class LawCause(models.Model):
    """Which cause a change of a law has become for which item and unit: once, and never twice."""

    change = models.ForeignKey(LawChange, models.PROTECT, related_name="raised")
    item = models.ForeignKey("checklist.Item", models.PROTECT, related_name="+")
    unit = models.ForeignKey("governance.Unit", models.PROTECT, related_name="+")
    cause = models.OneToOneField("checklist.Cause", models.PROTECT, related_name="law_cause")

    class Meta:
        verbose_name = verbose_name_plural = "依据变动引起的事由"
        constraints = [
            models.UniqueConstraint("change", "item", "unit", name="law_cause_once"),
        ]


class Citation(models.Model):
    """A wording names a law, and where in it. Derived from the texts (checklist.citing).

    `basis` is empty where the register does not know the name yet.
    """

    revision = models.ForeignKey("checklist.Revision", models.CASCADE, related_name="citations")
    basis = models.ForeignKey(
        LegalBasis, models.PROTECT, null=True, related_name="citations", verbose_name="法律依据"
    )
    name = models.CharField("引用名称", max_length=200)
    key = models.CharField("识别名", max_length=200, db_index=True)
    articles = models.CharField("条款", max_length=200, blank=True)
    place = models.PositiveSmallIntegerField("次序", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "依据引用"
        ordering = ["revision", "place"]
        constraints = [
            models.UniqueConstraint("revision", "key", name="citation_once_per_revision"),
        ]

    def __str__(self):
        return f"《{self.name}》{self.articles}"
