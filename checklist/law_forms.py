"""What the register of legal bases asks for."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from checklist import laws
from checklist.models import LawChange, LegalBasis
from checklist.models.law import normal
from governance.forms import readable_text

OLDEST = 1949


def day(label: str, **kwargs) -> forms.DateField:
    """A day, picked or typed."""
    kwargs.setdefault("required", False)
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}), **kwargs)


class Readable(forms.Form):
    """Texts that a database keeps."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, forms.CharField):
                field.validators.append(readable_text)


class LawFilter(Readable):
    """The filters of the register; they stay in the address."""

    q = forms.CharField(label="搜索名称或文号", max_length=60, required=False)
    kind = forms.ChoiceField(
        label="效力级别", required=False, choices=[("", "全部"), *LegalBasis.Kind.choices]
    )
    status = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部"), *LegalBasis.Status.choices]
    )


class LawForm(Readable, forms.ModelForm):
    """One entry of the register.

    Args:
        county: whose entry it is (None: common to all); counties: whose entries may succeed it.
    """

    issued_on = day("公布日期")
    in_force_from = day("施行日期")
    amended_on = day(
        "最近一次修改施行日期", help_text="新的修改请用“登记修改或废止”,以便通知有关单位"
    )
    repealed_on = day("废止日期", help_text="新的废止请用“登记修改或废止”,以便通知有关单位")

    class Meta:
        model = LegalBasis
        fields = list(laws.FACTS)

    def __init__(self, *args, county=None, counties=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.county = county
        others = laws.known_to(counties).exclude(pk=self.instance.pk)
        self.fields["successor"].queryset = others
        self.fields["verified"].help_text = "已对照公布文本"
        self.fields["unclear"].help_text = "是否施行尚不清楚时勾选,页面显示“待核实”"
        if self.instance.pk is None:
            for name in ("amended_on", "repealed_on", "successor"):
                del self.fields[name]

    def clean_name(self):
        """A name once per register."""
        name = self.cleaned_data["name"].strip().strip("《》")
        key = normal(name)
        if not key:
            raise ValidationError("请填写名称。")
        rows = LegalBasis.objects.filter(county=self.county, key=key)
        if rows.exclude(pk=self.instance.pk).exists():
            raise ValidationError("该依据已在登记册中。")
        return name

    def clean(self):
        given = super().clean()
        for name in ("issued_on", "in_force_from", "amended_on", "repealed_on"):
            value = given.get(name)
            if value and value.year < OLDEST:
                self.add_error(name, "日期过早,请核对年份。")
        start, end = given.get("in_force_from"), given.get("repealed_on")
        if start and end and end < start:
            self.add_error("repealed_on", "废止日期不能早于施行日期。")
        if given.get("issued_on") and start and start < given["issued_on"]:
            self.add_error("in_force_from", "施行日期不能早于公布日期。")
        return given


class LawChangeForm(Readable):
    """That a law has been amended or repealed."""

    kind = forms.ChoiceField(
        label="变动",
        widget=forms.RadioSelect,
        choices=[(one.value, one.label) for one in laws.FOLLOWS],
    )
    on = day("施行日期", required=True, help_text="修改后的文本施行或废止生效之日,即事由发生日")
    successor = forms.ModelChoiceField(
        LegalBasis.objects.none(), label="由何者取代", required=False, help_text="仅废止时填写"
    )
    note = forms.CharField(
        label="说明", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="修改了哪些条款、文件出处,会写进调整事由",
    )  # fmt: skip

    def __init__(self, *args, basis, counties, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["successor"].queryset = laws.known_to(counties).exclude(pk=basis.pk)

    def clean_on(self):
        """Neither before the registers begin nor absurdly far ahead."""
        value = self.cleaned_data["on"]
        if value.year < 2000:
            raise ValidationError("日期过早,请核对年份。")
        if value.year > timezone.localdate().year + 3:
            raise ValidationError("日期过远,请核对年份。")
        return value

    def clean(self):
        given = super().clean()
        if given.get("kind") == LawChange.Kind.AMENDED:
            given["successor"] = None
        return given
