"""/healthz and /readyz as a probe meets them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from governance import pulse
from governance.views import health


def test_alive_without_a_database(client):
    """Touches nothing, so that a broken database does not get the process restarted."""
    answer = client.get("/healthz")
    assert answer.status_code == 200 and answer.content == b"ok\n"
    assert "no-store" in answer["Cache-Control"]


@pytest.fixture
def broker_up(monkeypatch):
    monkeypatch.setattr(health, "_ask_broker", lambda: None)


@pytest.mark.django_db
def test_ready_before_the_first_sweep(client, broker_up):
    """A fresh start is not a failure."""
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"database": "ok", "broker": "ok", "seconds_since_sweep": None}


@pytest.mark.django_db
def test_a_silent_sweep_is_reported(client, broker_up):
    """Somebody should look when no sweep has ended for minutes."""
    pulse.note(timezone.now() - timedelta(seconds=30))
    fine = client.get("/readyz")
    pulse.note(timezone.now() - timedelta(seconds=health.SILENCE_SECONDS + 1))
    silent = client.get("/readyz")
    assert fine.status_code == 200 and 30 <= fine.json()["seconds_since_sweep"] < 90
    assert silent.status_code == 503


@pytest.mark.django_db
def test_a_broker_that_is_down_is_reported(client, monkeypatch):
    """503 with the part that is down, without waiting long for it."""
    monkeypatch.setattr(health.app.conf, "broker_url", "redis://127.0.0.1:1/0")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["broker"] == "down" and answer.json()["database"] == "ok"


@pytest.mark.django_db
def test_a_database_that_is_down_is_reported(client, broker_up, monkeypatch):
    """503, and the rest is still told."""

    def down():
        raise connection.Database.OperationalError("gone")

    monkeypatch.setattr(health, "_ask_database", down)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"database": "down", "broker": "ok", "seconds_since_sweep": None}


@pytest.mark.django_db
@pytest.mark.postgres
def test_the_real_broker_answers(client):
    """With the services of the second round nothing is stubbed."""
    assert client.get("/readyz").json()["broker"] == "ok"


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_probes_only_read(client, address):
    assert client.post(address).status_code == 405
