"""Pages that take a photo: bounded before anything reads it, and in memory alone, so that it never lies in a file.

Django would write what is larger than 2.5 MB to a temporary file, in plain. The check of the CSRF token reads the form,
so the middleware's must not run before the bound and the handler are set: the view is exempt from that one, and asks
for the same check itself.
"""

from collections.abc import Callable
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from closure.evidence.limits import MIB, MOST_BYTES

TOO_LARGE = 413
# One photo, and the fields beside it. A photo that is a little too large gets here and is told so beside the form.
MOST_REQUEST = MOST_BYTES + 5 * MIB


class MemoryOnlyHandler(FileUploadHandler):
    """Keeps a file in memory, whatever its size: the request was bounded before."""

    file: BytesIO

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin with nothing."""
        super().new_file(*args, **kwargs)
        self.file = BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Add to it; no other handler gets it."""
        self.file.write(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        """Return the file, from its beginning."""
        self.file.seek(0)
        return InMemoryUploadedFile(
            file=self.file,
            field_name=self.field_name,
            name=self.file_name or "photo",
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )


def protected(
    request: HttpRequest, answer: Callable[..., HttpResponseBase], *args: Any, **kwargs: Any
) -> HttpResponseBase:
    """Answer a request that may carry a photo: bounded, in memory, its CSRF token checked. The view is csrf_exempt."""
    length = request.headers.get("Content-Length", "")
    if length.isdecimal() and int(length) > MOST_REQUEST:
        return too_large(request)
    request.upload_handlers = [MemoryOnlyHandler(request)]
    checked: HttpResponseBase = csrf_protect(answer)(request, *args, **kwargs)
    return checked


def too_large(request: HttpRequest) -> HttpResponse:
    """Say so, without having read anything."""
    return render(request, "closure/too_large.html", {"here": request.path}, status=TOO_LARGE)


@method_decorator(csrf_exempt, name="dispatch")
class Uploading(View):
    """First among the bases of a page that takes a photo; an heir with a `dispatch` of its own is decorated too."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Bound it, then go on as every page."""
        return protected(request, super().dispatch, *args, **kwargs)
