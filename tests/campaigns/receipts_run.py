"""The part of the receipt campaign that pytest runs (tests/campaigns/receipts.py starts it)."""

import sys
from datetime import datetime

import pytest

from accounts import strict_json
from closure.finalization.runner import finalize_due
from closure.models import Receipt
from closure.receipts import document
from closure.receipts.checking import check_file, check_value
from closure.receipts.enums import ReceiptAnswer
from tests.campaigns import tampers
from tests.closure.closing import approved
from tests.closure.receipts.tampering import KINDS, tampered


@pytest.mark.django_db(transaction=True)
def test_tampers_until_all_are_made_or_the_time_is_over(now: datetime, capsys: pytest.CaptureFixture[str]) -> None:
    one, other = closed_by_portal(now)
    told, lines = tampers.make(KINDS, lambda kind, chance: as_file_and_as_json(tampered(kind, one, other, chance), one))
    with capsys.disabled():
        sys.stdout.write(lines)
    assert [kind for kind, answer in told if answer == ReceiptAnswer.VALID] == []
    assert (check_file(one).answer, check_file(other).answer) == (ReceiptAnswer.VALID, ReceiptAnswer.VALID)


def closed_by_portal(now: datetime) -> list[bytes]:
    """Close two accounts and return the files of their receipts."""
    for name in ("ana", "ben"):
        approved(name, now=now)
    finalize_due(now=now)
    return [document.file_of(receipt) for receipt in Receipt.objects.order_by("written_at", "id")]


def as_file_and_as_json(changed: bytes, genuine: bytes) -> str:
    """Return the answer to a changed file; to a program the same JSON in other bytes is the same receipt, no other."""
    try:
        value = strict_json.read(changed)
    except ValueError:
        return check_file(changed).answer
    if check_value(value).answer is ReceiptAnswer.VALID and value != strict_json.read(genuine):
        return ReceiptAnswer.VALID
    return check_file(changed).answer
