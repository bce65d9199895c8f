"""Logs name no token of a link, whichever way the line was made."""

import logging
from typing import Any

import pytest
from django.conf import settings

from portal.logs import HideTokens, hide

TOKEN = "aB3_-" * 9


@pytest.mark.parametrize("place", ["status", "stop", "enroll", "receipt", "api/v1/receipts"])
def test_tokens_are_hidden_in_the_line_and_in_its_arguments(place: str) -> None:
    lines = [
        logging.LogRecord("x", logging.WARNING, "", 1, f"Gone: /{place}/{TOKEN}/", (), None),
        logging.LogRecord("x", logging.WARNING, "", 1, "%s: %s", ("Gone", f"/{place}/{TOKEN}/"), None),
    ]
    assert [HideTokens().filter(line) for line in lines] == [True, True]
    assert [line.getMessage() for line in lines] == [f"Gone: /{place}/…/"] * 2


def test_address_of_a_receipt_is_hidden() -> None:
    assert hide("Gone: /receipt/9f0d5c1e-8a4b-4c6d-9e2f-0123456789ab/file/") == "Gone: /receipt/…/file/"
    assert hide("Forbidden: /receipt/verify/") == "Forbidden: /receipt/verify/"


def test_other_lines_stay_as_they_are() -> None:
    assert hide("Not Found: /status/open/ 403 %s") == "Not Found: /status/open/ 403 %s"


def test_every_handler_hides_them() -> None:
    handlers: Any = settings.LOGGING["handlers"]
    assert [name for name, handler in handlers.items() if "hide_tokens" not in handler["filters"]] == []


def test_trace_of_a_library_is_told_by_kind_and_place(caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("django-q")
    try:
        int("ana@example.test")
    except ValueError:
        logger.exception("Failed to pull task")
    logger.error("Failed 'wake' - %s", "no such row\nTraceback: ana@example.test")
    told = [record.getMessage() for record in caplog.records]
    assert told[0].startswith("Failed to pull task: ValueError at ")
    assert told[1] == "Failed 'wake' - no such row"
    assert "ana@example.test" not in caplog.text
