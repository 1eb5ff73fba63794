"""How the API refuses: {"code", "message", "clause"} in Chinese, field errors beside (400)."""

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http.multipartparser import MultiPartParserError
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler

from governance.api.parsing import TooLarge
from governance.steps import Invalid, Refused

WORDS = {
    exceptions.NotAuthenticated: "请先登录,或提供有效的令牌。",
    exceptions.AuthenticationFailed: "令牌无效或已停用。",
    exceptions.PermissionDenied: "您没有权限进行此操作。",
    exceptions.MethodNotAllowed: "不支持此请求方式。",
    exceptions.UnsupportedMediaType: "不支持此内容类型,请使用 JSON 或表单。",
    exceptions.NotAcceptable: "只提供 JSON。",
    exceptions.Throttled: "请求过于频繁,请稍后再试。",
    exceptions.ParseError: "请求内容无法解析。",
    exceptions.NotFound: "没有找到,或您无权查看。",
}


CODES = {status.HTTP_403_FORBIDDEN: "permission_denied", status.HTTP_404_NOT_FOUND: "not_found"}
"""For what Django itself raises, so that one refusal has one code."""


class KeyReused(exceptions.APIException):
    """The same Idempotency-Key came with another body."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_detail = "同一个 Idempotency-Key 已用于另一个请求。"
    default_code = "idempotency_key_reused"


def answer(error, context):
    """DRF's exception handler: every refusal has the same shape."""
    if isinstance(error, Refused):
        return Response(refusal(error), status=error.status)
    if isinstance(error, RequestDataTooBig):
        error = TooLarge()
    elif isinstance(error, SuspiciousOperation | MultiPartParserError):
        error = exceptions.ParseError()
    response = exception_handler(error, context)
    if response is None:
        return None
    words = next((text for kind, text in WORDS.items() if isinstance(error, kind)), None)
    if response.status_code == status.HTTP_404_NOT_FOUND:
        words = WORDS[exceptions.NotFound]
    if isinstance(error, exceptions.ValidationError):
        errors = response.data if isinstance(response.data, dict) else {"": response.data}
        response.data = {"code": "invalid", "message": "请改正标出的内容。", "clause": ""}
        response.data["errors"] = errors
        return response
    code = getattr(error, "default_code", "") or CODES.get(response.status_code, "error")
    response.data = {"code": code, "message": words or str(error), "clause": ""}
    return response


def refusal(error: Refused) -> dict:
    """A refusal of the door as the API tells it."""
    told = {"code": error.code, "message": error.message, "clause": error.clause}
    if isinstance(error, Invalid):
        told["errors"] = {name: list(map(str, each)) for name, each in error.form.errors.items()}
    return told
