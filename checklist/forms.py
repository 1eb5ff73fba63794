"""What pages and steps of the list ask for."""

from __future__ import annotations

from pathlib import PurePath

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from checklist import days
from checklist.models import Contact, Revision
from governance.forms import StepForm, readable_text
from governance.sheet_guards import LIMITS

ENDINGS = (".xlsx", ".xls", ".csv", ".tsv", ".txt")
OLDEST = 2000  # no list of duties between county and township is older


class PublishForm(StepForm):
    """What 编办 states when an edition goes out."""

    document_number = forms.CharField(
        label="印发文号", max_length=60, required=False, help_text="如:冠办发〔2019〕55号"
    )
    in_force_from = forms.DateField(
        label="生效日期",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="不填则为公布当日",
    )

    def prepare(self):
        """A county may demand the number under which a change is issued (JQ-清单-21); a list that
        was issued before the platform came may be taken over without.
        """
        number = self.fields["document_number"]
        later = not self.record.is_first() or self.record.applications.exists()
        number.required = later and self.record.rulebook.value("adjust.document_number")
        number.error_messages["required"] = "须填写印发文号,无文号不得生效。"
        if not self.record.is_first():
            self.fields["in_force_from"].help_text = "公布当日生效"

    def clean_in_force_from(self):
        """The list cannot take effect before it could exist, nor after it is published."""
        day = self.cleaned_data["in_force_from"]
        if day and day > timezone.localdate(self.at):
            raise ValidationError("生效日期不能晚于公布当日。")
        if day and day.year < OLDEST:
            raise ValidationError("生效日期过早,请核对年份。")
        if day and day < timezone.localdate(self.at) and not self.record.is_first():
            raise ValidationError("生效日期不能早于公布当日:此前现行清单一直有效。")
        return day


class UploadForm(forms.Form):
    """A sheet to be checked."""

    file = forms.FileField(
        label="清单文件",
        max_length=200,
        help_text=f"接受 .xlsx、.xls、.csv,不超过 {LIMITS.file_bytes >> 20} MB",
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
        error_messages={
            "required": "请选择文件。",
            "empty": "文件是空的。",
            "max_length": "文件名过长(最多 200 个字符),请改短后上传。",
        },
    )
    sheet = forms.CharField(
        label="只读取的工作表", max_length=31, required=False, help_text="不填则读取全部可见工作表"
    )
    title = forms.CharField(
        label="清单名称", max_length=200, required=False, help_text="不填则沿用现行清单的名称"
    )
    replace = forms.BooleanField(label="以本表为准:表中没有的事项移出草稿", required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("sheet", "title"):
            self.fields[name].validators.append(readable_text)

    def clean_file(self):
        """The ending and the size; the content is checked when the file is read."""
        upload = self.cleaned_data["file"]
        ending = PurePath(upload.name).suffix.lower()
        if ending not in ENDINGS:
            raise ValidationError(
                f"不支持“{ending or '没有扩展名'}”的文件,请上传 .xlsx、.xls 或 .csv。"
            )
        if upload.size > LIMITS.file_bytes:
            raise ValidationError(f"文件超过 {LIMITS.file_bytes >> 20} MB。")
        return upload


class FlowUploadForm(UploadForm):
    """A sheet of run flows."""

    sheet = title = replace = None

    def __init__(self, *args, **kwargs):
        forms.Form.__init__(self, *args, **kwargs)
        self.fields["file"].label = "运行流程表"


class FilterForm(forms.Form):
    """The filters of the list page; they stay in the address."""

    q = forms.CharField(label="搜索", max_length=100, required=False)
    category = forms.ChoiceField(label="类别", required=False)
    unit = forms.TypedChoiceField(label="部门", required=False, coerce=int, empty_value=None)
    township = forms.ChoiceField(
        label="乡镇责任", required=False, choices=[("", "全部"), *Revision.Township.choices]
    )
    as_of = forms.CharField(
        label="按日期", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def clean_as_of(self):
        """A day on which a list was in force."""
        try:
            return str(days.read(self.cleaned_data["as_of"]) or "")
        except ValueError as problem:
            raise ValidationError(str(problem)) from problem

    def offer(self, categories, units) -> None:
        """Name the choices that this edition has."""
        self.fields["category"].choices = [("", "全部"), *((one, one) for one in categories)]
        self.fields["unit"].choices = [("", "全部"), *((one.pk, str(one)) for one in units)]
        self.fields["q"].validators.append(readable_text)


PHONE_HINT = "联系电话只能包含数字、空格和 - + ( ) 转。"


class ContactForm(forms.ModelForm):
    """Who answers for an item in a unit."""

    phone = forms.RegexField(
        r"^[0-9０-９\-+()() 转、,/]*$",
        label="联系电话",
        max_length=40,
        required=False,
        error_messages={"invalid": PHONE_HINT},
    )

    class Meta:
        model = Contact
        fields = ["office", "person", "phone"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("office", "person"):
            self.fields[name].validators.append(readable_text)

    def values(self) -> dict[str, str]:
        """The three fields as the services take them."""
        return {name: self.cleaned_data[name] for name in ("office", "person", "phone")}
