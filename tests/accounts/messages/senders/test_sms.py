"""Text messages over a real HTTP server."""

from datetime import datetime
from uuid import UUID

import pytest
from pytest_django.fixtures import Settings

from accounts.messages.errors import SendFailed
from accounts.messages.render import Rendered
from accounts.messages.senders import sms
from tests.fakes.sms_provider import Provider
from tests.fakes.smtp import free_port

ID = UUID(int=7)
WORDS = Rendered(subject="", text="Northbank: 246810 – ä", html="")
PHONE = "+14155550101"


def test_text_arrives_in_the_providers_shape(provider: Provider, now: datetime) -> None:
    sms.send(ID, to=PHONE, words=WORDS, now=now)
    assert provider.calls == [
        {
            "path": "/2010-04-01/Accounts/AC1/Messages.json",
            "form": {"From": "+15550100", "To": PHONE, "Body": WORDS.text},
            "who": "AC1:secret",
        }
    ]


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (400, b'{"code": 21211}', "sms_400"),
        (429, b"", "sms_429"),
        (500, b"<html>", "sms_500"),
        (200, b'{"sid": "SM1"}', "sms_200"),
        (201, b"<html>", "sms_nonsense"),
        (201, b"{}", "sms_nonsense"),
        (201, b"[1]", "sms_nonsense"),
        (201, b"\xff\xfe", "sms_nonsense"),
    ],
)
def test_anything_but_a_receipt_is_a_failure(
    provider: Provider, now: datetime, status: int, body: bytes, code: str
) -> None:
    provider.status, provider.body = status, body
    with pytest.raises(SendFailed) as failed:
        sms.send(ID, to=PHONE, words=WORDS, now=now)
    assert failed.value.code == code


def test_redirect_is_not_followed(provider: Provider, now: datetime) -> None:
    provider.status, provider.location = 307, "http://127.0.0.1:1/"
    with pytest.raises(SendFailed, match="sms_307"):
        sms.send(ID, to=PHONE, words=WORDS, now=now)
    assert len(provider.calls) == 1


def test_provider_that_is_away_is_a_failure(settings: Settings, now: datetime) -> None:
    settings.SMS_URL = f"http://AC1:secret@127.0.0.1:{free_port()}"
    with pytest.raises(SendFailed, match="sms_ConnectError"):
        sms.send(ID, to=PHONE, words=WORDS, now=now)


@pytest.mark.parametrize(
    ("url", "endpoint", "sender"),
    [
        (
            "https://AC1:t@api.example.test",
            "https://api.example.test/2010-04-01/Accounts/AC1/Messages.json",
            "Northbank",
        ),
        (
            "https://AC%2F1:t@api.example.test:8443/sms/?from=%2B1555",
            "https://api.example.test:8443/sms/2010-04-01/Accounts/AC%2F1/Messages.json",
            "+1555",
        ),
        ("http://AC1:t@[::1]:80/", "http://[::1]:80/2010-04-01/Accounts/AC1/Messages.json", "Northbank"),
    ],
)
def test_address_of_the_provider_is_read(url: str, endpoint: str, sender: str) -> None:
    target = sms.provider(url)
    assert (target.endpoint, target.sender, target.token) == (endpoint, sender, "t")
