"""The form in which a county edits its rulebook: one control per field of the schema.

Lists with a fixed vocabulary (the stages of a chain, the rungs of a ladder) are tables with one
row per word, so that everything works without JavaScript.
"""

from typing import Any, NamedTuple

from django import forms
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.html import format_html

from governance.forms import readable_text
from governance.lengths import UNITS, Length
from governance.models import Rulebook
from governance.rulebook_fields import MAX_ROWS, MAX_TEXT, Field, schema

UNIT_LABELS = [(unit, label.removeprefix("个")) for unit, (label, _) in UNITS.items()]
SPARE_ROWS = 3


class LengthWidget(forms.MultiWidget):
    """An amount and a unit."""

    def __init__(self, field: Field):
        units = [(unit, label) for unit, label in UNIT_LABELS if unit in field.units]
        self.first = units[0][0]
        amount = {"min": 1, "inputmode": "numeric", "aria-label": f"{field.label}:数值"}
        unit = {"aria-label": f"{field.label}:单位"}
        super().__init__([forms.NumberInput(amount), forms.Select(unit, choices=units)])

    def decompress(self, value):
        amount, _, unit = (value or "").partition(" ")
        return [amount, unit or self.first]

    def id_for_label(self, id_):
        return f"{id_}_0"

    def render(self, *args, **kwargs):
        return format_html('<div class="length">{}</div>', super().render(*args, **kwargs))


class Cell(NamedTuple):
    """A column of a RowsWidget; kind: text, number, tick, select or ticks."""

    name: str
    label: str
    kind: str
    options: tuple = ()


class RowsWidget(forms.Widget):
    """A small table of controls; `words` name the rows where the vocabulary is fixed.

    Its value is a list of dicts {cell name: text, bool (tick) or list of texts (ticks)}.
    """

    def __init__(self, cells: list[Cell], words: dict[str, str] | None = None):
        super().__init__()
        self.cells, self.words = cells, words or {}

    def value_from_datadict(self, data, files, name):
        count = str(data.get(f"{name}-rows", ""))
        rows = min(int(count), 2 * MAX_ROWS) if count.isdecimal() and len(count) < 4 else 0
        return [
            {cell.name: self._read(data, f"{name}-{row}-{cell.name}", cell) for cell in self.cells}
            for row in range(len(self.words) or rows)
        ]

    def _read(self, data, name, cell):
        if cell.kind == "tick":
            return name in data
        if cell.kind == "ticks":
            return data.getlist(name) if isinstance(data, MultiValueDict) else data.get(name, [])
        return str(data.get(name, "")).strip()

    def value_omitted_from_datadict(self, data, files, name):
        return False

    def id_for_label(self, id_):
        return f"{id_}-0-{self.cells[0].name}"

    def render(self, name, value, attrs=None, renderer=None):
        rows, words = list(value or []), list(self.words.values())
        if not words:
            rows += [{}] * SPARE_ROWS
        context = {
            "name": name,
            "id": (attrs or {}).get("id", name),
            "described": (attrs or {}).get("aria-describedby", ""),
            "columns": [cell.label for cell in self.cells],
            "worded": bool(words),
            "rows": [
                {
                    "word": words[number] if words else f"第{number + 1}行",
                    "cells": [
                        cell._asdict() | {"value": row.get(cell.name)} for cell in self.cells
                    ],
                }
                for number, row in enumerate(rows)
            ],
        }
        return render_to_string("governance/rulebook_rows.html", context)


# -- what a stored value looks like in a control, and what a control says -----------------------


def _lines(field, stored):
    return "\n".join(stored)


def _read_lines(field, value):
    return [line.strip() for line in (value or "").splitlines() if line.strip()]


def _read_length(field, value):
    amount, unit = (str(part or "").strip() for part in (value or ["", ""]))
    return f"{amount} {unit}" if amount else ""


def _length_cells(label: str) -> list[Cell]:
    return [
        Cell("amount", label, "number"),
        Cell("unit", "单位", "select", tuple(UNIT_LABELS)),
    ]


def _ladder_widget(field):
    to = Cell("to", "告知", "ticks", tuple(schema().recipients.items()))
    return RowsWidget([*_length_cells("超期"), to], schema().levels)


def _ladder_form(field, stored):
    rungs = {rung["level"]: rung for rung in stored}
    return [_rung_form(rungs.get(level)) for level in schema().levels]


def _rung_form(rung):
    if rung is None:
        return {"amount": "", "unit": "workdays", "to": []}
    length = Length.parse(rung["after"])
    return {"amount": str(length.amount), "unit": length.unit, "to": rung["to"]}


def _read_ladder(field, value):
    return [
        {"after": f"{row['amount']} {row['unit']}", "level": level, "to": row["to"]}
        for level, row in zip(schema().levels, value, strict=True)
        if row["amount"]
    ]


def _stages_widget(field):
    cells = [
        Cell("on", "启用", "tick"),
        Cell("order", "顺序", "number"),
        Cell("label", "名称", "text"),
        *_length_cells("期限"),
        Cell("clause", "条款编号", "text"),
    ]
    return RowsWidget(cells, {stage.name: stage.label for stage in schema().stages.values()})


def _stages_form(field, stored):
    rows = {row["stage"]: row for row in stored}
    return [_stage_form(stage, rows.get(stage.name)) for stage in schema().stages.values()]


def _stage_form(stage, row):
    if row is None:
        empty = {"on": False, "order": "", "amount": "", "unit": "workdays", "clause": ""}
        return empty | {"label": stage.label}
    amount, _, unit = row["limit"].partition(" ")
    return {
        "on": True,
        "order": str(row["order"]),
        "label": row["label"],
        "amount": amount,
        "unit": unit or "workdays",
        "clause": row["clause"],
    }


def _read_stages(field, value):
    return [
        {
            "stage": name,
            "order": int(row["order"]) if row["order"].isdecimal() else row["order"],
            "label": row["label"],
            "limit": f"{row['amount']} {row['unit']}" if row["amount"] else "",
            "clause": row["clause"],
        }
        for name, row in zip(schema().stages, value, strict=True)
        if row["on"]
    ]


def _documents_widget(field):
    return RowsWidget(
        [
            Cell("title", "名称", "text"),
            Cell("number", "文号", "text"),
            Cell("date", "日期", "text"),
        ]
    )


def _read_filled(field, value):
    return [row for row in value if any(row.values())]


def _clauses_widget(field):
    return RowsWidget(
        [Cell("generic", "通用条款编号", "text"), Cell("own", "本县条款编号", "text")]
    )


def _clauses_form(field, stored):
    return [{"generic": generic, "own": own} for generic, own in stored.items()]


def _read_clauses(field, value):
    rows = [(row["generic"], row["own"]) for row in value if any(row.values())]
    if len(dict(rows)) < len(rows):
        raise ValueError("同一通用条款编号只能对应一条")
    return dict(rows)


def _list_widget(field):
    if field.choices:
        return forms.CheckboxSelectMultiple(choices=list(field.choices.items()))
    return forms.Textarea({"rows": 4})


def _list_form(field, stored):
    return list(stored) if field.choices else _lines(field, stored)


def _read_list(field, value):
    return list(value or []) if field.choices else _read_lines(field, value)


def _same(field, stored):
    return stored


def _read_text(field, value):
    return value or ""


class Control(NamedTuple):
    """The control of one type: its widget, what it shows for a stored value, what it says."""

    widget: Any
    show: Any = _same
    read: Any = _read_text


def _number_widget(field):
    limits = {"min": field.min, "max": field.max}
    return forms.NumberInput({name: value for name, value in limits.items() if value is not None})


CONTROLS = {
    "text": Control(lambda field: forms.TextInput({"maxlength": MAX_TEXT})),
    "bool": Control(lambda field: forms.CheckboxInput(), read=lambda field, value: bool(value)),
    "int": Control(_number_widget),
    "percent": Control(_number_widget),
    "decimal": Control(lambda field: forms.TextInput({"inputmode": "decimal"})),
    "length": Control(LengthWidget, read=_read_length),
    "choice": Control(lambda field: forms.Select(choices=list(field.choices.items()))),
    "list": Control(_list_widget, _list_form, _read_list),
    "ladder": Control(_ladder_widget, _ladder_form, _read_ladder),
    "stages": Control(_stages_widget, _stages_form, _read_stages),
    "documents": Control(_documents_widget, read=_read_filled),
    "clause_map": Control(_clauses_widget, _clauses_form, _read_clauses),
}


class RulebookField(forms.Field):
    """One field of the schema; its clean value is the stored form."""

    def __init__(self, field: Field):
        self.of, self.control = field, CONTROLS[field.type]
        unit = {"percent": "%"}.get(field.type, field.unit)
        super().__init__(
            label=f"{field.label}({unit})" if unit else field.label,
            required=not (field.optional or field.empty or field.type in ("bool", "clause_map")),
            widget=self.control.widget(field),
            help_text=field.help,
        )

    def clean(self, value):
        """The stored form; a Chinese reason at the field if the schema refuses the value."""
        try:
            return self.of.clean(self.control.read(self.of, value))
        except (ValueError, LookupError) as problem:
            raise forms.ValidationError(str(problem.args[0])) from None


def name_of(key: str) -> str:
    """The form's name of a key; dots would be awkward in ids."""
    return key.replace(".", "__")


class RulebookForm(forms.Form):
    """Every field of a version, the first day of the next one and the reason for it.

    Args:
        book: the newest version; what differs from it is a change.
    """

    effective_from = forms.DateField(label="新版本生效日期", widget=forms.DateInput())
    note = forms.CharField(
        label="修改依据", max_length=200, help_text="写明作出决定的文件或会议,随版本长期保存。"
    )
    base = forms.IntegerField(widget=forms.HiddenInput())

    def __init__(self, data=None, *, book: Rulebook):
        fields = schema().fields
        initial = {
            name_of(key): CONTROLS[field.type].show(field, book.stored(key))
            for key, field in fields.items()
        }
        first = max(timezone.localdate(), book.effective_from)
        super().__init__(data, initial=initial | {"base": book.version, "effective_from": first})
        self.book = book
        for key, field in fields.items():
            self.fields[name_of(key)] = RulebookField(field)
        self.fields["note"].validators.append(readable_text)

    def clean_effective_from(self):
        """A new version begins today or later: what was done stays under what was in force."""
        day = self.cleaned_data["effective_from"]
        if day < timezone.localdate():
            raise forms.ValidationError("生效日期不得早于今天")
        return day

    def clean_base(self):
        """Somebody else may have adopted a version meanwhile."""
        if self.cleaned_data["base"] != self.book.version:
            self.data = self.data.copy()
            self.data["base"] = str(self.book.version)
            raise forms.ValidationError(
                f"填写期间已有新版本(第{self.book.version}版),请核对改动后重新提交"
            )
        return self.book.version

    def changes(self) -> dict[str, Any]:
        """{key: stored value} of the fields that differ from the newest version."""
        return {
            key: self.cleaned_data[name_of(key)]
            for key in schema().fields
            if name_of(key) in self.cleaned_data
            and self.cleaned_data[name_of(key)] != self.book.stored(key)
        }

    def refuse(self, errors: list[tuple[str, str]]) -> None:
        """Show the errors of the rulebook at the fields they belong to."""
        for key, message in errors:
            name = name_of(key)
            self.add_error(name if name in self.fields else None, message)
