"""The demo's calls as written down, and when each of their steps happens (no database)."""

import random
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from governance.workdays import TZ, Calendar

WHEN = re.compile(
    r"\+(?P<office>\d+)m|\+(?P<hours>\d+)h|~(?P<wall>\d+)m"
    r"|\+(?P<days>\d+)d (?P<later>\d\d:\d\d)"
    r"|(?P<back>\d+)d (?P<clock>\d\d:\d\d)|w(?P<ago>\d+)|m(?P<just>\d+)"
)
FIRST_COUNTY = "371525"
LONGEST_BACK = 70
"""Working days before now within which "w…" is counted."""

SIGNED = (
    "已收到,安排专人到现场。",
    "值班室已登记,经办股室今日到场查看。",
    "已报到,请乡镇安排人员带路。",
    "已与乡镇经办人电话对接,携带设备到场。",
)
HELPED = (
    "已按分工完成配合任务,现场记录和照片移交牵头单位。",
    "派员参加联合检查,本单位职责内未发现其他问题。",
    "配合取证和秩序维护已完成,后续按牵头单位安排。",
)
CALLED_BACK = (
    "电话回访呼叫经办人和一名群众,对结果认可。",
    "回访呼叫经办人,问题已解决,未再反复。",
    "回访经办人与周边住户,处置到位,希望加强日常巡查。",
)


@dataclass
class Step:
    """One step; `target` is empty for the call itself, else the code of the unit of a part."""

    at: datetime
    name: str
    target: str = ""
    words: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass
class Story:
    """One call: what the file says of it, and its steps in time."""

    key: str
    told: dict[str, Any] = field(repr=False)
    steps: list[Step] = field(repr=False)

    @property
    def county(self) -> str:
        return self.told.get("county", FIRST_COUNTY)


class Almanac:
    """Moments of the demo, counted back from now in working time.

    Day 0 is the last working day that is wholly over, so that the demo of a date is the same at
    whatever hour it is loaded; what must be fresh is counted from now itself.
    """

    def __init__(self, calendar: Calendar, now: datetime):
        self.calendar, self.now = calendar, now.astimezone(TZ)
        today = self.now.date()
        self.day = today if calendar.is_workday(today) else calendar.workday_shift(today, -1)
        if self.now < datetime.combine(self.day, calendar.season(self.day).closes, TZ):
            self.day = calendar.workday_shift(self.day, -1)

    def moment(self, when: str, before: datetime | None = None) -> datetime:
        """The moment that `when` means; `before` is that of the step before.

        Raises ValueError for what is not understood.
        """
        found = WHEN.fullmatch(when)
        if found is None:
            raise ValueError(f"demo: {when!r}")
        part = found.groupdict()
        if part["clock"]:
            return at(self.calendar.workday_shift(self.day, -int(part["back"])), part["clock"])
        if part["ago"]:
            return self.office_ago(int(part["ago"]))
        if part["just"]:
            return self.now - timedelta(minutes=int(part["just"]))
        if part["wall"]:
            return before + timedelta(minutes=int(part["wall"]))
        if part["later"]:
            day = self.calendar.workday_shift(before.date(), int(part["days"]))
            return max(at(day, part["later"]), before + timedelta(minutes=2))
        minutes = int(part["office"] or 0) + 60 * int(part["hours"] or 0)
        return self.calendar.add_worktime(before, minutes).at

    def office_ago(self, minutes: int) -> datetime:
        """So many office minutes before now."""
        start = at(self.calendar.workday_shift(self.day, -LONGEST_BACK), "00:00")
        return self.calendar.add_worktime(
            start, self.calendar.worktime(start, self.now) - minutes
        ).at

    def date_after(self, words: str, moment: datetime) -> date:
        """ "+30d" → the 30th working day after a moment."""
        return self.calendar.workday_shift(moment.date(), int(words.strip("+d")))


def at(day: date, clock: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), TZ)


def stories(path: Path, almanacs: dict[str, Almanac]) -> list[Story]:
    """The stories of the counties that are asked for (by region code), with their steps in time."""
    told = tomllib.loads(path.read_text(encoding="utf-8"))["calls"]
    return [
        story(one, almanacs[code])
        for one in told
        if (code := one.get("county", FIRST_COUNTY)) in almanacs
    ]


def story(told: dict, almanac: Almanac) -> Story:
    """One call with its steps; those that would lie in the future are left out."""
    written = told["steps"] if "steps" in told else list(routine(told))
    filed = almanac.moment(told["filed"])
    steps = [Step(filed, told.get("first", "file"))]
    for when, name, *rest in written:
        target, _, bare = name.rpartition(".")
        words, facts = (*rest, "", {})[:2] if rest else ("", {})
        moment = almanac.moment(when, steps[-1].at)
        steps.append(Step(moment, bare, target, words, dict(facts)))
    return Story(told["key"], told, [step for step in steps if step.at <= almanac.now])


def routine(told: dict) -> Iterator[list]:
    """The usual way of a call, from `routine = {lead, assist, days, level, result}`.

    `sign` says when the lead signs in, where that is late; a rating below 满意 has its `reason`;
    `rework`, `again` and `again_level` add a second round.
    """
    dice = random.Random(told["key"])  # noqa: S311 - variety, no secret
    way = told["routine"]
    lead, helpers, days = way["lead"], way.get("assist", []), way["days"]
    yield [f"+{dice.randrange(25, 130, 5)}m", "dispatch", "核实属实,按清单派发。", facts_of(told)]
    for unit in (*helpers, lead):
        when = f"+{dice.randrange(10, 60, 5)}m"
        late = way.get("sign", when) if unit == lead else when
        yield [late, f"{unit}.sign_in", dice.choice(SIGNED)]
    early = max(days - 2, 0)
    clocks = ("15:40", "16:20", "16:55")
    for place, unit in enumerate(helpers):
        yield [f"+{0 if place else early}d {clocks[place]}", f"{unit}.finish", dice.choice(HELPED)]
    rest = days - early if helpers else days
    evidence = {"photos": [f"{told['place'][:12]}处置后.png"]} if dice.random() < 0.5 else {}
    yield [f"+{rest}d 17:{dice.randrange(0, 20):02}", f"{lead}.finish", way["result"], evidence]
    yield [f"+1d 09:{dice.randrange(10, 50)}", f"{lead}.answer", "已办结,逾期原因为检测排期。"]
    yield ["+30m", f"{lead}.close", "同意销号。"]
    if not way["level"]:
        return
    yield from judged(lead, helpers, way["level"], way.get("reason", ""), dice)
    if "rework" in way:
        yield ["+1d 09:20", "rework", way["rework"], {"responses": [lead]}]
        yield ["+2d 16:10", f"{lead}.finish", way["again"]]
        yield from judged(lead, [], way["again_level"], "", dice)


def facts_of(told: dict) -> dict:
    """What the desk decides besides the words."""
    way = told["routine"]
    difficulty = told.get("difficulty", "general")
    return {"lead": way["lead"], "assist": way.get("assist", []), "difficulty": difficulty}


def judged(lead: str, helpers: list[str], level: str, reason: str, dice) -> Iterator[list]:
    """The township rates each part, and the desk calls back whom it must."""
    yield [f"+1d 10:{dice.randrange(10, 50)}", f"{lead}.rate", reason, {"level": level}]
    for unit in helpers:
        yield ["+3m", f"{unit}.rate", "", {"level": "satisfied"}]
    answers = {"caller_level": level, "served_level": dice.choice(["satisfied", level])}
    for place, unit in enumerate((lead, *helpers)):
        when = "+5m" if place else f"+1d 11:{dice.randrange(10, 50)}"
        given = {"caller_level": "satisfied"} if place else answers
        yield [when, f"{unit}.record", dice.choice(CALLED_BACK), given]
