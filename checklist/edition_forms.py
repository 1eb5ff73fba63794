"""What an edition is composed of, and what becomes of an imported draft (GX-清单-25, 29)."""

from django import forms

from checklist import composing, converting, selectors
from checklist.change_forms import hold
from checklist.models import Application
from governance.forms import ChoicesField, StepForm, text
from governance.models import Unit


class ConvertForm(StepForm):
    """What an imported draft brings, as applications; what cannot be one is left out knowingly."""

    argument = text("共同的论证说明", rows=3, max_length=2000, required=False)
    skip = forms.BooleanField(label="其余差异不转换,草稿作废后不再保留", required=False)

    def prepare(self):
        made = converting.proposals(self.record)
        self.left = [one for one in made if not one.kind]
        self.count = len(made) - len(self.left)
        self.fields["argument"].help_text = "写入每一件草稿,提交前可逐件修改"
        if not self.left:
            del self.fields["skip"]

    def clean(self):
        given = super().clean()
        if not self.count:
            raise forms.ValidationError("没有可以转为调整申请的差异。")
        if self.left and not given.get("skip"):
            names = "、".join(one.name for one in self.left[:5])
            self.add_error("skip", f"{converting.WORDING_ONLY}:{names}。请确认不转换。")
        return given

    def told(self):
        names = "、".join(one.name for one in self.left)
        told = [*super().told(), ["转为调整申请", f"{self.count} 件"]]
        return told + ([["未转换", names]] if names else [])


class ComposeForm(StepForm):
    """Which approved applications make the next edition."""

    applications = ChoicesField(Application.objects.none(), label="编入的调整申请")
    title = forms.CharField(label="清单名称", max_length=200, required=False)

    def prepare(self):
        if self.is_bound:  # two desks at once, or a desk and an import: one after the other
            hold(Unit.objects.filter(pk=self.record.county_id))
        rows = Application.objects.filter(
            county=self.record.county, state="approved", edition=None
        ).order_by("id")
        self.fields["applications"].queryset = rows
        self.fields["applications"].initial = rows
        current = selectors.current_edition(self.record.county)
        self.fields["title"].initial = current.title if current else ""
        if self.is_bound:
            hold(rows)

    def clean_applications(self):
        if self.record.has_rival():  # begun by somebody else while this one waited
            raise forms.ValidationError("本县已有一份草稿,请先公布或作废。")
        chosen = list(self.cleaned_data["applications"])
        problems = [
            f"{one.number}尚有环节未办结。" for one in chosen if not composing.at_publication(one)
        ]
        edition = selectors.current_edition(self.record.county)
        problems += composing.clashes(chosen, edition)
        if problems:
            raise forms.ValidationError(problems)
        return chosen
