"""`make test` on a machine that lacks something: install it, or say the exact line."""

import subprocess

import pytest

from tests import system


@pytest.fixture
def lacking(monkeypatch):
    """Chromium and a font are missing; commands are recorded instead of run."""
    there = {"chromium": False, "fonts-noto-cjk": False}
    monkeypatch.setattr(system, "NEEDED", [(name, lambda n=name: there[n]) for name in there])
    commands = []

    def record(command, **options):
        commands.append(command)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(system.subprocess, "run", record)
    return there, commands


def test_without_rights_it_says_the_exact_line(lacking, monkeypatch, capsys):
    """Nothing is tried, nothing is skipped: one line to run."""
    monkeypatch.setattr(system.os, "geteuid", lambda: 1000)
    assert system.main() == 1
    assert (
        "sudo apt-get install --no-install-recommends chromium fonts-noto-cjk"
        in capsys.readouterr().err
    )
    assert not lacking[1]


def test_as_root_on_debian_it_installs(lacking, monkeypatch):
    """Only what is missing, and it looks again afterwards."""
    there, commands = lacking
    monkeypatch.setattr(system.os, "geteuid", lambda: 0)
    monkeypatch.setattr(system.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(
        system.subprocess,
        "run",
        lambda c, **o: (commands.append(c), there.update(dict.fromkeys(there, True))),
    )
    assert system.main() == 0
    assert commands[-1][-2:] == ["chromium", "fonts-noto-cjk"]


def test_an_installation_that_did_not_help_is_a_failure(lacking, monkeypatch, capsys):
    """A stub package, a full disk, no network: never a silent pass."""
    monkeypatch.setattr(system.os, "geteuid", lambda: 0)
    monkeypatch.setattr(system.shutil, "which", lambda name: f"/usr/bin/{name}")
    assert system.main() == 1
    assert "chromium" in capsys.readouterr().err


def test_a_browser_stub_is_no_browser(tmp_path, monkeypatch):
    """Ubuntu's chromium-browser may only say where to get the real one."""
    stub = tmp_path / "chromium"
    stub.write_text("#!/bin/sh\nexit 1\n")
    stub.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CHROMIUM", raising=False)
    assert system.browser() is None
