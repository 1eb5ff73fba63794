"""Filters of the registers: a GET form, so that what is shown can be sent on as an address."""

from __future__ import annotations

from django import forms

from checklist.models.states import AWAITING, ENDED, ApplicationState, CauseState, Kind
from governance.forms import readable_text
from governance.models import Unit

ALL = ("", "全部")
OPEN = "open"


def choices(values, *first) -> list[tuple[str, str]]:
    """“全部”, extra choices, then the values of an enumeration that people meet."""
    return [ALL, *first, *(one for one in values.choices if one[0] != "new")]


class NumberChoice(forms.TypedChoiceField):
    """A choice among ids."""

    def __init__(self, **kwargs):
        super().__init__(coerce=int, required=False, **kwargs)


class RegisterForm(forms.Form):
    """What the filters share. Nonsense in the address is ignored, not answered with an error."""

    q = forms.CharField(label="搜索", required=False, max_length=100, validators=[readable_text])
    placeholder = "文号、事项"
    units = "owner"
    """The filter that offers units, and the field with which it is compared."""
    equal: tuple[str, ...] = ()

    def __init__(self, data, *, rows, **kwargs):
        super().__init__(data, **kwargs)
        self.fields["q"].widget.attrs["placeholder"] = self.placeholder
        named = Unit.objects.filter(pk__in=rows.order_by().values(self.units))
        found = named.order_by("kind", "code").values_list("pk", "short_name", "name")
        self.fields[self.units].choices = [ALL, *((pk, short or name) for pk, short, name in found)]
        self.offer(rows)
        self.is_valid()
        self.wanted = {k: v for k, v in self.cleaned_data.items() if v not in (None, "")}

    def offer(self, rows) -> None:
        """Hook: further choices that depend on the rows."""

    def apply(self, rows):
        """The rows that fit."""
        for name in self.equal:
            if name in self.wanted:
                rows = rows.filter((name, self.wanted[name]))
        if self.wanted.get("q", "").strip():
            rows = rows.filter(terms__found=self.wanted["q"])
        return rows

    def words(self, name: str) -> str:
        """A filter that is on, as a person reads it."""
        known = {str(key): label for key, label in getattr(self.fields[name], "choices", ())}
        text = known.get(str(self.wanted[name]), self.wanted[name])
        return f"{self.fields[name].label}:{text}"


class ApplicationFilter(RegisterForm):
    """Filters of the register of applications."""

    state = forms.ChoiceField(
        label="状态", required=False, choices=choices(ApplicationState, (OPEN, "未办结"))
    )
    kind = forms.ChoiceField(label="类型", required=False, choices=[ALL, *Kind.choices])
    owner = NumberChoice(label="申请单位")
    late = forms.ChoiceField(
        label="限期",
        required=False,
        choices=[ALL, ("late", "逾期提出"), ("authority", "依职权提出")],
    )

    placeholder = "文号、事项、论证说明"
    equal = ("kind", "owner")
    field_order = ["q", "state", "kind", "owner", "late"]

    def apply(self, rows):
        rows, state = super().apply(rows), self.wanted.get("state")
        late = self.wanted.get("late")
        if late:
            rows = rows.filter(**{"late" if late == "late" else "by_authority": True})
        if state == OPEN:
            return rows.exclude(state__in=ENDED)
        return rows.filter(state=state) if state else rows


class CauseFilter(RegisterForm):
    """Filters of the register of causes."""

    state = forms.ChoiceField(
        label="状态", required=False, choices=choices(CauseState, (OPEN, "应申请未申请"))
    )
    unit = NumberChoice(label="应申请单位")

    placeholder = "文号、事由"
    units = "unit"
    equal = ("unit",)
    field_order = ["q", "state", "unit"]

    def apply(self, rows):
        rows, state = super().apply(rows), self.wanted.get("state")
        if state == OPEN:
            return rows.filter(state__in=AWAITING)
        return rows.filter(state=state) if state else rows
