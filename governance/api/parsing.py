"""Bodies of the API: JSON of a sane size and depth (kept apart: DRF loads it while it starts)."""

import io

from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import JSONParser

LARGEST_JSON = 1024 * 1024


class TooLarge(APIException):
    """A body that is larger than anybody needs."""

    status_code = 413
    default_detail = "请求内容过大。"
    default_code = "too_large"


class BoundedJSONParser(JSONParser):
    """JSON of at most 1 MiB and of a sane depth."""

    def parse(self, stream, media_type=None, parser_context=None):
        body = stream.read(LARGEST_JSON + 1)
        if len(body) > LARGEST_JSON:
            raise TooLarge
        try:
            return super().parse(io.BytesIO(body), media_type, parser_context)
        except RecursionError as error:
            raise ParseError from error
