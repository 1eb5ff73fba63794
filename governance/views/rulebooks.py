"""Pages of the rulebook (制度方案): versions, one version, editing, comparing; and of clauses."""

from collections import Counter
from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from governance import catalogue, rulebooks
from governance.models import Rulebook, Unit
from governance.roles import Role
from governance.rulebook_fields import Field, schema
from governance.rulebook_forms import RulebookForm, name_of
from governance.rulebooks import RulebookError

EDITORS = frozenset({Role.BIANBAN, Role.SYSADMIN})
"""Who enters what the county has decided; everybody else of the county reads."""
LAYOUT = dict.fromkeys(("text", "int", "percent", "decimal", "length", "choice"), "short")
LAYOUT |= dict.fromkeys(("ladder", "stages", "documents", "clause_map"), "wide") | {"bool": "tick"}
"""How the edit page lays out a type: control beside its label, over the whole width, or a tick."""


def county_of(user) -> Unit:
    """The county of the user's first post that lies in one; 404 for those who have none."""
    for post in user.posts_held():
        if post.unit.county_id:
            return post.unit.county
    raise Http404("您的岗位不属于任何县,没有可查看的制度方案。")


def may_edit(user, county: Unit) -> bool:
    """Whether the user holds an editor's post in this county."""
    return any(p.role in EDITORS and p.unit.county_id == county.pk for p in user.posts_held())


def current(county: Unit) -> Rulebook | None:
    """The version in force today, if any."""
    return rulebooks.current(county, timezone.localdate())


def version_of(county: Unit, version: int) -> Rulebook:
    """One version of the county; 404 if there is none."""
    found = Rulebook.objects.filter(county=county, version=version).first()
    if found is None:
        raise Http404(f"{county}没有第{version}版制度方案。")
    return found


def clauses_of(book: Rulebook, field: Field) -> list[dict]:
    """The clauses a field rests on, as the county has them, marked where they are not its own."""
    found = [book.clause_for(rule_id) for rule_id in field.clauses]
    unique = {entry.rule_id: (entry, own) for entry, own in found}
    often = Counter(entry.label for entry, _ in unique.values())
    return [
        {
            "id": entry.rule_id,
            "label": entry.label + (f"({rule_id[3:]})" if often[entry.label] > 1 else ""),
            "foreign": not own,
        }
        for rule_id, (entry, own) in unique.items()
    ]


def grouped(book: Rulebook, row) -> list[dict]:
    """Groups of the schema with row(field) for each of their fields."""
    fields = schema().fields.values()
    return [
        {
            "key": key,
            "label": label,
            "rows": [
                row(field) | {"clauses": clauses_of(book, field), "note": field.source_note}
                for field in fields
                if field.group == key
            ],
        }
        for key, label in schema().groups.items()
    ]


@login_required
@require_GET
def rulebook_list(request):
    """All versions of the user's county, the newest first."""
    county = county_of(request.user)
    books = list(Rulebook.objects.filter(county=county).select_related("adopted_by"))
    in_force, today = current(county), timezone.localdate()
    rows = [
        {
            "book": book,
            "previous": book.version - 1,
            "tag": ("现行", "green", "check")
            if in_force and book.pk == in_force.pk
            else ("待生效", "blue", "provisional")
            if book.effective_from > today
            else ("已被取代", "", ""),
        }
        for book in books
    ]
    context = {
        "county": county,
        "rows": rows,
        "may_edit": may_edit(request.user, county),
        "presets": rulebooks.preset_names(),
        "head": {
            "title": "制度方案",
            "sub": f"{county} · 数字、环节和用语随方案而定,办件始终适用发起时的版本",
        },
    }
    return render(request, "governance/rulebook_list.html", context)


@login_required
@require_GET
def rulebook_show(request, version: int):
    """One version, each field beside the clause it rests on."""
    county = county_of(request.user)
    book = version_of(county, version)
    before = Rulebook.objects.filter(county=county, version=version - 1).first()
    context = {
        "book": book,
        "in_force": current(county) == book,
        "may_edit": may_edit(request.user, county),
        "changes": rulebooks.diff(before, book) if before else [],
        "previous": version - 1,
        "groups": grouped(book, lambda field: {"field": field, "shown": book.shown(field.key)}),
        "crumbs": [
            {"label": "制度方案", "url": reverse("rulebook_list")},
            {"label": f"第{version}版"},
        ],
    }
    return render(request, "governance/rulebook_show.html", context)


@login_required
@require_GET
def rulebook_diff(request):
    """Two versions side by side, only what differs. Parameters: from, to (version numbers)."""
    county = county_of(request.user)
    wanted = [request.GET.get(name, "") for name in ("from", "to")]
    if not all(text.isdecimal() and len(text) < 6 for text in wanted):
        raise Http404("请选择要比较的两个版本。")
    old, new = (version_of(county, int(text)) for text in wanted)
    context = {
        "old": old,
        "new": new,
        "old_name": f"第{old.version}版",
        "new_name": f"第{new.version}版",
        "changes": rulebooks.diff(old, new),
        "books": Rulebook.objects.filter(county=county),
        "crumbs": [{"label": "制度方案", "url": reverse("rulebook_list")}, {"label": "版本比较"}],
    }
    return render(request, "governance/rulebook_diff.html", context)


@login_required
def rulebook_edit(request):
    """Edit the newest version into the next one; `preview` shows what would change first."""
    county = county_of(request.user)
    if not may_edit(request.user, county):
        raise PermissionDenied("只有编办和系统管理员可以修改制度方案。")
    book = rulebooks.latest(county)
    if book is None:
        return redirect("rulebook_list")
    form = RulebookForm(request.POST or None, book=book)
    changes, status = [], 200
    if request.method == "POST":
        if form.is_valid() and "preview" not in request.POST:
            adopted = adopt_changes(form, county, request.user)
            if adopted:
                messages.success(request, f"已采用第{adopted.version}版")
                return redirect("rulebook_show", adopted.version)
        changes = preview(form, book)
        status = 400 if form.errors else 200
    context = {
        "form": form,
        "book": book,
        "changes": changes,
        "previewed": request.method == "POST" and not form.errors,
        "groups": grouped(
            book,
            lambda field: {"bound": form[name_of(field.key)], "layout": LAYOUT.get(field.type)},
        ),
        "crumbs": [{"label": "制度方案", "url": reverse("rulebook_list")}, {"label": "修改"}],
    }
    return render(request, "governance/rulebook_edit.html", context, status=status)


def adopt_changes(form: RulebookForm, county: Unit, user) -> Rulebook | None:
    """The new version, or None with the reasons at the fields of the form."""
    day, note = form.cleaned_data["effective_from"], form.cleaned_data["note"]
    try:
        return rulebooks.edit(county, form.changes(), day, by=user, note=note)
    except RulebookError as problem:
        form.refuse(problem.errors)
        return None


def preview(form: RulebookForm, book: Rulebook) -> list[rulebooks.Change]:
    """What the form would change, and at the fields what the rulebook as a whole refuses."""
    changes = form.changes()
    if not form.errors:
        before = {key: book.stored(key) for key in schema().fields}
        form.refuse(rulebooks.validate(before | changes))
    fields = schema().fields
    return [
        rulebooks.Change(fields[key], book.shown(key), fields[key].show(value))
        for key, value in changes.items()
    ]


@login_required
def rulebook_adopt(request):
    """Adopt a shipped preset for a county that has no rulebook yet."""
    county = county_of(request.user)
    if not may_edit(request.user, county):
        raise PermissionDenied("只有编办和系统管理员可以采用制度方案。")
    if request.method == "POST" and rulebooks.latest(county) is None:
        try:
            day = date.fromisoformat(request.POST.get("effective_from", ""))
            book = rulebooks.adopt(
                county, request.POST.get("preset", ""), day, by=request.user, note="初次采用预设"
            )
        except (ValueError, LookupError):
            messages.error(request, "请选择一个预设,并填写生效日期。")
        else:
            messages.success(request, "已采用预设,请逐项核对本县参数。")
            return redirect("rulebook_show", book.version)
    return redirect("rulebook_list")


@login_required
@require_GET
def clause(request, rule_id: str):
    """One clause: what it says, where it stands, what the platform adds, and this county's figures.

    The same page serves as the drawer's content (an htmx request gets no frame).
    """
    try:
        entry = catalogue.entry(rule_id)
    except LookupError:
        raise Http404(f"条款目录中没有“{rule_id}”。") from None
    word = catalogue.ENFORCEMENT_LABELS[entry.enforcement]
    context = {"entry": entry, "how": word} | of_county(request.user, entry)
    context["frame"] = "governance/bare.html" if request.htmx else "layouts/app.html"
    response = render(request, "governance/clause.html", context)
    response["Vary"] = "HX-Request"
    return response


def of_county(user, entry: catalogue.Entry) -> dict:
    """What the county makes of a clause: its own clause, and the parameters resting on it."""
    try:
        book = current(county_of(user))
    except Http404:
        book = None
    if book is None:
        return {}
    own, native = book.clause_for(entry.rule_id)
    parameters = [
        {
            "label": field.label,
            "group": schema().groups[field.group],
            "value": book.shown(field.key),
            "note": field.source_note,
        }
        for field in schema().fields.values()
        if any(book.clause_for(one)[0] in (entry, own) for one in field.clauses)
    ]
    return {
        "book": book,
        "foreign": not native,
        "own": own if own.rule_id != entry.rule_id else None,
        "parameters": parameters,
    }


urlpatterns = [
    path("rulebooks/", rulebook_list, name="rulebook_list"),
    path("rulebooks/adopt/", rulebook_adopt, name="rulebook_adopt"),
    path("rulebooks/edit/", rulebook_edit, name="rulebook_edit"),
    path("rulebooks/diff/", rulebook_diff, name="rulebook_diff"),
    path("rulebooks/<int:version>/", rulebook_show, name="rulebook_show"),
    path("clauses/<str:rule_id>/", clause, name="clause"),
]
