"""What an exit asks for (GX-准入-15): whose it is JQ-准出表-01, on which day it was filed
JQ-准出表-02, which duty JQ-准出表-03, for which case and reason JQ-准出表-04, whom to ask
JQ-准出表-05 and to call JQ-准出表-06. What follows on the paper are the stages of its chain (编办
JQ-准出表-07, 司法局 JQ-准出表-08, 领导小组 JQ-准出表-09) and who keeps a copy (JQ-准出表-10).
"""

from django import forms

from admission import carrying, leaving
from admission.models import AdmissionRequest
from governance.forms import ChoicesField, FilesField, text
from governance.models import Unit

from .fields import AdmissionForm, day, phone

BOUND = ("pending", "active", "lapsed")


class ExitDraftForm(AdmissionForm):
    """An exit as far as it has got."""

    strict = False

    request = forms.ModelChoiceField(AdmissionRequest.objects.none(), label="申请退出事项")
    townships = ChoicesField(
        Unit.objects.none(), label="退出乡镇", widget=forms.CheckboxSelectMultiple
    )
    ground = forms.ChoiceField(label="退出情形", choices=())
    reason = text("申请退出理由", rows=4, max_length=3000)
    contact = forms.CharField(label="联系人", max_length=40)
    phone = forms.CharField(label="联系电话", max_length=30, validators=[phone])
    effective_on = day("拟退出日", required=False, help_text="不填则为告知各方当日")
    files = FilesField(label="依据材料")

    def prepare(self):
        record = self.record
        self.fields["request"].queryset = self.requests()
        self.fields["townships"].queryset = self.left()
        reasons = [(one, one) for one in self.book.value("exit.reasons")]
        self.fields["ground"].choices = reasons if self.strict else [("", "请选择"), *reasons]
        if record.origin != "applied":
            del self.fields["request"]
        for name in ("request", "townships", "ground", "reason", "contact", "phone"):
            if name in self.fields:
                self.fields[name].required = self.strict
        if "request" in self.fields:
            self.fields["request"].required = True
        for name in ("request", "ground", "reason", "contact", "phone", "effective_on"):
            if name in self.fields and getattr(record, name, None):
                self.initial.setdefault(name, getattr(record, name))
        self.initial.setdefault("townships", record.covers)

    def requests(self):
        """Admissions of which the applicant's unit has anything to leave."""
        owner = self.record.owner
        own = {"unit": owner} if owner.kind == Unit.Kind.TOWNSHIP else {"department": owner}
        rows = AdmissionRequest.objects.filter(county=self.record.county, state="in_force")
        return rows.filter(**{f"duties__{key}": unit for key, unit in own.items()},
                           duties__state__in=BOUND).distinct().order_by("-id")  # fmt: skip

    def left(self):
        """Townships that the applicant may name: a township only itself."""
        owner = self.record.owner
        rows = Unit.objects.filter(county=self.record.county, kind=Unit.Kind.TOWNSHIP)
        if owner.kind == Unit.Kind.TOWNSHIP:
            rows = rows.filter(pk=owner.pk)
        return rows.order_by("code")

    def clean(self):
        given = super().clean()
        request = given.get("request") or (self.record.request if self.record.request_id else None)
        given["covers"] = [unit.pk for unit in given.get("townships") or ()]
        if request is None:
            return given
        given["request"] = request
        bound = request.duties.filter(unit__in=given["covers"], state__in=BOUND)
        missing = set(given["covers"]) - set(bound.values_list("unit", flat=True))
        if missing:
            names = Unit.objects.filter(pk__in=missing).values_list("short_name", flat=True)
            self.add_error("townships", f"{'、'.join(names)}没有承接该事项。")
        return given


class ExitForm(ExitDraftForm):
    """A complete exit: its case, its reason, its day."""

    strict = True

    def clean(self):
        given = super().clean()
        request = given.get("request")
        if request is not None and not self.errors:
            self.check_others(request, given["covers"])
            self.check_lapsed(request, given["covers"])
        return given

    def clean_effective_on(self):
        """Nobody is told afterwards."""
        value = self.cleaned_data["effective_on"]
        if value and value < self.today:
            raise forms.ValidationError("拟退出日不能早于今天。")
        if value and value.year > self.today.year + 5:
            raise forms.ValidationError("请核对年份。")
        return value

    def check_others(self, request, covers):
        """One exit per duty at a time."""
        others = carrying.under_way(request).exclude(pk=self.record.pk)
        taken = {unit for one in others for unit in one.covers} & set(covers)
        if taken:
            names = Unit.objects.filter(pk__in=taken).values_list("short_name", flat=True)
            self.add_error("townships", f"{'、'.join(names)}已有退出申请在办。")

    def check_lapsed(self, request, covers):
        """What is due covers every township whose time is over."""
        if not self.record.pk or not leaving.is_due(self.record):
            return
        lapsed = set(request.duties.filter(state="lapsed").values_list("unit", flat=True))
        if lapsed & set(self.record.covers) - set(covers):
            self.add_error("townships", "期满的乡镇须全部退出,不能遗漏。")
