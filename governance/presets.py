"""Whole rulebooks as data: reading a preset and checking every field and their relations.

A whole rulebook is a flat dict {key: stored value} with exactly the keys of the schema.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from governance.lengths import Length
from governance.rulebook_fields import FOLDER, rough_minutes, schema

DEFAULT_PRESET = "guanxian-2019"


class RulebookError(ValueError):
    """A rulebook that may not be adopted; `errors` is [(key, Chinese sentence), …]."""

    def __init__(self, errors: list[tuple[str, str]]):
        self.errors = errors
        super().__init__("\n".join(message for _, message in errors))


def flatten(tree: Mapping, fields=None, prefix: str = "") -> dict[str, Any]:
    """Nested tables of a preset as dotted keys; a key of the schema is never entered."""
    fields = schema().fields if fields is None else fields
    flat = {}
    for name, value in tree.items():
        key = prefix + name
        if key not in fields and isinstance(value, Mapping) and value:
            flat |= flatten(value, fields, key + ".")
        else:
            flat[key] = value
    return flat


def examine(data: Mapping[str, Any]) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """The stored form of a whole rulebook, and what is wrong with it, each error at its key."""
    fields, clean, errors = schema().fields, {}, []
    for key in data:
        if key not in fields:
            errors.append((key, f"制度方案没有“{key}”这一项"))
    for key, field in fields.items():
        if key not in data:
            errors.append((key, f"缺少“{field.full_label}”({key})"))
            continue
        try:
            clean[key] = field.clean(data[key])
        except (ValueError, LookupError) as problem:
            errors.append((key, f"“{field.full_label}”:{problem.args[0]}"))
    if not errors:
        for check in schema().checks:
            errors += CHECKS[check["kind"]](clean, check)
    return clean, errors


def validate(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What is wrong with a whole rulebook: [(key, Chinese sentence), …]; empty if nothing."""
    return examine(data)[1]


def checked(data: Mapping[str, Any]) -> dict[str, Any]:
    """The stored form of a whole rulebook; RulebookError with every error if it has any."""
    clean, errors = examine(data)
    if errors:
        raise RulebookError(errors)
    return clean


def _ascending(data, check):
    """Each length at most the next one."""
    lengths = [(key, Length.parse(data[key])) for key in check["keys"]]
    label = {key: schema().fields[key].full_label for key, _ in lengths}
    return [
        (key, f"“{label[key]}”({length.label})不应短于“{label[before]}”({shorter.label})")
        for (before, shorter), (key, length) in pairwise(lengths)
        if rough_minutes(length) < rough_minutes(shorter)
    ]


def _needs_stage(data, check):
    """A choice that presupposes a stage in a chain, and the stage the choice."""
    key, chain = check["key"], check["chain"]
    fields, stage = schema().fields, schema().stages[check["stage"]]
    asked = data[key] in check["values"]
    present = any(row["stage"] == stage.name for row in data[chain])
    if asked == present:
        return []
    choice = fields[key].show(data[key])
    verb = "缺少" if asked else "不应有"
    return [
        (
            chain,
            f"“{fields[key].full_label}”为“{choice}”,“{fields[chain].full_label}”{verb}“{stage.label}”",
        )
    ]


def _stage_order(data, check):
    """Two stages of a chain in the order that a choice demands."""
    if data[check["key"]] not in check["values"]:
        return []
    order = {row["stage"]: row["order"] for row in data[check["chain"]]}
    first, then = check["first"], check["then"]
    if first not in order or then not in order or order[first] < order[then]:
        return []
    fields, stages = schema().fields, schema().stages
    choice = fields[check["key"]].show(data[check["key"]])
    return [(check["chain"], f"“{choice}”时,“{stages[first].label}”应在“{stages[then].label}”之前")]


def _decided_first(data, check):
    """A chain decides something, and nothing is filed or published before it is decided
    (GX-清单-24, 25, 29; JQ-清单-19 to 21).
    """
    key, rows, stages = check["chain"], data[check["chain"]], schema().stages
    field = f"“{schema().fields[key].full_label}”"
    clerical = [row for row in rows if stages[row["stage"]].clerical]
    deciding = [row for row in rows if not stages[row["stage"]].clerical]
    if not deciding:
        words = "、".join(row["label"] for row in rows)
        return [(key, f"{field}至少要有一个作出决定的环节(审核、审议或批准),不能只有{words}")]
    last = max(deciding, key=lambda row: row["order"])
    return [
        (key, f"{field}中“{row['label']}”应排在“{last['label']}”之后,未经审批不得备案或公布")
        for row in clerical
        if row["order"] <= last["order"]
    ]


CHECKS = {
    "ascending": _ascending,
    "needs_stage": _needs_stage,
    "stage_order": _stage_order,
    "decided_first": _decided_first,
}


def preset_names() -> list[str]:
    """The presets that ship: guanxian-2019, jiaoqu-2022, …"""
    return sorted(path.stem for path in FOLDER.glob("*.toml") if path.stem != "schema")


def read_preset(path: Path) -> dict[str, Any]:
    """A preset file in stored form; RulebookError if the schema does not accept it."""
    try:
        tree = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=str)
    except tomllib.TOMLDecodeError as problem:
        raise RulebookError([("", f"{path.name}不是有效的TOML文件({problem})")]) from None
    return checked(flatten(tree))


@cache
def _shipped(name: str) -> dict[str, Any]:
    return read_preset(FOLDER / f"{name}.toml")


def load_preset(name: str) -> dict[str, Any]:
    """A shipped preset in stored form; LookupError with a Chinese sentence if there is none."""
    if name not in preset_names():
        raise LookupError(f"没有名为“{name}”的预设,可用:{'、'.join(preset_names())}")
    return dict(_shipped(name))
