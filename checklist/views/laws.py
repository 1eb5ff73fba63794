"""Pages of the register of legal bases: the list, one law with what rests on it, its changes."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from checklist import access, citing, law_days, laws, selectors
from checklist.law_forms import LawChangeForm, LawFilter, LawForm
from checklist.models import LawChange, LegalBasis
from checklist.views.common import PAGE, county_of, query_without
from governance.roles import Role
from governance.steps import Refused
from governance.wording import cn_date, date_words

STATUS_TAGS = {
    LegalBasis.Status.IN_FORCE: ("green", "check"),
    LegalBasis.Status.AMENDED: ("amber", "warn"),
    LegalBasis.Status.REPEALED: ("red", "late"),
    LegalBasis.Status.COMING: ("blue", "soon"),
    LegalBasis.Status.UNCLEAR: ("amber", "info"),
}


def status_tag(basis: LegalBasis, day) -> dict:
    """Its status as {text, tone, icon}: words and a sign, colour never alone."""
    status = basis.status_on(day)
    tone, icon = STATUS_TAGS[status]
    return {"text": LegalBasis.Status(status).label, "tone": tone, "icon": icon}


@login_required
@require_GET
def register(request):
    """The register, with search, and what waits to be acted on."""
    county, today = county_of(request), timezone.localdate()
    form = LawFilter(request.GET)
    form.is_valid()
    wanted = form.cleaned_data
    rows = laws.known_to(access.counties(request.user))
    if wanted.get("q"):
        named = Q(name__icontains=wanted["q"]) | Q(short_names__icontains=wanted["q"])
        rows = rows.filter(named | Q(number__icontains=wanted["q"]))
    if wanted.get("kind"):
        rows = rows.filter(kind=wanted["kind"])
    found = list(rows)
    if wanted.get("status"):
        found = [one for one in found if one.status_on(today) == wanted["status"]]
    counts = laws.citing_count(found, county)
    found.sort(key=lambda one: (-counts.get(one.pk, 0), one.name))
    page = pages(request, found)
    mine = county.pk in access.bianban_counties(request.user)
    context = {
        "form": form,
        "active": active(request, form),
        "rows": [
            {"law": one, "count": counts.get(one.pk, 0), "status": status_tag(one, today)}
            for one in page["rows"]
        ],
        "page": page,
        "unknown": len(citing.unknown(selectors.current_edition(county))),
        "waiting": laws.waiting(county, today) if mine else [],
        "ahead": law_days.ahead(county, today) if mine else [],
        "may_add": mine or request.user.holds(Role.SYSADMIN),
    }
    return render(request, "checklist/laws.html", context)


def pages(request, found: list) -> dict:
    """One page of a list that fits into memory."""
    text = request.GET.get("from", "")
    start = int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0
    end = start + PAGE
    return {
        "rows": found[start:end],
        "count": len(found),
        "prev_url": query_without(request, "from", **{"from": str(max(start - PAGE, 0))})
        if start
        else None,
        "next_url": query_without(request, **{"from": str(end)}) if len(found) > end else None,
    }


def active(request, form) -> list[dict]:
    """The filters that are on, each with the address without it."""
    return [
        {
            "label": f"{form.fields[name].label}:"
            f"{dict(getattr(form.fields[name], 'choices', ())).get(value, value)}",
            "url": query_without(request, name, "from"),
        }
        for name, value in form.cleaned_data.items()
        if value
    ]


def law_or_404(request, pk: int) -> LegalBasis:
    """An entry that the reader's county has."""
    found = laws.known_to(access.counties(request.user)).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@login_required
@require_GET
def law(request, pk: int):
    """One entry: its life, its history, and the items that rest on it."""
    county, today = county_of(request), timezone.localdate()
    basis = law_or_404(request, pk)
    changes = list(basis.changes.select_related("by"))
    context = {
        "law": basis,
        "status": status_tag(basis, today),
        "life": basis.life(today),
        "facts": facts(basis),
        "resting": laws.resting_on(basis, county),
        "changes": [
            {"change": one, "who": one.by or "系统", "raised": raised(one, county)}
            for one in changes
        ],
        "waiting": waiting(request, basis, county, today),
        "ahead": law_days.ahead(county, today, basis),
        "may_keep": access.may_keep_law(request.user, basis),
        "may_change": access.may_change_law(request.user, basis) and not basis.repealed_on,
    }
    return render(request, "checklist/law.html", context)


def raised(change: LawChange, county) -> list:
    """The causes that a change has become in this county."""
    if not change.moves_items:
        return []
    rows = change.raised.filter(item__county=county).select_related("cause", "unit", "item")
    return list(rows.order_by("id"))


def waiting(request, basis, county, today) -> list[dict]:
    """The changes of this law for which the reader's 编办 has causes left to raise."""
    if county.pk not in access.bianban_counties(request.user):
        return []
    return [one for one in laws.waiting(county, today) if one["change"].basis_id == basis.pk]


def facts(basis: LegalBasis) -> list[dict]:
    """What is known of an entry, for ui/kv.html."""
    pairs = [
        ("效力级别", basis.get_kind_display()),
        ("文号", basis.number),
        ("简称", basis.short_names),
        ("公布日期", date_words(basis.issued_on)),
        ("施行日期", date_words(basis.in_force_from)),
        ("修改施行日期", date_words(basis.amended_on)),
        ("废止日期", date_words(basis.repealed_on)),
        ("适用范围", str(basis.county) if basis.county else "各县通用"),
        ("核实情况", "已核实" if basis.verified else "尚未核实"),
        ("来源与说明", basis.note),
    ]
    rows = [{"label": label, "value": value} for label, value in pairs if value]
    if basis.successor:
        url = basis.successor.get_absolute_url()
        rows.append({"label": "由何者取代", "value": str(basis.successor), "url": url})
    return rows


@login_required
@require_GET
def unknown(request):
    """Names that wordings cite and the register does not know."""
    county = county_of(request)
    edition = selectors.current_edition(county)
    context = {
        "rows": citing.unknown(edition),
        "may_add": county.pk in access.bianban_counties(request.user)
        or request.user.holds(Role.SYSADMIN),
    }
    return render(request, "checklist/laws_unknown.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def new(request):
    """A new entry: common from the system administrator, the county's own from its 编办."""
    county = county_of(request)
    if request.user.holds(Role.SYSADMIN):
        owner = None
    elif county.pk in access.bianban_counties(request.user):
        owner = county
    else:
        raise PermissionDenied("法律依据由系统管理员和编办维护。")
    start = {"name": request.GET.get("name", "")[:200], "kind": LegalBasis.Kind.LAW}
    return edited(request, LegalBasis(county=owner), start, "登记法律依据")


@login_required
@require_http_methods(["GET", "POST"])
def edit(request, pk: int):
    """Correct an entry; what was different stands in its history."""
    basis = law_or_404(request, pk)
    if not access.may_keep_law(request.user, basis):
        raise PermissionDenied("通用依据由系统管理员维护,本县文件由本县编办维护。")
    return edited(request, basis, None, f"更正{basis}")


def edited(request, basis: LegalBasis, start, title: str):
    """The form of an entry, new or corrected."""
    before = laws.facts_of(basis) if basis.pk else None
    form = LawForm(
        request.POST or None, instance=basis, initial=start, county=basis.county,
        counties=access.counties(request.user),
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        kept = laws.keep(form.save(commit=False), request.user, before)
        messages.success(request, f"已保存{kept}。")
        return redirect(kept)
    context = {"form": form, "title": title, "common": basis.county_id is None}
    return render(request, "checklist/law_form.html", context, status=400 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def change(request, pk: int):
    """Record an amendment or a repeal: first what it would raise, then, confirmed, the act."""
    county, basis = county_of(request), law_or_404(request, pk)
    if not access.may_change_law(request.user, basis):
        raise PermissionDenied("依据的修改和废止由编办和系统管理员登记。")
    form = LawChangeForm(
        request.POST or None, basis=basis, counties=access.counties(request.user),
        initial={"kind": LawChange.Kind.REPEALED},
    )  # fmt: skip
    mine = county.pk in access.bianban_counties(request.user)
    context = {"law": basis, "form": form, "mine": mine}
    if request.method != "POST" or not form.is_valid():
        status = 400 if form.errors else 200
        return render(request, "checklist/law_change.html", context, status=status)
    given = form.cleaned_data
    if "confirm" in request.POST:
        return changed(request, basis, county, given, context)
    planned = laws.plan(basis, county)
    context |= {
        "given": given,
        "kind_label": LawChange.Kind(given["kind"]).label,
        "planned": planned,
        "due": laws.due(county, given["on"]) if mine else None,
        "later": given["on"] > timezone.localdate(),
    }
    return render(request, "checklist/law_change.html", context)


def changed(request, basis, county, given, context):
    """What the confirmed form does: the record, and for 编办 the causes as far as they are due."""
    try:
        made = laws.change(
            basis, given["kind"], given["on"], by=request.user, note=given["note"],
            successor=given["successor"],
        )  # fmt: skip
    except Refused as refusal:
        context["form"].add_error(None, refusal.message)
        return render(request, "checklist/law_change.html", context, status=refusal.status)
    if context["mine"] and made.on <= timezone.localdate():
        causes = laws.raise_causes(made, county, actor=request.user)
        messages.success(request, f"已登记,并发出 {len(causes)} 件调整事由。")
    else:
        when = cn_date(made.on)
        later = made.on > timezone.localdate()
        words = f"已登记,{when}由系统发出调整事由。" if later else "已登记。"
        messages.success(request, words)
    return redirect(basis)


@login_required
@require_POST
def raise_now(request, pk: int, change: int):
    """编办 raises the causes that a change still lacks in its county."""
    basis = law_or_404(request, pk)
    made = LawChange.objects.filter(pk=change, basis=basis, kind__in=list(laws.FOLLOWS)).first()
    if made is None:
        raise Http404
    county = county_of(request)
    if county.pk not in access.bianban_counties(request.user):
        raise PermissionDenied("调整事由由本县编办发出。")
    try:
        causes = laws.raise_causes(made, county, actor=request.user)
        messages.success(request, f"已发出 {len(causes)} 件调整事由。")
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect(reverse("checklist:law", args=[basis.pk]))
