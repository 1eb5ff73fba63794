"""What the steps of duties, support and hand-over slips ask for."""

from django import forms

from admission.models import AdmittedDuty
from governance.forms import FilesField, text
from governance.models import Unit

from .fields import MOST, AdmissionForm, day, departments_of, money


class AllotForm(AdmissionForm):
    """Money comes (GX-准入-13)."""

    amount = money("拨付金额(元)")
    day = day("拨付日期")
    purpose = forms.CharField(label="经费名目", max_length=200)
    voucher = forms.CharField(label="拨付凭证号", max_length=60)
    files = FilesField(label="凭证")

    def prepare(self):
        self.fields["day"].initial = self.today

    def clean_day(self):
        return self.not_later("day")

    def clean_amount(self):
        """What was given in all stays within what an account can hold."""
        amount = self.cleaned_data["amount"]
        if amount is not None and self.record.allotted + amount > MOST:
            raise forms.ValidationError("累计拨付金额过大,请核对。")
        return amount


class SpendForm(AdmissionForm):
    """Money goes, as far as there is any (GX-准入-14)."""

    amount = money("金额(元)")
    day = day("日期")
    purpose = forms.CharField(label="用途", max_length=200, help_text="专款专用,将向社会公开")
    voucher = forms.CharField(label="凭证号", max_length=60, required=False)
    files = FilesField(label="凭证")

    def prepare(self):
        self.fields["day"].initial = self.today
        self.fields["amount"].help_text = f"当前余额 {self.record.balance:,.2f} 元"

    def clean_day(self):
        return self.not_later("day")

    def clean_amount(self):
        """Spending beyond the balance is refused."""
        amount = self.cleaned_data["amount"]
        if amount is not None and amount > self.record.balance:
            raise forms.ValidationError(f"超出余额:当前余额 {self.record.balance:,.2f} 元。")
        return amount


class SuggestExitForm(AdmissionForm):
    """Why a township suggests that a duty should go again (GX-准入-15, decision 36)."""

    reason = text("建议退出的理由", rows=3, max_length=2000)
    files = FilesField()


class DeliverForm(AdmissionForm):
    """What has arrived, and when (GX-准入-13, JQ-准入-14, TX-准入-12)."""

    delivery = text("落实情况", rows=3, max_length=2000)
    delivered_on = day("落实日期")
    people = forms.IntegerField(label="到位人数", min_value=0, max_value=10_000, required=False)
    hours = forms.DecimalField(
        label="培训、指导学时", min_value=0, max_value=9_999, max_digits=6, decimal_places=1,
        required=False,
    )  # fmt: skip
    files = FilesField(label="证明材料")

    def prepare(self):
        self.fields["delivered_on"].initial = self.today
        if self.record.kind != "staff":
            del self.fields["people"]
        if self.record.kind not in ("training", "guidance"):
            del self.fields["hours"]

    def clean_delivered_on(self):
        return self.not_later("delivered_on")


class SlipForm(AdmissionForm):
    """Which admitted duty is handed over, and what is to be done (GX-准入-12)."""

    duty = forms.ModelChoiceField(AdmittedDuty.objects.none(), label="准入事项")
    content = text("交办内容", rows=4, max_length=3000)
    files = FilesField()

    def prepare(self):
        rows = AdmittedDuty.objects.filter(
            county=self.record.county,
            department=self.record.owner,
            state__in=("pending", "active"),
        ).select_related("unit")
        self.fields["duty"].queryset = rows.order_by("-id")
        self.fields["duty"].error_messages["invalid_choice"] = (
            "只能交办本部门已获准入、正在时限内的事项(GX-准入-01)。"
        )

    def clean_duty(self):
        """Nothing is handed over outside its time (GX-准入-12)."""
        duty = self.cleaned_data["duty"]
        if duty and duty.ends_on and duty.ends_on < self.today:
            raise forms.ValidationError("该事项工作时限已满,不能再交办。")
        if duty and duty.starts_on > self.today:
            raise forms.ValidationError(
                f"工作时限自{duty.starts_on:%Y年%-m月%-d日}起,届时方可交办。"
            )
        return duty


class PaperSlipForm(AdmissionForm):
    """A hand-over that has come on paper or by word, as the township registers it."""

    department = forms.ModelChoiceField(Unit.objects.none(), label="交办部门")
    name = forms.CharField(label="交办事项", max_length=200)
    content = text("交办内容", rows=4, max_length=3000)
    stated_number = forms.CharField(
        label="所载批准表号", max_length=60, required=False, help_text="单上没有的留空"
    )
    files = FilesField(label="交办单扫描件")

    def prepare(self):
        self.fields["department"].queryset = departments_of(self.record.county)
