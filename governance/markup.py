"""The smallest pieces of a page as HTML: icon, tag, clause, clock, table cell.

Plain functions, because a list has hundreds of them and an included template costs a hundred times
as much. Every text is escaped here; nothing but this module and the templates makes HTML.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from html import escape
from urllib.parse import quote

from django.conf import settings
from django.utils import timezone
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from governance import catalogue
from governance.charts import heat_level
from governance.presenting import STATES
from governance.wording import cn_datetime, cn_due_short, cn_short

PLAIN_NAME = re.compile(r"^[a-z0-9-]+\Z")
NOTHING = SafeString("")
MAYBE = '<span class="maybe" title="次年放假安排尚未公布,公布后可能变动">暂定</span>'


def words(value) -> str:
    """A value as escaped text; None is nothing."""
    if type(value) is str:  # neither lazy nor safe: nearly every cell, at a tenth of the cost
        return escape(value)
    return "" if value is None else conditional_escape(value)


# -- icons ------------------------------------------------------------------------------------


@cache
def drawing(name: str) -> str:
    """The inner drawing of static/icons/<name>.svg, a file of ours; empty for an unknown name."""
    path = settings.BASE_DIR / "static" / "icons" / f"{name}.svg"
    if not PLAIN_NAME.match(name) or not path.is_file():
        return ""
    return re.sub(r"^.*?<svg[^>]*>|</svg>\s*$", "", path.read_text("utf-8"), flags=re.S)


@cache
def _quiet_icon(name: str) -> SafeString:
    inner = drawing(name)
    if not inner:
        return NOTHING
    return SafeString(f'<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">{inner}</svg>')


def icon(name: str, label: str = "") -> SafeString:
    """An inlined icon of static/icons; decorative unless it has a label."""
    name = str(name or "")
    if not PLAIN_NAME.match(name):
        return NOTHING
    quiet = _quiet_icon(name)
    if not label or not quiet:
        return quiet
    spoken = f'role="img" aria-label="{words(label)}"'
    return SafeString(quiet.replace('aria-hidden="true"', spoken, 1))


def emblem() -> SafeString:
    """The product's mark."""
    return SafeString(f'<svg viewBox="0 0 32 32" aria-hidden="true">{drawing("emblem")}</svg>')


# -- tags and clauses -------------------------------------------------------------------------


def tag(text, tone: str = "", icon_name: str = "") -> SafeString:
    """A tag; a status needs an icon beside its word."""
    return SafeString(f'<span class="tag {words(tone)}">{icon(icon_name)}{words(text)}</span>')


def state_tag(state: str, text: str = "") -> SafeString:
    """The state of a clock as a tag: icon and word, the usual one or `text`."""
    word, icon_name, tone = STATES.get(state, ("", "ok", ""))
    return tag(text or word, tone, icon_name)


def clause_tag(clause, label: str = "") -> SafeString:
    """A small tag that opens the article: for a rule id, a Clause row, a dict, or plain words.

    Plain words (such as 县级参数:1 个工作日) are shown, without a link.
    """
    if not clause:
        return NOTHING
    rule_id, text = _clause_parts(clause)
    shown = words(label or text)
    if not rule_id:
        return SafeString(f'<span class="clause">{shown}</span>')
    address = f"/clauses/{quote(rule_id)}/"
    return SafeString(
        f'<a class="clause" href="{address}" data-drawer title="查看条款原意">{shown}</a>'
    )


def _clause_parts(clause) -> tuple[str, str]:
    """(rule id or empty, words) of whatever stands for a clause."""
    if isinstance(clause, str):
        entry = catalogue.entries().get(clause)
        return (clause, entry.label) if entry else ("", clause)
    if isinstance(clause, Mapping):
        return clause.get("id") or clause.get("rule_id") or "", clause.get("label", "")
    return getattr(clause, "rule_id", ""), getattr(clause, "label", "")


# -- clocks -----------------------------------------------------------------------------------

WITHOUT_DUE = ("met", "cancelled")


def clock(one: Mapping, *, bare: bool = False, unlabelled: bool = False, now=None) -> SafeString:
    """One clock in one line: icon, label, rest, due moment, 暂定.

    Args:
        one: {label, state, remaining, due, provisional} (governance.presenting.clock_view).
        bare: without the due moment; unlabelled: without the label.
        now: beside which the due moment is said in short; the present by default.
    """
    state = one.get("state") or ""
    word, icon_name, _ = STATES.get(state, ("", "ok", ""))
    rest = one.get("remaining") or (word if state == "cancelled" else "")
    parts = [f'<span class="clock {words(state)}">{icon(icon_name)}<span class="sr">{word}</span>']
    if one.get("label") and not unlabelled:
        parts.append(f"<span>{words(one['label'])}</span>")
    if rest:
        parts.append(f"<b>{words(rest)}</b>")
    due = one.get("due")
    if due and not bare and state not in WITHOUT_DUE:
        parts.append(f'<span class="due">{due_words(due, now)}</span>')
    if one.get("provisional"):
        parts.append(MAYBE)
    parts.append("</span>")
    return SafeString("".join(parts))


def due_words(due, now: datetime | None = None) -> str:
    """A due moment in short, escaped; words pass through."""
    return cn_due_short(due, now or timezone.now()) if hasattr(due, "year") else words(due)


# -- fields ------------------------------------------------------------------------------------


def field(key: str, label: str, control: str, optional: bool = False) -> SafeString:
    """A field without hint and error, as ui/field.html: a list has a dozen of them."""
    need = '<span class="need">选填</span>' if optional else ""
    head = f'<label for="{words(key)}">{words(label)}{need}</label>'
    return SafeString(f'\n<div class="field">{head}{control}</div>')


# -- tables -----------------------------------------------------------------------------------


def cell(value) -> str:
    """What stands in a table cell: text, or {text, url, note, tag, clock, clause}."""
    if not isinstance(value, Mapping):
        return words(value)
    parts = ["<div>"]
    if value.get("url"):
        parts.append(f'<a href="{words(value["url"])}">{words(value.get("text"))}</a>')
    else:
        parts.append(words(value.get("text")))
    if value.get("tag"):
        parts.append(tag(value["tag"]["text"], value["tag"].get("tone"), value["tag"].get("icon")))
    if value.get("clock"):
        parts.append(clock(value["clock"]))
    if value.get("clause"):
        parts.append(f" {clause_tag(value['clause'])}")
    if value.get("note"):
        parts.append(f"<small>{words(value['note'])}</small>")
    parts.append("</div>")
    return "".join(parts)


def column_class(column: Mapping) -> str:
    """The classes of a column's cells."""
    kinds = {"num": "num", "main": "main-cell", "tight": "tight"}
    return " ".join(name for key, name in kinds.items() if column.get(key))


def table_rows(columns: Sequence[Mapping], rows, picking: bool = False) -> SafeString:
    """The body of `ui/table.html`; see there for columns and rows."""
    heads = [
        f'<td data-label="{words(column.get("label"))}" class="{column_class(column)}">'
        for column in columns
    ]
    lines = []
    for nth, row in enumerate(rows, 1):
        lines.append(f'<tr class="{words(row.get("state"))}">')
        if picking:
            lines.append(
                f'<td class="pickrow"><input type="checkbox" name="pick"'
                f' value="{words(row.get("pick"))}" aria-label="选中第 {nth} 行"></td>'
            )
        lines += [
            f"{head}{cell(value)}</td>" for head, value in zip(heads, row["cells"], strict=True)
        ]
        lines.append("</tr>")
    return SafeString("".join(lines))


def heat_rows(rows, highest) -> SafeString:
    """The body of `ui/heat.html`; see there for the rows."""
    lines = []
    for row in rows:
        lines.append(f'<tr><th scope="row">{words(row["label"])}</th>')
        for one in row["cells"]:
            number = one.get("value")
            if one.get("withheld"):
                shown = '<span title="样本不足,不予显示">·</span>'
            elif one.get("url") and number:
                shown = f'<a href="{words(one["url"])}">{words(number)}</a>'
            else:
                shown = f"<span>{words(number or 0)}</span>"
            lines.append(f'<td class="h{heat_level(number, highest)}">{shown}</td>')
        lines.append("</tr>")
    return SafeString("".join(lines))


# -- the trail --------------------------------------------------------------------------------


def said(event: Mapping) -> str:
    """What was written in an event: a block of words, or the facts of the step's form."""
    text = event.get("said") or "\n".join(
        f"{key}:{value}" for key, value in event.get("facts") or ()
    )
    return f'<span class="said">{words(text)}</span>' if text else ""


def trail_item(event: Mapping, files: str, now: datetime) -> str:
    """One event of `ui/trail.html`; see there. `files` is HTML of its attachments."""
    at = event.get("at")
    stamp = f' datetime="{at.isoformat()}" title="{cn_datetime(at)}"' if hasattr(at, "year") else ""
    when = cn_short(at, now) if stamp else words(at)
    who = f'<span class="strong">{words(event["who"])}</span> ' if event.get("who") else ""
    kind = f"{words(event.get('tone'))}{' system' if event.get('system') else ''}"
    return (
        f'<li class="{kind}"><time{stamp}>{when}</time>{who}{words(event.get("text"))} '
        f"{clause_tag(event.get('clause'))}{said(event)}{files}</li>"
    )
