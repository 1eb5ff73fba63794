"""What filing a call asks for (GX-呼应-02, 07, 08, 13)."""

from django import forms
from django.db.models import Q

from checklist import selectors as checklist
from checklist.models import Item
from governance.forms import ChoicesField, FilesField, StepForm, text
from governance.models import Unit
from hucall import items
from hucall.models.states import CallKind, Channel

PHONE = r"^[0-9０-９+()（）\- 转]{3,40}$"


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
        self.fields["item"].queryset = checklist.items_in_force(self.record.county)
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
    units = ChoicesField(Unit.objects.none(), label="直接呼叫的部门或派驻机构", required=False)

    def prepare(self):
        super().prepare()
        self.fields["units"].queryset = callable_units(self.record)

    def clean(self):
        given = super().clean()
        item = given.get("item")
        edition = checklist.current_edition(self.record.county) if item else None
        township = items.township_is_main(checklist.revision_in(edition, item))
        if township and not given.get("self_check_reason"):
            words = f"请填写原因:该事项主体责任含乡镇({edition})。"
            self.add_error("self_check_reason", words)
        if "units" in given:
            given["units"] = self.as_chosen(given["units"])
        if given.get("kind") == CallKind.URGENT and given.get("units") == []:
            self.add_error("units", "应急呼叫请至少选择一个部门或派驻机构。")
        return given

    def as_chosen(self, units) -> list[Unit]:
        """The units in the order in which they were sent: the first one leads."""
        sent = [int(key) for key in self["units"].value() or ()]
        if not sent:
            return []
        return sorted(units, key=lambda unit: sent.index(unit.pk))


class SelfHandledForm(ContentForm):
    """What a township has settled itself (decision 32: 日常监管)."""

    result = text("处置情况", rows=3, max_length=2000)


def callable_units(record):
    """Departments of the county, and the agencies that are stationed in or serve the township."""
    nearby = Q(seat=record.owner_id) | Q(covers=record.owner_id)
    units = Unit.objects.active().filter(county=record.county_id)
    units = units.filter(Q(kind="department") | Q(nearby, kind="agency"))
    return units.distinct().order_by("kind", "code")
