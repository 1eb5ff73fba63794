"""Contacts: who answers for an item in a unit, and where nobody does (GX-呼应-03)."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from checklist import access, selectors, services
from checklist.forms import ContactForm
from checklist.models import Contact, Item
from checklist.views.common import county_of
from governance.models import Unit


def _own_units(request) -> set[int]:
    return {post.unit_id for post in request.user.posts_held()}


@login_required
@require_GET
def gaps(request):
    """Units with items for which nobody can be reached; the platform and 编办 see all."""
    county = county_of(request)
    edition = selectors.current_edition(county)
    wide = county.pk in access.wide_contacts(request.user)
    found = []
    if edition:
        found = selectors.contact_gaps(edition, None if wide else _own_units(request))
    rows = [{"gap": gap, "edit": access.may_edit_contact(request.user, gap.unit)} for gap in found]
    own = [
        post.unit
        for post in request.user.posts_held()
        if access.may_edit_contact(request.user, post.unit)
    ]
    context = {"edition": edition, "rows": rows, "wide": wide, "own": list(dict.fromkeys(own))}
    return render(request, "checklist/contacts.html", context)


def _unit(request, pk: int) -> Unit:
    found = Unit.objects.filter(pk=pk, county__in=access.counties(request.user)).first()
    if found is None:
        raise Http404
    if not access.may_edit_contact(request.user, found):
        raise PermissionDenied("联络信息由平台管理员和本单位人员维护。")
    return found


@login_required
@require_http_methods(["GET", "POST"])
def unit(request, pk: int):
    """The contact that all items of a unit fall back to."""
    found = _unit(request, pk)
    start = {
        "office": found.contact_office,
        "person": found.contact_person,
        "phone": found.contact_phone,
    }
    form = ContactForm(request.POST if request.method == "POST" else None, initial=start)
    if request.method == "POST" and form.is_valid():
        services.keep_unit_contact(found, **form.values())
        messages.success(request, f"已保存{found}的默认联络信息。")
        return redirect("checklist:contacts")
    context = {"form": form, "unit": found, "item": None}
    return render(request, "checklist/contact.html", context, status=400 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def one(request, pk: int, unit: int):
    """The contact of one item in one unit, where it is not the unit's default."""
    home = _unit(request, unit)
    item = Item.objects.filter(pk=pk, county=home.county_id).first()
    edition = selectors.current_edition(home.county_id)
    revision = selectors.revision_in(edition, item) if item else None
    if revision is None:
        raise Http404
    given = Contact.objects.filter(item=item, unit=home).first()
    form = ContactForm(request.POST if request.method == "POST" else None, instance=given)
    if request.method == "POST" and form.is_valid():
        services.keep_contact(item, home, actor=request.user, **form.values())
        messages.success(request, f"已保存“{revision.name}”在{home}的联络信息。")
        return redirect("checklist:item", pk=item.pk)
    context = {"form": form, "unit": home, "item": item, "revision": revision}
    return render(request, "checklist/contact.html", context, status=400 if form.errors else 200)
