"""Handing out an attachment: only to those who may see its matter and the row itself."""

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404
from django.views.decorators.http import require_safe

from governance import kinds
from governance.models import Attachment

INLINE = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp", "application/pdf"})
MISSING = "没有这个附件,或不在您的查看范围内。"


@login_required
@require_safe
def attachment(request, pk: int):
    """The file, under the name that it came with; pictures and PDF open, the rest is saved."""
    row = Attachment.objects.readable_by(request.user).filter(pk=pk).first()
    if row is None or kinds.find(row.matter_type_id, row.matter_id, request.user) is None:
        raise Http404(MISSING)
    try:
        content = row.file.open("rb")
    except OSError as problem:
        raise Http404("附件文件不在存储中,请联系系统管理员。") from problem
    inline = row.media_type in INLINE and "download" not in request.GET
    answer = FileResponse(
        content, as_attachment=not inline, filename=row.name, content_type=row.media_type
    )
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    answer["Cache-Control"] = "private, no-store"
    return answer
