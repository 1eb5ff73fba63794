"""What happens at a sign-in, a failure and a sign-out, whichever way it comes about (receivers).

Connected by governance.apps when Django is ready.
"""

from axes.models import AccessAttempt
from axes.signals import user_locked_out
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models import F
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.utils import timezone
from django_otp import DEVICE_ID_SESSION_KEY, user_has_device

from governance import access_log
from governance.models import Post, User

Kind = access_log.Kind

BEGAN, SEEN, NEEDS_CODE = "began", "seen", "needs_code"
"""Keys of the session: when it began, when it was last used, whether the second factor is due."""
DEVICE = DEVICE_ID_SESSION_KEY


@receiver(user_logged_in)
def begin(sender, request, user, **kwargs):
    """Start the session's clocks, and remember whether a second factor is due."""
    now = timezone.now().timestamp()
    request.session[BEGAN] = request.session[SEEN] = now
    if user_has_device(user):
        request.session[NEEDS_CODE] = True
    if request.META:  # no request behind it: a test or a command
        access_log.record(Kind.SIGN_IN, request=request, user=user)
        # His own failures at this address, never the address's failures at other accounts.
        AccessAttempt.objects.filter(
            username=user.username, ip_address=access_log.client_address(request)
        ).delete()


@receiver(user_login_failed)
def fail(sender, credentials, request=None, **kwargs):
    """Log a failed sign-in; the lock's own refusals are logged as such."""
    locked = getattr(request, "axes_locked_out", False)
    access_log.record(
        Kind.LOCKED if locked else Kind.SIGN_IN_FAILED,
        request=request,
        username=str(credentials.get("username") or ""),
        detail="锁定期间的登录尝试" if locked else "",
        success=False,
    )


@receiver(user_locked_out)
def lock(sender, request, username, ip_address, **kwargs):
    """Log that an account or an address is locked from now on (not each knock afterwards)."""
    if hasattr(request, "axes_failures_since_start") and request.axes_failures_since_start:
        access_log.record(
            Kind.LOCKED,
            request=request,
            username=username or "",
            detail=f"连续失败 {request.axes_failures_since_start} 次,暂停登录",
            success=False,
        )


@receiver(user_logged_out)
def leave(sender, request, user, **kwargs):
    """Log a sign-out."""
    if user is not None and request.META:
        access_log.record(Kind.SIGN_OUT, request=request, user=user)


@receiver([post_save, post_delete], sender=Post)
def post_changed(sender, instance, **kwargs):
    """A post given, changed or ended takes effect by a new sign-in."""
    end_sessions(instance.user)


@receiver(post_save, sender=User)
def account_saved(sender, instance, **kwargs):
    """Sessions of a disabled account do not come back to life with it."""
    if not instance.is_active:
        end_sessions(instance)


def end_sessions(user: User) -> None:
    """End every session of an account. Who never signed in has none, and is left alone."""
    signed_in = User.objects.filter(pk=user.pk, last_login__isnull=False)
    if signed_in.update(session_stamp=F("session_stamp") + 1):
        user.session_stamp += 1


def keep_this(request) -> None:
    """Let the session at hand outlive `end_sessions` of its own account."""
    request.session[HASH_SESSION_KEY] = request.user.get_session_auth_hash()
