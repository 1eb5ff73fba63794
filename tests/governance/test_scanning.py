"""Uploads go past a virus scanner where one is set up, and nothing goes past one that is down."""

import socketserver
import threading

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from checklist.models import Import
from governance.models import AccessLog
from governance.roles import Role
from tests.factories.checklist import enter_as, make_county, make_user, row, sheet_a
from tests.services import free_port

pytestmark = pytest.mark.django_db
# In halves, so that no scanner takes this file itself for what it stands for.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD" + rb"-ANTIVIRUS-TEST-FILE!$H+H*"


class Scanner(socketserver.StreamRequestHandler):
    """INSTREAM as clamd speaks it, with one signature."""

    def handle(self):
        if self.rfile.read(10) != b"zINSTREAM\0":
            self.wfile.write(b"UNKNOWN COMMAND\0")
            return
        content = b""
        while size := int.from_bytes(self.rfile.read(4), "big"):
            content += self.rfile.read(size)
        self.server.seen.append(len(content))
        found = b"Eicar-Test-Signature FOUND" if EICAR in content else b"OK"
        self.wfile.write(b"stream: " + found + b"\0")


@pytest.fixture
def scanner(settings):
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Scanner) as server:
        server.seen = []
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        settings.SCAN_URL = f"tcp://127.0.0.1:{server.server_address[1]}"
        yield server
        server.shutdown()
        thread.join()


def upload(client, content: bytes, **headers):
    """Somebody of 编办 uploads a list."""
    enter_as(client, make_user(make_county(), Role.BIANBAN))
    file = SimpleUploadedFile("清单.xlsx", content)
    return client.post(reverse("checklist:upload"), {"file": file}, **headers)


def test_a_clean_file_passes_whole(client, scanner):
    content = sheet_a(row())
    assert upload(client, content).status_code == 302
    assert scanner.seen == [len(content)]
    assert Import.objects.get().size == len(content)


def test_an_infected_file_is_refused_and_noted(client, scanner):
    answer = upload(client, b"x" * 200_000 + EICAR)
    assert answer.status_code == 400
    assert "含有病毒" in answer.content.decode()
    assert not Import.objects.exists()
    entry = AccessLog.objects.get(kind=AccessLog.Kind.DENIED)
    assert "Eicar-Test-Signature" in entry.detail
    assert entry.subject == "清单.xlsx"
    assert not entry.success


def test_a_scanner_that_is_down_lets_nothing_through(client, settings):
    settings.SCAN_URL = f"tcp://127.0.0.1:{free_port()}"
    answer = upload(client, sheet_a(row()))
    assert answer.status_code == 503
    assert "病毒扫描服务暂时连不上" in answer.content.decode()
    assert not Import.objects.exists()
    assert AccessLog.objects.filter(kind=AccessLog.Kind.DENIED, success=False).exists()


def test_machines_get_the_refusal_as_data(client, scanner):
    answer = upload(client, EICAR, headers={"accept": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["code"] == "upload_refused"


def test_without_a_scanner_nothing_is_asked(client, settings):
    assert settings.SCAN_URL == ""
    assert upload(client, sheet_a(row())).status_code == 302
