"""An opening beside who opens the same, lifts the hold, or destroys the key: whole and once, or not at all (F05)."""

from collections import Counter
from datetime import datetime
from functools import partial
from random import Random
from time import sleep

import pytest
from django.db import connection

from accounts.exceptions import PortalError
from accounts.verification.step_up import StepUpProof
from closure.retention import bundles, purge
from closure.retention.models import Disclosure, LegalHold
from tests.closure.retention.ending import over_by, sealed_long_ago
from tests.disclosing import archived, asked, opened, proof, staff
from tests.factories import make_account
from tests.holding import lift, place
from tests.invariants import violations
from tests.races import Racers

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("F05", "H05")]
RUNS = {"postgresql": 20, "sqlite": 5}
OFFICERS = ("olga", "ola")


def opening(row: Disclosure, given: StepUpProof, by: str, seconds: float, *, now: datetime) -> str:
    """Open, a little later; returns how many records came out, or why none did."""
    sleep(seconds)
    try:
        file, passphrase = opened(row, now=now, by=by, proof=given)
    except PortalError as refused:
        return refused.code
    return f"{len(bundles.open_bundle(file, passphrase)['records'])} records"


def lifting(placed: LegalHold, seconds: float, *, now: datetime) -> str:
    sleep(seconds)
    lift(placed, now=now)
    return "lifted"


def purging(month: str, seconds: float, *, now: datetime) -> str:
    sleep(seconds)
    purged = purge.purge(month, now=now)
    return "moved" if purged.moved else "destroyed" if purged.destroyed else purged.broken


def test_two_officers_open_once(now: datetime) -> None:
    ends = Counter[tuple[str, ...]]()
    with Racers(len(OFFICERS)) as racers:
        for number in range(RUNS[connection.vendor]):
            row = asked(archived(f"ana{number}", now=now), now=now)
            proofs = {name: proof(row.pk, now=now, by=name) for name in OFFICERS}
            sides = [partial(opening, row, given, name, 0, now=now) for name, given in proofs.items()]
            ends[tuple(sorted(map(str, racers.race(sides))))] += 1
    assert ends == {("3 records", "opened"): RUNS[connection.vendor]}
    assert violations() == []


def test_open_lift_and_purge_never_give_out_a_part(now: datetime) -> None:
    """The archive is past its date and held: it opens while it is, whole, wherever its keys are just moving to."""
    chance, ends = Random(7), Counter[tuple[str, ...]]()
    staff("olga")
    with Racers(3) as racers:
        for number in range(RUNS[connection.vendor]):
            ana, month = make_account(f"ana{number}"), over_by(now, months=number + 1)
            sealed_long_ago(f"ana{number}", month=month, account_id=ana.pk)
            placed, row = place(ana.pk, now=now), asked(ana, now=now)
            late = [chance.uniform(0, 0.12) for _side in range(3)]
            sides = [
                partial(opening, row, proof(row.pk, now=now), "olga", late[0], now=now),
                partial(lifting, placed, late[1], now=now),
                partial(purging, month, late[2], now=now),
            ]
            ends[tuple(map(str, racers.race(sides)))] += 1
    whole = {("3 records", "lifted", end) for end in ("moved", "destroyed")}
    refused = {("archive_expired", "lifted", end) for end in ("moved", "destroyed")}
    assert (set(ends) <= whole | refused, ends.total()) == (True, RUNS[connection.vendor]), ends
    assert violations() == []
