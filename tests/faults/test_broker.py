"""The broker is down: what people do goes on, and the clocks lose nothing but a few minutes."""

import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from kombu.pools import reset

from checklist import uploads
from checklist.models import Import
from governance import broker, sweep, tasks
from governance.celery import app
from governance.models import Clock, Event, Outbox
from governance.roles import Role
from governance.tasks import fire
from hucall.models import Call, Response
from tests.factories import hucall as make
from tests.factories.governance import County, load_calendar
from tests.faults.server import ask, serving, session_of
from tests.services import free_port

pytestmark = pytest.mark.django_db(transaction=True)
BACKEND = "django.contrib.auth.backends.ModelBackend"
CALLS = "/api/v1/hucall/calls/"


@pytest.fixture
def county():
    load_calendar()
    return County()


def nobody_listens() -> dict:
    """The address of a Redis that is not there; cache and broker both point to it."""
    return {"REDIS_URL": f"redis://127.0.0.1:{free_port()}/0"}


@pytest.fixture
def dead_broker(settings):
    """Tasks go to a port where nobody listens."""
    address = f"redis://127.0.0.1:{free_port()}/0"
    told = {
        "task_always_eager": False,
        "broker_url": address,
        "broker_transport_options": broker.transport_options(address, settings.VAR_DIR),
    }
    before = {name: app.conf[name] for name in told}
    tell(told)
    yield
    tell(before)


def tell(told: dict) -> None:
    """Let the Celery application know where its tasks go; what it knew is forgotten."""
    for name, value in told.items():
        app.conf[name] = value
    app.amqp._producer_pool = None
    reset()


def test_a_long_export_says_that_it_must_wait(county, dead_broker, client, monkeypatch):
    monkeypatch.setattr("hucall.exports.AT_ONCE", 0)
    make.filed(county)
    client.force_login(county.user(Role.PLATFORM), backend=BACKEND)
    page = client.get("/hucall/calls/export/", follow=True)
    assert "后台服务暂时连不上,请稍后重新导出" in page.content.decode()


def test_an_uploaded_list_is_kept_and_can_be_started_later(county, dead_broker):
    upload = SimpleUploadedFile("清单.xlsx", b"not read yet")
    facts = {"sheet": "", "title": "", "replace": False}
    actor = county.user(Role.BIANBAN)
    record = uploads.receive(upload, county=county.row, actor=actor, **facts)
    record = Import.objects.get(pk=record.pk)
    assert record.message == "后台服务暂时连不上,文件已经收好,稍后可点“重新开始”。"


def test_a_sweep_whose_broker_has_gone_leaves_its_steps_to_the_next(county, dead_broker):
    make.urgent(county)
    tasks.sweep_clocks()
    due = Clock.objects.filter(fired_at__isnull=False, done_at=None)
    assert due.exists()
    fire(timezone.now() + timedelta(minutes=1))
    assert not due.all().exists()


@pytest.mark.rule("GX-呼应-13")
@pytest.mark.parametrize("environment", [dict, nobody_listens], ids=["embedded", "redis"])
def test_without_a_broker_people_file_and_answer_and_the_sweep_catches_up(county, environment):
    clerk = county.user(Role.TOWNSHIP_CLERK)
    police = county.user(Role.DEPARTMENT_CLERK, email="police@example.com")
    county.user(Role.PLATFORM)
    unit = county.unit("县公安局").pk
    with serving(**{"REDIS_URL": ""} | environment()) as port:
        township, department = session_of(clerk), session_of(police)
        facts = make.CONTENT | {"kind": "urgent", "units": [unit]}
        calls = []
        for _ in range(2):
            status, body = ask(port, "POST", CALLS, township, facts)
            assert status == 201, body
            calls.append(Call.objects.get(pk=json.loads(body)["id"]))
        part = calls[0].responses.get()
        path = f"/api/v1/hucall/responses/{part.pk}/steps/sign_in/"
        assert ask(port, "POST", path, department, {})[0] == 200
        for page in ("/", "/hucall/calls/", f"/hucall/calls/{calls[0].pk}/", "/inbox/"):
            status, body = ask(port, "GET", page, department)
            assert status == 200, (page, body[:300])
        assert ask(port, "GET", "/healthz")[0] == 200
        status, body = ask(port, "GET", "/readyz")
        assert status == 503
    assert Response.objects.get(pk=part.pk).state == "working"
    assert Outbox.objects.filter(sent_at=None).exists()
    # Nothing swept while the limit of a quarter of an hour passed; five minutes later it does.
    late = Clock.objects.get(root_id=calls[1].pk, name="sign_in")
    now = late.due_at + timedelta(minutes=5)
    sweep.sweep(now)
    fire(now)
    late.refresh_from_db()
    assert late.breached_at == late.due_at
    assert Event.objects.get(step="clock_breached", matter_id=late.matter_id).at == late.due_at
    assert calls[1].supervisions.count() == 1
    assert Clock.objects.get(root_id=calls[0].pk, name="sign_in").breached_at is None
