"""What every test may rely on: marks set by what a test touches, and the shared fixtures."""

import os
import shutil
import sys
from pathlib import Path

import pytest
from django.conf import settings

pytest_plugins = ["tests.browser", "tests.ledgers"]

DATABASE_FIXTURES = {
    "db",
    "transactional_db",
    "django_db_setup",
    "django_db_serialized_rollback",
    "django_db_reset_sequences",
    "live_server",
}
BROWSER_FIXTURES = {"page", "context", "browser", "new_context"}


def pytest_configure(config):
    """Name the marks (pyproject.toml has --strict-markers)."""
    for line in (
        "rule(id): proves the rule of this id in the catalogue",
        "pure: touches no database, so it runs once (set by itself)",
        "browser: drives Chromium, so it runs on PostgreSQL only (set by itself)",
        "postgres: shows something that only PostgreSQL has",
        "sqlite: shows something that only SQLite has, or rules that no database changes",
    ):
        config.addinivalue_line("markers", line)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Mark each test by what it touches; nobody has to remember to."""
    for item in items:
        asked = set(getattr(item, "fixturenames", ()))
        if asked & BROWSER_FIXTURES:
            item.add_marker("browser")
        if not asked & DATABASE_FIXTURES and not item.get_closest_marker("django_db"):
            item.add_marker("pure")


def pytest_sessionfinish(session):
    """Of two rounds in one `make test`, the second repeats what failed in the first."""
    if hasattr(session.config, "workerinput") or "FAILED_BEFORE" not in os.environ:
        return
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    failed = [r.nodeid for kind in ("failed", "error") for r in reporter.stats.get(kind, [])]
    if failed:
        with open(os.environ["FAILED_BEFORE"], "a") as file:
            file.write(f"{settings.DATABASES['default']['ENGINE']}\n")
            file.writelines(f"  {nodeid}\n" for nodeid in sorted(set(failed)))


def pytest_terminal_summary(terminalreporter):
    """See `pytest_sessionfinish`."""
    path = Path(os.environ.get("FAILED_BEFORE", ""))
    if "postgresql" in settings.DATABASES["default"]["ENGINE"] and path.is_file():
        terminalreporter.section("两轮中失败的测试", red=True)
        terminalreporter.write_line(path.read_text())


def pytest_unconfigure(config):
    """Throw away what this process wrote."""
    if folder := getattr(settings, "TEST_VAR", None):
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(autouse=True)
def _no_hurry(monkeypatch):
    """What a dashboard draws live never depends on how busy the machine is that runs the tests."""
    from hucall import digests

    monkeypatch.setattr(digests, "CHEAP_MS", 60_000)


@pytest.fixture(autouse=True)
def _fresh_caches():
    """No test sees what another one cached."""
    yield
    from django.core.cache import cache

    cache.clear()


@pytest.fixture(autouse=True)
def _no_rulebook_kept():
    """Numbers come again after a rollback: what a process keeps of a version ends with the test."""
    yield
    rulebooks = sys.modules.get("governance.rulebooks")
    if rulebooks:
        rulebooks.kept.cache_clear()
