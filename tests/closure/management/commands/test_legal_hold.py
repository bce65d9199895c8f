"""`manage.py legal_hold`: who acts is named, two people act, and every refusal has its exit code."""

import json
from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.enums import AccountStatus, Role
from accounts.ids import uuid7
from accounts.models import Account, Event
from closure.retention.models import LegalHold
from tests.factories import make_account, make_staff
from tests.holding import BASIS, CASE, lift, place, review_day, sealed_record

pytestmark = [pytest.mark.django_db, pytest.mark.row("H05")]
OLGA, OMAR = "olga@staff.example.test", "omar@staff.example.test"


@pytest.fixture(autouse=True)
def _officers() -> None:
    for name in ("olga", "omar"):
        make_staff(name, Role.COMPLIANCE)


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


def run(*arguments: str) -> tuple[int, list[str], str]:
    """Return exit code, lines and stderr."""
    out, err = StringIO(), StringIO()
    code = 0
    try:
        call_command("legal_hold", *arguments, stdout=out, stderr=err)
    except SystemExit as error:
        code = int(str(error.code))
    return code, out.getvalue().splitlines(), err.getvalue().strip()


def placing(account: str, now: datetime, *more: str, by: str = OLGA, review: str = "") -> list[str]:
    order = ["--case", CASE, "--basis", BASIS, "--review", review or review_day(now).isoformat()]
    return ["place", account, *order, "--by", by, "--reason", "By mail.", *more]


def acting(verb: str, hold: LegalHold, by: str, *more: str) -> list[str]:
    return [verb, str(hold.pk), "--by", by, "--reason", "Read it.", *more]


def test_hold_is_placed_confirmed_and_lifted_by_two(ana: Account, now: datetime) -> None:
    code, lines, _err = run(*placing("ana@example.test", now))
    hold = LegalHold.objects.get()
    told = f"{hold.pk}  placed  {ana.pk}    {CASE}  {hold.placed_at.isoformat(timespec='seconds')}  {hold.review_on}"
    assert (code, lines) == (0, [told, "1 done"])
    states = []
    for verb, by in (("confirm", OMAR), ("lift", OMAR), ("lift", OLGA)):
        code, lines, _err = run(*acting(verb, hold, by, "--json"))
        states.append((code, json.loads(lines[0])["state"], json.loads(lines[1])))
    summary = {"summary": {"done": 1}}
    assert states == [(0, state, summary) for state in ("confirmed", "lift_proposed", "lifted")]
    events = Event.objects.filter(action__startswith="legal_hold.").order_by("id").values_list("actor", flat=True)
    keys = {person.email: f"staff:{person.pk}" for person in Account.objects.filter(is_staff=True)}
    assert list(events) == [keys[OLGA], keys[OMAR], keys[OMAR], keys[OLGA]]


def test_record_alone_is_held(ana: Account, now: datetime) -> None:
    record = sealed_record(ana.pk, now=now)
    code, lines, _err = run(*placing(str(ana.pk), now, "--record", str(record.pk), "--json"))
    assert (code, json.loads(lines[0])["record"], LegalHold.objects.get().record_id) == (
        0,
        str(record.pk),
        record.pk,
    )


def test_next_day_of_review_is_set(ana: Account, now: datetime) -> None:
    hold = place(ana.pk, now=now)
    code, lines, _err = run(*acting("review", hold, OLGA, "--review", "2099-01-31", "--json"))
    assert (code, json.loads(lines[0])["review"], str(LegalHold.objects.get().review_on)) == (0, *["2099-01-31"] * 2)
    assert run(*acting("review", hold, OLGA, "--review", "2020-01-31"))[0] == 1


@pytest.mark.parametrize("verb", ["confirm", "lift"])
def test_one_person_alone_is_refused(ana: Account, now: datetime, verb: str) -> None:
    run(*placing(str(ana.pk), now))
    hold = LegalHold.objects.get()
    if verb == "lift":
        run(*acting("lift", hold, OLGA))
    code, lines, err = run(*acting(verb, hold, OLGA))
    assert (code, lines, "A second person has to decide" in err) == (1, [], True)
    hold.refresh_from_db()
    assert (hold.confirmed_at, hold.lifted_at) == (None, None)


@pytest.mark.parametrize("by", ["sam@staff.example.test", "ana@example.test", "nobody@example.test", "x", ""])
def test_officer_of_compliance_is_needed(ana: Account, now: datetime, by: str) -> None:
    make_staff("sam", Role.LEAD)
    code, lines, err = run(*placing(str(ana.pk), now, by=by))
    assert (code, lines, "Nobody of compliance" in err) == (2, [], True)
    assert LegalHold.objects.count() == 0


def test_officer_who_may_not_sign_in_any_more_does_not_act(ana: Account, now: datetime) -> None:
    Account.objects.filter(email=OLGA).update(status=AccountStatus.DISABLED)
    assert run(*placing(str(ana.pk), now))[0] == 2


def test_unknown_accounts_and_holds_are_usage_errors(ana: Account, now: datetime) -> None:
    unknown = str(uuid7())
    for arguments in (
        placing("nobody@example.test", now),
        placing(unknown, now),
        placing(str(ana.pk), now, "--record", unknown),
        ["confirm", unknown, "--by", OMAR, "--reason", "x"],
        ["list", "--account", "nobody@example.test"],
    ):
        code, lines, err = run(*arguments)
        assert (code, lines, bool(err)) == (2, [], True), arguments


def test_order_that_lacks_something_is_refused(ana: Account, now: datetime) -> None:
    yesterday = (now - timedelta(days=1)).date().isoformat()
    assert run(*placing(str(ana.pk), now, review=yesterday))[0] == 1
    for wrong in (["place", str(ana.pk)], ["confirm", "x"], ["eat"], placing(str(ana.pk), now, review="soon")):
        with pytest.raises(CommandError):
            run(*wrong)
    assert LegalHold.objects.count() == 0


def test_dry_run_says_and_does_nothing(ana: Account, now: datetime) -> None:
    code, lines, _err = run(*placing(str(ana.pk), now, "--dry-run"))
    assert (code, lines[1], LegalHold.objects.count()) == (0, "1 would_be_done", 0)
    hold = place(ana.pk, now=now)
    assert run(*acting("confirm", hold, OMAR, "--dry-run"))[0] == 0
    hold.refresh_from_db()
    assert (hold.confirmed_at, Event.objects.filter(action="legal_hold.confirmed").count()) == (None, 0)


def test_list_has_what_waits_first(ana: Account, now: datetime) -> None:
    late, new, over = (place(each.pk, now=at) for each, at in _times(ana, now))
    lift(over, now=now)
    assert listed() == [(late, "overdue"), (new, "placed")]
    assert listed("--all") == [(late, "overdue"), (new, "placed"), (over, "lifted")]
    assert listed("--limit", "1") == [(late, "overdue")]
    assert listed("--account", "ana@example.test") == [(late, "overdue")]
    later = (now + timedelta(days=2)).isoformat()
    assert listed("--as-of", later) == [(late, "overdue"), (new, "overdue")]


def _times(ana: Account, now: datetime) -> list[tuple[Account, datetime]]:
    return [(ana, now - timedelta(days=1)), (make_account("ben"), now), (make_account("cid"), now)]


def listed(*arguments: str) -> list[tuple[LegalHold, str]]:
    """Return what the command lists."""
    code, lines, _err = run("list", "--json", *arguments)
    *told, summary = (json.loads(line) for line in lines)
    assert (code, summary) == (0, {"summary": {"holds": len(told)}})
    return [(LegalHold.objects.get(pk=each["hold"]), each["state"]) for each in told]
