"""What a reviewer states at a stage of joint approval."""

from django import forms
from django.utils import timezone

from governance.forms import FilesField, StepForm, text
from governance.rulebook_fields import schema


class DecidedForm(StepForm):
    """Signer and day, as on paper: today and oneself unless stated otherwise."""

    signer = forms.CharField(label="签字人", max_length=40, required=False)
    decided_on = forms.DateField(
        label="审批日期", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    files = FilesField(label="审批文件")

    def prepare(self):
        """The day of the decision is today unless a paper says otherwise."""
        self.fields["signer"].initial = str(self.actor or "")
        self.fields["decided_on"].initial = timezone.localdate(self.at)

    def clean_decided_on(self):
        """Not in the future, and not before the stage was reached."""
        day = self.cleaned_data["decided_on"]
        if day and day > timezone.localdate(self.at):
            raise forms.ValidationError("审批日期不能晚于今天。")
        if day and self.record.raised_at and day < timezone.localdate(self.record.raised_at):
            raise forms.ValidationError("审批日期不能早于进入本环节的日期。")
        return day


class AgreeForm(DecidedForm):
    """An agreement with its opinion; a filing has its number."""

    opinion = text("审核意见", rows=3, max_length=2000)
    document_number = forms.CharField(label="文号", max_length=60, required=False)

    field_order = ["opinion", "signer", "decided_on", "document_number", "files"]

    def prepare(self):
        super().prepare()
        stage = schema().stages[self.record.name]
        field = self.fields["document_number"]
        field.label, field.required = stage.document, stage.numbered
        field.error_messages["required"] = f"须填写{stage.document}。"


class WhyForm(StepForm):
    """A step that must say why."""

    reason = text("理由", rows=3, max_length=2000)
    files = FilesField()


class SayForm(StepForm):
    """A step that may say something."""

    opinion = text("意见", rows=3, max_length=2000, required=False)


class ReasonForm(DecidedForm):
    """A no, with its reasons in writing."""

    reason = text("理由", rows=4, max_length=2000)

    field_order = ["reason", "signer", "decided_on", "files"]
