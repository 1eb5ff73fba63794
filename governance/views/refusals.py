"""403 as a page: why, and by which clause, where whoever refused has said so."""

import re

from django.shortcuts import render

CHINESE = re.compile(r"[\u4e00-\u9fff]")
"""Only our own sentences are shown; a library's English gives way to the general words."""


def forbidden(request, exception=None):
    """The page of a refusal, in the words and with the clause of what was raised.

    Args:
        exception: a PermissionDenied; its clause stands on itself (`steps.Denied`) or on the
            refusal of a step that it was raised from.
    """
    message = str(exception or "")
    cause = getattr(exception, "__cause__", None)
    context = {
        "message": message if CHINESE.search(message) else "",
        "clause": getattr(exception, "clause", "") or getattr(cause, "clause", ""),
    }
    return render(request, "403.html", context, status=403)
