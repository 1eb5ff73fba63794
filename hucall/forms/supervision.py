"""What supervision and bulletins ask for (GX-呼应-18)."""

from django import forms

from governance.forms import ChoicesField, FilesField, StepForm, text
from governance.models import Unit


class SuperviseForm(StepForm):
    """督办 in one's own words, or for the limits that are broken."""

    ground = forms.CharField(label="督办事由", max_length=300, required=False)
    demand = text("督办要求", rows=2, max_length=500, required=False)

    def clean(self):
        given = super().clean()
        late = self.record.clocks.running().promises().filter(due_at__lte=self.at)
        if not given.get("ground") and not late.exists():
            self.add_error("ground", "该单位没有超期时限,请写明督办事由。")
        return given


class ReplyForm(StepForm):
    """The answer to a 督办."""

    reply = text("反馈情况", rows=4, max_length=2000)
    files = FilesField()


class ReportForm(StepForm):
    """What has been put right."""

    report = text("整改情况", rows=5)
    files = FilesField()


class BulletinForm(StepForm):
    """The words of a bulletin before it is published."""

    title = forms.CharField(label="标题", max_length=120)
    text = text("正文", rows=20, max_length=20000)

    untold = ("text",)

    def prepare(self):
        self.fields["title"].initial = self.record.title
        self.fields["text"].initial = self.record.text


class PublishForm(StepForm):
    """Which units must rectify."""

    units = ChoicesField(Unit.objects.none(), label="责令限期整改的单位", required=False)

    def prepare(self):
        self.fields["units"].queryset = Unit.objects.active().filter(
            county=self.record.county, kind__in=("department", "township")
        )
