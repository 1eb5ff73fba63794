"""负荷台账: what each township has taken on, and what it has received for it."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from admission import access, ledgers, selectors
from admission.models import AdmittedDuty
from admission.posts import TOWNSHIP
from admission.presenting import yuan
from admission.sections import sections
from checklist.filters import OPEN
from checklist.views.common import send_file
from governance import sheets
from governance.presenting import name_of

SORTS = (
    # (key of the address, attribute, heading, explanation)
    ("unit", None, "乡镇(街道)"),
    ("duties", "duties", "准入事项"),
    ("staff", "staff", "到位人员"),
    ("asked", "asked", "申请经费"),
    ("allotted", "allotted", "拨付经费"),
    ("spent", "spent", "支出"),
    ("balance", "balance", "余额"),
    ("support", "given", "保障落实"),
    ("overdue", "overdue", "逾期保障"),
)
HEADINGS = (
    *(
        "乡镇(街道)",
        "准入事项(项)",
        "按部门",
        "期满待退出(项)",
        "到位人员(人)",
        "其中乡镇已确认(人)",
    ),
    *("申请经费(元,整件)", "已拨付(元)", "已支出(元)", "余额(元)", "应落实保障(项)", "已落实(项)"),
    *("逾期未落实(项)", "涉及事项(项)"),
)


def read(request) -> tuple[list[selectors.Load], str]:
    """The rows that the reader may see, sorted as the address asks, and by what.

    Raises:
        PermissionDenied: no post that takes part in admission.
    """
    user = request.user
    posts = [post for post in user.posts_held() if post.role in ledgers.LOAD_READERS]
    counties = [post.county_id for post in posts if post.county_id]
    if not counties:
        raise PermissionDenied("负荷台账由参与准入的部门、乡镇和审核、审批岗位查看。")
    county = counties[0]
    duties = AdmittedDuty.objects.visible_to(user).filter(county=county)
    towns = selectors.townships_of(county)
    if not any(post.role in access.PURSE and post.county_id == county for post in posts):
        own = {post.unit_id for post in posts if post.role in TOWNSHIP}
        named = own | set(duties.order_by().values_list("unit", flat=True))
        towns = [unit for unit in towns if unit.pk in named]
    rows = selectors.loads(duties, towns, timezone.localdate())
    wanted = request.GET.get("sort", "")
    attribute = {key: name for key, name, _ in SORTS}.get(wanted.removeprefix("-"))
    if attribute:
        rows.sort(key=lambda row: getattr(row, attribute), reverse=wanted.startswith("-"))
    return rows, wanted if attribute else ""


@login_required
@require_safe
def load(request):
    """The table, each figure leading to its records."""
    rows, sort = read(request)
    sums = selectors.total(rows)
    context = {
        "rows": [shown(row) for row in rows],
        "sums": sums,
        "figures": figures(sums),
        "columns": columns(sort),
        "sort": sort,
        "sections": sections(request.user, "load"),
        "export_url": reverse("admission:load_export") + (f"?sort={sort}" if sort else ""),
        "allotted": yuan(sums["allotted"]),
        "spent": yuan(sums["spent"]),
        "balance": yuan(sums["allotted"] - sums["spent"]),
    }
    return render(request, "admission/load.html", context)


def columns(sort: str) -> list[dict]:
    """The headings, each sorting by itself: the most first, then the least."""
    found = []
    for key, attribute, label in SORTS:
        down, up = f"-{key}", key
        state = {down: "descending", up: "ascending"}.get(sort, "")
        url = f"?sort={up if sort == down else down}" if attribute else "?" if sort else ""
        found.append({"label": label, "num": bool(attribute), "sort_url": url, "sorted": state})
    return found


def link(row: selectors.Load | None, **more) -> str:
    """The duties behind a figure."""
    given = ({"unit": row.unit.pk} if row else {}) | more
    return reverse("admission:duties") + "?" + urlencode(given)


def shown(row: selectors.Load) -> dict:
    """One township with its links."""
    return {
        "load": row,
        "unit": name_of(row.unit),
        "departments": [
            {"name": name_of(unit), "n": n, "url": link(row, state=OPEN, department=unit.pk)}
            for unit, n in row.departments
        ],
        "duties_url": link(row, state=OPEN),
        "lapsed_url": link(row, state="lapsed"),
        "staff_url": link(row, state=OPEN, support="staff"),
        "money_url": link(row, state=OPEN, support="money"),
        "overdue_url": link(row, state=OPEN, support="overdue"),
        "asked": yuan(row.asked),
        "allotted": yuan(row.allotted),
        "spent": yuan(row.spent),
        "balance": yuan(row.balance),
    }


def figures(sums: dict) -> list[dict]:
    """What stands above the table."""
    late = sums["overdue"]
    return [
        {"label": "有约束力的准入事项", "value": sums["duties"], "unit": "项",
         "note": f"另有 {sums['lapsed']} 项期满待退出" if sums["lapsed"] else "",
         "url": link(None, state=OPEN), "icon": "list"},
        {"label": "保障已落实", "numerator": sums["given"], "denominator": sums["support"],
         "unit": "项", "icon": "check"},
        {"label": "逾期未落实保障", "value": late, "unit": "项", "icon": "late",
         "tone": "red" if late else "", "note": f"涉及 {sums['strained']} 项事项" if late else "",
         "url": link(None, state=OPEN, support="overdue")},
        {"label": "到位人员", "value": sums["staff"], "unit": "人", "icon": "users",
         "note": f"乡镇已确认 {sums['confirmed']} 人",
         "url": link(None, state=OPEN, support="staff")},
    ]  # fmt: skip


@login_required
@require_safe
def load_export(request):
    """The same rows as a workbook."""
    rows, _ = read(request)
    lines = [
        [
            str(row.unit), row.duties,
            "\n".join(f"{unit}:{n}" for unit, n in row.departments), row.lapsed, row.staff,
            row.confirmed, f"{row.asked:.2f}", f"{row.allotted:.2f}", f"{row.spent:.2f}",
            f"{row.balance:.2f}", row.support, row.given, row.overdue, row.strained,
        ]
        for row in rows
    ]  # fmt: skip
    sheet = ("负荷台账", list(HEADINGS), lines)
    name = f"负荷台账{timezone.localtime():%Y%m%d-%H%M}.xlsx"
    widths = {"按部门": 30, "乡镇(街道)": 18}
    return send_file(lambda target: sheets.write_xlsx(target, [sheet], widths=widths), name)
