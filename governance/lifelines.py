"""Geometry of the state chart: states as lifelines side by side, each step an arrow in a row.

Boxes and curves cross as soon as a process has a dozen states; here nothing ever covers anything.
Numbers in pixels; templates/governance/statechart.html draws them.
"""

from governance import flowcharts
from governance.models import Matter

COLUMN = 82
ROW = 40
LABEL = 196
HEAD = 56
DOT = 4
TIP = 7


def drawn(model: type[Matter]) -> dict:
    """The chart of one kind: {width, height, states, rows, label_width}."""
    states = flowcharts.reached(model)
    names = flowcharts.states_of(model)
    xs = {state: LABEL + COLUMN * place + COLUMN // 2 for place, state in enumerate(states)}
    rows = []
    for arrow_group in grouped(model, set(states)):
        rows.append(row_of(arrow_group, xs, HEAD + ROW * len(rows) + ROW // 2 + 4))
    height = HEAD + ROW * len(rows) + 12
    width = LABEL + COLUMN * len(states)
    heads = [{"x": xs[state], "lines": wrapped(names[state])} for state in states]
    return {
        "width": width,
        "height": height,
        "bottom": height - 6,
        "head": HEAD,
        "states": heads,
        "rows": rows,
    }


def grouped(model: type[Matter], shown: set[str]) -> list[list[flowcharts.Arrow]]:
    """The arrows step by step, without those from states that no matter comes into."""
    steps: dict[str, list] = {}
    for arrow in flowcharts.arrows(model):
        if arrow.source in shown:
            steps.setdefault(arrow.name, []).append(arrow)
    order = flowcharts.life_order(model)
    return [steps[name] for name in sorted(steps, key=order.__getitem__)]


def row_of(arrows: list[flowcharts.Arrow], xs: dict[str, int], y: int) -> dict:
    """One step: dots where it may start, heads where it leads, a line between."""
    step = arrows[0].step
    sources = sorted({xs[a.source] for a in arrows if a.source in xs})
    moves = [(xs[a.source], xs[end]) for a in arrows for end in a.targets if end in xs]
    lines, tips, loops = [], [], []
    for start, end in dict.fromkeys(moves):
        if start == end:
            loops.append(start)
            continue
        side = 1 if end > start else -1
        lines.append({"x1": start, "x2": end - side * TIP})
        tips.append(tip(end, y, side))
    return {
        "y": y,
        "label": clipped(step.label, 13),
        "title": f"{step.label}({step.who.label})",
        "who": clipped(step.who.label, 15),
        "system": not step.who.roles,
        "dots": sources,
        "lines": lines,
        "tips": list(dict.fromkeys(tips)),
        "loops": sorted(set(loops)),
    }


def tip(x: int, y: int, side: int) -> str:
    """The three corners of an arrow's head that ends at x."""
    back = x - side * (TIP + 2)
    return f"{x - side},{y} {back},{y - 5} {back},{y + 5}"


def clipped(text: str, most: int) -> str:
    """A text that fits its place; the whole of it is in the title."""
    return text if len(text) <= most else text[: most - 1] + "…"


def wrapped(text: str, most: int = 5) -> list[str]:
    """A state's label on at most two lines."""
    return [text[:most], clipped(text[most:], most)] if len(text) > most else [text]
