"""Secrets that are made once and kept."""

import stat
from concurrent.futures import ThreadPoolExecutor

from governance.startup import kept_secret


def test_a_secret_stays_the_same_and_private(tmp_path):
    """Made on first use, readable by its owner alone."""
    path = tmp_path / "secret"
    first = kept_secret(path)
    assert len(first) >= 50 and kept_secret(path) == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["secret"]


def test_processes_that_ask_at_once_agree(tmp_path):
    """Web, worker and beat may start in the same instant."""
    with ThreadPoolExecutor(8) as pool:
        secrets = list(pool.map(lambda _: kept_secret(tmp_path / "secret"), range(8)))
    assert len(set(secrets)) == 1
