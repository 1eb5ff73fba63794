"""The registry (Django admin): for the three administrators alone, each keeping his own records.

A record is kept by the posts that its `RegistryAdmin` names, within the county of the post, and
by nobody else: no model permissions exist (User.has_perm), and what is no RegistryAdmin is not
served. Workflow never happens here.
"""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import quote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from governance import access_log
from governance.roles import ADMINISTRATORS


class RegistrySite(admin.AdminSite):
    """The one site. Sign-in, password and second factor are those of the platform."""

    site_header = "县乡治理协同平台 · 基础数据与账号"
    site_title = "基础数据与账号"
    index_title = "由系统、安全、审计管理员分别维护"
    site_url = "/"
    index_template = "governance/registry_index.html"
    empty_value_display = "—"

    def register(self, model_or_iterable, admin_class=None, **options):
        """Serve our own registries; what libraries bring along stays out."""
        if admin_class and issubclass(admin_class, RegistryAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request):
        """An administrator in force, with both factors."""
        user = request.user
        return user.is_authenticated and user.is_staff and user.is_verified()

    def login(self, request, extra_context=None):
        """There is one sign-in page."""
        if request.user.is_authenticated and not self.has_permission(request):
            raise PermissionDenied
        target = request.GET.get("next") or reverse("admin:index")
        return redirect(f"{reverse('login')}?{urlencode({'next': target})}")

    def password_change(self, request, extra_context=None):
        """There is one page for that, too."""
        return redirect("password_change")


def counties_of(user) -> set[int] | None:
    """The counties whose records an administrator keeps; None: all (the city's administrator)."""
    counties = {post.county_id for post in user.posts_held() if post.role in ADMINISTRATORS}
    return None if None in counties else counties


class WholeForm(forms.ModelForm):
    """Validates the whole record, the fields that are not on the form included.

    `actor`, `counties` and `preset` are set by the admin for the request at hand.
    """

    actor = None
    counties: set[int] | None = frozenset()
    preset: dict = {}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            for name, value in self.preset.items():
                setattr(self.instance, name, value)

    def _post_clean(self):
        super()._post_clean()
        if self.errors:
            return
        try:
            self.instance.full_clean(exclude=["password"])
        except ValidationError as refusal:
            for name, found in refusal.message_dict.items():
                self.add_error(name if name in self.fields else None, found)


class RegistryAdmin(admin.ModelAdmin):
    """A registry. What is not allowed here is refused for everybody.

    keepers: posts that add and change; readers: posts that look; adds, changes, deletes: what
    keepers may do at all; fixed: fields that stay as they were created; within: lookup from the
    record to its county, None for records of all counties; kind: of the access log's entry.
    """

    keepers: frozenset = frozenset()
    readers: frozenset = ADMINISTRATORS
    adds = changes = True
    deletes = False
    fixed: tuple = ()
    within: str | None = None
    kind = access_log.Kind.REGISTRY
    form = WholeForm
    list_per_page = 50
    list_max_show_all = 200
    show_full_result_count = False
    save_on_top = False
    view_on_site = False

    # -- who may --

    def keeps(self, request) -> bool:
        """Whether the account holds a post that keeps these records."""
        return request.user.holds(*self.keepers)

    def has_module_permission(self, request):
        return self.has_view_permission(request)

    def has_view_permission(self, request, obj=None):
        return request.user.holds(*(self.keepers | self.readers))

    def has_add_permission(self, request):
        return self.adds and self.keeps(request)

    def has_change_permission(self, request, obj=None):
        return self.changes and self.keeps(request)

    def has_delete_permission(self, request, obj=None):
        return self.deletes and self.keeps(request)

    # -- which records --

    def get_queryset(self, request):
        """The records of the administrator's county: others are 404, not 403."""
        found = super().get_queryset(request)
        counties = counties_of(request.user)
        return found if self.within is None or counties is None else self.limit(found, counties)

    def limit(self, found, counties: set[int]):
        """The records of some counties."""
        return found.filter(**{f"{self.within}__in": counties})

    def get_field_queryset(self, db, db_field, request):
        """What a record may refer to is what the administrator sees of it."""
        registry = self.admin_site._registry.get(db_field.remote_field.model)
        if registry is None:
            return super().get_field_queryset(db, db_field, request)
        return registry.get_queryset(request)

    # -- forms --

    def get_readonly_fields(self, request, obj=None):
        shown = tuple(super().get_readonly_fields(request, obj))
        return shown + (tuple(self.fixed) if obj else ())

    def get_form(self, request, obj=None, change=False, **kwargs):
        """A form that knows who asks, and in which county a new record belongs."""
        form = super().get_form(request, obj, change=change, **kwargs)
        counties = counties_of(request.user)
        preset = {} if obj else self.preset(request, counties)
        return type(
            form.__name__, (form,), {"actor": request.user, "counties": counties, "preset": preset}
        )

    def preset(self, request, counties: set[int] | None) -> dict:
        """Fields that a new record gets, whatever is posted."""
        return {}

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """Two people at once: the second is told, not shown an error page."""
        try:
            with transaction.atomic():
                return super().changeform_view(request, object_id, form_url, extra_context)
        except IntegrityError:
            messages.error(request, "没有保存:内容与已有记录冲突,请刷新后核对。")
            return redirect(request.path)

    def delete_view(self, request, object_id, extra_context=None):
        """Records in use are kept: disable them instead."""
        try:
            with transaction.atomic():
                return super().delete_view(request, object_id, extra_context)
        except ProtectedError:
            messages.error(request, "没有删除:该记录已被引用,请改为停用。")
            return redirect(self.address("change", quote(object_id)))

    def history_view(self, request, object_id, extra_context=None):
        """The history is the access log, which nobody can edit."""
        return redirect(self.address("change", quote(object_id)))

    def address(self, page: str, *args) -> str:
        """The address of a page of this registry."""
        opts = self.opts
        return reverse(f"admin:{opts.app_label}_{opts.model_name}_{page}", args=args)

    # -- what was done --

    def log_addition(self, request, obj, message):
        self.note(request, obj, "新增")

    def log_change(self, request, obj, message):
        names = [name for part in message if isinstance(part, dict)
                 for name in part.get("changed", {}).get("fields", [])]  # fmt: skip
        self.note(request, obj, f"修改:{'、'.join(map(str, names))}" if names else "保存,无改动")

    def log_deletions(self, request, queryset):
        for obj in queryset:
            self.note(request, obj, "删除")

    def note(self, request, obj, detail: str) -> None:
        """Enter it in the access log."""
        access_log.record(
            self.kind,
            request=request,
            subject=f"{self.opts.verbose_name} {obj}",
            detail=detail,
        )


class ReadOnlyAdmin(RegistryAdmin):
    """Records that are kept elsewhere and only looked at here."""

    adds = changes = deletes = False
    actions = None
