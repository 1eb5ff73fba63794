"""Log records as one JSON line each, so that no text from outside can forge a second line."""

import json
import logging
from datetime import UTC, datetime

# What every LogRecord carries by itself; anything else came through `extra=`.
_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_LONGEST = 8000


class JsonLines(logging.Formatter):
    """time, level, logger, message, plus whatever `extra=` names; line breaks stay escaped."""

    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage()[:_LONGEST],
        }
        for name, value in vars(record).items():
            if name not in _OWN and isinstance(value, str | int | float | bool | None):
                entry[name] = value
        if record.exc_info:
            entry["error"] = self.formatException(record.exc_info)[-_LONGEST:]
        # json escapes control characters; the Unicode line separators it leaves are escaped here.
        line = json.dumps(entry, ensure_ascii=False)
        for breaking in "\x7f\x85\u2028\u2029":
            line = line.replace(breaking, f"\\u{ord(breaking):04x}")
        return line


def config(level: str = "INFO") -> dict:
    """The LOGGING setting: everything to standard error as JSON lines."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "governance.logs.JsonLines"}},
        "handlers": {"lines": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["lines"], "level": level},
        "loggers": {
            # Django's own handlers would print plain lines beside ours.
            "django": {"handlers": ["lines"], "level": level, "propagate": False},
            "gunicorn.error": {"handlers": ["lines"], "level": level, "propagate": False},
            "gunicorn.access": {"handlers": ["lines"], "level": level, "propagate": False},
            # Font subsetting reports every glyph table.
            "fontTools": {"level": "WARNING"},
            "weasyprint": {"level": "ERROR"},
        },
    }
