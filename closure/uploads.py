"""Files that somebody sends stay in memory, and are bounded while they are read: a photo is never on a disk in plain.

Django itself writes what is larger than 2.5 MB to temporary files (settings.FILE_UPLOAD_HANDLERS names this instead).
"""

from io import BytesIO
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from closure.evidence.limits import MIB, MOST_BYTES

# Three photos of the largest size; what is larger is refused by its length, before a byte of it is read.
MOST_BODY = 3 * MOST_BYTES + MIB


class InMemory(FileUploadHandler):
    """Keeps the files of one request, of all of them together one byte more than a photo may have.

    So whoever sends a larger one is told by intake, in words, and the memory of a request is bounded all the same.
    """

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self._room = MOST_BYTES + 1
        self._kept = BytesIO()

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,  # noqa: N803  (Django calls it so)
        content_length: int,
        boundary: Any,
        encoding: str | None = None,
    ) -> None:
        """Refuse a body by its length."""
        if content_length > MOST_BODY:
            raise RequestDataTooBig("The body is too large.")

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin with an empty file."""
        super().new_file(*args, **kwargs)
        self._kept = BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep what there is room for."""
        kept = raw_data[: self._room]
        self._room -= len(kept)
        self._kept.write(kept)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        """Return the file as it was kept."""
        size = self._kept.tell()
        self._kept.seek(0)
        return InMemoryUploadedFile(
            file=self._kept,
            field_name=self.field_name,
            name=self.file_name,
            content_type=self.content_type or "",
            size=size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )
