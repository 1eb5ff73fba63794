"""What somebody typed survives an expired session: the posted fields travel through the sign-in.

The fields go, signed by us, into the sign-in page; after signing in they wait in the session, and
a page offers to send them again. Nothing is sent without that click, and never in another's name
(docs/adr/0010). Files cannot travel; the page says so.
"""

import json
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.csrf import csrf_failure as plain_failure
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

SALT = "governance.carrying"
KEY = "carried"
LARGEST = 256 * 1024
"""Characters of a form that may travel; the longest text anybody types is far less."""
KEPT = timedelta(minutes=30)
NEVER = ("/login/", "/logout/", "/account/", "/admin/", "/api/")
SECRET = ("password", "csrfmiddlewaretoken")


def snapshot(request) -> dict | None:
    """The fields of a POST as {path, fields, files, user}, or None where none may travel."""
    path = request.get_full_path()
    if path.startswith(NEVER):
        return None
    fields = [
        [name, value]
        for name, values in request.POST.lists()
        if not any(word in name.lower() for word in SECRET)
        for value in values
    ]
    if not fields or len(json.dumps(fields)) > LARGEST:
        return None
    return {
        "path": path,
        "fields": fields,
        "files": bool(request.FILES),
        "user": getattr(request, "session_of", None),
    }


def pack(carried: dict | None) -> str:
    """Signed, so that only what was really posted here can come back."""
    return signing.dumps(carried, salt=SALT, compress=True) if carried else ""


def unpack(text: str) -> dict | None:
    """What `pack` signed within the last half hour, or None."""
    if not text or len(text) > 4 * LARGEST:
        return None
    try:
        return signing.loads(text, salt=SALT, max_age=KEPT)
    except signing.BadSignature:
        return None


def sign_in_again(request):
    """401 with the sign-in form, carrying along what was posted."""
    from governance.views.accounts import SignInForm

    carried = snapshot(request)
    context = {
        "form": SignInForm(request),
        "action": settings.LOGIN_URL,
        "carried": pack(carried),
        "expired": True,
        "files_lost": bool(carried and carried["files"]),
        "next": "" if carried else "/",
    }
    return never_cache(render)(request, "registration/login.html", context, status=401)


def keep(request, carried: dict | None) -> bool:
    """Let carried fields wait in the session of the person who typed them."""
    if not carried or carried["user"] not in (None, str(request.user.pk)):
        return False
    request.session[KEY] = carried | {"at": timezone.now().timestamp()}
    return True


@never_cache
@require_http_methods(["GET", "POST"])
def resume(request):
    """Offer to send the carried fields again (GET), or drop them (POST)."""
    carried = request.session.get(KEY)
    if request.method == "POST":
        request.session.pop(KEY, None)
        return redirect("/")
    if not carried or timezone.now().timestamp() - carried["at"] > KEPT.total_seconds():
        request.session.pop(KEY, None)
        return redirect("/")
    return render(request, "governance/account_resume.html", {"carried": carried})


def csrf_failure(request, reason=""):
    """A page left open over another sign-in: its fields are offered again, if they are ours.

    A browser names the origin of every POST, so a foreign page's fields are not kept.
    """
    ours = f"{request.scheme}://{request.get_host()}"
    signed_in = getattr(request, "user", None) is not None and request.user.is_authenticated
    if signed_in and request.headers.get("Origin") == ours:
        travelling = request.POST.get(KEY, "") if request.path == settings.LOGIN_URL else ""
        carried = unpack(travelling) if travelling else snapshot(request)
        if keep(request, carried):
            return redirect("account_resume")
    return plain_failure(request, reason=reason, template_name="403_csrf.html")
