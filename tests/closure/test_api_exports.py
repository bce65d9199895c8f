"""Records by the API: prove it, ask, look, download; as owner and within a status session; never somebody else's."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from accounts.models import Account
from closure.enums import ClosureState, ExportKind
from closure.models import ClosureRequest, Export
from closure.policy import loader
from tests.api import Caller, problem
from tests.closure.downloading import build_all
from tests.closure.exporting import built, file_of, give_history
from tests.closure.links import status_token
from tests.closure.scenes import make_request
from tests.factories import make_account, make_staff, totp_code
from tests.outbox import last_code

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("B10")]
NOBODYS = "01890000-0000-7000-8000-000000000000"


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


def begin(caller: Caller, kind: str = "transactions") -> dict[str, str]:
    answer = caller.post("exports/verification/", {"kind": kind})
    assert answer.status_code == 201, answer.content
    return {each["kind"]: each["id"] for each in answer.json()["factors"]}


def prove(caller: Caller, account: Account, kind: str = "transactions") -> None:
    factor = begin(caller, kind)["totp"]
    answer = caller.post(f"exports/verification/{factor}/", {"code": totp_code(account)})
    assert answer.status_code == 200, answer.content
    caller.token()


def ask(caller: Caller, kind: str = "transactions") -> dict[str, Any]:
    answer = caller.post("exports/", {"kind": kind})
    assert answer.status_code == 201, answer.content
    told: dict[str, Any] = answer.json()
    return told


def visiting(request: ClosureRequest) -> Caller:
    """Return a program that opened the mailed link."""
    caller = Caller()
    answer = caller.post(f"status/{status_token(request)}/")
    caller.csrf = answer.json()["csrf"]
    return caller


def test_export_is_asked_for_built_and_downloaded(ana: Account, now: datetime) -> None:
    give_history(ana, now, 3)
    caller = Caller(ana)
    prove(caller, ana)
    export = ask(caller)
    one = f"exports/{export['id']}/"
    assert (export["state"], export["size"], export["sha256"]) == ("queued", None, None)
    problem(caller.get(f"{one}file/"), 409, "export_not_ready")
    Export.objects.update(last_error="calling", lines=2)
    assert (caller.get(one).json()["state"], caller.get(one).json()["lines"]) == ("building", 2)
    Export.objects.update(last_error="", lines=0)
    build_all()
    told = caller.get(one).json()
    answer = caller.get(f"{one}file/")
    contents = b"".join(answer)
    assert (told["state"], told["lines"], told["reason"], told["detail"]) == ("ready", 3, None, None)
    assert (told["size"], told["sha256"]) == (len(contents), hashlib.sha256(contents).hexdigest())
    assert answer["Content-Disposition"] == 'attachment; filename="transactions.csv"'
    assert (answer["Content-Length"], answer["Cache-Control"]) == (str(len(contents)), "no-store, private")


def test_export_that_failed_says_why(ana: Account) -> None:
    caller = Caller(ana)
    prove(caller, ana)
    one = f"exports/{ask(caller)['id']}/"
    Export.objects.update(state="failed", reason="core_away")
    told = caller.get(one).json()
    assert (told["state"], told["reason"]) == ("failed", "core_away")
    assert told["detail"].startswith("The exchange did not answer completely")
    problem(caller.get(f"{one}file/"), 409, "export_not_ready")


@pytest.mark.row("D07")
def test_nothing_is_asked_for_or_downloaded_without_proof(ana: Account, now: datetime) -> None:
    export, caller = built(ana, now), Caller(ana)
    problem(caller.post("exports/", {"kind": "archive"}), 409, "verification_required")
    problem(caller.get(f"exports/{export.pk}/file/"), 409, "verification_required")
    factor = begin(caller)["totp"]
    problem(caller.post(f"exports/verification/{factor}/", {"code": "000000"}), 400, "wrong_code")
    problem(caller.get(f"exports/{export.pk}/file/"), 409, "verification_required")
    assert Export.objects.count() == 1


@pytest.mark.row("D07")
def test_proof_is_for_one_kind_one_session_and_ten_minutes(
    ana: Account, now: datetime, advance: Callable[..., datetime]
) -> None:
    exports = {kind: built(ana, now, kind) for kind in (ExportKind.TRANSACTIONS, ExportKind.ARCHIVE)}
    caller, other = Caller(ana), Caller(ana)
    prove(caller, ana)
    mine = f"exports/{exports[ExportKind.TRANSACTIONS].pk}/file/"
    assert caller.get(mine).status_code == 200
    problem(other.get(mine), 409, "verification_required")
    problem(caller.get(f"exports/{exports[ExportKind.ARCHIVE].pk}/file/"), 409, "verification_required")
    problem(caller.post("exports/", {"kind": "archive"}), 409, "verification_required")
    advance(minutes=11)
    problem(caller.get(mine), 409, "verification_required")


def test_exports_of_others_are_as_unknown_as_none(ana: Account, now: datetime) -> None:
    """Invariant 23, whatever was proven for one's own."""
    ben = make_account("ben")
    theirs, caller = built(ana, now), Caller(ben)
    prove(caller, ben)
    for path in (f"exports/{theirs.pk}/", f"exports/{NOBODYS}/"):
        first, second = caller.get(path), caller.get(f"{path}file/")
        assert problem(first, 404, "unknown_export")["detail"] == problem(second, 404, "unknown_export")["detail"]


def test_staff_have_no_exports_and_see_none(ana: Account, now: datetime) -> None:
    theirs, sam = built(ana, now), Caller(make_staff("sam"))
    problem(sam.get(f"exports/{theirs.pk}/"), 404, "unknown_export")
    problem(sam.post("exports/verification/", {"kind": "identity"}), 403, "exports_over")


def test_damaged_file_is_gone(ana: Account, now: datetime) -> None:
    export, caller = built(ana, now), Caller(ana)
    prove(caller, ana)
    path = file_of(export)
    path.write_bytes(path.read_bytes()[:-1])
    problem(caller.get(f"exports/{export.pk}/file/"), 410, "file_lost")
    assert caller.get(f"exports/{export.pk}/").json()["reason"] == "file_lost"


@pytest.mark.row("E07", "E02", "B11")
def test_status_session_takes_records_along_with_another_channel(ana: Account, now: datetime) -> None:
    request = make_request(ana, ClosureState.COOLING_OFF, now=now)
    caller = visiting(request)
    factors = begin(caller, "archive")
    assert sorted(factors) == ["sms", "totp"]
    sent = caller.post(f"exports/verification/{factors['sms']}/challenge/")
    assert sent.status_code == 202
    given = caller.post(f"exports/verification/{factors['sms']}/", {"code": last_code(ana, channel="sms")})
    assert given.status_code == 200
    caller.token()
    export = ask(caller, "archive")
    assert datetime.fromisoformat(export["expires_at"]) == request.finalizes_after
    build_all()
    assert b"".join(caller.get(f"exports/{export['id']}/file/"))[:2] == b"PK"
    problem(visiting(request).get(f"exports/{export['id']}/file/"), 409, "verification_required")


@pytest.mark.row("B11", "E02")
def test_status_session_takes_nothing_along_where_policy_ends_it(ana: Account, now: datetime) -> None:
    export = built(ana, now)
    caller = visiting(make_request(ana, ClosureState.COOLING_OFF, now=now, pinned=loader.load("binance")))
    problem(caller.post("exports/verification/", {"kind": "archive"}), 403, "exports_over")
    problem(caller.get(f"exports/{export.pk}/"), 404, "unknown_export")
    problem(caller.get(f"exports/{export.pk}/file/"), 404, "unknown_export")


@pytest.mark.row("E07")
def test_code_for_cancelling_takes_nothing_along_by_the_api(ana: Account, now: datetime) -> None:
    request = make_request(ana, ClosureState.COOLING_OFF, now=now)
    caller = visiting(request)
    begun = caller.post(f"closures/{request.reference}/verification/").json()["factors"]
    app = next(each["id"] for each in begun if each["kind"] == "totp")
    caller.post(f"closures/{request.reference}/verification/{app}/", {"code": totp_code(ana)})
    problem(caller.post("exports/", {"kind": "identity"}), 409, "verification_required")


def test_same_key_asks_once(ana: Account) -> None:
    caller = Caller(ana)
    prove(caller, ana, "identity")
    first = caller.post("exports/", {"kind": "identity"}, Idempotency_Key="k-1")
    again = caller.post("exports/", {"kind": "identity"}, Idempotency_Key="k-1")
    assert (first.json()["id"], first.status_code) == (again.json()["id"], again.status_code)
    assert again["Idempotent-Replayed"] == "true"
    problem(caller.post("exports/", {"kind": "everything"}), 400, "invalid")
