"""The page of one call."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from governance import presentation, rulebooks
from governance.context import safe_reverse
from governance.presenting import name_of
from hucall import filepage
from hucall.filepage import Reader
from hucall.loaded import calls_for_page, open_file
from hucall.models import Call, Response
from hucall.presenting import kind_tag, state_tag
from hucall.views.common import found_or_404

TONES = {"primary": 0, "normal": 1, "quiet": 2, "danger": 3}
"""In which order steps are offered."""


@login_required
@require_GET
def call_page(request, pk: int):
    """A call with its line, parts, clocks, list basis, trail and next steps."""
    call = found_or_404(calls_for_page().defer("rulebook__data"), request.user, pk)
    if call.rulebook_id:
        call.rulebook = rulebooks.kept(call.rulebook_id, call.rulebook.adopted_at)
    lend_county(call, request.user)
    context = page_context(request, call)
    return render(request, "hucall/call.html", context)


def lend_county(call, user) -> None:
    """Most readers work in the call's county, and their posts bring it along."""
    for post in user.posts_held():
        if post.county_id == call.county_id:
            call.county = post.unit.county


def page_context(request, call) -> dict:
    """Everything that the page of a call shows to this reader; a fixed number of queries."""
    now, user = timezone.now(), request.user
    reader = Reader.of(user, call)
    found = open_file(call, user, judged=reader.judges, called_back=reader.calls_back)
    clocks = filepage.clock_dicts(found, now)
    basis = filepage.basis(call)
    units = [part.unit for part in found.parts] + (basis["units"] if basis else [])
    reached = filepage.contacts(call, units)
    parts = filepage.part_dicts(found, reader, clocks, reached, now)
    files = presentation.files_of(call, user) if found.has["files"] else []
    judged = filepage.judged(found, reader, now)
    supervised = filepage.supervised(found, reader, now)
    steps = [
        *filepage.decisions(parts),
        *filepage.steps_of(call, user, now),
        *filepage.steps_beside(parts, supervised, judged),
    ]
    steps.sort(key=lambda one: (not one["open"], TONES.get(one["tone"], 1)))
    return {
        "call": call,
        "now": now,
        "tags": [kind_tag(call), state_tag(call)],
        "sub": subtitle(call),
        "line": filepage.line(found, reader),
        "parts": parts,
        "steps": steps,
        "clocks": filepage.clocks_beside(found, reader, clocks),
        "basis": basis,
        "contacts": [(unit, reached[unit.pk]) for unit in (basis["units"] if basis else [])],
        "files": [file for file in files if file["key"] == presentation.place(call)],
        "trail": presentation.trail_of(call, user, request.GET.get("trail"), files),
        "trail_url": reverse("trail", args=presentation.place(call)),
        "reader": reader,
        "judged": judged,
        "supervised": supervised,
        "merged": call.merged.select_related("owner").defer("terms") if found.has["merged"] else [],
        "into_url": merged_into(call, user),
        "facts": facts(call),
        "actions": actions(call),
        "crumbs": [
            {"label": "乡呼县应", "url": reverse("hucall:calls")},
            {"label": call.number or "草稿"},
        ],
    }


def merged_into(call, user) -> str:
    """The address of the call that has taken this one in, for those who may see it."""
    if call.merged_into_id is None:
        return ""
    seen = Call.objects.visible_to(user).filter(pk=call.merged_into_id)
    return call.merged_into.get_absolute_url() if seen.exists() else ""


def subtitle(call) -> str:
    """Who called, and by which list."""
    words = [f"{name_of(call.owner)} {call.raised_by or ''}".strip()]
    if call.edition_id:
        words.append(f"清单第 {call.edition.serial} 版《{call.revision.name}》")
    return " · ".join(words)


def facts(call) -> list[dict]:
    """What else the township said."""
    rows = [
        {"label": "渠道", "value": call.get_channel_display()},
        {"label": "呼叫联系人", "value": f"{call.caller_name} {call.caller_phone}".strip()},
        {"label": "村(社区)", "value": call.village and name_of(call.village)},
        {"label": "难易", "value": call.get_difficulty_display() if call.dispatched_at else ""},
        {"label": "自查说明", "value": call.self_check_reason, "clause": call.cited("GX-呼应-07")},
        {"label": "理由", "value": call.reason},
        {"label": "核实结果", "value": verified(call), "clause": call.cited("GX-呼应-05")},
    ]
    return [row for row in rows if row["value"]]


def verified(call) -> str:
    """What the verification found, once there was one."""
    if call.verified_at is None:
        return ""
    return "属实" if call.verified_true else "不属实,认定为乱呼叫"


def actions(call) -> list[dict]:
    """Papers of the call, where the installation makes them."""
    url = safe_reverse("hucall:call_paper", call.pk)
    return [{"label": "打印呼叫单", "url": url, "icon": "print"}] if url and call.number else []


@login_required
@require_GET
def response_page(request, pk: int):
    """A part has no page of its own: it stands on its call's page."""
    part = found_or_404(Response.objects.all(), request.user, pk)
    return redirect(part.get_absolute_url())
