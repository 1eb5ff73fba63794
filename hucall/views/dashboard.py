"""The dashboard: the county's, a township's or a department's, by who looks (decision 11)."""

from __future__ import annotations

import io
from datetime import date, datetime

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from governance import rulebooks
from governance.models import Unit
from governance.presenting import name_of
from governance.sheet_writing import write_xlsx
from governance.wording import cn_datetime, cn_duration
from hucall import boards, digests, periods, statistics
from hucall.boards import DEPARTMENT, DESK, LEADERS, TOWNSHIP, Links, Section, Viewer, heads
from hucall.models import Bulletin, Call, Digest, Rating, Response, Suspension
from hucall.periods import Period
from hucall.statistics import Rates, Tally

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MONTHS_OFFERED = 12
OLDEST = 10
SUSPENDED_SHOWN = 20


@login_required
@require_GET
def dashboard(request):
    """The dashboard of a period; `?sheet=<section>` is that section as a workbook."""
    now = timezone.now()
    seen = boards.viewer(request.user)
    today = timezone.localdate(now)
    period = periods.read(request.GET.get("period", ""), today, closed=seen.kind == DEPARTMENT)
    fresh = request.GET.get("fresh") == "1"
    digest = digests.running(seen.county, period, now, fresh=fresh)
    board = Board(request.user, seen, period, now, digest)
    MAKERS["county" if seen.wide else seen.kind](board)
    if wanted := request.GET.get("sheet"):
        return workbook(board, wanted, digest.computed_at)
    context = {
        "title": f"{name_of(seen.county if seen.wide else seen.unit)}看板",
        "period": period,
        "choices": choices(period, today, closed=seen.kind == DEPARTMENT),
        "asof": digest.computed_at,
        "stats": board.stats,
        "sections": board.sections,
        "kind": seen.kind,
        "explained": EXPLAINED[seen.kind],
    }
    return render(request, "hucall/dashboard.html", context)


class Board:
    """What a page is made of, and the names it needs; one query for the units."""

    def __init__(self, user, seen: Viewer, period: Period, now: datetime, digest: Digest):
        self.user, self.seen, self.period, self.now = user, seen, period, now
        self.data, self.cheap = digest.data, digest.took_ms <= digests.CHEAP_MS
        self.today: date = timezone.localdate(now)
        self.links = Links(period)
        kinds = [Unit.Kind.DEPARTMENT, Unit.Kind.TOWNSHIP, Unit.Kind.AGENCY]
        units = Unit.objects.filter(county=seen.county, kind__in=kinds).order_by("code")
        self.units = list(units.only("name", "short_name", "kind", "active"))
        self.names = {unit.pk: name_of(unit) for unit in self.units}
        self.rates = digests.rates_of(self.data)
        self.stats: list[dict] = []
        self.sections: list[Section] = []

    @property
    def towns(self) -> list[Unit]:
        """The townships in service."""
        return [one for one in self.units if one.kind == Unit.Kind.TOWNSHIP and one.active]

    def section(self, name: str) -> Section | None:
        """A section by its name."""
        return next((one for one in self.sections if one.name == name), None)


# ------------------------------------------------------------------ the county


def county_board(board: Board) -> None:
    """The county for those who see it as a whole."""
    data, links = board.data, board.links
    book = rulebooks.in_force(board.seen.county, board.today)
    whole = statistics.total(board.rates)
    filed = sum(row["filed"] for row in data["townships"])
    board.stats = [
        {"label": "呼叫", "value": filed, "unit": "件", "url": links.to("calls")},
        *rate_stats(whole, links),
        stat("超期未办结", whole.overdue, links.to("responses", light="late", state="open"), "red"),
        stat("现行挂账", len(data["suspended"]), links.to("suspensions", dated=False), "amber"),
        stat("经批准剔除", whole.excluded, ""),
    ]
    board.sections = [
        boards.by_week(data["weeks"], board.period, board.today, links),
        boards.breaches(data["breaches"], board.period, board.today),
        boards.rates(board.rates, board.names, links, book.value("rates.on_time_only")),
        *satisfaction(board, book.value("min_group")),
        boards.heat(data["heat"], board.towns, board.names, links),
        oldest_calls(board),
        suspended(board),
        boards.towns_side(data["townships"], board.towns, links),
    ]


def rate_stats(row: Rates, links: Links, **unit) -> list[dict]:
    """承接率 and 办结率, each with numerator and denominator."""
    return [
        {
            "label": "承接率",
            "numerator": row.signed,
            "denominator": row.owed,
            "note": f"按时 {row.signed_on_time}",
            "url": links.to("responses", **unit),
        },
        {
            "label": "办结率",
            "numerator": row.finished,
            "denominator": row.owed,
            "note": f"按时 {row.finished_on_time}",
            "url": links.to("responses", state="finished", **unit),
        },
    ]


def stat(label: str, number: int, url: str, tone: str = "") -> dict:
    """A number that is coloured when it is not nought."""
    icons = {"red": "late", "amber": "paused"}
    found = {"label": label, "value": number, "unit": "件次", "url": url}
    return found | ({"tone": tone, "icon": icons[tone]} if tone and number else {})


def satisfaction(board: Board, min_group: int) -> list[Section]:
    """Satisfaction as the viewer may see it; 纪检 none."""
    if board.seen.kind == DESK:
        found = digests.answers_of(board.data)
        return [
            boards.satisfaction_for_desk(found, board.names, min_group),
            boards.pairs(found, board.names),
        ]
    if board.seen.kind != LEADERS:
        return []
    found = digests.batches(board.seen.county, board.period, board.now, missing=board.cheap)
    cells, whole = digests.together(found)
    withheld = {unit for one in found for unit in one["withheld"]}
    return [boards.satisfaction_published(cells, whole, withheld, board.names)]


def oldest_calls(board: Board) -> Section:
    """The calls that have been open for longest, whatever the period."""
    section = Section(
        "oldest",
        "最久未办结",
        heads("事项", "乡镇", "状态", "发起", "已历时", words=5),
        more_url=board.links.to("calls", dated=False, state="open"),
    )
    rows = Call.objects.visible_to(board.user).filter(pk__in=board.data["oldest"])
    rows = (
        rows.filter(state__in=Call.OPEN).select_related("owner").defer("text", "terms", "summary")
    )
    for call in sorted(rows, key=lambda call: (call.raised_at, call.pk)):
        section.rows.append(
            [
                {"text": call.title, "url": call.get_absolute_url(), "note": call.number},
                name_of(call.owner),
                call.get_state_display(),
                f"{timezone.localtime(call.raised_at):%Y-%m-%d}",
                cn_duration(board.now - call.raised_at),
            ]
        )
    section.empty = "没有未办结的呼叫。"
    return section


def suspended(board: Board, units: set[int] | None = None) -> Section:
    """What is suspended today: out of the rates, never out of sight (decision 28)."""
    section = Section(
        "suspended",
        "挂账",
        heads("事项", "承办单位", "恢复条件", "复核日期", words=4),
        more_url=board.links.to("suspensions", dated=False),
        shown=SUSPENDED_SHOWN,
    )
    wanted = [pk for pk, unit in board.data["suspended"] if units is None or unit in units]
    seen = Response.objects.visible_to(board.user)
    rows = Suspension.objects.filter(pk__in=wanted, decision="granted", response__in=seen)
    rows = rows.select_related("response__call", "response__unit").order_by("review_on", "pk")
    for one in rows:
        late = one.review_on < board.today
        section.rows.append(
            [
                {"text": one.response.call.title, "url": one.response.get_absolute_url()},
                name_of(one.response.unit),
                one.condition,
                f"{one.review_on:%Y-%m-%d}" + ("(已到复核日)" if late else ""),
            ]
        )
    section.note = f"现行 {len(section.rows)} 件次,不计入比率"
    section.empty = "没有挂账事项。"
    return section


# ------------------------------------------------------------------ a township


def township_board(board: Board) -> None:
    """A township's own figures: its calls, who answers them, and how it has rated."""
    own, links = board.seen.unit.pk, board.links
    weeks = [row for row in board.data["weeks"] if row[1] == own]
    known = next((row for row in board.data["townships"] if row["owner"] == own), None)
    row = known or dict.fromkeys(("filed", "urgent", "open", "over", "own"), 0)
    mine = {"township": own}
    board.stats = [
        {
            "label": "本单位呼叫",
            "value": row["filed"],
            "unit": "件",
            "url": links.to("calls", **mine),
        },
        stat("其中应急", row["urgent"], links.to("calls", kind="urgent", **mine)),
        stat("未办结", row["open"], links.to("calls", state="open", **mine)),
        stat("认定乱呼叫", row["over"], ""),
        stat("自行处置登记", row["own"], links.to("calls", state="self_handled", **mine)),
    ]
    towns = [one for one in board.towns if one.pk == own]
    heat = [entry for entry in board.data["heat"] if entry[0] == own]
    board.sections = [
        boards.by_week(weeks, board.period, board.today, links),
        boards.heat(heat, towns, board.names, links),
        own_ratings(board),
        own_oldest(board, Call.objects.visible_to(board.user).filter(owner=own)),
    ]


def own_ratings(board: Board) -> Section:
    """How the township has rated, for itself (GX-呼应-15): its own words, nobody's callback."""
    section = Section("ratings", "本单位的评价", heads("评价", "件次"))
    rows = Rating.objects.visible_to(board.user).filter(
        owner=board.seen.unit,
        response__opened_at__gte=board.period.start,
        response__opened_at__lt=board.period.end,
    )
    counts: dict[str, int] = {}
    for state, level in rows.exclude(state="dropped").values_list("state", "level"):
        counts[level or state] = counts.get(level or state, 0) + 1
    words = {**dict(Rating.Level.choices), "pending": "待评价", "unrated": "未评(已归档)"}
    section.rows = [[label, str(counts.get(key, 0))] for key, label in words.items()]
    section.note = "仅本单位和平台可见"
    return section


def own_oldest(board: Board, rows) -> Section:
    """The unit's own calls that have been open for longest."""
    found = rows.filter(digests.FILED, state__in=Call.OPEN).order_by("raised_at", "pk")
    board.data = board.data | {"oldest": list(found.values_list("pk", flat=True)[:OLDEST])}
    return oldest_calls(board)


# ------------------------------------------------------------------ a department


def department_board(board: Board) -> None:
    """A department's own figures of a closed period, and what has been published of it."""
    own, links = board.seen.unit.pk, board.links
    row = next((one for one in board.rates if one.department == own), Rates(own))
    board.stats = [
        stat("应响应", row.owed, links.to("responses", unit=own)),
        *rate_stats(row, links, unit=own),
        stat("挂账", row.suspended, links.to("suspensions", dated=False, unit=own)),
        stat("经批准剔除", row.excluded, ""),
    ]
    mine = [entry for entry in board.data["breaches"] if entry[1] == own]
    board.sections = [
        boards.breaches(mine, board.period, board.today),
        own_published(board),
        own_open(board),
        suspended(board, {own}),
    ]


def own_published(board: Board) -> Section:
    """The department's own satisfaction, month by month, from published bulletins only."""
    section = Section("satisfaction", "满意度(已通报)", heads(*MONTHLY))
    rows = Bulletin.objects.visible_to(board.user).filter(
        county=board.seen.county, state="published", month__lte=board.period.last
    )
    key = str(board.seen.unit.pk)
    for bulletin in rows.order_by("-month", "-pk").only("month", "figures", "title")[
        :MONTHS_OFFERED
    ]:
        shown = (bulletin.figures.get("satisfaction") or {}).get("shown", {})
        label = {
            "text": f"{bulletin.month.year}年{bulletin.month.month}月",
            "url": bulletin.get_absolute_url(),
        }
        if key in shown:
            section.rows.append(boards.tally_row(label, Tally(*shown[key])))
        else:
            section.rows.append([label, *[boards.WITHHELD] * 5])
    section.note = "通报发布后可见;评价人过少的月份不予显示"
    section.empty = "还没有发布的通报。"
    return section


MONTHLY = ("月份", "有效评价", "满意", "基本满意", "不满意", "满意率")


def own_open(board: Board) -> Section:
    """The department's open parts, oldest first; these are its own work, not a figure."""
    section = Section(
        "oldest",
        "最久未办结",
        heads("事项", "乡镇", "分工", "派发", "状态", words=5),
        more_url=board.links.to("responses", dated=False, state="open", unit=board.seen.unit.pk),
    )
    rows = Response.objects.filter(unit=board.seen.unit, state__in=Response.OPEN)
    for part in rows.select_related("call", "owner").order_by("opened_at", "pk")[:OLDEST]:
        section.rows.append(
            [
                {
                    "text": part.call.title,
                    "url": part.get_absolute_url(),
                    "note": part.call.number,
                },
                name_of(part.owner),
                part.get_duty_display(),
                f"{timezone.localtime(part.opened_at):%Y-%m-%d}",
                part.get_state_display(),
            ]
        )
    section.empty = "没有未办结的呼叫。"
    return section


MAKERS = {"county": county_board, TOWNSHIP: township_board, DEPARTMENT: department_board}
EXPLAINED = {
    DESK: "平台可见全部数据,包括乡镇 × 部门的满意度;这些数据不得外传。",
    LEADERS: "可见全县汇总。满意度只按已结束的月份显示,评价人过少的不予显示。",
    boards.WATCH: "可见全县响应情况,不含满意度。",
    DEPARTMENT: "可见本部门已结束期间的汇总;满意度在通报发布后显示。",
    TOWNSHIP: "可见本乡镇(街道)的数据。",
}


# ------------------------------------------------------------------ periods and sheets


def choices(chosen: Period, today: date, *, closed: bool) -> list[dict]:
    """The periods that the selector offers, newest first; the chosen one is always among them."""
    found = [periods.year(today.year), periods.year(today.year - 1)]
    found += [periods.month(today.year, today.month - back) for back in range(MONTHS_OFFERED + 1)]
    if closed:
        found = [one for one in found if one.last < today]
    if chosen.key not in {one.key for one in found}:
        found.append(chosen)
    return [{"key": one.key, "label": one.label, "chosen": one.key == chosen.key} for one in found]


def workbook(board: Board, name: str, asof: datetime) -> HttpResponse:
    """One section as .xlsx: the rows of the page, all of them.

    Raises:
        Http404: this viewer's board has no such section.
    """
    section = board.section(name)
    if section is None:
        raise Http404
    target = io.BytesIO()
    place = name_of(board.seen.county if board.seen.wide else board.seen.unit)
    title = f"{place} {board.period.label} {section.title}(截至{cn_datetime(asof)})"
    write_xlsx(target, [section.for_sheet()], title=title)
    response = HttpResponse(target.getvalue(), content_type=XLSX)
    file_name = f"{place}-{section.title.replace(' ', '')}-{board.period.key}.xlsx"
    response["Content-Disposition"] = content_disposition_header(True, file_name)
    response["Cache-Control"] = "no-store"
    return response
