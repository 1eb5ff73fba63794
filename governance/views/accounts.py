"""Sign-in, sign-out, password and second factor: the pages of one's own account."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from governance import accounts, passwords, second_factor, signing_in
from governance.models import AccessLog
from governance.roles import ADMINISTRATORS
from governance.views import carrying

OLD_PASSWORD_TRIES = 5
"""A stolen session may not guess the password: after so many failures it ends."""


class SignInForm(AuthenticationForm):
    """Account and password. One sentence for every refusal, whether the account exists or not."""

    error_messages = {
        "invalid_login": "账号或密码不正确。连续失败 5 次将暂停登录 15 分钟。",
        "inactive": "账号或密码不正确。连续失败 5 次将暂停登录 15 分钟。",
    }

    def __init__(self, request=None, *args, **kwargs):
        super().__init__(request, *args, **kwargs)
        self.fields["username"].label = "账号"
        self.fields["password"].label = "密码"
        self.fields["password"].max_length = passwords.LONGEST
        self.fields["password"].widget.attrs["maxlength"] = passwords.LONGEST

    def clean_username(self):
        """Accounts are lower case; a telephone's keyboard likes to begin with a capital."""
        return self.cleaned_data["username"].strip().lower()

    def clean_password(self):
        """No hash of a novel."""
        password = self.cleaned_data["password"]
        if len(password) > passwords.LONGEST:
            raise forms.ValidationError(f"密码最多 {passwords.LONGEST} 个字符。")
        return password


class SignIn(auth_views.LoginView):
    """/login/. What an expired session interrupted is carried along (views/carrying.py)."""

    form_class = SignInForm

    def get(self, request, *args, **kwargs):
        """Who is signed in already goes on; a POST signs in anew."""
        if request.user.is_authenticated:
            return redirect(self.get_success_url())
        return super().get(request, *args, **kwargs)

    def form_valid(self, form):
        """Sign in; the carried fields wait in the session until they are sent or dropped."""
        super().form_valid(form)
        carried = carrying.unpack(self.request.POST.get(carrying.KEY, ""))
        if carrying.keep(self.request, carried):
            return redirect("account_resume")
        if carried:
            messages.warning(self.request, "上次填写的内容属于另一个账号,没有带入。")
        return redirect(self.get_success_url())

    def form_invalid(self, form):
        """400, as every refused form; what was carried is still carried."""
        carried = self.request.POST.get(carrying.KEY, "")
        context = self.get_context_data(
            form=form, carried=carried if carrying.unpack(carried) else ""
        )
        return self.render_to_response(context, status=400)


class PasswordForm(PasswordChangeForm):
    """Old password, and the new one twice."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["old_password"].label = "原密码"
        self.fields["new_password1"].label = "新密码"
        self.fields["new_password1"].help_text = accounts.policy_text()
        self.fields["new_password2"].label = "再输入一次新密码"

    def save(self, commit=True):
        """The initial password is history with it."""
        self.user.must_change_password = False
        return super().save(commit)


@method_decorator(sensitive_post_parameters(), name="dispatch")
class PasswordChange(auth_views.PasswordChangeView):
    """/account/password/: also where an initial or expired password leads."""

    form_class = PasswordForm

    def get_context_data(self, **kwargs):
        """Say why the page stands in the way."""
        user = self.request.user
        forced = passwords.must_change(user)
        return super().get_context_data(
            forced=forced,
            expired=forced and not user.must_change_password,
            days=settings.PASSWORD_EXPIRY_DAYS,
            **kwargs,
        )

    def form_valid(self, form):
        """Every other session ends with the old password; this one goes on under a new key."""
        response = super().form_valid(form)
        accounts.log(self.request, AccessLog.Kind.PASSWORD, detail="修改密码")
        return response

    def form_invalid(self, form):
        """A stolen session cannot try out old passwords."""
        if "old_password" in form.errors:
            tries = self.request.session.get("password_tries", 0) + 1
            self.request.session["password_tries"] = tries
            accounts.log(
                self.request, AccessLog.Kind.PASSWORD, detail="原密码不正确", success=False
            )
            if tries >= OLD_PASSWORD_TRIES:
                logout(self.request)
                return redirect("login")
        return self.render_to_response(self.get_context_data(form=form), status=400)


class CodeForm(forms.Form):
    """A six-digit code of the authenticator."""

    code = forms.CharField(
        label="动态口令",
        max_length=10,
        help_text="验证器应用上显示的 6 位数字,每 30 秒更换一次。",
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "autofocus": True}
        ),
    )

    def clean_code(self):
        """Digits alone; people type the gap that the application shows."""
        code = self.cleaned_data["code"].replace(" ", "")
        if not (code.isascii() and code.isdigit() and len(code) == 6):
            raise forms.ValidationError("请输入 6 位数字。")
        return code


def next_page(request) -> str:
    """Where to go on: `next` if it is ours, else the workbench."""
    target = request.POST.get("next") or request.GET.get("next") or "/"
    if carrying.KEY in request.session:
        return "/account/resume/"
    safe = url_has_allowed_host_and_scheme(
        target, {request.get_host()}, require_https=request.is_secure()
    )
    return target if safe else "/"


@never_cache
@require_http_methods(["GET", "POST"])
def code(request):
    """/login/code/: the second factor, right after the password."""
    if not request.session.get(signing_in.NEEDS_CODE):
        return redirect(next_page(request))
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            second_factor.verify(request, form.cleaned_data["code"])
        except second_factor.Refused as refusal:
            form.add_error("code", str(refusal))
        else:
            return redirect(next_page(request))
    context = {"form": form, "next": request.GET.get("next", request.POST.get("next", ""))}
    status = 400 if form.errors else 200
    return render(request, "registration/code.html", context, status=status)


@never_cache
@require_http_methods(["GET"])
def account(request):
    """/account/security/: posts, password, second factor, and the last sign-ins of one's own."""
    user = request.user
    device = second_factor.device_of(user)
    must = user.holds(*ADMINISTRATORS)
    pending = None if device else second_factor.pending_of(user)
    own = AccessLog.objects.filter(user=user, kind__in=accounts.SIGN_IN_KINDS)[:10]
    context = {
        "device": device,
        "must": must,
        "pending": pending,
        "qr": second_factor.picture(pending) if pending else None,
        "secret": second_factor.secret(pending) if pending else "",
        "form": CodeForm() if pending else None,
        "entries": own,
        "expires": accounts.expires(user),
        "next": next_page(request),
    }
    return render(request, "governance/account_security.html", context)


@never_cache
@require_http_methods(["POST"])
def enrol(request):
    """Begin (no code) or confirm (code) the second factor; one's own device alone."""
    if second_factor.device_of(request.user):
        messages.info(request, "第二因素已经启用。")
        return redirect("account")
    if "code" not in request.POST:
        second_factor.begin(request.user)
        return redirect("account")
    form = CodeForm(request.POST)
    if form.is_valid():
        try:
            second_factor.confirm(request, form.cleaned_data["code"])
        except second_factor.Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, "第二因素已启用,以后登录须输入动态口令。")
            return redirect(next_page(request))
    else:
        messages.error(request, "请输入 6 位数字。")
    return redirect("account")


@never_cache
@require_http_methods(["POST"])
def disable(request):
    """Give up one's own second factor, against a code; administrators may not."""
    if request.user.holds(*ADMINISTRATORS):
        messages.error(request, "管理员必须使用第二因素,不能停用。")
        return redirect("account")
    form = CodeForm(request.POST)
    try:
        if not form.is_valid():
            raise second_factor.Refused("请输入 6 位数字。")
        second_factor.give_up(request, form.cleaned_data["code"])
        messages.success(request, "第二因素已停用。")
    except second_factor.Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("account")


sign_in = login_not_required(SignIn.as_view())
sign_out = login_not_required(auth_views.LogoutView.as_view())
