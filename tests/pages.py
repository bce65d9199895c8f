"""Reading pages as a browser's user would: through Django's client and the standard library's parser."""

import re
from html.parser import HTMLParser
from typing import Any

from django.http import HttpResponse
from django.test import Client

from accounts.messages import payload
from accounts.models import Account, EmailDevice, OutboxMessage

CSRF_VALUE = re.compile(r'(name="csrfmiddlewaretoken" value=")[^"]+')


class Page(HTMLParser):
    """What a test asks about a page: headings, links, forms, scripts, text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def every(self, tag: str) -> list[dict[str, str]]:
        """Return the attributes of each element with this tag."""
        return [attrs for name, attrs in self.tags if name == tag]

    @property
    def text(self) -> str:
        """Return the words, with single spaces."""
        return " ".join(" ".join(self.words).split())


def read(response: Any) -> Page:
    """Return the page of a response."""
    return Page(response.content.decode())


def without_csrf(response: HttpResponse) -> str:
    """Return the body with the token blanked: the one thing that may differ between equal answers (M01)."""
    return CSRF_VALUE.sub(r"\1", response.content.decode())


def house_rules(page: Page) -> list[str]:
    """Return what breaks the rules of every page: one h1, a skip link, a language, nothing inline, nothing foreign."""
    broken = [f"{len(page.every('h1'))} h1"] if len(page.every("h1")) != 1 else []
    if not any(link.get("href") == "#main" for link in page.every("a")):
        broken.append("no skip link")
    if not any(link.get("href") == "/close/" for link in page.every("a")):
        broken.append("no public closing link")
    if not page.every("html")[0].get("lang"):
        broken.append("no language")
    broken += [f"inline {name} on {tag}" for tag, attrs in page.tags for name in attrs if _inline(name)]
    broken += [f"inline {tag}" for tag in ("style",) if page.every(tag)]
    broken += ["inline script" for script in page.every("script") if "src" not in script]
    addresses = [attrs.get("src") or attrs.get("href", "") for _tag, attrs in page.tags]
    broken += [f"foreign {address}" for address in addresses if re.match(r"(https?:)?//", address)]
    ids = [attrs["id"] for _tag, attrs in page.tags if "id" in attrs]
    broken += [f"id {name} twice" for name in sorted(set(ids)) if ids.count(name) > 1]
    return broken


def _inline(name: str) -> bool:
    return name == "style" or name.startswith("on")


def sign_in(client: Client, identifier: str, password: str, code: str) -> Any:
    """Sign in by the pages, with a password and an authenticator code; returns the last answer."""
    client.post("/sign-in/", {"identifier": identifier, "password": password})
    page = read(client.get("/sign-in/code/"))
    factor = next(field["value"] for field in page.every("input") if field.get("name") == "factor")
    return client.post("/sign-in/code/", {"factor": factor, "code": code})


def last_code(account: Account) -> str:
    """Return the code in the newest message to an account, as its reader would."""
    message = OutboxMessage.objects.filter(account_id=account.pk).latest("created_at")
    return str(payload.unseal(bytes(message.payload or b""), message.pk).context["code"])


def sign_in_by_mail(client: Client, account: Account, password: str) -> Any:
    """Sign in by the pages with a mailed code; returns the last answer."""
    client.post("/sign-in/", {"identifier": account.email or "", "password": password})
    device = EmailDevice.objects.get(user=account)
    client.post("/sign-in/code/", {"send": str(device.pk)})
    return client.post("/sign-in/code/", {"factor": str(device.pk), "code": last_code(account)})
