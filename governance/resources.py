"""Units, accounts and posts as Excel sheets (import-export): Chinese headings, row by row errors.

Every row passes the record's own validation (full_clean); references are by name or account
within one county. Rows of another county cannot be reached.
"""

import re

from import_export import fields, resources, widgets

from governance import passwords
from governance.models import Post, Unit, User
from governance.roles import ADMINISTRATORS, Role

YES, NO = {"是", "在用", "启用", "true", "1", ""}, {"否", "停用", "false", "0"}


class LabelWidget(widgets.Widget):
    """A choice by its Chinese label."""

    def __init__(self, choices):
        super().__init__()
        self.values = {label: value for value, label in choices}

    def clean(self, value, row=None, **kwargs):
        text = (value or "").strip().replace("(", "(").replace(")", ")")
        if text not in self.values:
            raise ValueError(f"“{text}”不是可选的值,应为:{'、'.join(self.values)}")
        return self.values[text]

    def render(self, value, obj=None, **kwargs):
        return next((label for label, known in self.values.items() if known == value), "")


class YesNoWidget(widgets.Widget):
    """是 or 否; nothing means 是."""

    def clean(self, value, row=None, **kwargs):
        text = (value or "").strip().lower()
        if text in YES | NO:
            return text in YES
        raise ValueError(f"“{text}”应为“是”或“否”")

    def render(self, value, obj=None, **kwargs):
        return "是" if value else "否"


class NamedUnitWidget(widgets.Widget):
    """A unit of the county by full or short name."""

    county: Unit | None = None

    def clean(self, value, row=None, **kwargs):
        return self.find(value.strip()) if (value or "").strip() else None

    def find(self, name: str) -> Unit:
        """The one unit of that name."""
        units = list(Unit.objects.filter(county=self.county, name=name)) or list(
            Unit.objects.filter(county=self.county, short_name=name)[:2]
        )
        if len(units) != 1:
            raise ValueError(f"没有找到单位“{name}”" if not units else f"单位“{name}”不止一个")
        return units[0]

    def render(self, value, obj=None, **kwargs):
        return value.name if value else ""


class NamedUnitsWidget(widgets.ManyToManyWidget):
    """Several units, separated by 、."""

    def __init__(self):
        super().__init__(Unit)
        self.one = NamedUnitWidget()

    def clean(self, value, row=None, **kwargs):
        names = re.split("[、,,]", value or "")
        return [self.one.find(name.strip()) for name in names if name.strip()]

    def render(self, value, obj=None, **kwargs):
        return "、".join(unit.name for unit in value.all()) if value else ""


class AccountWidget(widgets.Widget):
    """An account by its name of sign-in."""

    people = None

    def clean(self, value, row=None, **kwargs):
        username = (value or "").strip().lower()
        found = self.people.filter(username=username).first()
        if found is None:
            raise ValueError(f"没有找到账号“{username}”")
        return found

    def render(self, value, obj=None, **kwargs):
        return value.username if value else ""


class DayWidget(widgets.DateWidget):
    """A day as 2026-01-31."""

    def __init__(self):
        super().__init__(format="%Y-%m-%d")

    def clean(self, value, row=None, **kwargs):
        try:
            return super().clean((value or "").strip().replace("/", "-"), row, **kwargs)
        except ValueError:
            raise ValueError(f"“{value}”不是日期,请写成 2026-01-31 的样子") from None


class CountyResource(resources.ModelResource):
    """Rows of one county, imported by one administrator.

    Args:
        county: whose rows they are; actor: who imports; people: accounts he may refer to.
    """

    needed: tuple = ()
    """Headings without which nothing can be imported."""

    def __init__(self, county=None, actor=None, people=None, **kwargs):
        super().__init__(**kwargs)
        self.county, self.actor = county, actor
        for field in self.fields.values():
            named = getattr(field.widget, "one", field.widget)
            if isinstance(named, NamedUnitWidget):
                named.county = county
            if isinstance(field.widget, AccountWidget):
                field.widget.people = people

    def before_import(self, dataset, **kwargs):
        """Every heading is known, and those that name a record are there."""
        known = {field.column_name for field in self.fields.values()}
        unknown = [heading for heading in dataset.headers if heading and heading not in known]
        if unknown:
            raise ValueError(f"不认识的栏目:{'、'.join(unknown)}")
        missing = [name for name in self.needed if name not in dataset.headers]
        if missing:
            raise ValueError(f"缺少栏目:{'、'.join(missing)}")

    class Meta:
        clean_model_instances = True
        skip_unchanged = True
        report_skipped = True
        use_transactions = True


def column(attribute: str, heading: str, widget=None, **kwargs) -> fields.Field:
    """A field of a sheet under its Chinese heading."""
    return fields.Field(
        attribute=attribute, column_name=heading, widget=widget or widgets.CharWidget(), **kwargs
    )


class UnitResource(CountyResource):
    """Units of a county."""

    needed = ("编码", "全称", "简称", "类型")
    code = column("code", "编码")
    name = column("name", "全称")
    short_name = column("short_name", "简称")
    kind = column("kind", "类型", LabelWidget(Unit.Kind.choices))
    category = column("category", "机构类别")
    parent = column("parent", "上级", NamedUnitWidget())
    seat = column("seat", "驻地", NamedUnitWidget())
    covers = column("covers", "覆盖乡镇", NamedUnitsWidget(), m2m_add=False)
    region_code = column("region_code", "区划代码")
    contact_office = column("contact_office", "负责科室")
    contact_person = column("contact_person", "联系人")
    contact_phone = column("contact_phone", "联系电话")
    contact_email = column("contact_email", "电子信箱")
    note = column("note", "职责或备注")
    source = column("source", "来源与核实状态")
    active = column("active", "在用", YesNoWidget())

    class Meta(CountyResource.Meta):
        model = Unit
        fields = ("code", "name", "short_name", "kind", "category", "parent", "seat", "covers",
                  "region_code", "contact_office", "contact_person", "contact_phone",
                  "contact_email", "note", "source", "active")  # fmt: skip
        import_id_fields = ("code",)

    def get_queryset(self):
        """Rows are matched within the county alone."""
        return Unit.objects.filter(county=self.county)

    def after_init_instance(self, instance, new, row, **kwargs):
        """The county is the administrator's, whatever the sheet says."""
        if new:
            instance.county = self.county

    def before_save_instance(self, instance, row, **kwargs):
        if instance.pk is None and instance.kind in (Unit.Kind.CITY, Unit.Kind.COUNTY):
            raise ValueError("市、县不能由表格新增")


class UserResource(CountyResource):
    """Accounts of a county. Passwords never come from a sheet: new accounts get one made here."""

    needed = ("账号", "姓名")
    username = column("username", "账号")
    name = column("name", "姓名")
    phone = column("phone", "手机")
    email = column("email", "电子信箱")

    class Meta(CountyResource.Meta):
        model = User
        fields = ("username", "name", "phone", "email")
        import_id_fields = ("username",)

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.people = kwargs.get("people")
        self.initial: dict[str, str] = {}

    def get_queryset(self):
        """Accounts of others exist for nobody: a name that is taken is refused as such."""
        return self.people

    def before_import_row(self, row, **kwargs):
        row["账号"] = (row.get("账号") or "").strip().lower()

    def after_init_instance(self, instance, new, row, **kwargs):
        """A new account belongs to the county and has to change its initial password."""
        if new:
            instance.county = self.county
            instance.must_change_password = True
            initial = self.initial[row["账号"]] = passwords.initial()
            instance.password = passwords.quick_hash(initial)


class PostResource(CountyResource):
    """Posts of a county: who is what in which unit."""

    needed = ("账号", "单位", "岗位")
    user = column("user", "账号", AccountWidget())
    unit = column("unit", "单位", NamedUnitWidget())
    role = column("role", "岗位", LabelWidget(Role.choices))
    since = column("since", "自", DayWidget())
    until = column("until", "至", DayWidget())
    active = column("active", "在岗", YesNoWidget())

    class Meta(CountyResource.Meta):
        model = Post
        fields = ("user", "unit", "role", "since", "until", "active")
        import_id_fields = ("user", "unit", "role")

    def get_queryset(self):
        return Post.objects.filter(unit__county=self.county).order_by("-active", "-pk")

    def get_instance(self, instance_loader, row):
        """The post of that account, unit and role; an ended one is taken up again."""
        found = {name: self.fields[name].clean(row) for name in ("user", "unit", "role")}
        if found["unit"] is None:
            raise ValueError("单位不能为空")
        return self.get_queryset().filter(**found).first()

    def import_field(self, field, instance, row, is_m2m=False, **kwargs):
        """An empty beginning keeps today's date."""
        if field.attribute == "since" and not row.get(field.column_name):
            return
        super().import_field(field, instance, row, is_m2m, **kwargs)

    def before_save_instance(self, instance, row, **kwargs):
        if self.actor and instance.user_id == self.actor.pk:
            raise ValueError("不能改动自己的岗位")
        if instance.user.kind == User.Kind.MACHINE and instance.role in ADMINISTRATORS:
            raise ValueError("接口账号不能担任管理员")
