"""What suggestions ask for, from citizens and from the clerks who key letters and calls in."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from checklist import selectors
from checklist.forms import PHONE_HINT
from checklist.models import Channel, Item, Suggestion
from governance.forms import StepForm, readable_text, text
from governance.models import Unit

PHONE = r"^[0-9０-９\-+()() 转、,/]*$"
OTHERS = [one for one in Suggestion.Channel.choices if one[0] != Suggestion.Channel.WEB]


def phone(label: str) -> forms.RegexField:
    """A phone number."""
    return forms.RegexField(
        PHONE, label=label, max_length=40, required=False, error_messages={"invalid": PHONE_HINT}
    )


class ItemField(forms.ModelChoiceField):
    """An item of the county's current edition, if the suggestion is about one."""

    def __init__(self, **kwargs):
        super().__init__(
            Item.objects.none(), label="涉及事项", required=False, empty_label="不涉及或不清楚",
            **kwargs,
        )  # fmt: skip

    def offer(self, county) -> None:
        """The items of the edition in force, in its order."""
        edition = selectors.current_edition(county)
        rows = Item.objects.filter(memberships__edition=edition) if edition else self.queryset
        self.queryset = rows.order_by("memberships__place") if edition else rows


class SuggestionForm(StepForm):
    """A suggestion. From the public page the channel is the page itself."""

    channel = forms.ChoiceField(label="渠道", choices=OTHERS)
    person = forms.ChoiceField(label="您是", choices=Suggestion.Person.choices, initial="citizen")
    text = text("意见建议", rows=6, max_length=2000)
    item = ItemField()
    name = forms.CharField(label="姓名或名称", max_length=100, required=False)
    phone = phone("联系电话")
    mail = forms.EmailField(label="电子信箱", max_length=254, required=False)
    no_answer = forms.BooleanField(label="不需要答复", required=False)

    untold = ("name", "phone", "mail", "text")

    def prepare(self):
        self.fields["item"].offer(self.record.county)
        self.fields["phone"].help_text = "电话和电子信箱至少填写一项,仅用于答复"
        if self.actor is None:
            del self.fields["channel"]
        else:
            self.fields["person"].label = "提出人"

    def clean(self):
        given = super().clean()
        given.setdefault("channel", Suggestion.Channel.WEB if self.actor is None else "")
        reachable = given.get("phone") or given.get("mail")
        broken = self.errors.keys() & {"phone", "mail"}
        if not reachable and not given.get("no_answer") and not broken:
            self.add_error("phone", "请填写电话或电子信箱,以便答复;不需要答复的请勾选。")
        return given


def answering(county):
    """Units to which suggestions are routed."""
    kinds = (Unit.Kind.DEPARTMENT, Unit.Kind.TOWNSHIP)
    return Unit.objects.filter(county=county, kind__in=kinds, active=True)


class RouteForm(StepForm):
    """Which unit handles it."""

    unit = forms.ModelChoiceField(Unit.objects.none(), label="办理单位")
    item = ItemField()
    opinion = text("办理要求", rows=3, max_length=500, required=False)

    def prepare(self):
        self.fields["unit"].queryset = answering(self.record.county)
        self.fields["item"].offer(self.record.county)
        self.fields["item"].initial = self.record.item_id


class ReplyForm(StepForm):
    """The answer, in the words that the citizen reads."""

    reply_text = text("答复", rows=6, max_length=2000)
    result = forms.ChoiceField(label="办理结果", choices=Suggestion.Result.choices)

    def prepare(self):
        how = "提出人凭查询码可在公开页面看到答复"
        if self.record.no_answer:
            how = "提出人表示不需要答复,仍请写明办理情况"
        elif not self.record.code_digest:
            how = "请按提出人留下的方式答复,并在此写明答复内容"
        self.fields["reply_text"].help_text = how


class AdoptForm(StepForm):
    """Which unit is to apply, and for what."""

    unit = forms.ModelChoiceField(Unit.objects.none(), label="应申请单位")
    item = ItemField()
    text = text("事由", rows=4, max_length=1800)
    occurred_on = forms.DateField(
        label="事由发生日", widget=forms.DateInput(attrs={"type": "date"}),
        help_text="一般为采纳之日;10个工作日的申请期限自次日起算",
    )  # fmt: skip

    def prepare(self):
        self.fields["unit"].queryset = answering(self.record.county)
        self.fields["unit"].initial = self.record.unit_id
        self.fields["item"].offer(self.record.county)
        self.fields["item"].initial = self.record.item_id
        self.fields["text"].initial = self.record.text[:1800]
        self.fields["occurred_on"].initial = timezone.localdate(self.at)

    def clean_occurred_on(self):
        """Between the day on which the suggestion came and today."""
        day = self.cleaned_data["occurred_on"]
        if day > timezone.localdate(self.at):
            raise ValidationError("不能晚于今天。")
        if self.record.raised_at and day < timezone.localdate(self.record.raised_at):
            raise ValidationError("不能早于收到意见建议之日。")
        return day


class ChannelForm(forms.ModelForm):
    """What a unit publishes."""

    phone = phone("公开电话")

    class Meta:
        model = Channel
        fields = ["phone", "mail", "note"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["note"].validators.append(readable_text)


class SuggestionFilter(forms.Form):
    """The filters of the list; they stay in the address."""

    q = forms.CharField(label="搜索", max_length=60, required=False, validators=[readable_text])
    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部"), *Suggestion.State.choices[1:]]
    )
    channel = forms.ChoiceField(
        label="渠道", required=False, choices=[("", "全部"), *Suggestion.Channel.choices]
    )
    person = forms.ChoiceField(
        label="提出人", required=False, choices=[("", "全部"), *Suggestion.Person.choices]
    )
    unit = forms.ModelChoiceField(
        Unit.objects.none(), label="办理单位", required=False, empty_label="全部"
    )

    def __init__(self, *args, county, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = answering(county)
