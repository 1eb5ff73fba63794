"""/healthz: this process lives. /readyz: what it depends on does, too."""

import logging

from django.conf import settings
from django.db import connection
from django.http import HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from governance import pulse
from governance.celery import app

log = logging.getLogger(__name__)

# The sweep runs each minute; after this many seconds of silence something is wrong.
SILENCE_SECONDS = 300


@never_cache
@require_safe
def healthz(request):
    """Alive: answers without touching anything else."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@never_cache
@require_safe
def readyz(request):
    """Ready: database, broker and sweep; 503 when one of them is down."""
    database = _works("database", _ask_database)
    broker = _works("broker", _ask_broker)
    silence = _silence() if database else None
    ready = database and broker and (silence is None or silence <= SILENCE_SECONDS)
    answer = {
        "database": "ok" if database else "down",
        "broker": "ok" if broker else "down",
        "seconds_since_sweep": None if silence is None else round(silence, 1),
    }
    return JsonResponse(answer, status=200 if ready else 503)


def _works(name: str, ask) -> bool:
    try:
        ask()
        return True
    except Exception as error:  # whatever it is, this part is down
        log.warning("not ready: %s", name, extra={"reason": str(error)})
        return False


def _ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()


def _ask_broker() -> None:
    options = {**settings.CELERY_BROKER_TRANSPORT_OPTIONS, "socket_timeout": 2}
    with app.connection_for_write(transport_options=options, connect_timeout=2) as broker:
        broker.ensure_connection(max_retries=1, interval_start=0, timeout=2)
        broker.default_channel.client.ping() if broker.transport.driver_type == "redis" else None


def _silence() -> float | None:
    try:
        return pulse.seconds_since()
    except Exception as error:  # the cache is down: the broker's line says so
        log.warning("last sweep unknown", extra={"reason": str(error)})
        return None
