"""A program walks the closing calls, as far as a test wants."""

from typing import Any

from accounts.models import Account
from closure.notes import NOTE_CODES
from tests.api import Caller
from tests.factories import PASSWORD, document_number, totp_code
from tests.outbox import last_code


def open_draft(caller: Caller, *more: str, **facts: str) -> str:
    """Acknowledge everything and return the reference of the draft; `facts` are further members of the body."""
    answer = caller.post("closures/", {"acknowledged": [*NOTE_CODES, *more], **facts})
    assert answer.status_code == 201, answer.content
    reference: str = answer.json()["reference"]
    return reference


def give_code(caller: Caller, account: Account, reference: str, factor: str, kind: str) -> Any:
    """Give the code of one factor; returns the state of all."""
    if kind == "totp":
        code = totp_code(account)
    else:
        sent = caller.post(f"closures/{reference}/verification/{factor}/challenge/")
        assert sent.status_code == 202, sent.content
        code = last_code(account, channel=kind)
    answer = give(caller, reference, factor, code)
    assert answer.status_code == 200, answer.content
    return answer.json()


def begin_verification(caller: Caller, reference: str) -> dict[str, str]:
    """Begin and return the factors by kind."""
    answer = caller.post(f"closures/{reference}/verification/")
    assert answer.status_code == 201, answer.content
    return {each["kind"]: each["id"] for each in answer.json()["factors"]}


def give(caller: Caller, reference: str, factor: str, code: str) -> Any:
    """Give the code of a factor."""
    return caller.post(f"closures/{reference}/verification/{factor}/", {"code": code})


def verify(caller: Caller, account: Account, reference: str) -> None:
    """Give a mailed code and one of the authenticator."""
    factors = begin_verification(caller, reference)
    sent = caller.post(f"closures/{reference}/verification/{factors['email']}/challenge/")
    assert sent.status_code == 202, sent.content
    assert give(caller, reference, factors["email"], last_code(account)).status_code == 200
    assert give(caller, reference, factors["totp"], totp_code(account)).status_code == 200


def give_document(caller: Caller, reference: str) -> None:
    """Give the number of Ana's passport."""
    answer = caller.post(f"closures/{reference}/document/", {"number": document_number("ana")})
    assert (answer.status_code, answer.json()) == (200, {"asked": True})


def submit(caller: Caller, reference: str, **headers: str) -> Any:
    """Say the last word."""
    return caller.post(f"closures/{reference}/submit/", {"password": PASSWORD}, **headers)


def walk(caller: Caller, account: Account, *more: str) -> str:
    """Do everything before the last word and return the reference."""
    reference = open_draft(caller, *more)
    verify(caller, account, reference)
    give_document(caller, reference)
    return reference
