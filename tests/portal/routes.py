"""Every call of the API, from the URL configuration itself."""

import re
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

REFERENCE, FACTOR, TOKEN = "{reference}", "{factor}", "{token}"
RECEIPT, CODE, EXPORT = "{receipt}", "{code}", "{export}"
REMEDY = "cancel_orders"
NO_TOKEN = "x" * 43
NO_CASE = "SC-2222-2222"
NO_RECEIPT = "01890000-0000-4000-8000-000000000000"
METHODS = ("GET", "POST", "DELETE")


@dataclass(frozen=True, kw_only=True)
class Call:
    """One method of one address."""

    method: str
    path: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def address(self, reference: str, factor: str) -> str:
        """Return the address below /api/v1/ with its parts filled in."""
        known = {
            REFERENCE: NO_CASE if self.path.startswith("cases/") else reference,
            FACTOR: factor,
            TOKEN: NO_TOKEN,
            RECEIPT: NO_RECEIPT,
            CODE: REMEDY,
            EXPORT: factor,
        }
        return re.sub(r"{\w+}", lambda part: known[part.group()], self.path)


def calls() -> list[Call]:
    """Return every call below /api/v1/, in the order of the configuration."""
    found = [(prefix, pattern) for prefix, pattern in _walk(get_resolver().url_patterns, "") if _is_call(prefix)]
    return [
        Call(method=method, path=prefix.removeprefix("api/v1/"))
        for prefix, pattern in found
        for method in METHODS
        if hasattr(_view(pattern), method.lower())
    ]


def _walk(patterns: list[Any], prefix: str) -> list[tuple[str, URLPattern]]:
    found: list[tuple[str, URLPattern]] = []
    for each in patterns:
        here = prefix + str(each.pattern).replace("<reference:reference>", REFERENCE).replace("<uuid:factor>", FACTOR)
        here = here.replace("<link_token:token>", TOKEN).replace("<uuid:receipt>", RECEIPT).replace("<slug:code>", CODE)
        here = here.replace("<uuid:export>", EXPORT).replace("<case:reference>", REFERENCE)
        if isinstance(each, URLResolver):
            found += _walk(each.url_patterns, here)
        else:
            found.append((here, each))
    return found


def _is_call(path: str) -> bool:
    return path.startswith("api/v1/")


def _view(pattern: URLPattern) -> Any:
    callback: Any = pattern.callback
    return callback.view_class
