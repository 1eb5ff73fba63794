"""Pages of suggestions inside: list, file, keying in, statistics, the channels of each unit."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from checklist import access, hearing_figures, suggestion_access
from checklist import channels as published
from checklist.models import Channel, Suggestion
from checklist.suggestion_forms import ChannelForm, SuggestionFilter, SuggestionForm
from checklist.views.common import PAGE, county_of, query_without, send_file
from governance import presentation, rulebooks, sheets
from governance.models import Unit
from governance.perform import perform
from governance.steps import Invalid, Refused


def visible(request):
    """The suggestions that the reader may see."""
    rows = Suggestion.objects.visible_to(request.user)
    return rows.select_related("county", "owner", "unit", "item", "rulebook")


def hears(county: Unit) -> bool:
    """Whether the county's rulebook takes suggestions."""
    book = rulebooks.latest(county)
    return book is not None and book.value("checklist.suggestions")


def narrowed(request, county):
    """The filter form and the rows that fit it, newest first."""
    form = SuggestionFilter(request.GET, county=county)
    form.is_valid()
    rows, wanted = visible(request).filter(county=county), form.cleaned_data
    for name in ("state", "channel", "person", "unit"):
        if wanted.get(name):
            rows = rows.filter(**{name: wanted[name]})
    return form, rows.found(wanted.get("q") or "").order_by("-id")


@login_required
@require_GET
def suggestions(request):
    """The list, filtered by what stands in the address."""
    county = county_of(request)
    form, rows = narrowed(request, county)
    text = request.GET.get("before", "")
    before = int(text) if text.isascii() and text.isdecimal() and len(text) < 18 else 0
    page = list((rows.filter(pk__lt=before) if before else rows)[: PAGE + 1])
    context = {
        "form": form,
        "active": active(request, form),
        "rows": page[:PAGE],
        "total": rows.count(),
        "next_url": query_without(request, before=str(page[PAGE - 1].pk))
        if len(page) > PAGE
        else None,
        "first_url": query_without(request, "before") if before else None,
        "query": query_without(request, "before"),
        "may_key": bool(suggestion_access.may_key(request.user)) and hears(county),
        "hears": hears(county),
    }
    return render(request, "checklist/suggestions.html", context)


def active(request, form) -> list[dict]:
    """The filters that are on, each with the address without it."""
    found = []
    for name, value in form.cleaned_data.items():
        if value:
            label = dict(getattr(form.fields[name], "choices", ())).get(value, value)
            label = value if isinstance(value, Unit) else label
            url = query_without(request, name, "before")
            found.append({"label": f"{form.fields[name].label}:{label}", "url": url})
    return found


@login_required
@require_GET
def export(request):
    """Exactly what is filtered, without the persons."""
    _, rows = narrowed(request, county_of(request))
    headings = ["编号", "收到日期", "提出人", "渠道", "意见建议", "涉及事项", "办理单位", "状态",
                "办理结果", "答复"]  # fmt: skip
    lines = (
        [one.number, f"{timezone.localtime(one.raised_at):%Y-%m-%d}", one.get_person_display(),
         one.get_channel_display(), one.text, str(one.item or ""), str(one.unit or ""),
         one.get_state_display(), one.get_result_display(), one.reply_text]
        for one in rows.iterator(chunk_size=500)
    )  # fmt: skip
    widths = {"意见建议": 50, "答复": 50, "涉及事项": 24, "编号": 20}
    return send_file(
        lambda target: sheets.write_xlsx(target, [("意见建议", headings, lines)], widths=widths),
        "意见建议.xlsx",
    )


@login_required
@require_GET
def suggestion(request, pk: int):
    """One suggestion: what was said, by whom (as far as the reader may know), what became of it."""
    record = visible(request).filter(pk=pk).select_related("cause").first()
    if record is None:
        raise Http404
    trail = presentation.trail_of(record, request.user, request.GET.get("trail"))
    knows = suggestion_access.knows_person(record, request.user)
    context = {
        "suggestion": record,
        "contact": [{"label": a, "value": b} for a, b in record.contact_for(request.user)],
        "knows": knows,
        "events": trail.events,
        "more_url": trail.more_url,
        **presentation.steps_panel(request, record),
    }
    return render(request, "checklist/suggestion.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def new(request):
    """A letter, call, mail or visit, keyed in by a clerk (decision 38)."""
    posts = suggestion_access.may_key(request.user)
    if not posts:
        raise PermissionDenied("意见建议由部门、乡镇(街道)经办人员和编办登记。")
    post = posts[0]
    if not hears(post.unit.county):
        raise PermissionDenied("本县的制度方案没有开通意见建议。")
    record = Suggestion(county=post.unit.county, owner=post.unit)
    form = SuggestionForm(record=record, actor=request.user)
    status = 200
    if request.method == "POST":
        try:
            record = perform(record, "submit", actor=request.user, facts=request.POST)
            messages.success(request, f"已登记{record.number}。")
            return redirect(record)
        except Invalid as refusal:
            form, status = refusal.form, 400
        except Refused as refusal:
            messages.error(request, refusal.message)
            status = refusal.status
    return render(request, "checklist/suggestion_new.html", {"form": form}, status=status)


@login_required
@require_GET
def statistics(request):
    """By month, channel, unit and result; over what the reader may see."""
    county = county_of(request)
    text = request.GET.get("year", "")
    this = timezone.localdate().year
    year = int(text) if text.isascii() and text.isdecimal() and int(text[:4]) >= 2000 else this
    rows = Suggestion.objects.visible_to(request.user).filter(county=county)
    figures = hearing_figures.of_year(rows, min(year, this))
    context = {"figures": figures, "year": min(year, this), "years": range(this, this - 5, -1)}
    return render(request, "checklist/suggestion_stats.html", context)


@login_required
@require_GET
def channels(request):
    """What each unit has published, and for 编办 which units lack something."""
    county = county_of(request)
    rows = published.of_county(county)
    desk = county.pk in access.bianban_counties(request.user)
    shown = [
        {"row": row, "edit": suggestion_access.may_keep_channel(request.user, row.unit)}
        for row in rows
    ]
    context = {"rows": shown, "gaps": published.gaps(rows) if desk else [], "desk": desk}
    return render(request, "checklist/channels.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def channel(request, pk: int):
    """What one unit publishes."""
    unit = Unit.objects.filter(
        pk=pk, county__in=access.counties(request.user), kind__in=published.KINDS
    ).first()
    if unit is None:
        raise Http404
    if not suggestion_access.may_keep_channel(request.user, unit):
        raise PermissionDenied("公开渠道由本单位人员和编办维护。")
    given = Channel.objects.filter(unit=unit).first()
    start = {} if given else {"phone": unit.contact_phone, "mail": unit.contact_email}
    form = ChannelForm(request.POST or None, instance=given, initial=start)
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in ("phone", "mail", "note")}
        published.keep(unit, actor=request.user, **values)
        messages.success(request, f"已保存{unit}的公开渠道。")
        return redirect("checklist:channels")
    context = {"form": form, "unit": unit}
    return render(request, "checklist/channel.html", context, status=400 if form.errors else 200)
