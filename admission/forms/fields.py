"""Fields that several forms of admission share."""

import re
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from governance import rulebooks
from governance.forms import StepForm
from governance.models import Unit

PHONE = re.compile(r"[0-9+()\-转 ]{5,30}")
CENT = Decimal("0.01")
MOST = Decimal("999999999999.99")
FEE = Decimal("9999999999.99")
"""The most that a column of amounts, and one of fees, can hold."""


def day(label: str, **kwargs) -> forms.DateField:
    """A day, picked or typed."""
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}), **kwargs)


def money(label: str, least: Decimal = CENT, most: Decimal = MOST, **kwargs):
    """An amount in yuan."""
    return forms.DecimalField(
        label=label, min_value=least, max_value=most, max_digits=14, decimal_places=2, **kwargs
    )


def phone(value: str) -> None:
    """Refuse what nobody can call."""
    if not PHONE.fullmatch(value):
        raise ValidationError("请填写正确的联系电话。")


def townships_of(county):
    """The townships that work may be handed down to."""
    rows = Unit.objects.active().filter(county=county, kind=Unit.Kind.TOWNSHIP)
    return rows.order_by("code")


def departments_of(county):
    """The departments that hand work down."""
    rows = Unit.objects.active().filter(county=county, kind=Unit.Kind.DEPARTMENT)
    return rows.order_by("code")


class AdmissionForm(StepForm):
    """A form that knows its county's rulebook and today."""

    @property
    def book(self):
        """The rulebook under which the record stands."""
        return self.record.rulebook or rulebooks.in_force(self.record.county, self.today)

    @property
    def today(self):
        """The day of the step in this country."""
        return timezone.localdate(self.at)

    def not_later(self, name: str, words: str = "不能晚于今天。"):
        """A day that has come already."""
        value = self.cleaned_data.get(name)
        if value and value > self.today:
            raise ValidationError(words)
        if value and value.year < 2000:
            raise ValidationError("日期过早,请核对年份。")
        return value
