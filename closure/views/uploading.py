"""Pages that take a photo: bounded before anything reads it; files stay in memory as everywhere (closure.uploads).

The middleware looks for the CSRF token in the form, and so reads what is sent before a page can say that it is far too
large. These pages are exempt from that look, and have the same one after their own.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views import View
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from closure.evidence.limits import MIB, MOST_BYTES

TOO_LARGE = 413
# One photo, and the fields beside it. A photo that is a little too large gets here and is told so beside the form.
MOST_REQUEST = MOST_BYTES + 5 * MIB


class Uploading(View):
    """First among the bases of a page that takes a photo."""

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        """Keep the middleware from reading the form: `dispatch` has the token checked."""
        return csrf_exempt(super().as_view(**initkwargs))

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Bound it, have its token checked, then go on as every page."""
        length = request.headers.get("Content-Length", "")
        if length.isdecimal() and int(length) > MOST_REQUEST:
            return too_large(request)
        answer: HttpResponseBase = csrf_protect(super().dispatch)(request, *args, **kwargs)
        return answer


def too_large(request: HttpRequest) -> HttpResponse:
    """Say so, without having read anything."""
    return render(request, "closure/too_large.html", {"here": request.path}, status=TOO_LARGE)
