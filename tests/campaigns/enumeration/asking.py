"""One request at a time to a real server, and how long its answer took."""

import http.client
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode

from tests.campaigns.enumeration.server import PLANTED, WORKED
from tests.campaigns.enumeration.world import LIKE_WRONG, Person
from tests.factories import PASSWORD

HOST = "127.0.0.1"
CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
WRONG_PASSWORD = PASSWORD[:-1] + "x"
PLANTED_HEADER = PLANTED.removeprefix("HTTP_").replace("_", "-")
Fields = Callable[[str, Person], dict[str, str]]


@dataclass(frozen=True, kw_only=True)
class Surface:
    """Somewhere a stranger can type an address."""

    name: str
    path: str
    fields: Fields
    is_api: bool = False
    signs_in_first: bool = False
    expected: int = 302  # the one status of every answer


@dataclass(frozen=True, kw_only=True)
class Took:
    """Seconds until the answer was there, as a stranger measures them, and seconds of work of the server for it.

    The second knows nothing of who else uses the machine: it finds in a busy one what the first finds in a quiet one.
    """

    waited: float
    worked: float


@dataclass(kw_only=True)
class Visitor:
    """A browser: a cookie and a token."""

    port: int
    cookie: str = ""
    token: str = ""
    statuses: set[int] = field(default_factory=set)
    worked: float = 0.0

    def open(self, surface: Surface) -> None:
        """Fetch the page, for the cookie and the token of its form."""
        page = self._ask("GET", surface.path, b"", {})
        text = page.decode()
        found = CSRF.search(text)
        self.token = str(json.loads(text)["csrf"]) if surface.is_api else found[1] if found else ""

    def time(self, surface: Surface, of: str, person: Person, *, planted: int) -> Took:
        """Send the form and return how long the whole answer took."""
        said = surface.fields(of, person)
        headers = {PLANTED_HEADER: str(planted)}
        if surface.is_api:
            body = json.dumps(said).encode()
            headers |= {"Content-Type": "application/json", "X-CSRFToken": self.token}
        else:
            body = urlencode({"csrfmiddlewaretoken": self.token, **said}).encode()
            headers |= {"Content-Type": "application/x-www-form-urlencoded"}
        started = time.perf_counter()
        self._ask("POST", surface.path, body, headers, keeps=False)
        return Took(waited=time.perf_counter() - started, worked=self.worked)

    def post(self, surface: Surface, of: str, person: Person) -> None:
        """Send a form as a browser does, keeping the cookie."""
        body = urlencode({"csrfmiddlewaretoken": self.token, **surface.fields(of, person)}).encode()
        self._ask("POST", surface.path, body, {"Content-Type": "application/x-www-form-urlencoded"})

    def _ask(self, method: str, path: str, body: bytes, headers: dict[str, str], *, keeps: bool = True) -> bytes:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=30)
        try:
            connection.request(method, path, body, {**headers, "Cookie": self.cookie})
            answer = connection.getresponse()
            read = answer.read()
        finally:
            connection.close()
        sent = answer.headers.get("Set-Cookie", "")
        if not keeps:
            self.statuses.add(answer.status)
            self.worked = int(answer.headers[WORKED]) / 1e9
        elif sent:
            self.cookie = sent.partition(";")[0]
        return read


def password(of: str) -> str:
    """Return the right password, but for the class that is named after a wrong one."""
    return WRONG_PASSWORD if of in LIKE_WRONG else PASSWORD


SIGN_IN = Surface(
    name="sign-in",
    path="/sign-in/",
    fields=lambda of, person: {"identifier": person.email, "password": password(of)},
    expected=422,
)
SURFACES = (
    SIGN_IN,
    Surface(
        name="code",
        path="/sign-in/code/",
        fields=lambda _of, _person: {"code": "000000"},
        signs_in_first=True,
    ),
    Surface(name="register", path="/register/", fields=lambda _of, person: {"identifier": person.email}),
    Surface(name="reset", path="/password-reset/", fields=lambda _of, person: {"identifier": person.email}),
    Surface(name="reactivate", path="/reactivate/", fields=lambda _of, person: {"contact": person.email}),
    Surface(name="recover", path="/recover/", fields=lambda _of, person: {"identifier": person.email}),
    Surface(
        name="status",
        path="/status/",
        fields=lambda _of, person: {"reference": person.reference, "contact": person.email},
    ),
    Surface(
        name="cases",
        path="/help/contact/",
        fields=lambda _of, person: {"kind": "other", "text": "I cannot sign in.", "contact": person.email},
    ),
    Surface(
        name="api",
        path="/api/v1/session/",
        fields=lambda of, person: {"identifier": person.email, "password": password(of)},
        is_api=True,
        expected=400,
    ),
)
