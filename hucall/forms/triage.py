"""What verification asks for (GX-呼应-05, 07, 13)."""

from django import forms

from checklist.models import Item
from governance.forms import ChoicesField, StepForm, text
from hucall import items
from hucall.forms.common import ReasonForm


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
        self.fields["into"].queryset = calls.exclude(pk=self.record.pk).order_by("-id")


class ReworkForm(StepForm):
    """Which parts are done again, for the platform's own reason."""

    responses = ChoicesField(None, label="重办的部门")
    reason = text("重办理由", rows=3, max_length=500)

    def prepare(self):
        finished = self.record.responses.filter(state="finished").order_by("id")
        self.fields["responses"].queryset = finished.select_related("unit")

    def clean_responses(self):
        """The lead consolidates anew whenever a part is done again."""
        chosen = list(self.cleaned_data["responses"])
        lead = self.record.responses.filter(state="finished", duty="lead").first()
        return [*chosen, lead] if lead and lead not in chosen else chosen
