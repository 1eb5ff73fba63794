"""Filters of the ledgers that follow an approval: GET forms, so that an address can be sent on."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from admission.models import HandDown, Slip, Support, TemporaryHelp
from admission.models.states import DutyState, HandDownState, HelpState, SlipState, Term
from checklist.filters import ALL, OPEN, NumberChoice, RegisterForm, choices
from governance.models import Unit

IN_FORCE = ("pending", "active")
"""States in which a duty binds its township."""
GIVEN = ("delivered", "confirmed")
"""States in which a support has arrived."""


class LedgerForm(RegisterForm):
    """Several filters that offer units: those that stand in the rows."""

    unit_fields: tuple[str, ...] = ("unit",)
    over: tuple[str, ...] = ()
    """States of which nothing more is expected."""

    def __init__(self, data, *, rows, **kwargs):
        forms.Form.__init__(self, data, **kwargs)
        self.fields["q"].widget.attrs["placeholder"] = self.placeholder
        for name in self.unit_fields:
            named = Unit.objects.filter(pk__in=rows.order_by().values(name))
            found = named.order_by("code").values_list("pk", "short_name", "name")
            offered = [(pk, short or long) for pk, short, long in found]
            self.fields[name].choices = [ALL, *offered]
        self.is_valid()
        self.wanted = {k: v for k, v in self.cleaned_data.items() if v not in (None, "")}

    def apply(self, rows):
        rows, state = super().apply(rows), self.wanted.get("state")
        if state == OPEN:
            return rows.exclude(state__in=self.over)
        return rows.filter(state=state) if state else rows


def overdue(today):
    """Whether a duty has support that has not come by its day."""
    rows = Support.objects.filter(duty=OuterRef("pk"), state="promised", due_on__lt=today)
    return Exists(rows)


def given(kind: str):
    """Whether a duty has support of a kind that has come."""
    return Exists(Support.objects.filter(duty=OuterRef("pk"), kind=kind, state__in=GIVEN))


class DutyFilter(LedgerForm):
    """Filters of the ledger of admitted duties; 负荷台账 links here for every figure."""

    state = forms.ChoiceField(
        label="状态", required=False, choices=choices(DutyState, (OPEN, "有约束力(待交办、承接中)"))
    )
    unit = NumberChoice(label="承接乡镇")
    department = NumberChoice(label="交办部门")
    term = forms.ChoiceField(label="时限", required=False, choices=[ALL, *Term.choices])
    ending = forms.IntegerField(label="几天内到期", required=False, min_value=0, max_value=3660)
    support = forms.ChoiceField(
        label="保障和经费",
        required=False,
        choices=[
            ALL,
            ("overdue", "保障逾期未落实"),
            ("staff", "有人员到位"),
            ("money", "有经费拨付"),
            ("balance", "有经费结余"),
        ],
    )

    placeholder = "批准表号、事项"
    unit_fields = ("unit", "department")
    equal = ("unit", "department", "term")
    field_order = ["q", "state", "unit", "department", "term", "ending", "support"]

    def apply(self, rows):
        wanted, today = self.wanted, timezone.localdate()
        rows, state = RegisterForm.apply(self, rows), wanted.get("state")
        if state:
            rows = rows.filter(state__in=IN_FORCE if state == OPEN else [state])
        if "ending" in wanted:
            last = today + timedelta(days=wanted["ending"])
            rows = rows.filter(ends_on__range=(today, last), state__in=IN_FORCE)
        support = wanted.get("support")
        if support == "overdue":
            rows = rows.filter(overdue(today))
        elif support == "staff":
            rows = rows.filter(given("staff"))
        elif support in ("money", "balance"):
            rows = rows.filter(allotted__gt=0)
            rows = rows.filter(allotted__gt=F("spent")) if support == "balance" else rows
        return rows

    def words(self, name: str) -> str:
        if name == "ending":
            return f"{self.wanted[name]} 天内到期"
        return super().words(name)


class SlipFilter(LedgerForm):
    """Filters of the hand-over slips."""

    state = forms.ChoiceField(label="状态", required=False, choices=choices(SlipState))
    unit = NumberChoice(label="承接乡镇")
    department = NumberChoice(label="交办部门")
    channel = forms.ChoiceField(label="方式", required=False, choices=[ALL, *Slip.Channel.choices])

    placeholder = "文号、事项、批准表号"
    unit_fields = ("unit", "department")
    equal = ("unit", "department", "channel")
    field_order = ["q", "state", "unit", "department", "channel"]


class HelpFilter(LedgerForm):
    """Filters of temporary help."""

    state = forms.ChoiceField(
        label="状态", required=False, choices=choices(HelpState, (OPEN, "未办结"))
    )
    unit = NumberChoice(label="协助乡镇")
    owner = NumberChoice(label="提出部门")
    kind = forms.ChoiceField(
        label="种类", required=False, choices=[ALL, *TemporaryHelp.Kind.choices]
    )

    placeholder = "文号、协助事项"
    unit_fields = ("unit", "owner")
    equal = ("unit", "owner", "kind")
    over = ("done", "declined", "cancelled")
    field_order = ["q", "state", "unit", "owner", "kind"]


class HandDownFilter(LedgerForm):
    """Filters of the reports of what came without admission."""

    state = forms.ChoiceField(
        label="状态", required=False, choices=choices(HandDownState, (OPEN, "未办结"))
    )
    owner = NumberChoice(label="报告乡镇")
    department = NumberChoice(label="交办部门")
    manner = forms.ChoiceField(
        label="方式", required=False, choices=[ALL, *HandDown.Manner.choices]
    )

    placeholder = "文号、被交办事项"
    unit_fields = ("owner", "department")
    equal = ("owner", "department", "manner")
    over = ("closed", "dismissed", "referred", "withdrawn")
    field_order = ["q", "state", "owner", "department", "manner"]
