"""What surrounds every request: limits of a session, sign-in, what an account owes first, the log.

Order in settings: ApiErrors → AccessRecord → SessionLimits → … → SignInRequired → AccountGate.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.models import AnonymousUser
from django.http import JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from governance import access_log, passwords, signing_in
from governance.roles import ADMINISTRATORS

API = "/api/"
API_WORDS = {
    400: ("bad_request", "请求无法处理。"),
    403: ("permission_denied", "请求来源校验未通过,或您没有权限。"),
    404: ("not_found", "没有找到,或您无权查看。"),
    405: ("method_not_allowed", "不支持此请求方式。"),
    413: ("too_large", "请求内容过大。"),
}
"""For answers under /api/ that Django gives before or beside the API itself."""
API_BROKEN = ("error", "服务器发生意外,请稍后重试;若再次出现请联系系统管理员。")

OPEN = {"healthz", "readyz"}
"""Names of pages of others that need no sign-in; ours say so themselves (login_not_required)."""

GATE_EXEMPT = {"login", "logout", "account_code", *OPEN}
SEEN_EVERY = 60
"""Seconds between two writes of a session's last use: the idle limit is that exact."""


class ApiErrors:
    """Under /api/ every error is data, also those that Django answers with a page."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        status = response.status_code
        if status < 400 or not request.path.startswith(API):
            return response
        if response.headers.get("Content-Type", "").startswith("application/"):
            return response
        answer = refusal(status, *API_WORDS.get(status, API_BROKEN))
        for name, value in response.headers.items():
            if name not in ("Content-Type", "Content-Length"):
                answer.headers[name] = value
        answer.cookies = response.cookies
        return answer


class SessionLimits:
    """Ends a session that was idle or has lasted too long; its cookie is worthless then."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if settings.SESSION_COOKIE_NAME in request.COOKIES and SESSION_KEY in request.session:
            self.limit(request)
        return self.get_response(request)

    @staticmethod
    def limit(request) -> None:
        """End the session, or note that it is in use."""
        session, now = request.session, timezone.now()
        request.session_of = session[SESSION_KEY]
        idle = now - _moment(session.get(signing_in.SEEN))
        age = now - _moment(session.get(signing_in.BEGAN))
        if idle > timedelta(minutes=settings.SESSION_IDLE_MINUTES) or age > timedelta(
            hours=settings.SESSION_ABSOLUTE_HOURS
        ):
            if request.user.is_authenticated:
                access_log.record(
                    access_log.Kind.SIGN_OUT, request=request, detail="会话超时,自动退出"
                )
            session.flush()
            request.user = AnonymousUser()
        elif idle > timedelta(seconds=SEEN_EVERY):
            session[signing_in.SEEN] = now.timestamp()


def _moment(stamp) -> datetime:
    """A time kept in a session; one that is missing is long past."""
    return datetime.fromtimestamp(stamp or 0, timezone.get_current_timezone())


class SignInRequired(LoginRequiredMiddleware):
    """Every page wants a signed-in user unless it says otherwise; what was typed is not lost."""

    def process_view(self, request, view_func, view_args, view_kwargs):
        if request.resolver_match.url_name in OPEN:
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(self, request, view_func):
        if wants_data(request):
            return refusal(
                401, "unauthorized", "登录已过期,请在新窗口重新登录后再提交;填写的内容仍在页面上。"
            )
        if request.method == "POST":
            from governance.views import carrying

            return carrying.sign_in_again(request)
        return super().handle_no_permission(request, view_func)


class AccountGate:
    """What an account owes before anything else: its code, a new password, a second factor.

    Asks the session and the account only, so that it costs no query.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view_func, view_args, view_kwargs):
        if not request.user.is_authenticated:
            return None
        page = owed(request)
        name = request.resolver_match.url_name
        if page is None or name == page or name in GATE_EXEMPT:
            return None
        if page == "account" and name and name.startswith("account_"):
            return None
        if wants_data(request) or request.path.startswith(API):
            return refusal(403, page, "请先在浏览器中完成登录验证、修改密码或启用第二因素。")
        back = request.get_full_path() if request.method == "GET" else "/"
        return redirect(f"{reverse(page)}?{urlencode({'next': back})}")


def owed(request) -> str | None:
    """The name of the page where the account has to go first, or None."""
    if request.session.get(signing_in.NEEDS_CODE):
        return "account_code"
    if passwords.must_change(request.user):
        return "password_change"
    if not request.session.get(signing_in.DEVICE) and request.user.holds(*ADMINISTRATORS):
        return "account"
    return None


class AccessRecord:
    """Keeps answers to signed-in people out of caches; logs refusals and everything handed out.

    The entry is written before the answer leaves: an export that cannot be logged does not happen.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.path.startswith(API):
            response.headers["Cache-Control"] = "no-store"
        if not self.signed_in(request):
            return response
        response.headers["Cache-Control"] = "no-store"
        if response.status_code == 403:
            access_log.record(access_log.Kind.DENIED, request=request, success=False)
        elif response.headers.get("Content-Disposition", "").startswith("attachment"):
            access_log.record(access_log.Kind.EXPORT, request=request)
        return response

    @staticmethod
    def signed_in(request) -> bool:
        """Whether somebody is, without opening a session for visitors that bring none."""
        brings = settings.SESSION_COOKIE_NAME in request.COOKIES
        return (brings or "HTTP_AUTHORIZATION" in request.META) and request.user.is_authenticated


def wants_data(request) -> bool:
    """Whether a script asks, which can do nothing with a page."""
    accepts = request.headers.get("Accept", "")
    return (
        "HX-Request" in request.headers
        or request.headers.get("X-Requested-With") == "XMLHttpRequest"
        or request.content_type == "application/json"
        or ("application/json" in accepts and "text/html" not in accepts)
    )


def refusal(status: int, code: str, message: str) -> JsonResponse:
    """A refusal as data, in the form that the API answers too."""
    return JsonResponse(
        {"code": code, "message": message, "clause": ""},
        status=status,
        json_dumps_params={"ensure_ascii": False},
    )
