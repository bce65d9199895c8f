"""One cell: a request of one person, what came of it as a sign of the table, and everything undone again."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from typing import Any

from django.db import transaction
from django.test import Client

from accounts.models import Event
from tests.portal.matrix import table
from tests.portal.matrix.routes import Line
from tests.portal.matrix.world import Person

STATUSES = {401: table.UNSIGNED, 403: table.FORBIDDEN, 404: table.UNKNOWN, 405: table.NO_METHOD}
DOORS = (
    ("/sign-in/", table.SIGN_IN),
    ("/staff/login/", table.SIGN_IN),
    ("/status/", table.ASK_LINK),
    ("/recover/", table.ASK_LINK),
    ("/reactivate/", table.ASK_LINK),
)
FAILED, MOVED = 500, 302
JSON = "application/json"


class Asker:
    """Asks in everybody's name with one client, which has loaded the portal once."""

    def __init__(self) -> None:
        self.client = Client(raise_request_exception=False)
        self.events = Event.objects.count()

    def cell(self, person: Person, line: Line) -> tuple[str, int]:
        """Return the sign of one answer and how many events it left; a failure of the portal is told in its place."""
        self.client.cookies = SimpleCookie(person.cookies)
        body = line.body(person.known) if line.method != "GET" else {}
        more: dict[str, Any] = {"content_type": JSON} if line.route.startswith("api:") else {}
        with rolled_back():
            answer = getattr(self.client, line.method.lower())(line.filled(person.known), body, **more)
            events = Event.objects.count() - self.events
        return _sign(answer), events


def _sign(answer: Any) -> str:
    if answer.status_code >= FAILED:
        return f"[{answer.exc_info[1]!r}]" if answer.exc_info else f"[{answer.status_code}]"
    if answer.status_code == MOVED:
        place = answer["Location"].partition("?")[0]
        return next((sign for door, sign in DOORS if place == door), table.IN)
    return STATUSES.get(answer.status_code, table.IN)


@contextmanager
def rolled_back() -> Iterator[None]:
    """Undo what a request did, so that every cell stands for itself."""
    block: Any = transaction.atomic()
    block._from_testcase = True  # durable blocks inside are the product's own
    with block:
        yield
        transaction.set_rollback(True)
