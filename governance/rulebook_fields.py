"""What a rulebook may hold: the schema's fields, and for each type how a value is checked,
given to code and shown to people (no database).

A value has three forms. *Stored* is JSON as it stands in the version's data: a length is
"10 workdays", a percentage 20. *Typed* is what code gets from `Rulebook.value(key)`. *Shown*
is Chinese text for pages and comparisons.
"""

import re
import tomllib
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from governance import catalogue
from governance.lengths import UNITS, Length

FOLDER = Path(__file__).resolve().parent.parent / "fixtures" / "rulebooks"
# Only for comparing lengths of different units; deadlines are never computed from these.
ROUGH_MINUTES = {"minutes": 1, "hours": 60, "workhours": 60, "workdays": 1440}
ROUGH_MINUTES |= {"days": 1440, "weeks": 10080, "months": 43200}
MAX_TEXT = 200
MAX_ROWS = 30


@dataclass(frozen=True)
class Field:
    """One field of the schema; see the head of fixtures/rulebooks/schema.toml."""

    key: str
    label: str
    group: str
    type: str
    clauses: tuple[str, ...] = ()
    quantified: bool = True
    unit: str = ""
    units: tuple[str, ...] = tuple(UNITS)
    choices: dict[str, str] = field(default_factory=dict, hash=False)
    min: int | None = None
    max: int | None = None
    optional: bool = False
    empty: bool = False
    pattern: str = ""
    pattern_hint: str = ""
    help: str = ""

    @property
    def full_label(self) -> str:
        """Group and label, for messages: several groups have a field 审批环节."""
        return f"{schema().groups[self.group]}·{self.label}"

    @property
    def source_note(self) -> str:
        """Where the figure comes from when the regulation does not give it."""
        if not self.quantified:
            return "原文未量化,县级参数"
        return "" if self.clauses or self.group == "county" else "制度未规定,县级参数"

    def clean(self, raw: Any) -> Any:
        """The stored form of a raw value; ValueError with a Chinese reason if it does not fit."""
        return TYPES[self.type].clean(self, raw)

    def typed(self, stored: Any) -> Any:
        """What code gets for a stored value."""
        return TYPES[self.type].typed(self, stored)

    def show(self, stored: Any) -> str:
        """A stored value as a person reads it; several lines for lists and chains."""
        return TYPES[self.type].show(self, stored)


class Stage(NamedTuple):
    """A stage that a chain may name, and its paper; a clerical one carries out what is decided."""

    name: str
    label: str
    role: str
    document: str = "文号"
    numbered: bool = False
    clerical: bool = False


class Schema(NamedTuple):
    """Fields and groups in reading order, and the vocabularies that fields draw on."""

    fields: dict[str, Field]
    groups: dict[str, str]
    stages: dict[str, Stage]
    levels: dict[str, str]
    recipients: dict[str, str]
    checks: list[dict]


@cache
def schema() -> Schema:
    """The schema of fixtures/rulebooks/schema.toml, read once per process."""
    raw = tomllib.loads((FOLDER / "schema.toml").read_text(encoding="utf-8"))
    fields = [
        Field(**{name: tuple(v) if isinstance(v, list) else v for name, v in row.items()})
        for row in raw["fields"]
    ]
    groups = {row["key"]: row["label"] for row in raw["groups"]}
    fields.sort(key=lambda one: list(groups).index(one.group))
    return Schema(
        fields={one.key: one for one in fields},
        groups=groups,
        stages={row["name"]: Stage(**row) for row in raw["stages"]},
        levels=raw["levels"],
        recipients=raw["recipients"],
        checks=raw["checks"],
    )


def rough_minutes(length: Length) -> int:
    """A length in minutes, roughly, to compare lengths of different units."""
    return length.amount * ROUGH_MINUTES[length.unit]


# -- checking: raw → stored ---------------------------------------------------------------


def _line(raw):
    """One line of text that every database keeps; it may be empty."""
    if not isinstance(raw, str) or any(unicodedata.category(char) in ("Cc", "Cs") for char in raw):
        raise ValueError("含有无法保存的字符")
    if len(raw) > MAX_TEXT:
        raise ValueError(f"文字过长,最多{MAX_TEXT}字")
    return raw.strip()


def _text(field, raw):
    if not isinstance(raw, str) or not raw.strip():
        raise ValueError("应填写文字")
    return _line(raw)


def _bool(field, raw):
    if not isinstance(raw, bool):
        raise ValueError("只能是“是”或“否”")
    return raw


def _within(field, number):
    if field.min is not None and number < field.min:
        raise ValueError(f"不得小于{field.min}{field.unit}")
    if field.max is not None and number > field.max:
        raise ValueError(f"不得大于{field.max}{field.unit}")
    return number


def _int(field, raw):
    if type(raw) is str and re.fullmatch(r"-?\d{1,9}", raw.strip()):
        raw = int(raw)
    if type(raw) is not int:
        raise ValueError("应为整数")
    return _within(field, raw)


def _decimal(field, raw):
    if isinstance(raw, bool) or not isinstance(raw, int | str | Decimal):
        raise ValueError("应为数字")
    try:
        number = Decimal(str(raw).strip())
    except InvalidOperation:
        raise ValueError("应为数字") from None
    if not number.is_finite() or abs(number.as_tuple().exponent) > 6:
        raise ValueError("应为数字,最多六位小数")
    return str(_within(field, number))


def _percent(field, raw):
    number = _int(field, raw)
    if not 0 <= number <= 100:
        raise ValueError("比例应在0%至100%之间")
    return number


def _promise(text: str) -> Length:
    """A length that can be owed: at least one of its unit."""
    length = Length.parse(text)
    if not length.amount:
        raise ValueError("期限至少为1")
    return length


def _length(field, raw):
    if not isinstance(raw, str):
        raise ValueError("应写成“10 workdays”“30 minutes”这样的期限")
    if not raw.strip() and field.optional:
        return ""
    length = _promise(raw)
    if length.unit not in field.units:
        allowed = "、".join(UNITS[unit][0] for unit in field.units)
        raise ValueError(f"时间单位只能是{allowed}")
    _within(field, length.amount)
    return str(length)


def _choice(field, raw):
    if not isinstance(raw, str) or raw not in field.choices:
        raise ValueError(f"只能选择:{'、'.join(field.choices.values())}")
    return raw


def _list(field, raw):
    if not isinstance(raw, list | tuple) or not all(isinstance(item, str) for item in raw):
        raise ValueError("应为一组文字")
    if not raw and not field.empty:
        raise ValueError("至少要有一项")
    if len(raw) > MAX_ROWS:
        raise ValueError(f"最多{MAX_ROWS}项")
    items = [_choice(field, item) if field.choices else _text(field, item) for item in raw]
    if len(set(items)) < len(items):
        raise ValueError("有重复的项")
    if field.choices:  # one order, so that ticking the same boxes is no change
        items.sort(key=list(field.choices).index)
    for item in items if field.pattern else ():
        if not re.fullmatch(field.pattern, item):
            raise ValueError(f"“{item}”应写成“{field.pattern_hint}”这样的形式")
    return items


def _rows(raw, known: set[str], needed: set[str], where: str) -> list[dict]:
    """Rows of a table-like field, each a dict with all `needed` and no unknown columns."""
    if not isinstance(raw, list | tuple) or not all(isinstance(row, dict) for row in raw):
        raise ValueError(f"{where}应逐行填写")
    if not raw:
        raise ValueError(f"{where}至少要有一行")
    if len(raw) > MAX_ROWS:
        raise ValueError(f"最多{MAX_ROWS}行")
    for number, row in enumerate(raw, 1):
        if unknown := set(row) - known:
            raise ValueError(f"第{number}行有不认识的栏:{'、'.join(sorted(unknown))}")
        if missing := needed - set(row):
            raise ValueError(f"第{number}行缺少栏:{'、'.join(sorted(missing))}")
    return list(raw)


def _ladder(field, raw):
    names, rungs, last = schema(), [], -1
    for number, row in enumerate(
        _rows(raw, {"after", "level", "to"}, {"after", "level"}, "各级"), 1
    ):
        if not isinstance(row["after"], str):
            raise ValueError(f"第{number}级的时间应写成“1 workdays”这样的期限")
        after, to = Length.parse(row["after"]), row.get("to", [])
        to = [to] if isinstance(to, str) else list(to)
        if (minutes := rough_minutes(after)) <= last:
            raise ValueError(f"第{number}级的时间应晚于上一级")
        if row["level"] not in names.levels:
            raise ValueError(f"第{number}级的处理只能是:{'、'.join(names.levels.values())}")
        if not to or not all(who in names.recipients for who in to):
            raise ValueError(f"第{number}级的对象只能是:{'、'.join(names.recipients.values())}")
        rungs.append({"after": str(after), "level": row["level"], "to": to})
        last = minutes
    if rough_minutes(Length.parse(rungs[0]["after"])):
        raise ValueError("第1级应从到期时起(如“0 workdays”)")
    if len({rung["level"] for rung in rungs}) < len(rungs):
        raise ValueError("每种处理只能出现一次")
    return rungs


def _stages(field, raw):
    known = {"stage", "order", "label", "limit", "clause"}
    rows, vocabulary = [], schema().stages
    for number, row in enumerate(_rows(raw, known, {"stage", "order"}, "环节"), 1):
        stage, order = row["stage"], row["order"]
        if stage not in vocabulary:
            raise ValueError(f"第{number}行的环节“{stage}”不在可选范围内")
        if type(order) is not int or not 1 <= order <= 20:
            raise ValueError(f"第{number}行的顺序应为1至20的整数")
        if clause := row.get("clause") or "":
            catalogue.entry(clause)
        limit = row.get("limit") or ""
        rows.append(
            {
                "stage": stage,
                "order": order,
                "label": _text(field, row.get("label") or vocabulary[stage].label),
                "limit": str(_promise(limit)) if limit else "",
                "clause": clause,
            }
        )
    if len({row["stage"] for row in rows}) < len(rows):
        raise ValueError("同一环节不得重复")
    return sorted(rows, key=lambda row: row["order"])


def _documents(field, raw):
    known = {"title", "number", "date"}
    rows = []
    for number, row in enumerate(_rows(raw, known, {"title"}, "文件"), 1):
        day = row.get("date") or ""
        day = day.isoformat() if isinstance(day, date) else day
        if day and not re.fullmatch(r"\d{4}(-\d{2}-\d{2})?", day):
            raise ValueError(f"第{number}行的日期应写成“2019-09-20”或“2019”")
        title, code = _text(field, row["title"]), _line(row.get("number") or "")
        rows.append({"title": title, "number": code, "date": day})
    return rows


def _clause_map(field, raw):
    if not isinstance(raw, dict):
        raise ValueError("应逐行写成“通用条款编号 = 本县条款编号”")
    for generic, own in raw.items():
        catalogue.entry(generic)
        catalogue.entry(own)
    return dict(raw)


# -- giving and showing: stored → typed, stored → text -------------------------------------


def _as_is(field, stored):
    return stored


def _typed_ladder(field, stored):
    return [{**rung, "after": Length.parse(rung["after"])} for rung in stored]


def _typed_stages(field, stored):
    roles = schema().stages
    return [
        {
            **row,
            "role": roles[row["stage"]].role,
            "limit": Length.parse(row["limit"]) if row["limit"] else None,
        }
        for row in stored
    ]


def _show_list(field, stored):
    return "、".join(field.choices.get(item, item) for item in stored) or "无"


def _show_length(field, stored):
    return Length.parse(stored).label if stored else "不计时"


def _show_ladder(field, stored):
    names, lines = schema(), []
    for rung in _typed_ladder(field, stored):
        when = f"超期{rung['after'].label}" if rung["after"].amount else "到期"
        to = "、".join(names.recipients[who] for who in rung["to"])
        lines.append(f"{when}:{names.levels[rung['level']]}({to})")
    return "\n".join(lines)


def _show_stages(field, stored):
    lines = {}
    for row in stored:
        limit = f"({Length.parse(row['limit']).label})" if row["limit"] else ""
        lines.setdefault(row["order"], []).append(row["label"] + limit)
    return "\n".join(
        f"{number}. {' ∥ '.join(labels)}" for number, labels in enumerate(lines.values(), 1)
    )


def _show_documents(field, stored):
    return "\n".join(
        row["title"] + "".join(f" {row[name]}" for name in ("number", "date") if row[name])
        for row in stored
    )


def _show_clause_map(field, stored):
    return "\n".join(f"{generic} = {own}" for generic, own in stored.items()) or "无"


class Type(NamedTuple):
    """How the values of one type are checked, given to code and shown."""

    clean: Callable
    typed: Callable = _as_is
    show: Callable = lambda field, stored: f"{stored}{field.unit}"


TYPES = {
    "text": Type(_text),
    "bool": Type(_bool, show=lambda field, stored: "是" if stored else "否"),
    "int": Type(_int),
    "decimal": Type(_decimal, lambda field, stored: Decimal(stored)),
    "percent": Type(_percent, show=lambda field, stored: f"{stored}%"),
    "length": Type(
        _length, lambda field, stored: Length.parse(stored) if stored else None, _show_length
    ),
    "choice": Type(_choice, show=lambda field, stored: field.choices[stored]),
    "list": Type(_list, lambda field, stored: list(stored), _show_list),
    "ladder": Type(_ladder, _typed_ladder, _show_ladder),
    "stages": Type(_stages, _typed_stages, _show_stages),
    "documents": Type(_documents, show=_show_documents),
    "clause_map": Type(_clause_map, lambda field, stored: dict(stored), _show_clause_map),
}
