"""An outside virus scanner (clamd's INSTREAM), asked about every uploaded file before any view.

SCAN_URL is tcp://host:port or unix:///path; empty: no scan. A scanner that is down lets nothing
through (fail closed).
"""

import socket
from urllib.parse import urlsplit

from django.conf import settings
from django.shortcuts import render

from governance import access_log
from governance.middleware import refusal, wants_data

SECONDS = 20
CHUNK = 1 << 16
DOWN = "病毒扫描服务暂时连不上,文件没有收下。请稍后再试,或联系系统管理员。"


class ScannerDown(Exception):
    """The scanner gave no verdict."""


def connect(url: str) -> socket.socket:
    """A connection to the scanner."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        link = socket.socket(socket.AF_UNIX)
        link.settimeout(SECONDS)
        link.connect(parts.path)
        return link
    return socket.create_connection((parts.hostname, parts.port or 3310), SECONDS)


def finding(upload) -> str:
    """What the scanner found in one upload; empty where it is clean.

    Raises:
        ScannerDown: no connection, no answer, or an answer that is no verdict.
    """
    try:
        with connect(settings.SCAN_URL) as link:
            link.sendall(b"zINSTREAM\0")
            upload.seek(0)
            while chunk := upload.read(CHUNK):
                link.sendall(len(chunk).to_bytes(4, "big") + chunk)
            link.sendall(b"\0\0\0\0")
            answer = b""
            while not answer.endswith(b"\0") and (more := link.recv(4096)):
                answer += more
    except (OSError, ValueError) as problem:
        raise ScannerDown(str(problem)) from problem
    finally:
        upload.seek(0)
    verdict = answer.rstrip(b"\0\n ").decode("utf-8", "replace").removeprefix("stream: ")
    if verdict == "OK":
        return ""
    if verdict.endswith(" FOUND"):
        return verdict.removesuffix(" FOUND")[:80]
    raise ScannerDown(verdict[:200])


class ScanUploads:
    """Nothing infected reaches a view, whichever page or interface takes the file."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view_func, view_args, view_kwargs):
        """Refuse the request with the name of the file, and note it in the access log."""
        if not settings.SCAN_URL or not (request.content_type or "").startswith("multipart/"):
            return None
        for _, uploads in request.FILES.lists():
            for upload in uploads:
                try:
                    found = finding(upload)
                except ScannerDown as problem:
                    return self.refused(request, 503, upload, DOWN, f"扫描服务无结论:{problem}")
                if found:
                    message = f"“{upload.name[:80]}”含有病毒或恶意代码,已拒绝接收。"
                    return self.refused(request, 400, upload, message, f"上传文件含 {found}")
        return None

    def refused(self, request, status: int, upload, message: str, detail: str):
        """The answer, and the line in the log."""
        kind = access_log.Kind.DENIED
        access_log.record(kind, request=request, subject=upload.name, detail=detail, success=False)
        if wants_data(request) or request.path.startswith("/api/"):
            return refusal(status, "upload_refused", message)
        return render(request, "upload_refused.html", {"message": message}, status=status)
