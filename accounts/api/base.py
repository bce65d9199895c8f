"""What every call of the API shares: JSON in, JSON out, one shape of errors, answers kept under an Idempotency-Key."""

import json
import re
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotAuthenticated, ParseError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from accounts import client, clock, idempotency
from accounts.api.parsers import ObjectParser
from accounts.models import Account

KEY = re.compile(r"[\x21-\x7e]{1,255}")
BAD_REQUEST = 400
PROBLEM = "application/problem+json"
# These say nothing about the call itself: asking again later may be answered otherwise.
NOT_KEPT = frozenset({401, 429})


class AlwaysJson(BaseContentNegotiation):
    """There is one form of answer, so nobody is refused for asking for another."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        """Return the parser of the content type; a body without a type is JSON."""
        media_type = (request.content_type or "").partition(";")[0].strip().lower()
        return next((parser for parser in parsers if media_type in ("", parser.media_type)), None)

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """Return JSON."""
        return renderers[0], renderers[0].media_type


class ApiView(APIView):
    """Base of the calls: shape by a serializer, then an operation, then the answer."""

    parser_classes: tuple[type[BaseParser], ...] = (ObjectParser,)
    renderer_classes = (JSONRenderer,)
    content_negotiation_class = AlwaysJson
    http_method_names = ["get", "head", "post", "delete"]  # OPTIONS would describe internals

    @property
    def account(self) -> Account:
        """The account that calls; raises NotAuthenticated where a public call asks for one."""
        user = self.request.user
        if not isinstance(user, Account):
            raise NotAuthenticated
        return user

    def read(self, serializer_class: type[Serializer[Any]]) -> dict[str, Any]:
        """Return the body as the serializer reads it; raises ValidationError (400)."""
        serializer = serializer_class(data=self.request.data)
        serializer.is_valid(raise_exception=True)
        found: dict[str, Any] = serializer.validated_data
        return found

    def idempotency_subject(self) -> UUID | None:
        """Return the account that keys belong to, None when nobody is known yet."""
        return self.account.pk if self.request.user.is_authenticated else None

    def idempotency_body(self) -> bytes:
        """Return what has to be the same when a key comes again."""
        return json.dumps(self.request.data, sort_keys=True).encode()


class Tried(ApiView):
    """Each POST is one try of the client's address; where `forgives`, one that was right is given back.

    Where an address itself is what can be guessed, looking is a try too: `counted` names the methods.
    """

    forgives = False
    counted = frozenset({"POST"})

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Count the try before anything is looked at."""
        super().initial(request, *args, **kwargs)
        if request.method in self.counted:
            client.spend_try(request._request, now=clock.now())

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Give a right one back."""
        if self.forgives and request.method in self.counted and response.status_code < BAD_REQUEST:
            client.give_try_back(request._request, now=clock.now())
        return super().finalize_response(request, response, *args, **kwargs)


KEY_HEADER = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="Same key and body: the same answer for 24 hours. Same key, another body: 422.",
)
Handler = Callable[..., HttpResponseBase]


def idempotent(handler: Handler) -> Handler:
    """Keep the answer of a handler under the caller's `Idempotency-Key`, and give it again instead of acting again."""

    @wraps(handler)
    def once(view: ApiView, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        key, subject = request.headers.get("Idempotency-Key"), view.idempotency_subject()
        if key is None or subject is None:
            return handler(view, request, *args, **kwargs)
        if not KEY.fullmatch(key):
            raise ParseError(_("An Idempotency-Key is 1 to 255 visible ASCII characters."))
        body = view.idempotency_body()
        row = idempotency.claim(subject, route=_route(request), key=key, body=body, now=clock.now())
        if row.http_status is not None:
            return _again(row.http_status, row.answer)
        try:
            answer = handler(view, request, *args, **kwargs)
        except Exception as error:  # noqa: BLE001  (turned into the answer that the view would give, to keep it)
            answer = view.handle_exception(error)
        _settle(row, answer)
        return answer

    documented: Handler = extend_schema(parameters=[KEY_HEADER])(once)
    return documented


def _route(request: HttpRequest | Request) -> str:
    return f"{request.method} {request.path}"


def _settle(row: Any, answer: HttpResponseBase) -> None:
    if answer.status_code >= 500 or answer.status_code in NOT_KEPT or not isinstance(answer, Response):
        idempotency.release(row)
        return
    text = "" if answer.data is None else JSONRenderer().render(answer.data).decode()
    idempotency.keep(row, http_status=answer.status_code, answer=text)


def _again(status: int, answer: str) -> HttpResponse:
    content_type = PROBLEM if status >= 400 else JSONRenderer.media_type
    return HttpResponse(answer, status=status, content_type=content_type, headers={"Idempotent-Replayed": "true"})
