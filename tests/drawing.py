"""Facts for any step, drawn from the form that asks for them: right ones, and spoilt ones.

For machines that do random steps (tests/machine.py); knows forms and no app.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from random import Random

from django import forms
from django.utils import timezone

from governance.forms import FilesField

WORDS = (
    "已到现场核实并设置警示",
    "集市东口道路塌陷约三平方米",
    "本乡镇没有相应执法力量,请县级部门处置",
    "𠮷家庄·赵㐀 反映的情况属实",
    "=1+1",
)
PHONE = "0635-5231234"
SPOILT = (
    "",
    " ",
    "x" * 6000,
    "\0",
    "\ud800",
    "-1",
    "9" * 30,
    "不是选项",
    "2026-13-45",
    ["999999999"],
    ["9" * 30, "x"],
)
MOST_CHOICES = 4


def facts_for(form_class, record, *, actor, at, pick: Random, extra: Mapping = {}) -> dict:
    """Facts that the form should take.

    Args:
        form_class: the step's form; record: the matter as it stands; at: when the step is done.
        pick: where chance comes from; extra: {form class: (form, facts, pick) -> None}, which
            adds what a form reads beside its fields.
    """
    form = form_class(record=record, actor=actor, at=at)
    facts = {}
    for name, field in form.fields.items():
        value = value_for(field, at, pick)
        if value is not None:
            facts[name] = value
    for known, add in extra.items():
        if isinstance(form, known):
            add(form, facts, pick)
    return facts


def spoil(form_class, facts: Mapping, record, *, actor, at, pick: Random) -> dict:
    """The same facts with one to three of them missing or wrong."""
    names = sorted({*form_class(record=record, actor=actor, at=at).fields, *facts})
    changed = dict(facts)
    for _ in range(pick.randint(1, 3)):
        name = pick.choice(names)
        if pick.random() < 0.4:
            changed.pop(name, None)
        else:
            changed[name] = pick.choice(SPOILT)
    return changed


def value_for(field, at, pick: Random):
    """A value that this field takes; None leaves it out."""
    if not field.required and pick.random() < 0.3:
        return None
    for kind, draw in DRAWS:
        if isinstance(field, kind):
            return draw(field, at, pick)
    return None


def keys(queryset) -> list[int]:
    """The keys to choose among, in a fixed order."""
    return sorted(queryset.values_list("pk", flat=True))


def some(field, at, pick: Random) -> list[int]:
    """A few rows."""
    found = keys(field.queryset)
    return pick.sample(found, min(len(found), pick.randint(1, MOST_CHOICES)))


def one(field, at, pick: Random) -> int | None:
    """One row."""
    found = keys(field.queryset)
    return pick.choice(found) if found else None


def words(field, at, pick: Random) -> str:
    """A text within the field's bounds."""
    text = pick.choice(WORDS)
    return text[: field.max_length] if field.max_length else text


def option(field, at, pick: Random) -> str:
    """One of the choices."""
    return pick.choice([value for value, _ in field.choices if value != ""])


def number(field, at, pick: Random) -> int:
    """A whole number within the bounds."""
    low = 0 if field.min_value is None else field.min_value
    high = low + 100 if field.max_value is None else field.max_value
    return pick.randint(int(low), int(high))


def day(field, at, pick: Random) -> str:
    """One of the next eighty days."""
    return (timezone.localdate(at) + timedelta(days=pick.randint(1, 80))).isoformat()


# The first kind that fits: subclasses stand before what they derive from.
DRAWS: tuple[tuple[type, Callable], ...] = (
    (FilesField, lambda field, at, pick: None),
    (forms.ModelMultipleChoiceField, some),
    (forms.ModelChoiceField, one),
    (forms.BooleanField, lambda field, at, pick: True),
    (forms.ChoiceField, option),
    (forms.DateTimeField, lambda field, at, pick: at.isoformat()),
    (forms.DateField, day),
    (forms.DecimalField, lambda field, at, pick: number(field, at, pick)),
    (forms.IntegerField, number),
    (forms.RegexField, lambda field, at, pick: PHONE),
    (forms.CharField, words),
)
