"""Parts of addresses that pages and API share."""

from django.urls import register_converter
from django.urls.converters import StringConverter, get_converters


class CaseConverter(StringConverter):
    """What can be the reference of a case at all."""

    regex = "[Ss][Cc]-[0-9A-Za-z]{4}-[0-9A-Za-z]{4}"


def register_case() -> None:
    """Let addresses name a case; whichever of the two is read first registers it."""
    if "case" not in get_converters():
        register_converter(CaseConverter, "case")
