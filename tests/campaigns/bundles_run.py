"""The part of the bundle campaign that pytest runs (tests/campaigns/bundles.py starts it)."""

import sys
from datetime import datetime

import pytest

from accounts.models import Account
from closure.finalization.runner import finalize_due
from closure.retention import bundles
from tests.campaigns import tampers
from tests.closure.closing import approved
from tests.closure.retention.bundling import KINDS, Given, answer, tampered
from tests.disclosing import asked, opened


@pytest.mark.django_db(transaction=True)
def test_tampers_until_all_are_made_or_the_time_is_over(now: datetime, capsys: pytest.CaptureFixture[str]) -> None:
    one, other = given_out(now)
    told, lines = tampers.make(KINDS, lambda kind, chance: answer(tampered(kind, one, other, chance), one))
    with capsys.disabled():
        sys.stdout.write(f"\n{len(one.file)} and {len(other.file)} bytes{lines}")
    assert [kind for kind, how in told if how == "valid"] == []
    assert (answer(one.file, one), answer(other.file, other)) == ("valid", "valid")


def given_out(now: datetime) -> list[Given]:
    """Close two accounts, open their archives, and return what was given out, whole."""
    requests = [approved(name, now=now) for name in ("ana", "ben")]
    finalize_due(now=now)
    given = []
    for request in requests:
        file, passphrase = opened(asked(Account.objects.get(pk=request.account_id), now=now), now=now)
        assert len(bundles.open_bundle(file, passphrase)["records"]) >= 3
        given.append(Given.out(file, passphrase))
    return given
