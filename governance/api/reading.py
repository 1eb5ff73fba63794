"""What comes into the API: plain facts, and pages by cursor."""

import math
from collections.abc import Mapping

from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import CursorPagination

LARGEST_INTEGER = 2**63


class NewestFirst(CursorPagination):
    """Lists by cursor, newest first, at most 200 rows a page."""

    ordering = "-id"
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200

    def decode_cursor(self, request):
        """As ever; a cursor that names no row number is as unknown as one that cannot be read."""
        cursor = super().decode_cursor(request)
        place = cursor and cursor.position
        if place and not (place.isascii() and place.isdecimal() and len(place) < 19):
            raise NotFound(self.invalid_cursor_message)
        return cursor


def facts_of(data) -> Mapping:
    """The facts of a step as a form would have sent them: one or several texts per name.

    Raises:
        ValidationError: something nested, or a number that no database keeps.
    """
    if isinstance(data, QueryDict):
        return data
    if not isinstance(data, dict):
        raise ValidationError({"": ["请求内容须是一个 JSON 对象。"]})
    for name, value in data.items():
        for one in value if isinstance(value, list) else [value]:
            check_plain(name, one)
    facts = MultiValueDict()
    for name, value in data.items():
        facts.setlist(
            name, [as_typed(one) for one in (value if isinstance(value, list) else [value])]
        )
    return facts


def as_typed(value) -> str:
    """A value of JSON as somebody would have typed it; forms know nothing else."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def check_plain(name: str, value) -> None:
    """Refuse what a form could not have sent, or no database keeps."""
    if not storable(name):
        raise ValidationError({"": ["字段名含有无法保存的字符。"]})
    if isinstance(value, str) and not storable(value):
        raise ValidationError({name: ["含有无法保存的字符,请删除后重试。"]})
    if isinstance(value, dict | list):
        raise ValidationError({name: ["只接受文字、数字、是否,或它们的列表。"]})
    if isinstance(value, float) and not math.isfinite(value):
        raise ValidationError({name: ["数字超出范围。"]})
    if isinstance(value, int) and abs(value) >= LARGEST_INTEGER:
        raise ValidationError({name: ["数字超出范围。"]})


def storable(text: str) -> bool:
    """Whether a text holds neither NUL nor half of a character (a lone surrogate)."""
    return "\0" not in text and not any("\ud800" <= sign <= "\udfff" for sign in text)


def version_of(facts: Mapping) -> int | None:
    """The matter's version as the client read it.

    Raises:
        ValidationError: it is there and not a number.
    """
    value = facts.get("version")
    if value in (None, ""):
        return None
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise ValidationError({"version": ["版本须是整数。"]}) from error
