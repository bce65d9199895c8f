"""Backup codes: ten, shown once, one sign-in each, and nothing else."""

from datetime import datetime

import pytest

from accounts.codes import Answer
from accounts.enums import FactorKind, Purpose
from accounts.exceptions import ProofRefused, WrongCode
from accounts.models import Account, BackupCode, BackupDevice, StepUp
from accounts.verification import enrollment, step_up
from accounts.verification import sign_in as ceremony
from accounts.verification.factors import backup
from closure import fresh_factor, verification
from closure.policy import loader
from tests.accounts.verification.ceremony import DIGEST, WINDOW
from tests.changing import proof_of
from tests.factories import make_account
from tests.races import race

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


def make(account: Account, now: datetime) -> list[str]:
    return enrollment.make_backup_codes(account, proof=proof_of(account, Purpose.BACKUP_CODES, now=now), now=now)


def device(account: Account) -> BackupDevice:
    found: BackupDevice = BackupDevice.objects.get(user=account)
    return found


def test_ten_codes_are_kept_as_digests_alone(ana: Account, now: datetime) -> None:
    made = make(ana, now)
    assert (len(made), len(set(made)), {len(code) for code in made}) == (10, 10, {11})
    kept = [bytes(digest) for digest in BackupCode.objects.values_list("digest", flat=True)]
    plain = [code.replace("-", "").encode() for code in made]
    assert [code in digest for code in plain for digest in kept] == [False] * 100


@pytest.mark.parametrize("typed", ["{}", " {} ", "lower", "spaced"])
def test_each_code_signs_in_once(ana: Account, now: datetime, typed: str) -> None:
    code = make(ana, now)[3]
    forms = {"lower": code.lower(), "spaced": code.replace("-", "  ")}
    row = ceremony.begin(ana, now=now)
    step_up.answer(row, device(ana).pk, forms.get(typed, typed.format(code)), now=now)
    assert step_up.is_complete(StepUp.objects.get(pk=row.pk), now)
    assert backup.left(ana) == 9
    again = ceremony.begin(ana, now=now)
    with pytest.raises(WrongCode):
        step_up.answer(again, device(ana).pk, code, now=now)


def test_code_raced_by_sixteen_signs_in_once(ana: Account, now: datetime) -> None:
    code, mine = make(ana, now)[0], device(ana)
    row = ceremony.begin(ana, now=now)
    results = race(16, lambda: mine.accepts(_answer(row, mine.read(code), now)))
    assert (results.count(True), results.count(False)) == (1, 15)


def test_new_set_makes_the_one_before_worthless(ana: Account, now: datetime) -> None:
    old = make(ana, now)
    first = device(ana)
    new = make(ana, now)
    assert device(ana) == first
    row = ceremony.begin(ana, now=now)
    with pytest.raises(WrongCode):
        step_up.answer(row, first.pk, old[0], now=now)
    step_up.answer(row, first.pk, new[0], now=now)


@pytest.mark.row("D07")
@pytest.mark.parametrize("purpose", [each for each in Purpose if each is not Purpose.SIGN_IN])
def test_code_is_good_for_nothing_but_signing_in(ana: Account, now: datetime, purpose: Purpose) -> None:
    code = make(ana, now)[0]
    row = step_up.begin(
        ana,
        purpose=purpose,
        digest=DIGEST,
        kinds=frozenset({FactorKind.BACKUP}),
        needed=1,
        second_factor_required=False,
        window=WINDOW,
        extensions=0,
        now=now,
    )
    with pytest.raises(WrongCode):
        step_up.answer(row, device(ana).pk, code, now=now)
    assert backup.left(ana) == 10


@pytest.mark.row("A13", "E07")
def test_neither_closing_nor_status_sessions_take_one(ana: Account, now: datetime) -> None:
    make(ana, now)
    policy = loader.current()
    assert FactorKind.BACKUP not in verification.nearest(policy, ana) | fresh_factor.FRESH
    assert FactorKind.BACKUP not in policy.verification.accepted - verification.NOT_CODES


def test_waking_up_takes_none(ana: Account, now: datetime) -> None:
    make(ana, now)
    Account.objects.filter(pk=ana.pk).update(status="dormant")
    ana.refresh_from_db()
    assert "backup" not in ceremony.begin(ana, now=now).kinds


def test_making_needs_a_proof_of_its_own(ana: Account, now: datetime) -> None:
    proof = proof_of(ana, Purpose.ENROLL_FACTOR, FactorKind.BACKUP, now=now)
    with pytest.raises(ProofRefused):
        enrollment.make_backup_codes(ana, proof=proof, now=now)


def _answer(row: StepUp, code: str, now: datetime) -> Answer:
    return Answer(code=code, step_up_id=row.pk, purpose=row.purpose, now=now)
