"""What the API says about itself: the OpenAPI document, a page that lists the calls, and 404 in the API's own form."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request

from accounts.api.base import ApiView
from portal import api_schema
from portal.api_codes import in_words

YAML = "application/vnd.oai.openapi; charset=utf-8"


class PublicView(ApiView):
    """Open to everybody, and no call itself."""

    permission_classes = (AllowAny,)
    authentication_classes = ()


@extend_schema(exclude=True)
class SchemaView(PublicView):
    """The OpenAPI document."""

    def get(self, request: Request) -> HttpResponse:
        """Give it as YAML."""
        return HttpResponse(api_schema.text(), content_type=YAML)


@extend_schema(exclude=True)
class DocsView(PublicView):
    """The calls as a page of our own, because the usual viewers bring scripts and styles of third parties."""

    def get(self, request: Request) -> HttpResponse:
        """List calls and errors."""
        calls = [
            {"method": method.upper(), "path": path, "summary": call["summary"]}
            for path, methods in api_schema.document()["paths"].items()
            for method, call in methods.items()
        ]
        return render(request._request, "portal/api_docs.html", {"calls": calls, "errors": in_words()})


@extend_schema(exclude=True)
class NotFoundView(PublicView):
    """Everything under /api/ that is no call."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Answer 404 whatever the method."""
        raise Http404
