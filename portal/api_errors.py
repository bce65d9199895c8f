"""Every error of the API as application/problem+json (RFC 9457): the same words as the pages, plus a stable code."""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.signals import got_request_exception
from django.db import InterfaceError, OperationalError
from django.http import Http404, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response

from accounts import clock
from accounts.api.refusals import SignInFailed
from accounts.cases import UnknownCase
from accounts.exceptions import BadIdentifier, NotAllowed, PortalError, TooManyAttempts, WrongCode, WrongPassword
from accounts.failures import kind_and_place
from accounts.idempotency import KeyReused
from accounts.middleware import seconds_until
from closure.api import answers, reactivation_answers
from closure.captcha import CaptchaRefused
from closure.exceptions import (
    BlockedBy,
    CaseRequired,
    CheckChanged,
    CoreAway,
    FileLost,
    FileNotTaken,
    LinkRefused,
    MissingAcknowledgements,
    NotCertain,
    PhotoRefused,
    PreviewChanged,
    ReasonRequired,
    StepLocked,
    UnknownAcknowledgement,
    UnknownExport,
    UnknownRemedy,
    UnknownRequest,
    WrongDocument,
    WrongName,
)
from closure.exchange.errors import GatewayError
from closure.reactivation.exceptions import Incomplete, NotAccepted, RuleRequired, UnknownReactivation

CONTENT_TYPE = "application/problem+json"
DOCUMENTED_AT = "/api/docs/#"
LOG = logging.getLogger("portal.api")

STATUS_BY_CLASS: tuple[tuple[type[PortalError], int], ...] = (
    (TooManyAttempts, 429),
    (UnknownRequest, 404),
    (UnknownCase, 404),
    (UnknownRemedy, 404),
    (CoreAway, 503),
    (NotCertain, 503),
    (WrongName, 400),
    (UnknownExport, 404),
    (UnknownReactivation, 404),
    (LinkRefused, 410),
    (FileLost, 410),
    (KeyReused, 422),
    (NotAllowed, 403),
    (SignInFailed, 400),
    (WrongCode, 400),
    (WrongPassword, 400),
    (WrongDocument, 400),
    (CaptchaRefused, 400),
    (BadIdentifier, 400),
    (MissingAcknowledgements, 400),
    (UnknownAcknowledgement, 400),
    (ReasonRequired, 400),
    (RuleRequired, 400),
    (NotAccepted, 400),
    (FileNotTaken, 400),
    (PhotoRefused, 400),
    (CaseRequired, 400),
)
# The field of the body that a refusal is about.
FIELDS: dict[type[PortalError], str] = {
    WrongCode: "code",
    WrongPassword: "password",
    WrongDocument: "number",
    CaptchaRefused: "captcha",
    ReasonRequired: "reason",
    CaseRequired: "case",
    WrongName: "name",
    RuleRequired: "broken",
    NotAccepted: "type",
    FileNotTaken: "photo",
    PhotoRefused: "photo",
}
# REST framework's own codes, in the words of this API.
CODES = {"not_authenticated": "not_signed_in", "permission_denied": "not_allowed"}


def problem_details(error: Exception, context: Mapping[str, Any]) -> Response:
    """Answer any exception of an API view; what nobody expected is logged and told as 500, never as a trace."""
    if isinstance(error, PortalError):
        return _refusal(error)
    known = _as_api_exception(error)
    if known is not None:
        return _api_exception(known)
    if isinstance(error, GatewayError | OperationalError | InterfaceError):
        # A core or a database that is away, locked or full is no fault of the request.
        LOG.error("unavailable: %s", kind_and_place(error))
        return problem(503, "unavailable", _("A part that we depend on does not answer. Nothing was changed."))
    return _unexpected(error, context)


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    errors: list[dict[str, str]] | None = None,
    headers: dict[str, str] | None = None,
    **more: Any,
) -> Response:
    """Return one problem; `more` are members beside the standard ones (RFC 9457, 3.2)."""
    body = {
        "type": f"{DOCUMENTED_AT}{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        "errors": errors or [],
        **more,
    }
    return Response(body, status=status, headers=headers, content_type=CONTENT_TYPE)


def _refusal(error: PortalError) -> Response:
    headers = {}
    if isinstance(error, TooManyAttempts):
        headers["Retry-After"] = str(seconds_until(error.retry_at, clock.now()))
    errors = [{"field": field, "code": code, "detail": str(error.message)} for field, code in _fields(error)]
    return problem(status_of(error), error.code, str(error.message), errors=errors, headers=headers, **_members(error))


def _fields(error: PortalError) -> list[tuple[str, str]]:
    """Return field and code of what is wrong in the body."""
    if isinstance(error, MissingAcknowledgements):
        return [("acknowledged", code) for code in error.missing]
    if isinstance(error, UnknownAcknowledgement):
        return [("acknowledged", code) for code in error.codes]
    field = FIELDS.get(type(error))
    return [(field, error.code)] if field else []


def _members(error: PortalError) -> dict[str, Any]:
    """Return what a program needs beside the words."""
    found: dict[str, Any] = {}
    if isinstance(error, BlockedBy):
        found = {"check": answers.check(error.check) if error.check else None}
    elif isinstance(error, CheckChanged):
        found = answers.changed_check(error.seen, error.latest)
    elif isinstance(error, MissingAcknowledgements | Incomplete):
        found = {"missing": error.missing}
    elif isinstance(error, PreviewChanged):
        found = {"confirm": error.preview.digest}
    elif isinstance(error, PhotoRefused):
        found = {"checks": reactivation_answers.checks(error.verdicts)}
    elif isinstance(error, StepLocked):
        found = {"first_open": error.first_open.value}
    return found


def status_of(error: PortalError) -> int:
    """Return the HTTP status of a refusal: a conflict with how things stand (409) unless its class says otherwise."""
    return next((status for kind, status in STATUS_BY_CLASS if isinstance(error, kind)), 409)


def _as_api_exception(error: Exception) -> exceptions.APIException | None:
    if isinstance(error, exceptions.APIException):
        return error
    if isinstance(error, Http404):
        return exceptions.NotFound()
    if isinstance(error, PermissionDenied):
        return exceptions.PermissionDenied()
    if isinstance(error, RequestDataTooBig):
        return _TooLarge()
    if isinstance(error, SuspiciousOperation | BadRequest | MultiPartParserError | UnreadablePostError):
        return exceptions.ParseError()
    return None


class _TooLarge(exceptions.APIException):
    status_code = 413
    default_code = "too_large"
    default_detail = "The body is too large."


def _api_exception(error: exceptions.APIException) -> Response:
    headers = {}
    if getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = str(getattr(error, "auth_header"))  # noqa: B009  (set by REST framework at run time)
    if isinstance(error, exceptions.ValidationError):
        detail = _("Some fields cannot be read. See errors.")
        return problem(error.status_code, "invalid", detail, errors=flatten(error.detail), headers=headers)
    code = str(error.get_codes()) if isinstance(error.detail, str) else error.default_code
    return problem(error.status_code, CODES.get(code, code), str(error.detail), headers=headers)


def flatten(detail: Any, field: str = "") -> list[dict[str, str]]:
    """Return the errors of a serializer as a list of `{field, code, detail}`; nested fields are joined by dots."""
    if isinstance(detail, Mapping):
        return [entry for name, below in detail.items() for entry in flatten(below, _joined(field, str(name)))]
    if isinstance(detail, list | tuple):
        return [
            entry
            for number, below in enumerate(detail)
            for entry in flatten(below, field if isinstance(below, str) else _joined(field, str(number)))
        ]
    name = "" if field == "non_field_errors" else field
    return [{"field": name, "code": str(getattr(detail, "code", "invalid")), "detail": str(detail)}]


def _joined(field: str, name: str) -> str:
    return f"{field}.{name}" if field else name


def _unexpected(error: Exception, context: Mapping[str, Any]) -> Response:
    LOG.error("unexpected error in %s", type(context.get("view")).__name__, exc_info=error)
    request = context.get("request")
    # Django tells monitoring, and its test client, by this signal; a handled exception would stay silent.
    got_request_exception.send(sender=type(context.get("view")), request=getattr(request, "_request", None))
    return problem(500, "internal_error", _("Something went wrong on our side. Nothing is shown of it here."))
