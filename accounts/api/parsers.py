"""Reads JSON bodies: UTF-8, bounded, and nothing that a database or a later reader would choke on."""

from collections.abc import Mapping
from typing import IO, Any, ClassVar

from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser

from accounts import strict_json

MAX_BYTES = 64 * 1024


class BodyTooLarge(APIException):
    """More than any call of this API needs."""

    status_code = 413
    default_code = "too_large"

    def __init__(self) -> None:
        super().__init__(_("The body is too large."))


class ObjectParser(BaseParser):
    """One JSON object of at most `most` bytes; an empty body is an empty object."""

    media_type = "application/json"
    most: ClassVar[int] = MAX_BYTES

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Return the object; raises ParseError or BodyTooLarge. The charset is UTF-8, whatever is claimed."""
        raw = stream.read(self.most + 1)
        if len(raw) > self.most:
            raise BodyTooLarge
        try:
            found = strict_json.read(raw) if raw.strip() else {}
        except ValueError as error:
            raise ParseError(_("The body is not readable JSON in UTF-8.")) from error
        if not isinstance(found, dict):
            raise ParseError(_("The body must be a JSON object."))
        return found
