"""Ana downloads her records through Django's client."""

from typing import Any

from django.test import Client

from accounts.models import Account, TotpDevice
from tests.factories import totp_code

CODE, FILE = "/close/export/code/", "/close/export/file/"


def app(account: Account) -> str:
    """Return the name of the field for the authenticator's code."""
    return str(TotpDevice.objects.get(user=account).pk)


def begin(client: Client) -> Any:
    """Ask to be verified."""
    return client.post(CODE, {"begin": "1"})


def open_file(client: Client, account: Account) -> Any:
    """Verify with the authenticator; returns the last answer."""
    begin(client)
    return client.post(CODE, {app(account): totp_code(account)})


def download(client: Client) -> str:
    """Return the file."""
    response: Any = client.get(FILE)
    assert response.status_code == 200
    return b"".join(response).decode()
