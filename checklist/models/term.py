"""CollectiveTerm 集合称谓: names that stand for many units, and are never a unit themselves."""

from django.db import models


class CollectiveTerm(models.Model):
    """A term such as 各乡镇(街道) or 各行业许可部门. Without a county it holds for all of them."""

    class Scope(models.TextChoices):
        TOWNSHIPS = "townships", "全部乡镇(街道)"
        STREETS = "streets", "全部街道"
        TOWNS = "towns", "全部乡、镇"
        VILLAGES = "villages", "全部村(社区)"
        DEPARTMENTS = "departments", "部门的统称(不展开)"

    county = models.ForeignKey(
        "governance.Unit",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="县",
        help_text="留空则各县通用",
    )
    name = models.CharField("称谓", max_length=60)
    aliases = models.CharField(
        "其他写法", max_length=500, blank=True, help_text="多个写法用竖线 | 分开"
    )
    scope = models.CharField("所指", max_length=12, choices=Scope, default=Scope.DEPARTMENTS)
    active = models.BooleanField("在用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "集合称谓"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint("county", "name", name="term_once_per_county"),
            models.UniqueConstraint(
                "name", condition=models.Q(county=None), name="term_once_for_all"
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def is_township(self) -> bool:
        """Whether the units meant are townships (or part of them)."""
        return self.scope in {self.Scope.TOWNSHIPS, self.Scope.STREETS, self.Scope.TOWNS}

    def names(self) -> list[str]:
        """The term and its other spellings."""
        return [self.name, *filter(None, map(str.strip, self.aliases.split("|")))]
