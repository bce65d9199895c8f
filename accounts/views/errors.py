"""Answers to refusals that belong to no form: pages that look like the portal, problem documents for programs.

400 and 500 need nothing but their template.
"""

import json
import sys
from http import HTTPStatus

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

RETRY_AFTER_SECONDS = 120
API_PREFIX = "/api/"


def _problem(status: HTTPStatus, code: str, detail: str) -> HttpResponse:
    """Return what the API answers where none of its views was reached (RFC 9457)."""
    words = {"type": f"/api/docs/#{code}", "title": status.phrase, "status": status, "code": code, "detail": detail}
    return HttpResponse(json.dumps({**words, "errors": []}), status=status, content_type="application/problem+json")


def _is_program(request: HttpRequest) -> bool:
    return request.path_info.startswith(API_PREFIX)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The request itself cannot be trusted (a forged host, say), so nothing of it is used."""
    if _is_program(request):
        return _problem(HTTPStatus.BAD_REQUEST, "bad_request", _("This request cannot be read."))
    return HttpResponse(render_to_string("400.html"), status=400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """No access; what the exception says may name internals, so it is not shown."""
    if _is_program(request):
        return _problem(HTTPStatus.FORBIDDEN, "not_allowed", _("You may not do this."))
    return render(request, "403.html", status=403)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """No such page; programs get theirs as a problem document."""
    if _is_program(request):
        return _problem(HTTPStatus.NOT_FOUND, "not_found", _("There is no such address."))
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Something broke, perhaps the database or the templates: use neither context nor queries.

    A database that is away, locked or full is no fault of the request: it gets 503 and when to come back.
    """
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return _away(request)
    if _is_program(request):
        return _problem(HTTPStatus.INTERNAL_SERVER_ERROR, "internal_error", _("Something went wrong on our side."))
    try:
        return HttpResponseServerError(render_to_string("500.html"))
    except Exception:  # noqa: BLE001  (whatever broke may break this page too; then these words must do)
        return HttpResponseServerError(_("Something went wrong on our side. Try again in a few minutes."))


def _away(request: HttpRequest) -> HttpResponse:
    """The database does not answer; nothing was changed, as each change is one transaction."""
    if _is_program(request):
        detail = _("A part that we depend on does not answer. Nothing was changed.")
        page = _problem(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", detail)
    else:
        page = HttpResponse(render_to_string("503.html"), status=503)
    page.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return page


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that does not belong to this session; Django's reason names internals, so it is not shown."""
    if _is_program(request):
        return _problem(HTTPStatus.FORBIDDEN, "csrf_failed", _("This request does not belong to your session."))
    return render(request, "403_csrf.html", status=403)


def unavailable(request: HttpRequest) -> HttpResponse:
    """A part that we depend on does not answer; nothing was changed."""
    page = render(request, "503.html", status=503)
    page.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return page
