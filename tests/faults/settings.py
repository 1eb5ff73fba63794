"""The tests' settings for a server of its own: tasks go to the broker, as in production."""

from tests.settings import *  # noqa: F403

CELERY_TASK_ALWAYS_EAGER = False
