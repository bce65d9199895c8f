"""Walking through a page that asks for a verification before it changes anything."""

from typing import Any

from django.test import Client

from accounts.models import Account, EmailDevice, SmsDevice, TotpDevice
from tests.factories import totp_code
from tests.outbox import last_code
from tests.pages import read


def begin(client: Client, address: str) -> list[str]:
    """Begin the verification of a page and return the keys of the factors that it asks for."""
    answer = client.post(address, {"begin": "1"})
    assert (answer.status_code, answer["Location"]) == (302, address), answer.content
    inputs = read(client.get(address)).every("input")
    return [each["name"] for each in inputs if len(each.get("name", "")) == 36]


def code_of(client: Client, account: Account, address: str, asked: list[str]) -> dict[str, str]:
    """Return what the owner types: the app's code, else the one that was sent."""
    app = TotpDevice.objects.filter(user=account, confirmed=True).first()
    if app is not None and str(app.pk) in asked:
        return {str(app.pk): totp_code(account)}
    for device_class in (SmsDevice, EmailDevice):
        device = device_class.objects.filter(user=account).first()
        if device is not None and str(device.pk) in asked:
            client.post(address, {"send": str(device.pk)})
            return {str(device.pk): last_code(account, channel=device.kind.value)}
    raise AssertionError(asked)


def verify(client: Client, account: Account, address: str) -> Any:
    """Begin and complete the verification of a page; returns the answer to the code."""
    answer = client.post(address, code_of(client, account, address, begin(client, address)))
    assert answer.status_code == 302, answer.content
    return answer


def change(client: Client, account: Account, address: str, **typed: str) -> Any:
    """Verify, then fill in the form of the change; returns the answer to that."""
    verify(client, account, address)
    return client.post(address, {"act": "1", **typed})
