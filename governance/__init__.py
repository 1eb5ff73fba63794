"""The project and the shared core of every app."""

# Loaded with Django, so that a task called from a page knows its broker.
from governance.celery import app as celery_app

__all__ = ["celery_app"]
