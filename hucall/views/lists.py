"""Every list of 乡呼县应: one view drawn from its register (hucall/registers)."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from governance import calendars
from governance.roles import Role
from hucall import filing, selectors
from hucall.apps import WATCHING
from hucall.paging import address, page_of
from hucall.registers import REGISTERS, Register, Seen, seen
from hucall.views.common import county_of

NEW, DUE = "", "due"


@login_required
@require_GET
def register_page(request, name: str):
    """One list: filtered, sorted and cut by what stands in the address."""
    register = REGISTERS[name]
    county = allowed_county(request.user, register)
    form = register.filter(request.GET, user=request.user, county=county)
    now = timezone.now()
    rows = register.for_page(form.apply(register.rows(request.user), now))
    due = register.has_clocks and request.GET.get("sort") == DUE
    dues = selectors.next_dues(rows, request.user) if due else None
    page = page_of(rows, request.GET, dues)
    look = seen(register, page.rows, request.user, calendars.for_county(county))
    context = {
        "register": register,
        "form": form,
        "active": active(request, form),
        "keep": [("sort", DUE)] if due else [],
        "page": page,
        "columns": columns(register),
        "rows": [row_of(register, row, look) for row in page.rows],
        "sorts": sorts(request, register, due),
        "export_url": reverse(f"hucall:{name}_export") + address(request.GET),
        "picking": may_pick(register, request.user),
        "actions": actions(register, request.user),
        "tabs": tabs(request.user, register),
    }
    return render(request, "hucall/list.html", context)


def allowed_county(user, register: Register):
    """The reader's county, if the list is for the reader.

    Raises:
        PermissionDenied: it is not; a list of ratings says why (GX-呼应-16).
    """
    county = county_of(user)
    if not user.holds(*register.roles):
        raise PermissionDenied(f"“{register.title}”只有相关岗位可以查看。")
    return county


def columns(register: Register) -> list[dict]:
    """The headings of the page."""
    return [
        {"label": one.label, "main": one.main, "tight": one.tight}
        for one in register.columns
        if one.cell
    ]


def row_of(register: Register, row, look: Seen) -> dict:
    """One line of the page; late and soon lines are marked at the edge."""
    clock = look.clock(row) or {}
    return {
        "cells": [one.cell(row, look) for one in register.columns if one.cell],
        "state": clock.get("state") if clock.get("state") in ("late", "soon") else "",
        "pick": row.pk,
    }


def active(request, form) -> list[dict]:
    """The filters that are on, each with the address without it."""
    return [
        {"label": form.words(name), "url": address(request.GET, **{name: None})}
        for name in form.fields
        if name in form.wanted
    ]


def sorts(request, register: Register, due: bool) -> list[dict]:
    """The orders that the list offers."""
    if not register.has_clocks:
        return []
    return [
        {"label": "最新在前", "url": address(request.GET, sort=None), "active": not due},
        {"label": "最急在前", "url": address(request.GET, sort=DUE), "active": due},
    ]


def may_pick(register: Register, user) -> bool:
    """Whether rows can be ticked: supervision works in bulk."""
    return register.name == "responses" and user.holds(Role.PLATFORM, Role.DUCHA)


def actions(register: Register, user) -> list[dict]:
    """The buttons at the head of a list."""
    if register.name == "calls":
        found = []
        if filing.may_call(user):
            label = "电话补录" if user.holds(Role.PLATFORM) else "发起呼叫"
            url = reverse("hucall:call_new")
            found.append({"label": label, "url": url, "icon": "call", "tone": "go"})
        if user.holds(Role.TOWNSHIP_CLERK):
            url = reverse("hucall:self_new")
            found.append({"label": "登记自行处置", "url": url, "icon": "check"})
        if user.holds(*WATCHING):
            url = reverse("hucall:dashboard")
            found.append({"label": "看板", "url": url, "icon": "gauge"})
        return found
    if register.name == "bulletins" and user.holds(Role.PLATFORM, Role.DUCHA):
        url = reverse("hucall:bulletin_new")
        return [{"label": "生成通报", "url": url, "icon": "plus", "tone": "go"}]
    return []


def tabs(user, register: Register) -> list[dict]:
    """The lists of the app that this reader has, as tabs above each of them."""
    return [
        {"label": one.title, "url": one.url, "active": one is register}
        for one in REGISTERS.values()
        if user.holds(*one.roles)
    ]
