"""Unit 单位: the tree of city, county, departments, townships, agencies and villages."""

from django.db import models


class UnitQuerySet(models.QuerySet):
    """Reads of the unit tree."""

    def active(self):
        """Units in service."""
        return self.filter(active=True)

    def of_county(self, county):
        """The units of one county, without the city above it."""
        return self.filter(county=county)

    def named(self, county, name: str):
        """The county's units (and its city's) that bear `name` in full or in short."""
        scope = models.Q(county=county) | models.Q(county=None)
        return self.active().filter(scope, models.Q(name=name) | models.Q(short_name=name))


class Unit(models.Model):
    """One unit. A county's own row is its own county; a city unit belongs to no county."""

    class Kind(models.TextChoices):
        CITY = "city", "市"
        COUNTY = "county", "县"
        DEPARTMENT = "department", "县级部门"
        TOWNSHIP = "township", "乡镇(街道)"
        AGENCY = "agency", "派驻机构"
        VILLAGE = "village", "村(社区)"

    code = models.CharField("编码", max_length=32)
    name = models.CharField("全称", max_length=100)
    short_name = models.CharField("简称", max_length=50)
    kind = models.CharField("类型", max_length=12, choices=Kind)
    category = models.CharField("机构类别", max_length=40, blank=True)
    county = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="units", verbose_name="所属县"
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级"
    )
    seat = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="stationed", verbose_name="驻地"
    )
    covers = models.ManyToManyField(
        "self", symmetrical=False, blank=True, related_name="served_by", verbose_name="覆盖乡镇"
    )
    region_code = models.CharField("区划代码", max_length=12, blank=True)
    mark = models.CharField("文号代字", max_length=10, blank=True, help_text="县一级填写,如:冠")
    contact_office = models.CharField("负责科室", max_length=60, blank=True)
    contact_person = models.CharField("联系人", max_length=40, blank=True)
    contact_phone = models.CharField("联系电话", max_length=40, blank=True)
    contact_email = models.EmailField("电子信箱", blank=True)
    note = models.CharField("职责或备注", max_length=200, blank=True)
    source = models.CharField("来源与核实状态", max_length=200, blank=True)
    active = models.BooleanField("在用", default=True)

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "单位"
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["county", "code"], name="unit_code_once_per_county"),
            models.UniqueConstraint(fields=["county", "name"], name="unit_name_once_per_county"),
            models.UniqueConstraint(
                fields=["region_code"],
                condition=models.Q(kind="county"),
                name="unit_county_code_once",
            ),
        ]
        indexes = [models.Index(fields=["county", "kind"], name="unit_county_kind")]

    def __str__(self):
        return self.short_name or self.name

    def save(self, *args, **kwargs):
        """A county is its own county, so that one filter finds all of its units."""
        super().save(*args, **kwargs)
        if self.kind == self.Kind.COUNTY and self.county_id is None:
            self.county_id = self.pk
            super().save(update_fields=["county"])
