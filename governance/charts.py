"""Geometry of the server-drawn charts: numbers in, positions out; no template, no script.

x positions are percentages of the width, y positions pixels, so that a chart fills any width and
its letters keep their size (templates/ui/chart_*.html draw what is computed here).
"""

from collections.abc import Sequence

HEIGHT = 200
TOP, BOTTOM = 22, 26
BASE = HEIGHT - BOTTOM
LEFT, RIGHT = 5.0, 99.0
DESK, PHONE = 400, 290  # width in pixels that labels may fill
STEPS = (1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8)  # times a power of ten; a quarter of each is even


def nice_top(highest: float) -> float:
    """The smallest figure of 4, 8, 12, 16, 20, 24, 32 … that holds `highest`."""
    if highest <= 8:
        return 4.0 if highest <= 4 else 8.0
    power = 10.0
    while True:
        for step in STEPS:
            if step * power >= highest:
                return step * power
        power *= 10


def _plain(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")


def _grid(top: float) -> list[dict]:
    """Five horizontal lines with their figures."""
    span = BASE - TOP
    return [
        {"y": round(BASE - span * i / 4, 1), "text": _plain(top * i / 4), "zero": i == 0}
        for i in range(5)
    ]


def _height(value: float, top: float) -> float:
    return round((BASE - TOP) * value / top, 1)


def _every(labels: Sequence[str], room: int) -> int:
    """Every how many-th label has room, by the widest of them."""
    widest = max((sum(13 if ord(c) > 255 else 7 for c in label) for label in labels), default=0)
    return max(1, -(-len(labels) * (widest + 8) // room))


def _axis(labels: Sequence[str]) -> list[dict]:
    """Labels below the columns: as many as fit, the last one always, fewer on phones (minor)."""
    desk, phone = _every(labels, DESK), _every(labels, PHONE)
    phone = -(-phone // desk) * desk
    slot = (RIGHT - LEFT) / max(1, len(labels))
    last = len(labels) - 1
    return [
        {
            "x": round(LEFT + slot * (i + 0.5), 2),
            "text": label,
            "minor": (last - i) % phone != 0,
        }
        for i, label in enumerate(labels)
        if (last - i) % desk == 0
    ]


def columns(labels: Sequence[str], series: Sequence[tuple[str, Sequence[float]]]) -> dict:
    """Columns side by side for each label.

    Args:
        labels: below the axis, e.g. weeks.
        series: (name, values) with one non-negative value per label; None draws nothing.
    """
    top = nice_top(max((v or 0 for _, values in series for v in values), default=0))
    slot = (RIGHT - LEFT) / max(1, len(labels))
    width = slot * 0.64 / max(1, len(series))
    bars = []
    for rank, (name, values) in enumerate(series):
        for i, value in enumerate(values):
            height = _height(value or 0, top)
            bars.append(
                {
                    "rank": rank,
                    "x": round(LEFT + slot * i + slot * 0.18 + width * rank, 2),
                    "mid": round(LEFT + slot * i + slot * 0.18 + width * (rank + 0.5), 2),
                    "y": round(BASE - height, 1),
                    "width": round(width * 0.94, 2),
                    "height": height,
                    "value": "" if value is None else _plain(value),
                    "tip": f"{labels[i]} {name} {'无' if value is None else _plain(value)}",
                }
            )
    shown = len(series) == 1 and len(labels) <= 16
    return _chart(labels, series, top) | {"bars": bars, "figures": shown}


def lines(labels: Sequence[str], series: Sequence[tuple[str, Sequence[float]]]) -> dict:
    """Lines over the labels; a None leaves a gap. Arguments as for `columns`."""
    top = nice_top(max((v or 0 for _, values in series for v in values), default=0))
    slot = (RIGHT - LEFT) / max(1, len(labels))
    segments, points = [], []
    for rank, (name, values) in enumerate(series):
        before = None
        for i, value in enumerate(values):
            if value is None:
                before = None
                continue
            here = (round(LEFT + slot * (i + 0.5), 2), round(BASE - _height(value, top), 1))
            tip = f"{labels[i]} {name} {_plain(value)}"
            points.append({"rank": rank, "x": here[0], "y": here[1], "tip": tip})
            if before:
                segments.append({"rank": rank, "from": before, "to": here})
            before = here
    return _chart(labels, series, top) | {"segments": segments, "points": points}


def _chart(labels, series, top) -> dict:
    rows = [
        [label, *("—" if values[i] is None else _plain(values[i]) for _, values in series)]
        for i, label in enumerate(labels)
    ]
    return {
        "height": HEIGHT,
        "base": BASE,
        "grid": _grid(top),
        "axis": _axis(labels),
        "names": [name for name, _ in series],
        "rows": rows,
    }


def heat_level(value: float | None, highest: float) -> int:
    """The shade 0…5 of a value; 0 is nothing."""
    if not value or not highest:
        return 0
    return min(5, 1 + int(4.999 * value / highest))
