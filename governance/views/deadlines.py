"""时限: "called now, due when, and why", day by day; and the same for a concrete clock."""

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from governance import calendars, kinds, receipts, rulebooks
from governance.lengths import UNITS, Length
from governance.models import Clock, Rulebook
from governance.presentation import clock_dict
from governance.rulebook_fields import schema
from governance.views.shared import county_of, crumbs

MOST = 9999
KINDS = {"": "全部", "urgent": "应急", "general": "非应急"}


class DeadlineForm(forms.Form):
    """A parameter of the county or a length of one's own, and the moment it starts."""

    param = forms.ChoiceField(label="时限参数", required=False)
    amount = forms.IntegerField(label="或自定数量", required=False, min_value=1, max_value=MOST)
    unit = forms.ChoiceField(
        label="单位",
        required=False,
        choices=[(key, label.removeprefix("个")) for key, (label, _) in UNITS.items()],
        initial="workdays",
    )
    start = forms.DateTimeField(
        label="起算时间",
        required=False,
        help_text="不填为现在",
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d"],
    )

    def __init__(self, *args, params=(), **kwargs):
        super().__init__(*args, **kwargs)
        grouped: dict[str, list] = {}
        for row in params:
            grouped.setdefault(row["group"], []).append((row["key"], row["option"]))
        self.fields["param"].choices = [("", "请选择"), *grouped.items()]

    def clean(self):
        """One of the two must be chosen, the own length wins."""
        given = super().clean()
        if not self.errors and not given.get("param") and not given.get("amount"):
            self.add_error("param", "请选择一个时限参数,或填写数量。")
        return given


def params_of(book: Rulebook | None) -> list[dict]:
    """The lengths that the county's rulebook sets, in reading order."""
    found = []
    for key, field in schema().fields.items() if book else ():
        length = book.value(key) if field.type == "length" else None
        if length is not None and length.amount:
            found.append(
                {
                    "key": key,
                    "label": field.label,
                    "group": schema().groups[field.group],
                    "option": f"{field.label}:{length.label}",
                    "length": length,
                    "clause": field.clauses[0] if field.clauses else "",
                    "note": field.source_note,
                }
            )
    return found


def book_of(county) -> Rulebook | None:
    """The rulebook in force today; none for the city and before the first version."""
    if county is None:
        return None
    try:
        return rulebooks.in_force(county, timezone.localdate())
    except Rulebook.DoesNotExist:
        return None


@login_required
@require_safe
def deadlines(request):
    """Choose a length and a start; without a choice: what each limit would be, started now."""
    now = timezone.now()
    county = county_of(request.user)
    calendar = calendars.for_county(county)
    book = book_of(county)
    params = params_of(book)
    asked = any(request.GET.get(name) for name in ("param", "amount", "start"))
    form = DeadlineForm(request.GET if asked else None, params=params)
    context = {
        "form": form,
        "county": county,
        "book": book,
        "now": now,
        "unpublished": not calendar.is_published(timezone.localdate(now)),
    }
    if asked and form.is_valid():
        context |= answer(form, params, calendar, now)
    if "stretch" not in context:
        kind = request.GET.get("kind", "")
        context["rows"] = overview(params, calendar, now, kind)
        context["tabs"] = [
            {"label": label, "url": f"?kind={key}" if key else request.path, "active": key == kind}
            for key, label in KINDS.items()
        ]
    status = 400 if asked and not form.is_valid() else 200
    return render(request, "governance/deadlines.html", context, status=status)


def answer(form: DeadlineForm, params: list[dict], calendar, now) -> dict:
    """The explanation for what was chosen, or the reason why it cannot be counted."""
    given = form.cleaned_data
    start = given["start"] or now
    chosen = next((row for row in params if row["key"] == given["param"]), None)
    if given["amount"]:
        chosen = None
        length = Length(given["amount"], given["unit"] or "workdays")
    else:
        length = chosen["length"]
    try:
        shown = receipts.stretch(calendar, "", start, length)
    except ValueError as problem:
        form.add_error(None, str(problem))
        return {}
    left = calendar.remaining(now, shown.due, wall=not length.by_worktime)
    return {"stretch": shown, "chosen": chosen, "left": left, "from_now": not given["start"]}


def overview(params: list[dict], calendar, now, kind: str = "") -> list[dict]:
    """Every limit of the county as if it began now; of one kind only, if `kind` names it."""
    return [
        row | {"due": calendar.due(now, row["length"])}
        for row in params
        if kind not in KINDS or not kind or row["key"].endswith(".urgent") == (kind == "urgent")
    ]


@login_required
@require_safe
def clock_why(request, pk: int):
    """Why a clock is due when it is, and all that befell it; for readers of its matter only."""
    rows = Clock.objects.promises().readable_by(request.user)
    clock = rows.select_related("owed_by", "rulebook", "county").filter(pk=pk).first()
    matter = clock and kinds.find(clock.matter_type_id, clock.matter_id, request.user)
    if matter is None:
        raise Http404("没有这个时限,或不在您的查看范围内。")
    now = timezone.now()
    calendar = calendars.for_county(clock.county_id)
    try:
        way = receipts.way_of(clock, calendar)
    except ValueError:
        way = []
    context = {
        "clock": clock,
        "shown": clock_dict(clock, calendar, now),
        "length": Length.parse(clock.length),
        "way": way,
        "recounted": bool(way) and way[-1].due.at != clock.due_at,
        "lines": receipts.receipt(clock, request.user),
        "matter": matter,
        "param_note": note_of(clock),
        "crumbs": crumbs(matter, "为什么是这一天"),
        "printing": "print" in request.GET,
    }
    page = "governance/clock_paper.html" if "print" in request.GET else "governance/clock_why.html"
    return render(request, page, context)


def note_of(clock: Clock) -> str:
    """Which parameter of which rulebook set the length, and whether the regulation does."""
    field = schema().fields.get(clock.param)
    if field is None or clock.rulebook is None:
        return ""
    note = f"({field.source_note})" if field.source_note else ""
    return f"{clock.rulebook} · {field.full_label}{note}"
