"""A program reactivates an account by the API, as far as a test wants."""

import re
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from accounts.models import Account
from closure.reactivation import links
from tests.api import Caller
from tests.closure.reactivating import token
from tests.factories import PASSWORD
from tests.links import received

TOKEN = re.compile(r"/reactivate/([A-Za-z0-9_-]{32,86})/")


def asked(contact: str) -> str:
    """Ask for the link and return its token."""
    answer = Caller().post("reactivations/", {"contact": contact})
    assert answer.status_code == 202, answer.content
    words = received(links.TEMPLATE)
    found = TOKEN.search(words.text if words else "")
    assert found is not None, words
    return found.group(1)


def opened(account: Account) -> Caller:
    """Open a link of a disabled account."""
    caller = Caller()
    answer = caller.post(f"reactivations/{token(account)}/")
    assert answer.status_code == 200, answer.content
    caller.csrf = answer.json()["csrf"]
    return caller


def proven(account: Account) -> tuple[Caller, str]:
    """Open a link and give the password; returns the reference too."""
    caller = opened(account)
    answer = caller.post("reactivations/password/", {"password": PASSWORD})
    assert answer.status_code == 200, answer.content
    caller.token()
    return caller, answer.json()["reference"]


def send(caller: Caller, reference: str, kind: str, photo: bytes, *, key: str = "", **more: str) -> Any:
    """Send a photo as a form."""
    body = encode_multipart(BOUNDARY, {"kind": kind, "photo": SimpleUploadedFile("photo.jpg", photo), **more})
    headers = {"Idempotency_Key": key} if key else {}
    return caller.send("POST", f"reactivations/{reference}/evidence/", body, content_type=MULTIPART_CONTENT, **headers)
