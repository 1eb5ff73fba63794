"""What temporary help and reports of unauthorised hand-downs ask for."""

from django import forms

from admission.models import AdmissionRequest, HandDown, Slip, TemporaryHelp
from governance.forms import FilesField, text
from governance.models import Unit

from .fields import FEE, AdmissionForm, day, departments_of, money, townships_of


class HelpForm(AdmissionForm):
    """Which help, from whom, when, for how much (GX-准入-16)."""

    unit = forms.ModelChoiceField(Unit.objects.none(), label="协助乡镇")
    kind = forms.ChoiceField(label="种类", choices=TemporaryHelp.Kind.choices)
    name = forms.CharField(label="协助事项", max_length=200)
    content = text("协助内容", rows=4, max_length=3000)
    starts_on = day("起始日")
    ends_on = day("截止日")
    fee = money("商定费用(元)", most=FEE, help_text="临时性事项须支付必要费用")
    pay_by = day("付费期限")
    request = forms.ModelChoiceField(
        AdmissionRequest.objects.none(), label="转来的准入申请", required=False
    )
    files = FilesField()

    def prepare(self):
        self.fields["unit"].queryset = townships_of(self.record.county)
        self.fields["request"].queryset = AdmissionRequest.objects.filter(
            county=self.record.county,
            owner=self.record.owner,
            state="diverted",
            outcome="temporary",
        )

    def clean(self):
        given = super().clean()
        first, last, pay = (given.get(name) for name in ("starts_on", "ends_on", "pay_by"))
        if first and last and last < first:
            self.add_error("ends_on", "截止日不能早于起始日。")
        if last and last < self.today:
            self.add_error("ends_on", "截止日已过。")
        if pay and pay < self.today:
            self.add_error("pay_by", "付费期限不能早于今天。")
        for name, value in (("ends_on", last), ("pay_by", pay)):
            if value and value.year > self.today.year + 2 and name not in self.errors:
                self.add_error(name, "临时性事项不超过两年,请核对年份。")
        return given


class MeetingForm(AdmissionForm):
    """The meeting's paper (TA-11)."""

    opinion = text("审批意见", rows=3, max_length=2000)
    document_number = forms.CharField(label="会议纪要文号", max_length=60)
    files = FilesField(label="会议纪要")


class PayForm(AdmissionForm):
    """What was paid: at least what was agreed upon."""

    amount = money("支付金额(元)", most=FEE)
    day = day("支付日期")
    voucher = forms.CharField(label="凭证号", max_length=60)
    files = FilesField(label="凭证")

    def prepare(self):
        self.fields["day"].initial = self.today
        self.fields["amount"].initial = self.record.fee

    def clean_day(self):
        return self.not_later("day")

    def clean_amount(self):
        amount = self.cleaned_data["amount"]
        if amount is not None and amount < self.record.fee:
            raise forms.ValidationError(f"不得少于商定费用 {self.record.fee:,.2f} 元。")
        return amount


class HandDownForm(AdmissionForm):
    """Who has handed what down, how, and what shows it."""

    slip = forms.ModelChoiceField(Slip.objects.none(), label="拒收的交办单", required=False)
    department = forms.ModelChoiceField(Unit.objects.none(), label="交办部门")
    manner = forms.ChoiceField(label="方式", choices=HandDown.Manner.choices)
    name = forms.CharField(label="被交办事项", max_length=200)
    happened_on = day("交办日期")
    text = text("情况说明", rows=4, max_length=3000)
    files = FilesField(label="证据材料", required=True)

    def prepare(self):
        self.fields["department"].queryset = departments_of(self.record.county)
        self.fields["slip"].queryset = Slip.objects.filter(
            county=self.record.county, unit=self.record.owner, state="declined"
        )
        self.fields["files"].error_messages["required"] = "请附证据材料。"

    def clean_happened_on(self):
        return self.not_later("happened_on")

    def clean(self):
        given = super().clean()
        slip, department = given.get("slip"), given.get("department")
        if slip and department and slip.department_id != department.pk:
            self.add_error("department", "与所选交办单的交办部门不一致。")
        return given


class OrderForm(AdmissionForm):
    """What is demanded, and until when."""

    demand = forms.ChoiceField(label="处理要求", choices=HandDown.Demand.choices)
    limit = forms.IntegerField(label="纠正期限(工作日)", min_value=1, max_value=60, initial=5)
    text = text("责令内容", rows=3, max_length=2000)
    files = FilesField()


class CorrectionForm(AdmissionForm):
    """How it was put right; the request where admission was demanded."""

    correction = text("纠正情况", rows=4, max_length=3000)
    request = forms.ModelChoiceField(
        AdmissionRequest.objects.none(), label="补办的准入申请", required=False
    )
    files = FilesField(label="证明材料")

    def prepare(self):
        field = self.fields["request"]
        rows = AdmissionRequest.objects.filter(
            county=self.record.county, owner=self.record.department
        )
        field.queryset = rows.exclude(number="").exclude(state="withdrawn").order_by("-id")
        field.required = self.record.demand == HandDown.Demand.REGULARISE
        field.error_messages["required"] = "责令补办准入的,须选择已提交的准入申请。"
