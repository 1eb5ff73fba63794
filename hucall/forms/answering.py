"""What a department is asked for (GX-呼应-10, 11, 14)."""

from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from governance import calendars
from governance.forms import FilesField, StepForm, text
from governance.models import Unit

LONGEST_STATUTE = timedelta(days=3653)


class SignInForm(StepForm):
    """报到 needs one tap; a word may be added."""

    note = text("说明", rows=2, max_length=300, required=False)


class ArrivalForm(StepForm):
    """Who was where, when (GX-呼应-14)."""

    arrived_at = forms.DateTimeField(
        label="到场时间",
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    place = forms.CharField(label="到场地点", max_length=200)
    files = FilesField(label="现场照片")

    def prepare(self):
        self.fields["arrived_at"].initial = timezone.localtime(self.at)
        self.fields["place"].initial = self.record.call.place

    def clean_arrived_at(self):
        """Not before the call went out, not in the future."""
        arrived = self.cleaned_data["arrived_at"]
        if arrived > self.at + timedelta(minutes=1):
            raise ValidationError("到场时间不能晚于现在。")
        if arrived < self.record.opened_at - timedelta(minutes=1):
            raise ValidationError("到场时间不能早于派发时间。")
        return arrived


class ReturnForm(StepForm):
    """Not ours: why, and which duty of the list says so."""

    reason = text("不属本单位的理由", rows=3, max_length=500)
    basis = forms.CharField(label="清单依据", max_length=200, help_text="事项名称或职责条目")
    suggested = forms.ModelChoiceField(
        Unit.objects.none(), label="建议承办单位", required=False, empty_label="不清楚"
    )
    files = FilesField()

    def prepare(self):
        units = Unit.objects.active().filter(county=self.record.county, kind="department")
        self.fields["suggested"].queryset = units.exclude(pk=self.record.unit_id)
        if self.record.call.item_id:
            self.fields["basis"].initial = str(self.record.call.item)


class NoteForm(StepForm):
    """Progress, for all or for the unit alone."""

    note = text("进展", rows=3, max_length=1000)
    audience = forms.ChoiceField(
        label="谁能看到",
        choices=[("shared", "乡镇、平台和各承办单位"), ("internal", "仅本单位")],
        initial="shared",
    )
    files = FilesField()


class PlanForm(StepForm):
    """A hard case: the plan, and the day that a statute sets (GX-呼应-11)."""

    plan = text("解决方案(含乡镇协助事项)", rows=5)
    statutory_due = forms.DateField(
        label="法定办理期限", required=False, widget=forms.DateInput({"type": "date"})
    )
    statutory_basis = forms.CharField(label="期限依据(法律条款)", max_length=200, required=False)
    files = FilesField()

    def clean(self):
        given = super().clean()
        due = given.get("statutory_due")
        if due and not given.get("statutory_basis"):
            self.add_error("statutory_basis", "填写法定期限的,须写明依据的法律条款。")
        today = timezone.localdate(self.at)
        if due and due <= today:
            self.add_error("statutory_due", "法定期限须晚于今天。")
        if due and due > today + LONGEST_STATUTE:
            self.add_error("statutory_due", "法定期限不能超过十年,请核对年份。")
        return given


class ExtensionForm(StepForm):
    """延期: how long, and why."""

    workdays = forms.IntegerField(label="延长工作日", min_value=1, max_value=60)
    reason = text("延期理由", rows=3, max_length=500)
    files = FilesField()


class SuspensionForm(StepForm):
    """挂账: on which condition, and when it is looked at again."""

    reason = text("挂账理由", rows=3, max_length=500)
    condition = text("恢复办理的条件", rows=2, max_length=500)
    review_on = forms.DateField(label="复核日期", widget=forms.DateInput({"type": "date"}))
    files = FilesField()

    def clean_review_on(self):
        return checked_review_day(self)


class RenewalForm(StepForm):
    """The next review day of a suspension."""

    reason = text("续挂理由", rows=3, max_length=500)
    review_on = forms.DateField(label="复核日期", widget=forms.DateInput({"type": "date"}))

    def clean_review_on(self):
        return checked_review_day(self)


def checked_review_day(form):
    """After today, and not beyond the longest time that the county allows (decision 28)."""
    day = form.cleaned_data["review_on"]
    longest = form.record.rulebook.value("call.suspension_max")
    calendar = calendars.for_county(form.record.county)
    last = timezone.localdate(calendar.due(form.at, longest).at)
    if day <= timezone.localdate(form.at):
        raise ValidationError("复核日期须晚于今天。")
    if day > last:
        raise ValidationError(f"挂账最长{longest.label},复核日期不得晚于{last:%Y年%m月%d日}。")
    return day


class FinishForm(StepForm):
    """A result in words, with evidence; an empty “办结” is refused."""

    result = text("办理结果", rows=5, min_length=5)
    files = FilesField(label="办理佐证(照片、文书)")
