"""Registries as Excel sheets: upload → errors row by row or a preview → confirm; and export.

All or nothing: while a row is wrong nothing is written. The file is surveyed before it is parsed
(sheets.py), and waits for the confirmation in the cache under a key of the session.
"""

import secrets
import tempfile

import tablib
from django import forms
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError
from django.http import FileResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.cache import never_cache

from governance import access_log, sheets
from governance.admin_base import counties_of
from governance.models import Unit, User

LARGEST = 5 * 1024 * 1024
MOST_ROWS = 2000
WAITS = 1800
"""Seconds that an uploaded sheet waits for its confirmation."""
SHOWN_FAULTS = 500


class UploadForm(forms.Form):
    """The sheet, and the county it is for where the administrator has several."""

    county = forms.ModelChoiceField(label="县", queryset=Unit.objects.none())
    file = forms.FileField(label="表格(.xlsx、.xls 或 .csv)")

    def __init__(self, *args, counties, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["county"].queryset = counties
        if len(counties) == 1:
            self.fields["county"].initial = counties[0]
            self.fields["county"].widget = forms.HiddenInput()

    def clean_file(self):
        """Small enough to be read in the request."""
        upload = self.cleaned_data["file"]
        if upload.size > LARGEST:
            raise ValidationError(f"文件超过上限 {LARGEST >> 20} MB。")
        return upload


def dataset_of(data: bytes, known: set[str]) -> tuple[tablib.Dataset, list[int]]:
    """The first visible sheet as a dataset, with the Excel row number of each row.

    Raises:
        SheetError: no sheet, no headings, too many rows (Chinese sentence).
    """
    book = sheets.read(data, "upload.csv")
    visible = book.visible()
    if not visible:
        raise sheets.SheetError("文件里没有可见的工作表")
    headings, rows, numbers = None, [], []
    for number, cells in visible[0].rows():
        cells = [sheets.unescape(str(cell)).strip() for cell in cells]
        if headings is None:
            if len(known & set(cells)) >= 2:
                headings = cells
            continue
        if any(cells):
            rows.append(cells)
            numbers.append(number)
        if len(rows) > MOST_ROWS:
            raise sheets.SheetError(f"一次最多导入 {MOST_ROWS} 行,请分几次导入")
    if headings is None:
        raise sheets.SheetError(f"没有找到表头;应有栏目:{'、'.join(sorted(known))}")
    return _dataset(headings, rows), numbers


def _dataset(headings: list[str], rows: list[list[str]]) -> tablib.Dataset:
    used = [place for place, heading in enumerate(headings) if heading]
    names = [headings[place] for place in used]
    if len(set(names)) != len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise sheets.SheetError(f"栏目“{twice}”出现了不止一次")
    cut = [tuple(row[place] if place < len(row) else "" for place in used) for row in rows]
    return tablib.Dataset(*cut, headers=names)


def faults_of(result, numbers: list[int], resource) -> list[dict]:
    """Every error of an import: {row (as Excel numbers it), column (its heading), message}."""
    headings = {field.attribute: field.column_name for field in resource.fields.values()}
    found = [{"row": "", "column": "", "message": str(one.error)} for one in result.base_errors]
    for place, row in enumerate(result.rows):
        number = numbers[place] if place < len(numbers) else ""
        for one in row.errors:
            found.append({"row": number, "column": "", "message": _words(one.error)})
        for column, messages in _validation(row):
            heading = headings.get(column, "")
            found += [{"row": number, "column": heading, "message": text} for text in messages]
    return found


def _words(error: Exception) -> str:
    if isinstance(error, DatabaseError):
        return "与已有记录冲突"
    return str(error) if isinstance(error, ValueError) else "这一行无法读取"


def _validation(row):
    refusal = row.validation_error
    if refusal is None:
        return []
    if not hasattr(refusal, "error_dict"):
        return [("", refusal.messages)]
    return refusal.message_dict.items()


class SheetsMixin:
    """Adds import/ and export/ to a registry. `resource`: a CountyResource."""

    resource = None
    change_list_template = "governance/registry_change_list.html"

    def get_urls(self):
        wrap = self.admin_site.admin_view
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        return [
            path("import/", wrap(never_cache(self.import_view)), name=f"{name}_import"),
            path("export/", wrap(self.export_view), name=f"{name}_export"),
            *super().get_urls(),
        ]

    def changelist_view(self, request, extra_context=None):
        extra = {"may_import": self.has_add_permission(request)} | (extra_context or {})
        return super().changelist_view(request, extra)

    def counties(self, request):
        """The counties whose sheets the administrator may import."""
        counties = counties_of(request.user)
        found = Unit.objects.filter(kind=Unit.Kind.COUNTY)
        return found if counties is None else found.filter(pk__in=counties)

    def made(self, county, request):
        """The resource for one county and this administrator."""
        registry = self.admin_site._registry[User]
        return self.resource(
            county=county, actor=request.user, people=registry.get_queryset(request)
        )

    def import_view(self, request):
        """GET: the form. POST with a file: check all rows. POST with a key: write."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        if request.method == "POST" and request.POST.get("confirm"):
            return self.write(request)
        form = UploadForm(
            request.POST or None, request.FILES or None, counties=self.counties(request)
        )
        context = {"form": form}
        if request.method == "POST" and form.is_valid():
            context |= self.check_sheet(request, form)
        return self.show(request, context, 400 if form.errors or context.get("faults") else 200)

    def check_sheet(self, request, form) -> dict:
        """Try every row in a transaction that is rolled back."""
        data, county = form.cleaned_data["file"].read(), form.cleaned_data["county"]
        try:
            result, numbers, resource = self.run(request, data, county, dry_run=True)
        except sheets.SheetError as refusal:
            form.add_error("file", str(refusal))
            return {}
        faults = faults_of(result, numbers, resource)
        if faults:
            return {"faults": faults[:SHOWN_FAULTS], "count": len(faults)}
        key = secrets.token_urlsafe(16)
        cache.set(self.waiting(request, key), (county.pk, data), WAITS)
        return {"totals": result.totals, "confirm": key}

    def waiting(self, request, key: str) -> str:
        """Where a sheet waits: known to this account and this registry alone."""
        return f"registry-import:{self.opts.model_name}:{request.user.pk}:{key[:40]}"

    def run(self, request, data: bytes, county, *, dry_run: bool):
        """Import; returns (result, Excel row numbers, the resource)."""
        resource = self.made(county, request)
        known = {field.column_name for field in resource.fields.values()}
        dataset, numbers = dataset_of(data, known)
        result = resource.import_data(
            dataset, dry_run=dry_run, use_transactions=True, rollback_on_validation_errors=True
        )
        return result, numbers, resource

    def write(self, request):
        """The confirmed import; what went wrong meanwhile is told, and nothing written."""
        place = self.waiting(request, request.POST["confirm"])
        waiting = cache.get(place)
        form = UploadForm(counties=self.counties(request))
        if waiting is None:
            return self.show(request, {"form": form, "gone": True}, 409)
        county = self.counties(request).filter(pk=waiting[0]).first()
        if county is None:
            raise PermissionDenied
        result, numbers, resource = self.run(request, waiting[1], county, dry_run=False)
        cache.delete(place)
        if faults := faults_of(result, numbers, resource):
            context = {"form": form, "faults": faults[:SHOWN_FAULTS], "count": len(faults)}
            return self.show(request, context, 409)
        totals = result.totals
        access_log.record(
            self.kind,
            request=request,
            subject=f"{self.opts.verbose_name} {county}",
            detail=f"表格导入:新增 {totals['new']},修改 {totals['update']},不变 {totals['skip']}",
        )
        initial = getattr(resource, "initial", None)
        if initial:
            people = User.objects.in_bulk(list(initial), field_name="username")
            rows = [{"user": people[name], "password": initial[name]} for name in initial]
            return self.show_initial(request, rows)
        self.message_user(request, f"已导入:新增 {totals['new']},修改 {totals['update']}。")
        return redirect(self.address("changelist"))

    def show(self, request, context: dict, status: int):
        """The import's one page."""
        resource = self.resource()
        columns = [field.column_name for field in resource.fields.values()]
        return render(
            request,
            "governance/registry_import.html",
            self.admin_site.each_context(request)
            | {
                "title": f"导入{self.opts.verbose_name}",
                "opts": self.opts,
                "columns": columns,
                "needed": resource.needed,
                **context,
            },
            status=status,
        )

    def export_view(self, request):
        """What the administrator sees, in the columns that import again."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        resource = self.resource()
        found = self.get_queryset(request)
        target = tempfile.TemporaryFile()
        headings = [field.column_name for field in resource.fields.values()]
        rows = (
            [field.export(one) for field in resource.fields.values()]
            for one in found.iterator(chunk_size=500)
        )
        sheets.write_xlsx(target, [(str(self.opts.verbose_name), headings, rows)])
        target.seek(0)
        name = f"{self.opts.verbose_name}-{timezone.localdate():%Y%m%d}.xlsx"
        return FileResponse(target, as_attachment=True, filename=name)
