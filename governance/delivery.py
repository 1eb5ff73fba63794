"""Delivery: what waits in the outbox leaves by its channel, and is retried until it is given up."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.utils import timezone

from governance.models import Outbox

BATCH = 200
WAITS = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720)]
"""How long to wait after each failure; after the last one the message is given up."""


def email(message: Outbox) -> None:
    """Send one notice by mail."""
    notice = message.notice
    send_mail(notice.title, words(notice), None, [message.address])


def sms(message: Outbox) -> None:
    """Hand one notice to the outside services of NOTIFY_URLS (SMS, 企业微信, 钉钉)."""
    import apprise  # slow to import, and seldom wanted

    service = apprise.Apprise()
    for url in settings.NOTIFY_URLS:
        service.add(url.replace("{phone}", message.address))
    if not service.notify(title=message.notice.title, body=words(message.notice)):
        raise OSError("通知服务没有接收")


CHANNELS: dict[str, Callable[[Outbox], None]] = {"email": email, "sms": sms}


def words(notice) -> str:
    """The body of a message."""
    return f"{notice.body}\n\n{notice.url}".strip()


def deliver(now: datetime | None = None) -> int:
    """Send what is due, each message in a transaction of its own; return how many left."""
    now, sent = now or timezone.now(), 0
    due = Outbox.objects.filter(sent_at=None, failed_at=None, due_at__lte=now)
    for pk in list(due.order_by("due_at").values_list("pk", flat=True)[:BATCH]):
        sent += deliver_one(pk, now)
    return sent


@transaction.atomic
def deliver_one(pk: int, now: datetime) -> bool:
    """Send one message; a message that another worker holds is left to it."""
    rows = Outbox.objects.select_for_update(skip_locked=True, of=("self",))
    message = rows.select_related("notice").filter(pk=pk, sent_at=None, failed_at=None).first()
    if message is None:
        return False
    try:
        CHANNELS[message.channel](message)
    except Exception as error:
        postpone(message, error, now)
        return False
    message.sent_at = now
    message.save(update_fields=["sent_at"])
    return True


def postpone(message: Outbox, error: Exception, now: datetime) -> None:
    """Try again later, or give up."""
    message.error = f"{type(error).__name__}: {error}"[:300]
    if message.attempts < len(WAITS):
        message.due_at = now + WAITS[message.attempts]
    else:
        message.failed_at = now
    message.attempts += 1
    message.save(update_fields=["error", "due_at", "failed_at", "attempts"])
