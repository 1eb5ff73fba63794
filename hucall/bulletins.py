"""The month's bulletin, drafted from the records (GX-呼应-18, TA-16).

三种情形: 不响应 (never signed in, limit broken), 迟响应 (signed in or on site late), 响应不作为
(finished late or not at all, sent back to be done again). Satisfaction stands in it as the closed
month's batch shows it, never by township or call (GX-呼应-16). That a bulletin comes each month is
ours, not the regulation's: the text never gives a clause for it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median

from django.db.models import Count, Q
from django.utils import timezone

from governance.models import Post, Unit
from governance.roles import Role
from governance.wording import cn_date
from hucall import digests, statistics
from hucall.models import Bulletin, Call, Response
from hucall.periods import Period, last_month, month_of
from hucall.statistics import Tally, percent

NUMBERS_SHOWN = 8
LONGEST_TEXT = 19000
FAR_BELOW = 4
"""A township that called less than a quarter as often as the middle one is mentioned."""

SILENT, TARDY, IDLE, REWORK = "不响应", "迟响应", "响应不作为", "退回重办"
LIMITS = {"sign_in": "报到", "arrive": "到场", "finish": "办结"}


@dataclass
class Named:
    """What a department did or left undone: call numbers by kind."""

    unit: int
    calls: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, kind: str, number: str) -> None:
        """Note a call once per kind."""
        if number not in self.calls[kind]:
            self.calls[kind].append(number)

    def count(self, *kinds: str) -> int:
        """How many calls of some kinds."""
        return sum(len(self.calls.get(kind, ())) for kind in kinds)


def compose(bulletin: Bulletin, at: datetime) -> tuple[str, str, dict]:
    """Title, text and figures of a month.

    Args:
        bulletin: a draft with county, owner and month; at: nothing later is known.

    Returns:
        `figures["grounds"]` says for each named unit (id as text) why, for its 限期整改.
    """
    county, period = bulletin.county, month_of(bulletin.month)
    facts = gather(county, period, at)
    word = bulletin.rulebook.value("call.word") if bulletin.rulebook_id else "乡呼县应"
    title = f"关于{period.label}“{word}”情况的通报"
    text = written(facts, bulletin, period, NUMBERS_SHOWN)
    if len(text) > LONGEST_TEXT:
        text = written(facts, bulletin, period, 0)
    return title, text[:LONGEST_TEXT], figures(facts, period, at)


# ------------------------------------------------------------------ the facts


@dataclass
class Facts:
    """Everything that a month's bulletin says."""

    names: dict[int, str]
    townships: list[int]
    rates: dict[int, statistics.Rates]
    named: list[Named]
    filed: dict[int, int]
    over: dict[int, list[str]]
    few: list[int]
    middle: float
    satisfaction: dict | None


def gather(county: Unit, period: Period, at: datetime) -> Facts:
    """Read the month: a constant number of statements."""
    units = list(
        Unit.objects.filter(county=county).order_by("code").only("pk", "name", "kind", "active")
    )
    townships = [unit.pk for unit in units if unit.kind == Unit.Kind.TOWNSHIP and unit.active]
    filed = calls_filed(county, period)
    middle = median([filed.get(pk, 0) for pk in townships]) if townships else 0
    few = [pk for pk in townships if middle >= 1 and filed.get(pk, 0) * FAR_BELOW < middle]
    found = digests.batches(county, period, at)
    return Facts(
        names={unit.pk: unit.name for unit in units},
        townships=townships,
        rates=statistics.rates(county.pk, period.start, period.end, at),
        named=ranked(failings(county, period, at)),
        filed=filed,
        over=over_calls(county, period),
        few=few,
        middle=middle,
        satisfaction=found[0] if found else None,
    )


def failings(county: Unit, period: Period, at: datetime) -> dict[int, Named]:
    """By department what went wrong in the month, with the numbers of the calls."""
    found: dict[int, Named] = {}
    until = min(period.end, at)
    rows = owed(county, period)
    broken = statistics.late(at) & Q(clocks__name__in=LIMITS)
    when = Q(clocks__due_at__gte=period.start, clocks__due_at__lt=until)
    for row in (
        rows.filter(broken & when)
        .values_list("department", "clocks__name", "signed_in_at", "call__number")
        .order_by("call", "clocks__name", "pk")
    ):
        department, limit, signed, number = row
        note(found, department, kind_of(limit, signed), number)
    again = Q(events__step="reopen", events__at__gte=period.start, events__at__lt=until)
    for department, number in (
        rows.filter(again)
        .values_list("department", "call__number")
        .order_by("call", "department")
        .distinct()
    ):
        note(found, department, REWORK, number)
    return found


def owed(county: Unit, period: Period):
    """The parts that count, dispatched long enough ago for anything of the month to lie in them."""
    rows = statistics.opened(county.pk, period.start - statistics.LONGEST, period.end)
    return rows.filter(excluded=False, state__in=Response.OWED)


def kind_of(limit: str, signed_in_at) -> str:
    """不响应, 迟响应 or 响应不作为, by the limit that was broken; one failing has one name."""
    if not signed_in_at:
        return SILENT
    return IDLE if limit == "finish" else TARDY


def note(found: dict[int, Named], department: int, kind: str, number: str) -> None:
    """Put a failing down."""
    found.setdefault(department, Named(department)).add(kind, number)


def ranked(found: dict[int, Named]) -> list[Named]:
    """The gravest first: who never answered, who did not finish, who was late."""
    return sorted(
        found.values(),
        key=lambda one: (-one.count(SILENT), -one.count(IDLE, REWORK), -one.count(TARDY), one.unit),
    )


def calls_filed(county: Unit, period: Period) -> dict[int, int]:
    """How many calls each township raised."""
    rows = Call.objects.filter(
        digests.FILED, county=county, raised_at__gte=period.start, raised_at__lt=period.end
    )
    return dict(rows.values_list("owner").annotate(number=Count("pk")).order_by("owner"))


def over_calls(county: Unit, period: Period) -> dict[int, list[str]]:
    """By township the calls that the platform recognised as 乱呼叫 in the month."""
    rows = Call.objects.filter(
        county=county,
        raised_at__gte=period.start - statistics.LONGEST,
        raised_at__lt=period.end,
        over_call=True,
        verified_at__gte=period.start,
        verified_at__lt=period.end,
    )
    found = defaultdict(list)
    for owner, number in rows.order_by("owner", "pk").values_list("owner", "number"):
        found[owner].append(number)
    return dict(found)


# ------------------------------------------------------------------ the words


def written(facts: Facts, bulletin: Bulletin, period: Period, shown: int) -> str:
    """The text; `shown` call numbers per department and kind."""
    book = bulletin.rulebook if bulletin.rulebook_id else None
    rectify = book.value("call.rectify").label if book else "规定期限"
    town = book.value("town_label") if book else "乡镇(街道)"
    lines = [
        f"各{town},县直各部门、单位:",
        f"现将{period.label}“{book.value('call.word') if book else '乡呼县应'}”运行情况通报如下。",
        "一、总体情况",
        overall(facts, town),
        *satisfaction(facts),
        "二、部门响应情况",
        *departments(facts, shown),
        f"三、{town}呼叫情况",
        *callers(facts, shown, town),
        "四、有关要求",
        f"被责令限期整改的单位,请自通报发布之日起{rectify}内完成整改,并书面反馈整改情况。"
        "对通报内容有异议的,可在同一期限内一并说明。",
    ]
    return "\n".join(lines)


def overall(facts: Facts, town: str) -> str:
    """The figures of the county, each rate with numerator and denominator."""
    whole = statistics.total(facts.rates.values())
    return (
        f"各{town}共发起呼叫{sum(facts.filed.values())}件,应响应{whole.owed}件次。"
        f"承接{whole.signed}件次,承接率{percent(whole.signed, whole.owed)}"
        f"({whole.signed}/{whole.owed}),其中按时{whole.signed_on_time}件次;"
        f"办结{whole.finished}件次,办结率{percent(whole.finished, whole.owed)}"
        f"({whole.finished}/{whole.owed}),其中按时{whole.finished_on_time}件次。"
        f"另有挂账{whole.suspended}件次、经批准剔除{whole.excluded}件次,不计入上述比率。"
    )


def satisfaction(facts: Facts) -> list[str]:
    """The county's satisfaction, and of the departments that enough have spoken of."""
    data = facts.satisfaction
    if data is None:
        return ["当月满意度待月末汇总后公布。"]
    lines = []
    if data["total"]:
        whole = Tally(*data["total"])
        lines.append(f"当月有效评价{whole.answers}份,满意率{rate_words(whole)}。")
    for key, figures in data["shown"].items():
        cell = Tally(*figures)
        bad = f",其中不满意{cell.dissatisfied}份" if cell.dissatisfied else ""
        lines.append(
            f"{facts.names.get(int(key), '')}:有效评价{cell.answers}份,"
            f"满意率{rate_words(cell)}{bad}。"
        )
    if data["withheld"] or not lines:
        lines.append(f"评价人不足{data['min_group']}个的,按保密要求不予公布。")
    return lines


def rate_words(cell: Tally) -> str:
    """86.00%."""
    return statistics.two_places(cell.rate * 100) + "%" if cell.rate is not None else "—"


def departments(facts: Facts, shown: int) -> list[str]:
    """The three kinds, department by department."""
    parts = (
        (f"(一){SILENT}(时限已过仍未报到)", (SILENT,)),
        (f"(二){TARDY}(超过时限才报到或到场)", (TARDY,)),
        (f"(三){IDLE}(超过时限未办结,或被退回重办)", (IDLE, REWORK)),
    )
    lines = []
    for heading, kinds in parts:
        lines.append(heading)
        found = [one for one in facts.named if one.count(*kinds)]
        lines += [sentence(facts, one, kinds, shown) for one in found] or ["无。"]
    return lines


def sentence(facts: Facts, one: Named, kinds: tuple, shown: int) -> str:
    """One department's line."""
    words = []
    for kind in kinds:
        if numbers := one.calls.get(kind):
            what = "重办" if kind == REWORK else ("超期" if kind == IDLE else "")
            words.append(f"{what}{len(numbers)}件{listed(numbers, shown)}")
    return f"{facts.names.get(one.unit, '')}:{';'.join(words)}。"


def listed(numbers: list[str], shown: int) -> str:
    """(冠呼〔2026〕1号、…等9件), or nothing."""
    if not shown:
        return ""
    more = f"等{len(numbers)}件" if len(numbers) > shown else ""
    return f"({'、'.join(numbers[:shown])}{more})"


def callers(facts: Facts, shown: int, town: str) -> list[str]:
    """The townships' side: what was found, and figures that are no finding."""
    lines = ["(一)乱呼叫(经平台核实认定)"]
    lines += [
        f"{facts.names.get(pk, '')}:{len(numbers)}件{listed(numbers, shown)}。"
        for pk, numbers in facts.over.items()
    ] or ["无。"]
    lines.append("(二)呼叫数量(仅供参考,不作认定)")
    if not facts.few:
        return [*lines, f"各{town}呼叫数量未见明显偏低。"]
    names = "、".join(
        f"{facts.names.get(pk, '')}{facts.filed[pk]}件"
        if facts.filed.get(pk)
        else f"{facts.names.get(pk, '')}未呼叫"
        for pk in facts.few
    )
    middle = f"{facts.middle:g}"
    return [
        *lines,
        f"全县中位数为{middle}件,明显低于中位数的有:{names}。"
        "请自行核查有无应呼未呼;数量少不等于“不呼叫”。",
    ]


# ------------------------------------------------------------------ the figures


def figures(facts: Facts, period: Period, at: datetime) -> dict:
    """What is kept with the bulletin: plain values, by unit."""
    return {
        "month": period.key,
        "asof": timezone.localtime(at).isoformat(),
        "grounds": {str(one.unit): ground(one) for one in facts.named}
        | {
            str(pk): f"乱呼叫{len(numbers)}件{listed(numbers, NUMBERS_SHOWN)}"
            for pk, numbers in facts.over.items()
        },
        "departments": {
            str(one.unit): {kind: numbers for kind, numbers in one.calls.items() if numbers}
            for one in facts.named
        },
        "rates": {
            str(pk): {name: getattr(row, name) for name in statistics.NUMBERS}
            for pk, row in sorted(facts.rates.items())
        },
        "townships": {
            str(pk): {"filed": facts.filed.get(pk, 0), "over": facts.over.get(pk, [])}
            for pk in facts.townships
        },
        "few": facts.few,
        "median": facts.middle,
        "satisfaction": facts.satisfaction,
    }


def ground(one: Named) -> str:
    """Why a department must rectify, in at most 500 characters."""
    words = [
        f"{kind}{len(one.calls[kind])}件{listed(one.calls[kind], 4)}"
        for kind in (SILENT, TARDY, IDLE, REWORK)
        if one.calls.get(kind)
    ]
    return ";".join(words)[:500]


# ------------------------------------------------------------------ each month by itself


def of_last_month(county: Unit, day) -> Bulletin | None:
    """The unsaved bulletin of the month before `day`.

    Returns:
        None where there is one already, or where nobody had called by then.
    """
    period = last_month(day)
    used = Call.objects.filter(county=county, raised_at__lt=period.end).exists()
    if not used or Bulletin.objects.filter(county=county, month=period.first).exists():
        return None
    return Bulletin(county=county, owner_id=author(county), month=period.first)


def author(county: Unit) -> int:
    """Who writes it: 督查, else the platform, else the county itself."""
    desks = Post.objects.units_with
    found = desks(county.pk, Role.DUCHA) or desks(county.pk, Role.PLATFORM)
    return next(iter(found), county.pk)


def dated(bulletin: Bulletin) -> str:
    """The day of publication in words; empty for a draft."""
    return cn_date(bulletin.published_at) if bulletin.published_at else ""
