"""What every form of the platform shares: Chinese errors, hostile text refused, files checked."""

from datetime import date, time

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateformat import format as format_date

from governance import uploads

LONGEST = 5000
LONGEST_PK = 18
"""Digits; a bigint has 19 of them and never gets so far."""


def readable_text(value: str) -> None:
    """Refuse text that no database keeps or no person can read (lone surrogates)."""
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ValidationError("含有无法保存的字符,请删除后重试。") from error


def written_day(field):
    """The reading of a date or time that refuses what is no text: JSON may send a list or a number,
    and Django takes for granted that it can be stripped.
    """
    read = field.to_python

    def to_python(value):
        if value is None or isinstance(value, str | date | time):
            return read(value)
        raise ValidationError(field.error_messages["invalid"], code="invalid")

    return to_python


class ManyFilesInput(forms.ClearableFileInput):
    """Several files in one field; phones offer the camera."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files, each checked by content (governance.uploads)."""

    def __init__(self, **kwargs):
        kwargs.setdefault("label", "附件")
        kwargs.setdefault("required", False)
        kwargs.setdefault("widget", ManyFilesInput())
        super().__init__(**kwargs)

    def clean(self, data, initial=None):
        files = data if isinstance(data, list | tuple) else [data] if data else []
        if self.required and not files:
            raise ValidationError(self.error_messages["required"])
        if len(files) > uploads.MOST:
            raise ValidationError(f"一次最多上传 {uploads.MOST} 个文件。")
        for upload in files:
            uploads.check(upload)
        return files


class ChoicesField(forms.ModelMultipleChoiceField):
    """Several rows of a table; a key longer than any the database can hold is no choice at all
    (Django leaves it to the database, and both of ours fail on it).
    """

    def clean(self, value):
        for key in value if isinstance(value, list | tuple) else ():
            if len(str(key)) > LONGEST_PK:
                words = self.error_messages["invalid_pk_value"]
                shown = {"pk": f"{str(key)[:LONGEST_PK]}…"}
                raise ValidationError(words, code="invalid_pk_value", params=shown)
        return super().clean(value)


def text(label: str, rows: int = 4, **kwargs) -> forms.CharField:
    """A text of several lines with a sane limit."""
    kwargs.setdefault("max_length", LONGEST)
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": rows}), **kwargs)


class StepForm(forms.Form):
    """What a step asks for; the door validates it, for page, API and task alike.

    Args:
        record: the matter, locked and fresh; actor: the user; at: the moment of the step.
    """

    untold: tuple[str, ...] = ()
    """Fields that do not go into the trail."""

    def __init__(self, data=None, files=None, *, record, actor=None, at=None, **kwargs):
        super().__init__(data, files, **kwargs)
        self.record, self.actor, self.at = record, actor, at or timezone.now()
        self.prepare()
        for field in self.fields.values():
            if isinstance(field, forms.CharField):
                field.validators.append(readable_text)
            if isinstance(field, forms.DateField | forms.DateTimeField | forms.TimeField):
                field.to_python = written_day(field)

    def prepare(self) -> None:
        """Hook for subclasses: narrow choices and set initial values for this record."""

    def told(self) -> list[list[str]]:
        """The facts as [label, text] pairs, worded as they were when the step was done."""
        pairs = []
        for name, field in self.fields.items():
            value = self.cleaned_data.get(name)
            if name in self.untold or isinstance(field, forms.FileField):
                continue
            if not is_empty(value):
                pairs.append([str(field.label or name), told_text(field, value)])
        return pairs


def is_empty(value) -> bool:
    """Nothing was said; an empty choice of several records says nothing either."""
    return value is None or (hasattr(value, "__len__") and len(value) == 0)


def told_text(field, value) -> str:
    """One fact as a person reads it."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(field, forms.ModelChoiceField):
        many = hasattr(value, "__iter__")
        return "、".join(map(str, value)) if many else str(value)
    if isinstance(field, forms.ChoiceField):
        labels = dict(field.choices)
        chosen = value if isinstance(value, list | tuple) else [value]
        return "、".join(str(labels.get(one, one)) for one in chosen)
    if hasattr(value, "hour") and hasattr(value, "year"):
        return format_date(timezone.localtime(value), "Y年n月j日 H:i")
    if hasattr(value, "year"):
        return format_date(value, "Y年n月j日")
    return str(value)
