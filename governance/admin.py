"""Who keeps what: 系统管理员 units, accounts, calendar; 安全管理员 posts and credentials; all read.

Business content (events, clocks, notices, every matter) is not registered: none of the three
administrators sees it.
"""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.shortcuts import render
from django.utils.html import format_html_join

from governance import access_log, accounts, admin_calendar, second_factor, tokens  # noqa: F401
from governance.admin_base import ReadOnlyAdmin, RegistryAdmin, WholeForm, counties_of
from governance.admin_sheets import SheetsMixin
from governance.models import AccessToken, Clause, Counter, Post, Rulebook, Unit, User
from governance.resources import PostResource, UnitResource, UserResource
from governance.roles import Role

SYSTEM, SECURITY, AUDIT = map(frozenset, ({Role.SYSADMIN}, {Role.SECADMIN}, {Role.AUDITOR}))


class UnitForm(WholeForm):
    """A unit's place in the tree makes sense."""

    def clean_kind(self):
        """Counties and cities are made by the city's administrator or by the first command."""
        kind = self.cleaned_data["kind"]
        if self.counties is not None and kind in (Unit.Kind.CITY, Unit.Kind.COUNTY):
            raise ValidationError("县一级管理员不能新增市、县。")
        return kind

    def clean_parent(self):
        """No circles."""
        above = parent = self.cleaned_data["parent"]
        while above is not None:
            if above.pk == self.instance.pk:
                raise ValidationError("上级不能是本单位或其下级。")
            above = above.parent
        return parent


@admin.register(Unit)
class UnitAdmin(SheetsMixin, RegistryAdmin):
    """单位: a unit in use is not deleted but taken out of service."""

    keepers, deletes, within, form = SYSTEM, True, "county", UnitForm
    resource = UnitResource
    fixed = ("kind", "county")
    list_display = ("name", "short_name", "kind", "parent", "contact_person", "contact_phone",
                    "active")  # fmt: skip
    list_filter = ("kind", "active")
    search_fields = ("code", "name", "short_name")
    autocomplete_fields = ("parent", "seat", "covers")
    list_select_related = ("parent",)

    def get_exclude(self, request, obj=None):
        """The county is not asked of somebody who has one."""
        return () if obj or not self.preset(request, None) else ("county",)

    def preset(self, request, counties):
        own = counties_of(request.user)
        return {} if own is None else {"county_id": min(own)}


class NewUserForm(WholeForm):
    """A new account; the initial password is made here unless one is given."""

    initial_password = forms.CharField(
        label="初始密码",
        required=False,
        max_length=128,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="留空则自动生成,开通后显示一次。首次登录须修改。接口账号不设密码。",
    )
    issued = ""

    def clean_username(self):
        return self.cleaned_data["username"].strip().lower()

    def clean(self):
        """The same policy as everywhere, on the account as it will be."""
        cleaned = super().clean()
        if self.errors:
            return cleaned
        self.instance.username = cleaned["username"]
        self.instance.name, self.instance.phone = cleaned["name"], cleaned["phone"]
        if cleaned["kind"] == User.Kind.MACHINE:
            self.instance.set_unusable_password()
            self.instance.must_change_password = False
        else:
            self.issued = accounts.prepare(self.instance, cleaned["initial_password"])
        return cleaned


@admin.register(User)
class UserAdmin(SheetsMixin, RegistryAdmin):
    """用户: opened and disabled by 系统管理员, reset and unlocked by 安全管理员, never deleted."""

    keepers, readers, within = SYSTEM, SECURITY | AUDIT, "county"
    resource, kind = UserResource, access_log.Kind.ACCOUNT
    fixed = ("username", "kind", "county")
    list_display = (
        "username", "name", "county", "kind", "is_active", "must_change_password", "last_login",
    )  # fmt: skip
    list_select_related = ("county",)
    list_filter = (
        "is_active", "kind", ("county", admin.RelatedOnlyFieldListFilter), "posts__role",
    )  # fmt: skip
    search_fields = ("username", "name", "phone")
    actions = ("disable", "enable", "reset_password", "reset_second_factor", "unlock")
    new_fields = ("username", "name", "phone", "email", "kind", "county", "initial_password")
    readonly_fields = (
        "is_active", "held", "factor", "must_change_password", "password_changed_at", "last_login",
    )  # fmt: skip
    old_fields = ("username", "name", "phone", "email", "kind", "county", *readonly_fields)

    @admin.display(description="岗位")
    def held(self, user):
        """The posts, in force and ended."""
        posts = user.posts.select_related("unit").order_by("-active", "pk")
        lines = ((post, "" if post.active else "(已结束)") for post in posts)
        return format_html_join("、", "{}{}", lines) or "—"

    @admin.display(description="第二因素")
    def factor(self, user):
        return "已启用" if second_factor.device_of(user) else "未启用"

    def limit(self, found, counties):
        """Accounts of the county, and such without one that hold a post there."""
        here = Post.objects.filter(unit__county__in=counties).values("user")
        return found.filter(Q(county__in=counties) | Q(county=None, pk__in=here))

    def get_fields(self, request, obj=None):
        hidden = () if self.preset(request, None) == {} else ("county",)
        return self.old_fields if obj else tuple(f for f in self.new_fields if f not in hidden)

    def get_readonly_fields(self, request, obj=None):
        return super().get_readonly_fields(request, obj) if obj else ()

    def get_form(self, request, obj=None, change=False, **kwargs):
        if obj is None:
            kwargs["form"] = NewUserForm
        return super().get_form(request, obj, change=change, **kwargs)

    preset = UnitAdmin.preset

    def has_secure_permission(self, request):
        """安全管理员 acts on accounts that he cannot edit."""
        return request.user.holds(*SECURITY)

    def save_model(self, request, obj, form, change):
        """Only what was on the form: a session stamp that rose meanwhile is not written back."""
        if change:
            obj.save(update_fields=[name for name in form.changed_data if name in form.fields])
        else:
            super().save_model(request, obj, form, change)

    def response_add(self, request, obj, post_url_continue=None):
        """The initial password, once."""
        form_password = getattr(request, "initial_password", "")
        if not form_password:
            return super().response_add(request, obj, post_url_continue)
        return self.show_initial(request, [{"user": obj, "password": form_password}])

    def save_form(self, request, form, change):
        request.initial_password = getattr(form, "issued", "")
        return super().save_form(request, form, change)

    def show_initial(self, request, rows):
        """A page that is never cached and never shown again."""
        context = self.admin_site.each_context(request)
        context |= {"title": "初始密码", "opts": self.opts, "rows": rows}
        return render(request, "governance/account_initial_passwords.html", context)

    def each(self, request, queryset, act) -> list:
        """Do something to each chosen account; refusals are told one by one."""
        done = []
        for user in queryset[:100]:
            try:
                done.append((user, act(user)))
            except accounts.NotAllowed as refusal:
                self.message_user(request, str(refusal), messages.ERROR)
        return done

    def _activate(self, request, queryset, active: bool):
        done = self.each(
            request,
            queryset,
            lambda user: accounts.set_active(user, active, by=request.user, request=request),
        )
        self.message_user(request, f"已{'启用' if active else '停用'} {len(done)} 个账号。")

    @admin.action(description="停用账号(立即退出)", permissions=["change"])
    def disable(self, request, queryset):
        self._activate(request, queryset, False)

    @admin.action(description="启用账号", permissions=["change"])
    def enable(self, request, queryset):
        self._activate(request, queryset, True)

    @admin.action(description="重置密码(显示一次初始密码)", permissions=["secure"])
    def reset_password(self, request, queryset):
        done = self.each(
            request,
            queryset,
            lambda user: accounts.reset_password(user, by=request.user, request=request),
        )
        rows = [{"user": user, "password": initial} for user, initial in done]
        return self.show_initial(request, rows) if rows else None

    @admin.action(description="重置第二因素", permissions=["secure"])
    def reset_second_factor(self, request, queryset):
        done = self.each(
            request,
            queryset,
            lambda user: accounts.reset_second_factor(user, by=request.user, request=request),
        )
        self.message_user(request, f"已重置 {len(done)} 个账号的第二因素,须重新绑定。")

    @admin.action(description="解除登录锁定", permissions=["secure"])
    def unlock(self, request, queryset):
        done = self.each(
            request,
            queryset,
            lambda user: accounts.unlock(user, by=request.user, request=request),
        )
        self.message_user(request, f"已解除 {sum(bool(count) for _, count in done)} 个账号的锁定。")


class PostForm(WholeForm):
    """A post: given by somebody else; a machine administers nothing."""

    def clean(self):
        cleaned = super().clean()
        user = cleaned.get("user") or (self.instance.user if self.instance.user_id else None)
        if user and user.pk == self.actor.pk:
            raise ValidationError("不能改动自己的岗位,请由另一位安全管理员办理。")
        if user and user.kind == User.Kind.MACHINE and cleaned.get("role") in accounts.PEOPLE_ONLY:
            self.add_error("role", "接口账号不能担任管理员。")
        return cleaned


@admin.register(Post)
class PostAdmin(SheetsMixin, RegistryAdmin):
    """岗位: given and ended, never deleted, so that every trail keeps its capacity."""

    keepers, within, form = SECURITY, "unit__county", PostForm
    resource, kind = PostResource, access_log.Kind.POST
    fixed = ("user", "unit", "role")
    list_display = ("user", "unit", "role", "active", "since", "until")
    list_filter = ("active", "role")
    search_fields = ("user__username", "user__name", "unit__name", "unit__short_name")
    autocomplete_fields = ("user", "unit")
    list_select_related = ("user", "unit")
    actions = ("end",)

    def note(self, request, obj, detail):
        access_log.record(self.kind, request=request, subject=obj.user, detail=f"{detail}:{obj}")

    @admin.action(description="结束岗位(立即退出)", permissions=["change"])
    def end(self, request, queryset):
        for post in queryset.filter(active=True).select_related("user", "unit")[:200]:
            if post.user_id == request.user.pk:
                self.message_user(request, "不能改动自己的岗位。", messages.ERROR)
                continue
            post.active = False
            post.save(update_fields=["active"])
            self.note(request, post, "结束岗位")
            self.message_user(request, f"已结束:{post.user} {post}。")


class TokenForm(WholeForm):
    """One token per integration, for machines."""

    def clean_user(self):
        user = self.cleaned_data["user"]
        if user.kind != User.Kind.MACHINE or not user.is_active:
            raise ValidationError("凭证只能签发给启用的接口账号。")
        if user.tokens.filter(revoked_at=None).exists():
            raise ValidationError("该接口账号已有有效凭证,请先吊销。")
        return user

    def _post_clean(self):
        """The hash is made when the token is issued."""
        forms.ModelForm._post_clean(self)


@admin.register(AccessToken)
class AccessTokenAdmin(RegistryAdmin):
    """接口凭证: issued (shown once) and revoked by 安全管理员."""

    keepers, readers, changes = SECURITY, AUDIT, False
    kind, form = access_log.Kind.TOKEN, TokenForm
    fields = ("user", "purpose", "expires_at")
    list_display = ("user", "purpose", "prefix", "created_at", "expires_at", "revoked_at",
                    "last_used_at")  # fmt: skip
    list_select_related = ("user",)
    search_fields = ("user__username", "user__name", "purpose", "prefix")
    actions = ("revoke",)

    def get_queryset(self, request):
        """Tokens of accounts that the administrator sees."""
        people = self.admin_site._registry[User].get_queryset(request)
        return super().get_queryset(request).filter(user__in=people)

    def get_field_queryset(self, db, db_field, request):
        found = super().get_field_queryset(db, db_field, request)
        return found.filter(kind=User.Kind.MACHINE) if db_field.name == "user" else found

    def has_secure_permission(self, request):
        return self.keeps(request)

    def save_model(self, request, obj, form, change):
        """Issue; the row was made by the service."""
        row, request.token = tokens.issue(
            obj.user,
            by=request.user,
            purpose=obj.purpose,
            expires_at=obj.expires_at,
            request=request,
        )
        obj.pk, obj.prefix, obj._state.adding = row.pk, row.prefix, False

    def log_addition(self, request, obj, message):
        """The service has logged it."""

    def response_add(self, request, obj, post_url_continue=None):
        context = self.admin_site.each_context(request)
        context |= {"title": "接口凭证", "opts": self.opts, "token": request.token, "row": obj}
        return render(request, "governance/account_token.html", context)

    @admin.action(description="吊销凭证(立即失效)", permissions=["secure"])
    def revoke(self, request, queryset):
        for row in queryset.filter(revoked_at=None)[:100]:
            tokens.revoke(row, by=request.user, request=request)
            self.message_user(request, f"已吊销:{row}。")


@admin.register(Counter)
class CounterAdmin(ReadOnlyAdmin):
    """文号: drawn by the door alone."""

    readers, within = SYSTEM | AUDIT, "county"
    list_display = ("county", "kind", "year", "last")
    list_filter = ("year", "kind")


@admin.register(Clause)
class ClauseAdmin(ReadOnlyAdmin):
    """条款: the catalogue as shipped."""

    list_display = ("rule_id", "document", "article", "statement", "enforce")
    list_filter = ("short", "enforce")
    exclude = ("app",)
    search_fields = ("rule_id", "document", "statement")


@admin.register(Rulebook)
class RulebookAdmin(ReadOnlyAdmin):
    """制度方案: versions; edited field by field on pages of their own."""

    within = "county"
    list_display = ("county", "version", "effective_from", "preset", "note", "adopted_at")
    exclude = ("data",)
    list_select_related = ("county",)
