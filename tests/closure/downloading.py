"""Ana takes her records along through Django's client."""

from typing import Any

from django.test import Client

from accounts import clock
from accounts.models import Account, TotpDevice
from closure.enums import ExportKind
from closure.exports import build
from tests.factories import totp_code

LIST = "/security/records/"
PAGES = {kind: f"{LIST}{kind.value}/" for kind in ExportKind}
FILES = {kind: f"{PAGES[kind]}file/" for kind in ExportKind}
CODE, FILE = PAGES[ExportKind.TRANSACTIONS], FILES[ExportKind.TRANSACTIONS]


def app(account: Account) -> str:
    """Return the name of the field for the authenticator's code."""
    return str(TotpDevice.objects.get(user=account).pk)


def begin(client: Client, page: str = CODE) -> Any:
    """Ask to be verified."""
    return client.post(page, {"begin": "1"})


def open_file(client: Client, account: Account, page: str = CODE) -> Any:
    """Verify with the authenticator, which asks for the file too; returns the last answer."""
    begin(client, page)
    return client.post(page, {app(account): totp_code(account)})


def build_all() -> None:
    """Do what the worker does."""
    while build.build_next(now=clock.now()):
        pass


def download(client: Client, file: str = FILE) -> str:
    """Return the file."""
    response: Any = client.get(file)
    assert response.status_code == 200
    return b"".join(response).decode()
