"""The demo's password and accounts, as told on the terminal by `make run`."""

import base64
import os

from django.conf import settings

from governance.startup import kept_secret


def _file():
    return settings.VAR_DIR / "demo-password"


def password() -> str:
    """DEMO_PASSWORD, or one made at random and kept beside the database."""
    return os.environ.get("DEMO_PASSWORD") or kept_secret(_file(), length=9)


def describe() -> list[str]:
    """Every account with its posts, the administrators' TOTP secrets, and where the password is."""
    from django_otp.plugins.otp_totp.models import TOTPDevice

    from governance.models import User

    totp = {
        device.user_id: base64.b32encode(device.bin_key).decode()
        for device in TOTPDevice.objects.filter(confirmed=True)
    }
    lines = ["", "演示账号:"]
    for user in User.objects.filter(is_active=True).prefetch_related("posts__unit").order_by("pk"):
        posts = "、".join(str(post) for post in user.posts.all())
        second = f" 动态口令密钥 {totp[user.pk]}" if user.pk in totp else ""
        lines.append(f"  {user.username:<18}{posts}{second}")
    return [*lines, "", _about_password()]


def _about_password() -> str:
    if os.environ.get("DEMO_PASSWORD"):
        return "口令:启动时 DEMO_PASSWORD 所给。"
    text, shown = password(), _file().with_name("demo-password.shown")
    if shown.exists():
        return f"口令:见 {os.path.relpath(_file())}(首次启动时已显示)。"
    shown.touch()
    return f"口令(所有演示账号相同,只显示这一次,另存于 {os.path.relpath(_file())}):{text}"
