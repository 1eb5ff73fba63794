"""Choosing who answers: the proposal from the list, and the forms of dispatch (decision 31)."""

from dataclasses import dataclass

from django import forms
from django.core.exceptions import ValidationError

from checklist import selectors as checklist
from checklist.models import Item
from governance.forms import ChoicesField, StepForm, readable_text, text
from governance.models import Unit
from hucall import items
from hucall.forms import callable_units
from hucall.models.states import Difficulty, Duty


@dataclass(frozen=True)
class Chosen:
    """One unit of a dispatch: what it does, and its task in words."""

    unit: Unit
    duty: str
    task: str = ""


def proposal(call) -> list[Chosen]:
    """Who should answer by the list: the county's main unit leads, the others assist.

    Where a township carries the main responsibility, the first county department leads; two
    county mains leave the choice to the platform (nobody is proposed as lead then); party organs,
    mass organisations and enterprises get a copy unless chosen (decision 31).
    """
    if call.revision is None:
        return []
    found = checklist.responsible_units(call.revision)

    def task(unit) -> str:
        return found.duties.get(unit.pk) or (
            call.revision.county_duty if unit == found.lead else ""
        )

    working = [*found.main, *found.coop]
    chosen = [
        Chosen(unit, Duty.LEAD if unit == found.lead else Duty.ASSIST, task(unit))
        for unit in working
    ]
    return chosen + [Chosen(unit, Duty.COPY) for unit in found.information if unit not in working]


class PartsForm(StepForm):
    """Rows of units: `units` says which take part; duty_<id> and task_<id> say what each does."""

    units = ChoicesField(Unit.objects.none(), label="承办单位")

    def prepare(self):
        self.candidates = callable_units(self.record)
        self.fields["units"].queryset = self.candidates
        self.proposed = {one.unit.pk: one for one in self.suggest()}
        self.initial.setdefault("units", list(self.proposed))

    def suggest(self) -> list[Chosen]:
        """What the form offers before anybody has chosen."""
        return proposal(self.record)

    def rows(self):
        """For the page: every proposed or chosen unit with its duty and task as they stand."""
        chosen = {str(pk) for pk in (self["units"].value() or [])}
        shown = [u for u in self.candidates if u.pk in self.proposed or str(u.pk) in chosen]
        for unit in shown:
            known = self.proposed.get(unit.pk)
            yield {
                "unit": unit,
                "chosen": str(unit.pk) in chosen,
                "duty": self.data.get(f"duty_{unit.pk}") or (known.duty if known else "assist"),
                "task": self.data.get(f"task_{unit.pk}", known.task if known else ""),
            }

    def clean(self):
        given = super().clean()
        given["parts"] = [self.chosen(unit) for unit in given.get("units") or ()]
        return given

    def chosen(self, unit) -> Chosen:
        """One row as sent."""
        known = self.proposed.get(unit.pk)
        duty = self.data.get(f"duty_{unit.pk}") or (known.duty if known else "assist")
        if duty not in Duty.values:
            self.add_error("units", f"{unit}的分工不正确。")
            duty = Duty.ASSIST
        task = str(self.data.get(f"task_{unit.pk}", known.task if known else ""))
        if len(task) > 1000:
            self.add_error("units", f"{unit}的职责任务超过1000字。")
        try:
            readable_text(task)
        except ValidationError as error:
            self.add_error("units", error)
        return Chosen(unit, duty, task.replace("\0", "").strip())

    def told(self):
        return [
            ["承办单位", "、".join(f"{p.unit}({Duty(p.duty).label})" for p in self.parts())],
            *([label, value] for label, value in super().told() if label != "承办单位"),
        ]

    def parts(self) -> list[Chosen]:
        """The validated rows."""
        return self.cleaned_data["parts"]


class DispatchForm(PartsForm):
    """核实派发: the item settled, one lead, any number of assisting units."""

    item = forms.ModelChoiceField(Item.objects.none(), label="清单事项", required=False)
    difficulty = forms.ChoiceField(label="难易(决定办结时限)", choices=Difficulty.choices)
    opinion = text("核实意见", rows=2, max_length=500, required=False)

    field_order = ["item", "difficulty", "units", "opinion"]

    def prepare(self):
        super().prepare()
        self.fields["item"].queryset = items.in_force(self.record.county)
        self.initial.setdefault("item", self.record.item_id)

    def clean(self):
        given = super().clean()
        leads = [part for part in given["parts"] if part.duty == Duty.LEAD]
        if given["parts"] and len(leads) != 1:
            self.add_error("units", "请确定一个牵头单位(只能一个)。")
        return given


class AddUnitsForm(PartsForm):
    """补派: more units for a call that is under way; the lead stays."""

    def suggest(self):
        return []

    def prepare(self):
        super().prepare()
        busy = self.record.responses.filter(state__in=self.record.responses.model.OWED)
        self.candidates = self.candidates.exclude(pk__in=busy.values("unit"))
        self.fields["units"].queryset = self.candidates

    def clean(self):
        given = super().clean()
        if any(part.duty == Duty.LEAD for part in given["parts"]):
            self.add_error("units", "本件已有牵头单位,补派单位只能配合或抄告。")
        return given


class SuccessorForm(StepForm):
    """Who takes over a part, and who leads when a lead leaves without a successor."""

    to_unit = forms.ModelChoiceField(
        Unit.objects.none(), label="改由该单位承办", required=False, empty_label="不另派单位"
    )
    new_lead = forms.ModelChoiceField(
        None, label="由现有承办单位牵头", required=False, empty_label="不变"
    )

    def prepare(self):
        call, response = self.record.call, self.record
        others = call.responses.filter(state__in=("waiting", "working", "suspended"))
        others = others.exclude(pk=response.pk).exclude(duty="copy").order_by("id")
        busy = call.responses.filter(state__in=response.OWED).values("unit")
        self.fields["to_unit"].queryset = callable_units(call).exclude(pk__in=busy)
        self.fields["new_lead"].queryset = others.select_related("unit", "call")
        self.fields["new_lead"].label_from_instance = lambda part: str(part.unit)
        if response.duty != Duty.LEAD:
            del self.fields["new_lead"]

    def clean(self):
        given = super().clean()
        lead_leaves = self.record.duty == Duty.LEAD
        if lead_leaves and not given.get("to_unit") and not given.get("new_lead"):
            self.add_error("to_unit", "牵头单位退出的,须指定新的承办单位或牵头单位。")
        return given


class RedirectForm(SuccessorForm):
    """同意退回."""

    opinion = text("审核意见", rows=2, max_length=500, required=False)


class TransferForm(SuccessorForm):
    """改派: the platform's own decision needs a reason and a successor."""

    reason = text("改派理由", rows=2, max_length=500)

    def clean(self):
        given = super().clean()
        if not given.get("to_unit") and "to_unit" not in self.errors:
            self.add_error("to_unit", "请选择改派到哪个单位。")
        return given


class UpheldForm(SuccessorForm):
    """编办 agrees that it is not theirs, and says whose it is."""

    text = text("裁定意见", rows=4, max_length=2000)


class OverruledForm(StepForm):
    """编办 says that it is theirs."""

    text = text("裁定意见", rows=4, max_length=2000)
