"""One record, one JSON line, whatever somebody types."""

import json
import logging

import pytest

from governance.logs import JsonLines

BREAKS = ["\r\n", "\n", "\r", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"]


def line(message, *arguments, **extra):
    record = logging.makeLogRecord(
        {"name": "t", "levelname": "INFO", "msg": message, "args": arguments, **extra}
    )
    return JsonLines().format(record)


@pytest.mark.parametrize("end", BREAKS, ids=[ascii(end) for end in BREAKS])
def test_no_text_can_begin_a_second_line(end):
    """Row 43 of the hostile inputs: CR, LF and their relatives in a name stay one line."""
    text = f'张三{end}{{"level": "INFO", "message": "forged"}}'
    written = line("signed in: %s", text, unit=text)
    assert len(written.splitlines()) == 1
    entry = json.loads(written)
    assert entry["message"] == f"signed in: {text}" and entry["unit"] == text


def test_errors_keep_their_trace_in_the_same_line():
    """A stack trace has many lines; its record has one."""
    try:
        raise ValueError("坏\n行")
    except ValueError as error:
        written = line("failed", exc_info=(type(error), error, error.__traceback__))
    assert len(written.splitlines()) == 1
    assert "ValueError" in json.loads(written)["error"]


def test_a_huge_message_is_cut():
    """Nobody fills the disk with one record."""
    assert len(line("x" * 1_000_000)) < 10_000
