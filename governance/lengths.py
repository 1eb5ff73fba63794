"""Lengths of time as regulations state them: "10 workdays", "30 minutes", "2 months"."""

import re
from dataclasses import dataclass
from functools import lru_cache

# unit -> (Chinese label with the amount in front, further spellings read from people)
UNITS = {
    "minutes": ("分钟", ("minute", "分")),
    "hours": ("小时", ("hour",)),
    "workhours": ("个工作小时", ("workhour", "工作小时")),
    "workdays": ("个工作日", ("workday", "工作日")),
    "days": ("天", ("day", "日", "个自然日", "自然日")),
    "weeks": ("周", ("week", "个星期", "星期")),
    "months": ("个月", ("month", "月")),
}
SPELLINGS = {
    spelling: unit for unit, (label, others) in UNITS.items() for spelling in (unit, label, *others)
}
WRITTEN = re.compile(r"\s*(\d{1,6})\s*(\S+)\s*")
MAX_AMOUNT = 999_999


@dataclass(frozen=True, slots=True)
class Length:
    """A length of time as a regulation states it: an amount (≥ 0) of a unit of UNITS.

    Minutes and hours run round the clock; workhours are office hours of the county. Zero means
    "at once" (the first rung of a ladder); no promise has that length.
    """

    amount: int
    unit: str

    def __post_init__(self):
        if self.unit not in UNITS:
            raise ValueError(f"不认识的时间单位“{self.unit}”,可用:{'、'.join(UNITS)}")
        if type(self.amount) is not int or not 0 <= self.amount <= MAX_AMOUNT:
            raise ValueError(f"期限的数值应为 0 至 {MAX_AMOUNT} 的整数,现为“{self.amount}”")

    @classmethod
    @lru_cache(maxsize=1024)
    def parse(cls, text: str) -> "Length":
        """Read "10 workdays" (or "10个工作日"); ValueError with a Chinese sentence otherwise."""
        found = WRITTEN.fullmatch(text)
        if not found:
            raise ValueError(f"期限“{text}”无法识别,应写成“10 workdays”“30 minutes”这样的形式")
        amount, spelling = found.groups()
        unit = SPELLINGS.get(spelling.lower())
        if unit is None:
            raise ValueError(f"不认识的时间单位“{spelling}”,可用:{'、'.join(UNITS)}")
        return cls(int(amount), unit)

    def __str__(self):
        return f"{self.amount} {self.unit}"

    @property
    def label(self) -> str:
        """The length as a person reads it: "10个工作日"."""
        return f"{self.amount}{UNITS[self.unit][0]}"

    @property
    def by_worktime(self) -> bool:
        """Whether rest and pauses of this length are measured in office time, not wall time."""
        return self.unit in ("workhours", "workdays")
