"""Filters of the lists: a GET form, so that what is shown can be sent on as an address."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django import forms
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.choices import BaseChoiceIterator

from governance import plain
from governance.forms import readable_text
from hucall import selectors
from hucall.models import Call, Response
from hucall.models.bulletin import BulletinState
from hucall.models.rating import Level, RatingState
from hucall.models.requests import Decision
from hucall.models.states import CallKind, CallState, Channel, Duty, ResponseState
from hucall.models.supervision import SupervisionState
from hucall.widgets import QuickSelect

ALL = ("", "全部")
LIGHTS = [ALL, ("late", "已超期"), ("soon", "将到期"), ("ok", "正常"), ("paused", "已暂停")]
OPEN = "open"


def choices(values, *first) -> list[tuple[str, str]]:
    """“全部”, extra choices, then the values of an enumeration that people meet."""
    return [ALL, *first, *(one for one in values.choices if one[0] != "new")]


class ListForm(forms.Form):
    """What all filters share. Nonsense in the address is ignored, not answered with an error."""

    q = forms.CharField(label="搜索", required=False, max_length=100, validators=[readable_text])
    since = forms.DateField(label="自", required=False, widget=forms.DateInput({"type": "date"}))
    until = forms.DateField(label="至", required=False, widget=forms.DateInput({"type": "date"}))

    day = "raised_at"
    """The moment that `since` and `until` mean."""

    searched = "terms"
    """The field in whose texts is searched."""

    equal: dict[str, str] = {}
    """Filter → field with which it is compared."""

    def __init__(self, data, *, user, county, **kwargs):
        super().__init__(data, **kwargs)
        self.user, self.county = user, county
        self.prepare()
        for field in self.fields.values():
            if isinstance(field.widget, forms.Select):
                field.widget = QuickSelect(field.widget.attrs, field.choices)
        self.is_valid()
        self.wanted = {k: v for k, v in self.cleaned_data.items() if v not in (None, "")}

    def prepare(self) -> None:
        """Hook: offer the units and items of the county."""

    def apply(self, rows, now: datetime):
        """The rows that fit."""
        wanted = self.wanted
        for name, field in self.equal.items():
            if name in wanted:
                rows = rows.filter((field, wanted[name]))
        if "since" in wanted:
            rows = rows.filter((f"{self.day}__gte", midnight(wanted["since"])))
        if "until" in wanted:
            last = midnight(wanted["until"] + timedelta(days=1))
            rows = rows.filter((f"{self.day}__lt", last))
        if wanted.get("q", "").strip():
            rows = rows.filter((f"{self.searched}__found", wanted["q"]))
        if "light" in wanted:
            rows = selectors.in_light(rows, wanted["light"], self.user, now)
        return rows

    def words(self, name: str) -> str:
        """A filter that is on, as a person reads it."""
        value = self.wanted[name]
        known = dict(flat(getattr(self.fields[name], "choices", ())))
        text = known.get(str(getattr(value, "pk", value)), value)
        if hasattr(value, "year"):
            text = f"{value.year}年{value.month}月{value.day}日"
        return f"{self.fields[name].label}:{text}"


def flat(options):
    """Choices without their groups; keys as text."""
    for key, label in options:
        if isinstance(label, list | tuple):
            yield from flat(label)
        else:
            yield str(key), label


def midnight(day) -> datetime:
    """The beginning of a day in Shanghai."""
    return timezone.make_aware(datetime.combine(day, time()))


class Ready(BaseChoiceIterator):
    """Choices in the form that Django wants: it takes them as they are, each time they change
    hands, instead of working through hundreds of them again.
    """

    def __init__(self, choices: list):
        self.choices = choices

    def __iter__(self):
        return iter(self.choices)


TOWNSHIPS, ANSWERING = ("township",), ("department", "agency")


UNITS = """SELECT kind, id, COALESCE(NULLIF(short_name, ''), name) FROM governance_unit
    WHERE county_id = %s AND kind IN (%s, %s, %s) ORDER BY kind, code"""


def units_of(county) -> dict[str, list]:
    """The units that may be chosen in a filter, by kind and in their own order; one query."""
    found: dict[str, list] = {kind: [] for kind in (*TOWNSHIPS, *ANSWERING)}
    for kind, pk, name in plain.select(UNITS, [county.pk, *TOWNSHIPS, *ANSWERING]):
        found[kind].append((pk, name))
    return found


def answering(units: dict[str, list]) -> list:
    """“全部”, the departments, and the agencies in a group of their own."""
    agencies = [("派驻机构", units["agency"])] if units["agency"] else []
    return [ALL, *units["department"], *agencies]


def whole(value: str) -> int | None:
    """A number from an address; None for anything else."""
    return int(value) if value.isdecimal() and len(value) < 16 else None


class NumberChoice(forms.TypedChoiceField):
    """A choice among ids."""

    def __init__(self, **kwargs):
        super().__init__(coerce=lambda value: whole(str(value)), required=False, **kwargs)


class CallFilter(ListForm):
    """Filters of the call list."""

    state = forms.ChoiceField(
        label="状态",
        required=False,
        choices=choices(CallState, (OPEN, "未办结")),
    )
    kind = forms.ChoiceField(label="类别", required=False, choices=choices(CallKind))
    light = forms.ChoiceField(label="时限", required=False, choices=LIGHTS)
    township = NumberChoice(label="乡镇")
    unit = NumberChoice(label="承办单位")
    item = NumberChoice(label="清单事项")
    channel = forms.ChoiceField(label="渠道", required=False, choices=choices(Channel))
    mine = forms.ChoiceField(
        label="与我有关",
        required=False,
        choices=[ALL, ("todo", "待本单位办理"), ("raised", "本单位发起"), ("part", "本单位承办")],
    )

    equal = {"kind": "kind", "township": "owner", "item": "item", "channel": "channel"}
    field_order = ["q", "state", "light", "kind", "township", "unit", "item", "mine", "channel"]

    def prepare(self):
        self.fields["q"].widget.attrs["placeholder"] = "文号、事项、内容、地点"
        units = units_of(self.county)
        self.fields["township"].choices = Ready([ALL, *units["township"]])
        self.fields["unit"].choices = Ready(answering(units))
        self.fields["item"].choices = Ready([ALL, *selectors.item_choices(self.county)])

    def apply(self, rows, now):
        rows, wanted = super().apply(rows, now), self.wanted
        state = wanted.get("state")
        if state == OPEN:
            rows = rows.filter(state__in=Call.OPEN)
        elif state:
            rows = rows.filter(state=state)
        if "unit" in wanted:
            part = Response.objects.filter(call=OuterRef("pk"), unit=wanted["unit"])
            rows = rows.filter(Exists(part.exclude(state="void")))
        return self.of_mine(rows, wanted.get("mine"))

    def of_mine(self, rows, mine):
        """What the reader's own units raised, answer, or owe something in."""
        units = {post.unit_id for post in self.user.posts_held()}
        if mine == "raised":
            return rows.filter(owner__in=units)
        if mine == "part":
            parts = Response.objects.filter(call=OuterRef("pk"), unit__in=units)
            return rows.filter(Exists(parts.exclude(state="void")))
        if mine == "todo":
            owed = selectors.running_clocks(self.user).filter(owed_by__in=units, paused_at=None)
            return rows.filter(selectors.holding(owed, Call))
        return rows


class ResponseFilter(ListForm):
    """Filters of the parts of departments."""

    state = forms.ChoiceField(
        label="状态", required=False, choices=choices(ResponseState, (OPEN, "未办结"))
    )
    light = forms.ChoiceField(label="时限", required=False, choices=LIGHTS)
    duty = forms.ChoiceField(label="分工", required=False, choices=choices(Duty))
    kind = forms.ChoiceField(label="类别", required=False, choices=choices(CallKind))
    township = NumberChoice(label="乡镇")
    unit = NumberChoice(label="承办单位")

    day = "opened_at"
    equal = {"duty": "duty", "kind": "call__kind", "township": "owner", "unit": "unit"}
    field_order = ["q", "state", "light", "duty", "kind", "township", "unit"]

    def prepare(self):
        self.fields["q"].widget.attrs["placeholder"] = "文号、事项、办理结果"
        units = units_of(self.county)
        self.fields["township"].choices = [ALL, *units["township"]]
        self.fields["unit"].choices = answering(units)

    def apply(self, rows, now):
        rows, state = super().apply(rows, now), self.wanted.get("state")
        if state == OPEN:
            return rows.filter(state__in=Response.OPEN)
        return rows.filter(state=state) if state else rows


class RatingFilter(ListForm):
    """Filters of the ratings that a township has given, or the platform has received."""

    state = forms.ChoiceField(label="状态", required=False, choices=choices(RatingState))
    level = forms.ChoiceField(label="评价", required=False, choices=choices(Level))
    unit = NumberChoice(label="承办单位")

    day = "rated_at"
    searched = "call__terms"  # a confidential record is in no search index; its call is
    equal = {"state": "state", "level": "level", "unit": "response__unit"}
    field_order = ["q", "state", "level", "unit"]

    def prepare(self):
        self.fields["q"].widget.attrs["placeholder"] = "文号、事项"
        self.fields["unit"].choices = answering(units_of(self.county))


class CallbackFilter(RatingFilter):
    """Filters of the platform's callbacks."""

    state = forms.ChoiceField(
        label="状态",
        required=False,
        choices=[ALL, ("pending", "待回访"), ("done", "已回访"), ("lapsed", "未回访")],
    )
    level = None
    day = "done_at"
    equal = {"state": "state", "unit": "response__unit"}


class SupervisionFilter(ListForm):
    """Filters of 督办."""

    state = forms.ChoiceField(label="状态", required=False, choices=choices(SupervisionState))
    light = forms.ChoiceField(label="时限", required=False, choices=LIGHTS[:3])
    unit = NumberChoice(label="被督办单位")

    equal = {"state": "state", "unit": "unit"}
    field_order = ["q", "state", "light", "unit"]

    def prepare(self):
        self.fields["q"].widget.attrs["placeholder"] = "文号、事项、事由"
        self.fields["unit"].choices = answering(units_of(self.county))


class SuspensionFilter(ListForm):
    """Filters of 挂账; without a choice those in force."""

    decision = forms.ChoiceField(
        label="状态",
        required=False,
        choices=[("", "现行挂账"), ("all", "全部"), *Decision.choices],
    )
    unit = NumberChoice(label="承办单位")

    day = "asked_at"
    searched = "response__call__terms"
    equal = {"unit": "response__unit"}
    field_order = ["q", "decision", "unit"]

    def prepare(self):
        self.fields["unit"].choices = answering(units_of(self.county))

    def apply(self, rows, now):
        rows = super().apply(rows, now)
        decision = self.wanted.get("decision")
        if decision == "all":
            return rows
        return rows.filter(decision=decision or Decision.GRANTED)


class RulingFilter(ListForm):
    """Filters of the precedents."""

    unit = NumberChoice(label="裁定承办单位")
    item = NumberChoice(label="清单事项")
    upheld = forms.ChoiceField(
        label="裁定",
        required=False,
        choices=[ALL, ("yes", "支持退回"), ("no", "由该单位承办")],
    )

    day = "ruled_at"
    equal = {"unit": "unit", "item": "item"}
    field_order = ["q", "unit", "item", "upheld"]

    def prepare(self):
        self.fields["q"].widget.attrs["placeholder"] = "事项、裁定意见"
        self.fields["unit"].choices = answering(units_of(self.county))
        self.fields["item"].choices = [ALL, *selectors.item_choices(self.county)]

    def apply(self, rows, now):
        rows, wanted = super().apply(rows, now), self.wanted
        if "upheld" in wanted:
            rows = rows.filter(upheld=wanted["upheld"] == "yes")
        return rows


class BulletinFilter(ListForm):
    """Filters of the monthly bulletins."""

    state = forms.ChoiceField(label="状态", required=False, choices=choices(BulletinState))

    day = "month"
    equal = {"state": "state"}
    field_order = ["q", "state"]

    def prepare(self):
        self.fields["q"].widget.attrs["placeholder"] = "标题、正文"
        del self.fields["since"], self.fields["until"]
