"""What the steps of 乡呼县应 ask for; pages, API and tasks validate by the same forms."""

from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from checklist import selectors as checklist
from checklist.models import Item
from governance.forms import FilesField, StepForm, text
from governance.models import Unit
from hucall import items
from hucall.models.rating import Level
from hucall.models.states import CallKind, Channel

PHONE = r"^[0-9０-９+()（）\- 转]{3,40}$"


class ReasonForm(StepForm):
    """A step that must say why."""

    reason = text("理由", rows=3, max_length=500)
    files = FilesField()


class OpinionForm(StepForm):
    """A step that may say something."""

    opinion = text("意见", rows=3, max_length=500, required=False)


class RemarkForm(StepForm):
    """More about the same matter, for all who take part."""

    remark = text("说明", rows=3, max_length=1000)
    files = FilesField()


# Filing ------------------------------------------------------------


class ContentForm(StepForm):
    """What a call says. Subclasses say how complete it must be."""

    kind = forms.ChoiceField(label="类别", choices=CallKind.choices, initial=CallKind.COMPLEX)
    title = forms.CharField(label="什么事", max_length=80, help_text="一句话,写清地点和问题")
    text = text("具体情况", rows=5)
    place = forms.CharField(label="地点", max_length=200, help_text="乡镇、村、路段或门牌")
    latitude = forms.DecimalField(
        label="纬度", required=False, min_value=-90, max_value=90, widget=forms.HiddenInput
    )
    longitude = forms.DecimalField(
        label="经度", required=False, min_value=-180, max_value=180, widget=forms.HiddenInput
    )
    item = forms.ModelChoiceField(
        Item.objects.none(), label="清单事项", required=False, help_text="根据内容推荐,可更换"
    )
    channel = forms.ChoiceField(
        label="渠道", choices=Channel.choices, initial=Channel.PLATFORM, required=False
    )
    caller_name = forms.CharField(label="呼叫联系人", max_length=40, required=False)
    caller_phone = forms.RegexField(
        PHONE, label="联系电话", required=False, error_messages={"invalid": "请填写电话号码。"}
    )
    files = FilesField(label="照片和附件")

    untold = ("latitude", "longitude")

    def prepare(self):
        self.fields["item"].queryset = items.in_force(self.record.county)
        allowed = self.record.rulebook.value("call.kinds") if self.record.rulebook else None
        if allowed:
            self.fields["kind"].choices = [
                (value, self.record.rulebook.value(f"call.kind.{value}") or label)
                for value, label in CallKind.choices
                if value in allowed
            ]

    def clean_latitude(self):
        return self.rounded("latitude")

    def clean_longitude(self):
        return self.rounded("longitude")

    def rounded(self, name):
        """Phones give more digits than a place needs."""
        value = self.cleaned_data[name]
        return None if value is None else round(value, 6)

    def clean_channel(self):
        return self.cleaned_data["channel"] or Channel.PLATFORM


class DraftForm(ContentForm):
    """A draft needs a title, and keeps whatever else there is."""

    def prepare(self):
        super().prepare()
        for name in ("text", "place"):
            self.fields[name].required = False


class ProposeForm(ContentForm):
    """What a village hands up to its township."""


class FilingForm(ContentForm):
    """A complete call, with the self-check of GX-呼应-07; urgent ones name who is called."""

    self_check = forms.BooleanField(
        label="已自查:下放权力和现有执法力量不能自行解决", required=True,
        error_messages={"required": "请先自查:乡镇能自行处置的事项不应呼叫。"},
    )  # fmt: skip
    self_check_reason = forms.CharField(
        label="为什么不能自行解决",
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 2}),
    )
    units = forms.ModelMultipleChoiceField(
        Unit.objects.none(), label="直接呼叫的部门或派驻机构", required=False
    )

    def prepare(self):
        super().prepare()
        self.fields["units"].queryset = callable_units(self.record)

    def clean(self):
        given = super().clean()
        item = given.get("item")
        edition = checklist.current_edition(self.record.county)
        township = item and items.township_is_main(checklist.revision_in(edition, item))
        if township and not given.get("self_check_reason"):
            words = f"请填写原因:该事项主体责任含乡镇({edition})。"
            self.add_error("self_check_reason", words)
        if given.get("kind") == CallKind.URGENT and "units" in given and not given["units"]:
            self.add_error("units", "应急呼叫请至少选择一个部门或派驻机构。")
        return given


class SelfHandledForm(ContentForm):
    """What a township has settled itself (decision 32: 日常监管)."""

    result = text("处置情况", rows=3, max_length=2000)


def callable_units(record):
    """Departments of the county, and the agencies that are stationed in or serve the township."""
    units = Unit.objects.active().filter(county=record.county)
    agencies = units.filter(kind="agency").filter(seat=record.owner) | units.filter(
        kind="agency", covers=record.owner
    )
    return (units.filter(kind="department") | agencies).distinct().order_by("kind", "code")


# Verification ------------------------------------------------------------


class TurnBackForm(ReasonForm):
    """Back to the township to settle by itself."""

    over_call = forms.BooleanField(label="属于“乱呼叫”(计入乡镇一侧的通报数据)", required=False)


class VerifyForm(StepForm):
    """The verification that follows an urgent call."""

    verified_true = forms.ChoiceField(
        label="核实结果", choices=[("yes", "属实"), ("no", "不属实,认定为乱呼叫")]
    )
    opinion = text("核实情况", rows=3, max_length=500)
    item = forms.ModelChoiceField(Item.objects.none(), label="清单事项", required=False)

    def prepare(self):
        self.fields["item"].queryset = items.in_force(self.record.county)


class MergeForm(StepForm):
    """Into which open call this one goes."""

    into = forms.ModelChoiceField(None, label="并入")
    reason = text("并入理由", rows=2, max_length=500)

    def prepare(self):
        calls = type(self.record).objects.filter(
            county=self.record.county, state__in=("submitted", "handling")
        )
        self.fields["into"].queryset = calls.exclude(pk=self.record.pk)


class ReworkForm(StepForm):
    """Which parts are done again, for the platform's own reason."""

    responses = forms.ModelMultipleChoiceField(None, label="重办的部门")
    reason = text("重办理由", rows=3, max_length=500)

    def prepare(self):
        self.fields["responses"].queryset = self.record.responses.filter(
            state="finished"
        ).select_related("unit")

    def clean_responses(self):
        """The lead consolidates anew whenever a part is done again."""
        chosen = list(self.cleaned_data["responses"])
        lead = self.record.responses.filter(state="finished", duty="lead").first()
        return [*chosen, lead] if lead and lead not in chosen else chosen


# Answering ------------------------------------------------------------


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
        if due and due <= timezone.localdate(self.at):
            self.add_error("statutory_due", "法定期限须晚于今天。")
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
    from governance import calendars

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


# Judging ------------------------------------------------------------


class RatingForm(StepForm):
    """满意 needs no reason, the others do (GX-呼应-15)."""

    level = forms.ChoiceField(label="评价", choices=Level.choices, widget=forms.RadioSelect)
    reason = text("理由", rows=3, max_length=500, required=False)

    def clean(self):
        given = super().clean()
        if given.get("level") in (Level.MOSTLY, Level.DISSATISFIED) and not given.get("reason"):
            self.add_error("reason", "基本满意、不满意须写明理由。")
        return given


class CallbackForm(StepForm):
    """Both sides are asked; who was not reached is recorded as such."""

    ANSWERS = [("", "未回访"), *Level.choices, ("unreached", "未联系上")]

    caller_level = forms.ChoiceField(label="呼叫发起人", choices=ANSWERS[1:])
    caller_words = forms.CharField(label="呼叫发起人原话", max_length=500, required=False)
    served_level = forms.ChoiceField(label="服务对象", choices=ANSWERS, required=False)
    served_words = forms.CharField(label="服务对象原话", max_length=500, required=False)
    note = text("回访记录", rows=3, max_length=1000)


# Supervision ------------------------------------------------------------


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

    units = forms.ModelMultipleChoiceField(
        Unit.objects.none(), label="责令限期整改的单位", required=False
    )

    def prepare(self):
        self.fields["units"].queryset = Unit.objects.active().filter(
            county=self.record.county, kind__in=("department", "township")
        )
