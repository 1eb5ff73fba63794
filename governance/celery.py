"""The Celery application: two queues, so that no import or export keeps the clocks waiting.

`clock` holds what beat sends each minute (sweep, sealing, delivery); `work` holds the rest. What
runs when stands in the settings (CELERY_BEAT_SCHEDULE); every scheduled task reads its work from
rows, so a missed, doubled or killed beat changes nothing but the delay.
"""

import os

from celery import Celery
from celery.exceptions import OperationalError
from celery.signals import beat_init, task_success

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "governance.settings")

app = Celery("governance")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@beat_init.connect
def first_round(**kwargs):
    """Begin at once instead of one interval after the start."""
    for entry in app.conf.beat_schedule.values():
        try:
            app.send_task(entry["task"], **entry["options"])
        except OperationalError:  # no broker yet: beat itself keeps trying
            return


@task_success.connect
def note_sweep(sender=None, **kwargs):
    """Let /readyz know that a sweep has ended well."""
    if sender.name == "governance.sweep_clocks":
        from governance import pulse

        pulse.note()
