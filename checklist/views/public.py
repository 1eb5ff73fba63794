"""Pages for citizens: the current list, the channels, and suggestions without an account.

They exist where the instance is exposed (PUBLIC_PAGES) and the county's rulebook opens them, the
list and the money of admitted duties each by a switch of its own (ADR 0023); a
county that does not exist and one that has not opened them look the same. No session is opened,
nothing of whoever is signed in is shown, and no page leads inside.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, time
from functools import wraps

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from checklist import channels as published
from checklist import limits, selectors
from checklist.intake.layouts import LABELS
from checklist.models import Suggestion
from checklist.suggestion_forms import SuggestionForm
from governance import rulebooks
from governance.chains import office
from governance.models import Rulebook, Unit
from governance.perform import perform
from governance.roles import Role
from governance.steps import Invalid, Refused

PER_HOUR, PER_DAY, LOOKUPS = 5, 200, 20
"""Suggestions per address and hour, per county and day; replies asked for per address and hour."""
FRESH = "public, max-age=300"
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
CODE_SIGNS = 16
"""32 signs to the power of 16: 80 bits, which nobody guesses at twenty tries an hour."""
PAGE = 50


def public(view, switch: str = "checklist.public"):
    """Open to everybody where the county is open; otherwise as if there were nothing.

    Args:
        switch: the field of the rulebook that opens this page.
    """

    @login_not_required
    @wraps(view)
    def shown(request, code, *args, **kwargs):
        county, book = opened(code, switch)
        if county is None:
            return absent(request)
        answer = view(request, county, book, *args, **kwargs)
        answer.headers.setdefault("Cache-Control", "no-store")
        return answer

    return shown


def opened(code: str, switch: str) -> tuple[Unit | None, Rulebook | None]:
    """The county behind an address and its rulebook, if both instance and county are open."""
    if not settings.PUBLIC_PAGES:
        return None, None
    county = Unit.objects.filter(kind=Unit.Kind.COUNTY, region_code=code, active=True).first()
    if county is None:
        return None, None
    try:
        book = rulebooks.in_force(county, timezone.localdate())
    except Rulebook.DoesNotExist:
        return None, None
    return (county, book) if book.value(switch) else (None, None)


def absent(request):
    """Nothing here, whatever the reason."""
    answer = render(request, "public/absent.html", status=404)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def frame(county: Unit, book: Rulebook, **more) -> dict:
    """What every page for citizens shows around its own."""
    return {
        "county": county,
        "code": county.region_code,
        "list_name": book.value("checklist_name"),
        "hears": book.value("checklist.suggestions"),
        "lists": book.value("checklist.public"),
        "funded": book.value("admission.public"),
        **more,
    }


@require_safe
@public
def items(request, county, book):
    """The edition in force, with search."""
    edition = selectors.current_edition(county)
    words = request.GET.get("q", "").replace("\0", "")[:60].strip()
    category = request.GET.get("category", "").replace("\0", "")[:60]
    rows = selectors.filtered(edition, q=words, category=category) if edition else []
    text = request.GET.get("after", "")
    start = int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0
    page = list(rows.filter(place__gt=start)[: PAGE + 1]) if edition else []
    more = page[PAGE - 1].place if len(page) > PAGE else None
    context = frame(
        county, book, edition=edition, members=page[:PAGE], words=words, category=category,
        categories=selectors.categories(edition) if edition else [], more=more, start=start,
        total=rows.count() if edition else 0,
    )  # fmt: skip
    answer = render(request, "public/items.html", context)
    answer.headers["Cache-Control"] = FRESH
    return answer


@require_safe
@public
def item(request, county, book, pk: int):
    """One item of the edition in force: duties, basis, and how to reach its units."""
    edition = selectors.current_edition(county)
    revision = selectors.revision_in(edition, pk)
    if revision is None:
        return absent(request)
    names = ("category", "county_duty", "township_duty", "basis", "policy_basis", "main", "coop",
             "lead", "joint")  # fmt: skip
    named = {part.unit_id for part in revision.units.all() if part.unit_id}
    context = frame(
        county, book, edition=edition, revision=revision, pk=pk,
        texts=[{"label": LABELS[name], "value": getattr(revision, name), "pre": True}
               for name in names if getattr(revision, name)],
        channels=[row for row in published.of_county(county) if row.unit.pk in named],
    )  # fmt: skip
    answer = render(request, "public/item.html", context)
    answer.headers["Cache-Control"] = FRESH
    return answer


@require_safe
@public
def channels(request, county, book):
    """Phone and mail of each department and township (GX-清单-31, JQ-清单-23)."""
    context = frame(county, book, rows=published.of_county(county))
    answer = render(request, "public/channels.html", context)
    answer.headers["Cache-Control"] = FRESH
    return answer


@require_http_methods(["GET", "POST"])
@public
def suggest(request, county, book):
    """A suggestion without an account (GX-清单-30, JQ-清单-23)."""
    if not book.value("checklist.suggestions"):
        return absent(request)
    record = unsaved(county, book)
    if request.method != "POST":
        start = {"item": request.GET.get("item", "")[:18]}
        return asked(request, county, book, SuggestionForm(record=record, initial=start))
    form = SuggestionForm(request.POST, record=record)
    if request.FILES:
        form.add_error(None, "本页不接收文件。")
    if not form.is_valid():
        return asked(request, county, book, form, 400)
    code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_SIGNS))
    if not request.POST.get("website"):  # people do not see this field, machines fill it in
        if not limits.once(request.POST.get("once", "")):
            return said(request, county, book, form, "这条意见建议已经提交,请勿重复提交。", 409)
        if today(county) >= PER_DAY or not limits.take("suggest", request, PER_HOUR):
            words = "提交过于频繁,请稍后再试;也可以通过公开电话、电子信箱提出。"
            return said(request, county, book, form, words, 429)
        record.code_digest = digest(code)
        try:
            perform(record, "submit", facts=request.POST)
        except Invalid as refusal:
            return asked(request, county, book, refusal.form, 400)
        except Refused as refusal:
            return said(request, county, book, form, refusal.message, refusal.status)
    shown = "-".join(code[at : at + 4] for at in range(0, CODE_SIGNS, 4))
    wanted = not form.cleaned_data["no_answer"]
    return render(request, "public/thanks.html", frame(county, book, query=shown, wanted=wanted))


def unsaved(county: Unit, book: Rulebook) -> Suggestion:
    """The record that a citizen's form fills; 编办 holds it for the county."""
    owner = office(county, Role.BIANBAN) or county.pk
    return Suggestion(county=county, owner_id=owner, rulebook=book)


def asked(request, county, book, form, status: int = 200):
    """The form."""
    once = request.POST.get("once") or secrets.token_urlsafe(16)
    context = frame(county, book, form=form, once=once[:100])
    return render(request, "public/suggest.html", context, status=status)


def said(request, county, book, form, words: str, status: int):
    """The form with what was typed, and why it was not taken."""
    form.add_error(None, words)
    return asked(request, county, book, form, status)


def today(county: Unit) -> int:
    """How many suggestions have come over the page today."""
    begin = timezone.make_aware(datetime.combine(timezone.localdate(), time.min))
    rows = Suggestion.objects.filter(county=county, channel=Suggestion.Channel.WEB)
    return rows.filter(raised_at__gte=begin).count()


def digest(code: str) -> str:
    """What is kept of a query code; from it nobody finds the code again."""
    return hashlib.sha256(f"suggestion:{code}".encode()).hexdigest()


@require_http_methods(["GET", "POST"])
@public
def reply(request, county, book):
    """What became of a suggestion, for whoever holds its query code."""
    if request.method != "POST":
        return render(request, "public/reply.html", frame(county, book))
    if not limits.take("reply", request, LOOKUPS):
        context = frame(county, book, refused="查询过于频繁,请一小时后再试。")
        return render(request, "public/reply.html", context, status=429)
    typed = "".join(sign for sign in request.POST.get("query", "")[:60].upper() if sign.isalnum())
    rows = Suggestion.objects.filter(county=county, code_digest=digest(typed))
    found = rows.select_related("unit").first() if len(typed) == CODE_SIGNS else None
    if found is None:
        context = frame(county, book, refused="没有这个查询码,请核对。")
        return render(request, "public/reply.html", context, status=404)
    return render(request, "public/reply.html", frame(county, book, found=found))
