"""Every address of the portal, from the URL configuration itself, and the people who may ask for each."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern

from accounts.enums import Role
from accounts.models import OutboxMessage
from tests.console import console, in_review
from tests.factories import PASSWORD, make_account, make_staff, totp_code
from tests.pages import sign_in

PART = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")
TABLE = re.compile(r"^staff/(?P<app>\w+)/(?P<model>\w+)/")
PATTERNED = re.compile(r"\(\?P<\w+>(?P<any>[^()]*)\)")
NO_TOKEN = "x" * 43
NOBODY = "01890000-0000-7000-8000-000000000000"


@dataclass(frozen=True, kw_only=True)
class Address:
    """One address, with the names of its parts."""

    route: str
    name: str

    def __str__(self) -> str:
        return f"/{self.route}"

    def filled(self, known: Mapping[str, str]) -> str:
        """Return a path: parts as `known` by name or kind has them, rows of the console as they are."""
        table = TABLE.match(self.route)
        rows = {"key": _first_row(table["app"], table["model"])} if table else {}

        def part(found: re.Match[str]) -> str:
            kind, name = found["kind"] or "str", found["name"]
            return {**PARTS, **rows, **known}.get(name) or {**PARTS, **known}.get(kind, "x")

        return "/" + PART.sub(part, self.route)


PARTS = {
    "token": NO_TOKEN,
    "link_token": NO_TOKEN,
    "uuid": NOBODY,
    "reference": "CL-2222-2222",
    "record": "transactions",
    "int": "1",
}


def addresses() -> list[Address]:
    """Return every address, in the order of the configuration."""
    return list(dict.fromkeys(_walk(get_resolver().url_patterns, "")))


def _walk(patterns: list[Any], prefix: str) -> list[Address]:
    found: list[Address] = []
    for each in patterns:
        here = prefix + _route(each)
        if isinstance(each, URLResolver):
            found += _walk(each.url_patterns, here)
        else:
            found.append(Address(route=here, name=each.name or ""))
    return found


def _route(each: URLPattern | URLResolver) -> str:
    """Return a route as it is, and something that a regular expression takes."""
    text = str(each.pattern)
    if isinstance(each.pattern, RoutePattern):
        return text
    return PATTERNED.sub("nothing", text.strip("^$")) or "nothing/"


def _first_row(app: str, model: str) -> str:
    row = apps.get_model(app, model)._default_manager.order_by("pk").first()
    return str(row.pk) if row is not None else NOBODY


def people(now: datetime) -> dict[str, Client]:
    """Return browsers of a visitor, a customer and a lead; there is a row of everything that the console lists."""
    request = in_review("ben", now=now)
    OutboxMessage.objects.create(
        account_id=request.account_id, channel="email", template="status_link", created_at=now, due_at=now
    )
    ana, customer = make_account("ana"), Client()
    assert sign_in(customer, "ana@example.test", PASSWORD, totp_code(ana)).status_code == 302
    return {"visitor": Client(), "customer": customer, "staff": console(make_staff("lea", Role.LEAD))}
