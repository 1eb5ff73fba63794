"""Celery tasks of the core: each takes ids or nothing and calls one service."""

import logging

from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from governance import delivery, handing_off, sweep, trail
from governance.models import Clock
from governance.perform import lock, perform
from governance.steps import Refused

log = logging.getLogger(__name__)

FIRES = 500
"""Steps of one run, those that failed not counted: they never crowd out the ones behind them."""


@shared_task(name="governance.sweep_clocks", ignore_result=True)
def sweep_clocks():
    """Warn, breach and climb; then queue the steps that fell due.

    Where the broker is gone by then, the steps stay due, and the next sweep queues them.
    """
    sweep.sweep()
    try:
        fire_steps.delay()
    except fire_steps.OperationalError:
        log.warning("due steps wait for the next sweep: no broker")


@shared_task(name="governance.fire_steps", ignore_result=True)
def fire_steps():
    """Do the steps that clocks have made due, each once."""
    fire(timezone.now())


def fire(now) -> int:
    """Perform what has fallen due, in the order in which it did; each in its own transaction.

    A step that is closed by now is moot and only ticked off. One that fails is logged and stays
    due for the next sweep; those behind it go on.

    Returns:
        How many steps were done.

    Raises:
        SoftTimeLimitExceeded: the worker's time is up; what is left waits for the next sweep.
        DatabaseError, InterfaceError: the database is gone, so nothing else would succeed.
    """
    due = Clock.objects.filter(fired_at__isnull=False, done_at=None).order_by("fired_at", "id")
    done = tried = 0
    for pk in list(due.values_list("pk", flat=True)):
        if tried == FIRES:
            break
        try:
            done += fire_one(pk, now)
            tried += 1
        except SoftTimeLimitExceeded:
            raise
        except Exception:
            if not connection.is_usable():
                raise
            log.exception("due step failed and stays due", extra={"clock": pk})
    return done


@transaction.atomic
def fire_one(pk: int, now) -> bool:
    """One due step, together with the mark that it is done."""
    clock = Clock.objects.filter(pk=pk).first()
    matter = clock and clock.matter
    if matter is None:
        return False
    lock(matter.root())  # the file is locked before its clock, as everywhere
    clock = Clock.objects.select_for_update().get(pk=pk)
    if clock.done_at:
        return False
    clock.done_at = now
    clock.save(update_fields=["done_at"])
    try:
        with transaction.atomic():
            perform(matter, clock.on_breach, at=now)
    except Refused:
        return False
    return True


@shared_task(name="governance.seal_events", ignore_result=True)
def seal_events():
    """Seal the events written since the last run."""
    trail.seal()


@shared_task(name="governance.deliver_notices", ignore_result=True)
def deliver_notices():
    """Deliver what waits in the outbox."""
    delivery.deliver()


@shared_task(name="governance.hand_off_heads", ignore_result=True)
def hand_off_heads():
    """Once a day: tell the heads of the chains to those outside this machine."""
    handing_off.hand_off(timezone.now())


@shared_task(name="governance.clear_sessions", ignore_result=True)
def clear_sessions():
    """Once a day: forget sessions that have ended (剩余信息)."""
    call_command("clearsessions")
