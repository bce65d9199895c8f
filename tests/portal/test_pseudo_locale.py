"""Every word that a customer reads goes through gettext: pages of visitors and customers, mails and texts (M07)."""

import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as portal_settings
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.enums import MessageChannel
from accounts.messages.render import render
from accounts.models import Account
from accounts.regions import regions
from tests import pseudo
from tests.accounts.messages.test_render import FACTS, TEMPLATES
from tests.portal.addresses import Address, addresses, people

pytestmark = [pytest.mark.django_db, pytest.mark.row("M07"), pytest.mark.one_database]

# For staff or programs, or of the package.
NOT_FOR_CUSTOMERS = ("staff/", "api/", "demo/", "enroll/")
# The authenticator of the factory has this name, as customers name theirs.
NAMES = r"Northbank|UTC|English|Pseudo|EN-XA|EN|authenticator"
DATA = r"(?:CL|SC)-[A-Z0-9-]+|[\w.•+-]*@[\w.-]+|https?://\S+|/\S*|\b[A-Z]{2,6}\b|\b[0-9a-f]{6,}\b"
# Of regions.toml, shown as they are written there.
REGIONS = "|".join(re.escape(each.name) for each in regions().values())
ALLOWED = re.compile(f"{NAMES}|{REGIONS}|{DATA}")


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the catalogue once: it reads every file of the portal."""
    return pseudo.write_catalogue(Path(portal_settings.BASE_DIR), tmp_path_factory.mktemp("pseudo"))


@pytest.fixture
def _pseudo(settings: Settings, catalogue: Path) -> None:
    settings.LOCALE_PATHS = [str(catalogue)]
    settings.LANGUAGES = [("en", "English"), (pseudo.CODE, "Pseudo")]


def customer_addresses() -> list[Address]:
    return [address for address in addresses() if not address.route.startswith(NOT_FOR_CUSTOMERS)]


def shown(client: Client, address: Address, method: str) -> Any:
    return client.generic(
        method,
        address.filled({}),
        content_type="application/x-www-form-urlencoded",
        headers={"accept-language": pseudo.CODE},
    )


def is_page(answer: Any) -> bool:
    return str(answer.headers.get("Content-Type", "")).startswith("text/html")


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.usefixtures("_pseudo")
def test_pages_say_nothing_past_gettext(now: datetime, method: str) -> None:
    """Empty forms are sent too: what they answer is words as well."""
    everybody, wrong, seen = people(now), [], 0
    Account.objects.update(language=pseudo.CODE)
    for who in ("visitor", "customer"):
        for address in customer_addresses():
            if address.name == "sign-out":
                continue
            answer = shown(everybody[who], address, method)
            if is_page(answer):
                seen += 1
                html = answer.content.decode()
                words = pseudo.outside(html, ALLOWED)
                wrong += [f"{who} {address}: {' '.join(words[:8])}"] * bool(words)
                wrong += [f"{who} {address}: nothing is translated"] * (
                    html.count(pseudo.OPEN) < 5 and answer.status_code == 200
                )
    assert wrong == []
    assert seen > 20


@pytest.mark.parametrize("channel", list(MessageChannel))
@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.usefixtures("_pseudo")
def test_messages_say_nothing_past_gettext(template: str, channel: MessageChannel) -> None:
    facts = {name: "12" if isinstance(value, str) and name != "cancel_by" else value for name, value in FACTS.items()}
    said = render(template, channel=channel, language=pseudo.CODE, context=facts | {"anti_phishing_code": "12"})
    found = pseudo.outside_of_text(f"{said.subject} {said.text}", ALLOWED) + pseudo.outside(said.html, ALLOWED)
    assert (found, said.text.count(pseudo.OPEN) > 0) == ([], True)


def test_words_past_gettext_are_found() -> None:
    """The test of the test: what is not in brackets is named, whether it is shown or read out."""
    html = '<p title="Tip">⟦Close ⟦your⟧ account⟧ now, 7 CL-2222-2222</p>'
    assert pseudo.outside(html, ALLOWED) == ["now,", "Tip"]


def test_catalogue_has_marked_strings_of_code_and_templates() -> None:
    found = pseudo.messages(Path(portal_settings.BASE_DIR))
    for marked in ("Skip to main content", "We never ask for your password by mail, text or phone."):
        assert found[marked] == [marked]
    assert len(found) > 300
