"""Template tags of the UI kit: icons, Chinese dates, clauses, fields, cards, charts, diffs."""

import difflib
import re

from django import forms, template
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from governance import charts, markup, wording
from governance.context import book_of_reader
from governance.presenting import STATES, step_view

register = template.Library()


# -- the smallest pieces (governance.markup) --------------------------------------------------

register.simple_tag(markup.icon)
register.simple_tag(markup.emblem)
register.simple_tag(markup.tag)
register.simple_tag(markup.state_tag)
register.simple_tag(markup.clause_tag)
register.simple_tag(markup.table_rows)
register.simple_tag(markup.heat_rows)


@register.simple_tag(takes_context=True)
def county_clause(context, rule_id, label=""):
    """The tag of a rule that a page names by itself, in the text of the reader's county."""
    book = book_of_reader(getattr(context, "request", None))
    return markup.clause_tag(book.cited(rule_id) if book and rule_id else rule_id, label)


@register.filter
def cited(matter, rule_id):
    """The rule id that a matter's file cites for one that the page names; see `Matter.cited`."""
    return matter.cited(rule_id)


@register.simple_tag
def clock_line(clock, bare=False, unlabelled=False):
    """One clock in one line; see markup.clock. A missing clock shows nothing."""
    return markup.clock(clock, bare=bare, unlabelled=unlabelled) if clock else ""


@register.simple_tag
def trail_items(events):
    """The lines of `ui/trail.html`."""
    now = timezone.now()
    lines = []
    for event in events or ():
        files = event.get("files")
        shown = render_to_string("ui/attachments.html", {"files": files}) if files else ""
        lines.append(markup.trail_item(event, shown, now))
    return SafeString("".join(lines))


# -- dates and figures: anything that is no date passes through unchanged ----------------------


def _dated(function):
    def show(value, *args):
        if not hasattr(value, "year"):
            return "" if value is None else value
        return function(value, *args)

    show.__name__ = function.__name__
    show.__doc__ = function.__doc__
    return show


register.filter("cn_date", _dated(wording.cn_date))
register.filter("cn_datetime", _dated(wording.cn_datetime))
register.filter("cn_weekday", _dated(wording.cn_weekday))
register.filter("cn_due", _dated(wording.cn_due))


@register.filter
def cn_short(value, now=None):
    """今天 17:30, 11月24日 16:05; beside `now`, the present by default."""
    return _dated(wording.cn_short)(value, now or timezone.now())


@register.filter
def cn_due_short(value, now=None):
    """A due moment in short: 今天 17:30, 12月1日 24:00."""
    return _dated(wording.cn_due_short)(value, now or timezone.now())


@register.filter
def cn_duration(value):
    """A timedelta or minutes in words; anything else unchanged."""
    if isinstance(value, bool) or not (isinstance(value, int | float) or hasattr(value, "days")):
        return "" if value is None else value
    return wording.cn_duration(value)


@register.filter
def cn_size(value):
    """Bytes as KB or MB."""
    return wording.cn_size(value) if isinstance(value, int) else ""


@register.filter
def cn_rate(numerator, denominator):
    """{{ done|cn_rate:owed }} → 95.5%, or — where nothing was owed."""
    return wording.cn_rate(numerator or 0, denominator or 0)


@register.filter
def lookup(mapping, key):
    """mapping[key] of a dict in a template; empty when absent."""
    return mapping.get(key, "") if hasattr(mapping, "get") else ""


@register.filter
def state_word(state):
    """正常, 将到期, 已超期 … of a clock's state."""
    return STATES.get(state, ("",))[0]


@register.filter
def state_icon(state):
    """The icon of a clock's state."""
    return STATES[state][1] if state in STATES else "ok"


@register.filter
def state_tone(state):
    """The tone of a clock's state, for a tag."""
    return STATES[state][2] if state in STATES else ""


# -- cards ----------------------------------------------------------------------------------


@register.simple_block_tag
def card(content, title="", note="", more_url="", more="", flush=False, id="", tone=""):
    """{% card title="各部门办理" note="牵头部门汇总后办结" %} … {% endcard %}.

    note: words at the right; more_url and more: a link there; flush: no padding (lists, tables);
    id: anchor; tone: "mine" marks what belongs to the reader's own unit.
    """
    right = mark_safe("")
    if more_url:
        right = format_html('<a class="more" href="{}">{}</a>', more_url, more or "全部")
    elif note:
        right = format_html('<span class="more">{}</span>', note)
    head = format_html("<header><h2>{}</h2>{}</header>", title, right) if title else ""
    return format_html(
        '<section class="card {}"{}>{}<div class="body{}">{}</div></section>',
        tone,
        format_html(' id="{}"', id) if id else "",
        head,
        " flush" if flush else "",
        content,
    )


# -- form fields ----------------------------------------------------------------------------

KINDS = (
    (forms.HiddenInput, "hidden"),
    (forms.CheckboxSelectMultiple, "ticks"),
    (forms.RadioSelect, "pick"),
    (forms.CheckboxInput, "tick"),
    (forms.FileInput, "file"),
    (forms.Select, "select"),
    (forms.Textarea, "textarea"),
)

PLAIN = ("select", "textarea", "text")
"""Kinds that are a label and a control where there is no hint and no error."""

NATIVE_DATES = (
    (forms.DateTimeInput, "datetime-local", "%Y-%m-%dT%H:%M"),
    (forms.DateInput, "date", "%Y-%m-%d"),
    (forms.TimeInput, "time", "%H:%M"),
)


def _kind(widget) -> str:
    return next((kind for cls, kind in KINDS if isinstance(widget, cls)), "text")


def _use_native_date(widget) -> None:
    """The browser's own date picker, which wants ISO and no localised format."""
    for cls, input_type, pattern in NATIVE_DATES:
        if isinstance(widget, cls):
            widget.input_type, widget.format = input_type, pattern
            return


def _options(bound, notes: dict) -> list[dict]:
    return [
        {"tag": one.tag(), "label": one.choice_label, "note": notes.get(str(one.data["value"]), "")}
        for one in bound.subwidgets
    ]


@register.simple_tag
def field(bound, label="", hint="", camera=False, rows=False, optional=True, autofocus=False):
    """One form field with label, hint and error tied to the control.

    Args:
        bound: the bound field; label and hint replace the form's own words.
        camera: offer the phone's camera (file fields); rows: radio cards one below another.
        optional: say (选填) where nothing is required; autofocus: put the cursor here.
    """
    widget = bound.field.widget
    kind = _kind(widget)
    _use_native_date(widget)
    hint = hint or bound.help_text
    ids = [f"{bound.auto_id}_helptext"] if hint else []
    ids += [f"{bound.auto_id}_error"] if bound.errors else []
    attrs = {"aria-describedby": " ".join(ids) or None}
    bound.form.use_required_attribute = False  # the server answers in Chinese, a browser may not
    if bound.field.required and kind != "ticks":
        attrs["aria-required"] = "true"
    if autofocus:
        attrs["autofocus"] = True
    notes = {str(key): note for key, note in getattr(widget, "notes", {}).items()}
    context = {
        "bound": bound,
        "kind": kind,
        "label": label or bound.label,
        "hint": hint,
        "described": " ".join(ids),
        "optional": optional and not bound.field.required,
        "rows": rows,
        "camera": camera,
        "multiple": getattr(widget, "allow_multiple_selected", False),
        "accept": widget.attrs.get("accept", ""),
    }
    if kind in ("pick", "ticks"):
        return render_to_string("ui/field.html", context | {"options": _options(bound, notes)})
    if kind == "file":
        return render_to_string("ui/field.html", context | {"control": ""})
    clean = {key: value for key, value in attrs.items() if value is not None}
    control = bound.as_widget(attrs=clean)
    if kind in PLAIN and not ids:
        return markup.field(bound.id_for_label, context["label"], control, context["optional"])
    return render_to_string("ui/field.html", context | {"control": control})


# -- charts and heat ------------------------------------------------------------------------


def as_text(drawing):
    """A drawing with its numbers as text: a template asks for the language at each number."""
    if isinstance(drawing, dict):
        return {key: as_text(value) for key, value in drawing.items()}
    if isinstance(drawing, list | tuple):
        return [as_text(value) for value in drawing]
    return drawing if isinstance(drawing, bool) else str(drawing)


@register.inclusion_tag("ui/chart_columns.html")
def chart_columns(title, labels, series, unit=""):
    """Columns by week or month. series: list of (name, values); see governance.charts."""
    return {
        "title": title,
        "unit": unit,
        "chart": as_text(charts.columns(list(labels), list(series))),
    }


@register.inclusion_tag("ui/chart_lines.html")
def chart_lines(title, labels, series, unit=""):
    """Lines by week or month. series: list of (name, values with None for gaps)."""
    return {
        "title": title,
        "unit": unit,
        "chart": as_text(charts.lines(list(labels), list(series))),
    }


@register.simple_tag
def rate_bar(numerator, denominator, low=0) -> SafeString:
    """A thin bar of numerator ÷ denominator, beside figures; amber below `low` percent."""
    percent = max(0.0, min(100.0, 100 * (numerator or 0) / denominator)) if denominator else 0.0
    tone = " low" if denominator and percent < low else ""
    return format_html(
        '<svg class="rate{}" aria-hidden="true"><rect width="{}%" height="100%"/></svg>',
        tone,
        f"{percent:.1f}",
    )


# -- old and new text -----------------------------------------------------------------------

LONGEST_BY_CHARACTER = 3000


def _pieces(text: str, by_line: bool) -> list[str]:
    """Characters, but numbers and Latin words whole; lines where the text is long."""
    if by_line:
        return text.splitlines(keepends=True)
    return re.findall(r"[A-Za-z0-9.]+|\s+|.", text, flags=re.S)


def diff_marks(old: str, new: str) -> tuple[SafeString, SafeString]:
    """Old text with <del>, new text with <ins>; both escaped."""
    by_line = len(old) + len(new) > LONGEST_BY_CHARACTER
    left, right = _pieces(old, by_line), _pieces(new, by_line)
    matcher = difflib.SequenceMatcher(None, left, right, autojunk=False)
    before, after = [], []
    for operation, i, j, k, m in matcher.get_opcodes():
        was, now = "".join(left[i:j]), "".join(right[k:m])
        same = operation == "equal"
        before.append(format_html("{}" if same else "<del>{}</del>", was) if was else "")
        after.append(format_html("{}" if same else "<ins>{}</ins>", now) if now else "")
    return _joined(before), _joined(after)


def _joined(parts) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))


@register.inclusion_tag("ui/diff.html")
def diff(old, new, old_name="原文", new_name="现文"):
    """Old and new text side by side in two colours (struck out and underlined as well)."""
    before, after = diff_marks(str(old or ""), str(new or ""))
    return {"before": before, "after": after, "old_name": old_name, "new_name": new_name}


@register.filter
def mark_found(text, words):
    """Escaped text with the searched words marked."""
    words = str(words or "").strip()
    if not words:
        return text
    pattern = "|".join(re.escape(word) for word in words.split())
    parts = re.split(f"({pattern})", str(text), flags=re.I)
    return _joined(
        format_html("<mark>{}</mark>", one) if nth % 2 else one for nth, one in enumerate(parts)
    )


# -- small helpers of the partials ----------------------------------------------------------


@register.filter
def as_steps(steps):
    """OpenSteps of the door (or dicts) as dicts: name, label, open, reason, clause, hint, tone."""
    return [one if isinstance(one, dict) else step_view(one) for one in steps or ()]


@register.filter
def first_open(steps):
    """The open step that a page puts first: one that moves forward, else whichever there is."""
    found = [one for one in as_steps(steps) if one.get("open")]
    return next((one for one in found if moves_forward(one)), found[0] if found else None)


@register.filter
def moves_forward(step) -> bool:
    """Whether a step may be a page's main button: what ends, gives up or goes back never is."""
    return bool(step) and step.get("tone") not in ("quiet", "danger")
