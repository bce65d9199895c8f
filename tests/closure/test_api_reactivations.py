"""Reactivating by the API: from the link to the decision, and what stops everybody else."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.db import transaction

from accounts import clock, identity_check, restrictions
from accounts.actors import Actor
from accounts.enums import IdentifierKind, RestrictionKind, Role
from accounts.models import Account, Case
from closure.enums import ReactivationState
from closure.evidence.limits import MOST_BYTES
from closure.models import Evidence, Reactivation
from closure.uploads import MOST_BODY
from tests.api import Caller, problem
from tests.closure.coming_back import asked, opened, proven, send
from tests.closure.evidence.drawing import encoded, picture
from tests.closure.reactivating import disabled, looked_at, make_reactivation
from tests.factories import PASSWORD, make_account, make_staff, totp_code
from tests.outbox import last_code
from tests.portal.test_api_contract import check

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_photos_left")]
ONE = "reactivations/{reference}/"
S, CORE = ReactivationState, Actor.core()


@pytest.fixture
def ana(now: datetime) -> Account:
    return disabled("ana", now=now)


def photo(seed: int = 1) -> bytes:
    return encoded(picture(seed, (960, 720)))


@pytest.mark.row("J07", "J08", "J14", "J18", "L04")
def test_walk_from_the_link_to_the_decision(ana: Account) -> None:
    caller = Caller()
    answer = caller.post(f"reactivations/{asked('ana@example.test')}/")
    caller.csrf = check("reactivations/{token}/", "post", answer)["csrf"]
    answer = caller.post("reactivations/password/", {"password": PASSWORD})
    begun = check("reactivations/password/", "post", answer)
    caller.token()
    here = f"reactivations/{begun['reference']}/"
    assert (begun["state"], begun["missing"], begun["note"][:9]) == ("draft", ["note", "document"], "Northbank")
    chosen = check(f"{ONE}document/", "post", caller.post(f"{here}document/", {"type": "passport"}))
    assert chosen["missing"] == ["note", "document_front"]
    problem(caller.post(f"{here}submit/"), 409, "incomplete")
    for kind in ("note", "document_front"):
        answer = send(caller, begun["reference"], kind, photo(), despite="true")
        sent = check(f"{ONE}evidence/", "post", answer)
        assert (sent["kind"], len(sent["checks"]) > 3) == (kind, True)
    assert check(f"{ONE}submit/", "post", caller.post(f"{here}submit/"))["state"] == "submitted"
    people = make_staff("sam"), make_staff("lea", Role.LEAD)
    callers = [Caller(person) for person in people]
    listed = check("staff/reactivations/", "get", callers[0].get("staff/reactivations/"))["results"]
    assert [each["reference"] for each in listed] == [begun["reference"]]
    outcomes = (("submitted", True), ("approved", False))
    for person, staff, (state, proposed) in zip(people, callers, outcomes, strict=True):
        seen = staff.get("staff/reactivations/", q=begun["reference"]).json()["results"][0]["version"]
        body = {"decision": "approve", "reason": "It is her.", "seen_version": seen}
        problem(staff.post(f"staff/{here}decisions/", body), 409, "photos_unseen")
        looked_at(Reactivation.objects.get(), Actor.staff(person), now=clock.now())
        answer = staff.post(f"staff/{here}decisions/", body)
        done = check(f"staff/{ONE}decisions/", "post", answer)
        assert (done["state"], done["proposed"]) == (state, proposed)
    problem(caller.get(here), 401, "not_signed_in")
    ana.refresh_from_db()
    assert ana.status == "active"


@pytest.mark.row("J15", "J18")
def test_checks_of_a_photo_are_told_at_once_and_a_bad_one_is_not_kept(ana: Account) -> None:
    caller, reference = proven(ana)
    small = encoded(picture(1, (400, 300)))
    told = problem(send(caller, reference, "note", small), 400, "photo_refused")
    assert (told["checks"][0], Evidence.objects.count()) == (
        {
            "check": "size",
            "outcome": "refused",
            "text": "The photo is too small to read. Take it with at least 720 pixels on its short side.",
        },
        0,
    )
    assert told["errors"][0]["field"] == "photo"
    assert problem(send(caller, reference, "note", b"no photo"), 400, "file_type")["errors"][0]["field"] == "photo"
    problem(send(caller, reference, "note", b""), 400, "file_empty")
    problem(send(caller, reference, "document_back", photo()), 409, "photo_not_wanted")


@pytest.mark.row("J15")
def test_another_photo_of_a_kind_takes_the_place_of_the_first(ana: Account) -> None:
    caller, reference = proven(ana)
    for seed in (1, 2):
        assert send(caller, reference, "note", photo(seed), despite="true").status_code == 201
    assert Evidence.objects.count() == 1


def test_photo_is_kept_once_under_its_key(ana: Account) -> None:
    caller, reference = proven(ana)
    first = send(caller, reference, "note", photo(), key="k", despite="true")
    again = send(caller, reference, "note", photo(), key="k", despite="true")
    assert (first.content, again["Idempotent-Replayed"]) == (again.content, "true")
    problem(send(caller, reference, "note", photo(2), key="k", despite="true"), 422, "idempotency_mismatch")


def test_answer_under_a_key_is_of_the_link_that_it_was_given_to(ana: Account) -> None:
    caller, reference = proven(ana)
    chosen = caller.post(f"reactivations/{reference}/document/", {"type": "passport"}, Idempotency_Key="k")
    assert chosen.json()["note"].startswith("Northbank")
    link_only = opened(ana)
    guessed = link_only.post(f"reactivations/{reference}/document/", {"type": "passport"}, Idempotency_Key="k")
    problem(guessed, 403, "verification_required")


@pytest.mark.row("J13")
def test_photos_are_never_written_to_a_temporary_file_and_large_ones_are_refused(
    ana: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    def written(*_args: Any, **_kwargs: Any) -> None:
        raise AssertionError("a file is written")

    monkeypatch.setattr(TemporaryFileUploadHandler, "new_file", written)
    caller, reference = proven(ana)
    large = photo() + b"\x00" * (MOST_BYTES - len(photo()) + 1)
    problem(send(caller, reference, "note", large), 400, "file_too_large")
    problem(send(caller, reference, "note", b"\x00" * (MOST_BODY + 1)), 413, "too_large")


@pytest.mark.row("J07")
def test_code_of_another_channel_opens_it(ana: Account) -> None:
    caller = opened(ana)
    begun = check("reactivations/verification/", "post", caller.post("reactivations/verification/"))
    factors = {each["kind"]: each["id"] for each in begun["factors"]}
    assert sorted(factors) == ["sms", "totp"]
    here = f"reactivations/verification/{factors['sms']}/"
    sent = caller.post(f"{here}challenge/")
    check("reactivations/verification/{factor}/challenge/", "post", sent)
    problem(caller.post(here, {"code": "000000"}), 400, "wrong_code")
    answer = caller.post(here, {"code": last_code(ana, channel="sms")})
    assert check("reactivations/verification/{factor}/", "post", answer)["state"] == "draft"


@pytest.mark.row("J07")
def test_link_alone_sees_and_does_nothing(ana: Account, now: datetime) -> None:
    standing = make_reactivation(ana, S.DRAFT, now=now)
    caller, here = opened(ana), f"reactivations/{standing.reference}/"
    calls = [
        caller.get(here),
        caller.post(f"{here}document/", {"type": "visa"}),
        send(caller, standing.reference, "note", photo()),
        caller.post(f"{here}submit/"),
        caller.post(f"{here}withdraw/"),
    ]
    for answer in calls:
        problem(answer, 403, "verification_required")
    problem(caller.post("reactivations/password/", {"password": "wrong"}), 400, "wrong_password")
    factor = caller.post("reactivations/verification/").json()["factors"][0]["id"]
    problem(caller.post(f"reactivations/verification/{factor}/", {"code": totp_code(ana)}), 400, "wrong_code")
    standing.refresh_from_db()
    assert (standing.state, Reactivation.objects.count()) == ("draft", 1)


def test_session_sees_its_own_alone(ana: Account, now: datetime) -> None:
    theirs = make_reactivation(disabled("ben", now=now), S.DRAFT, now=now)
    caller, reference = proven(ana)
    problem(caller.get(f"reactivations/{theirs.reference}/"), 404, "unknown_reactivation")
    assert caller.post(f"reactivations/{reference}/withdraw/").json()["state"] == "withdrawn"


def test_beginning_again_has_a_limit(ana: Account) -> None:
    caller, reference = proven(ana)
    for _turn in range(4):
        caller.post(f"reactivations/{reference}/withdraw/")
        reference = caller.post("reactivations/password/", {"password": PASSWORD}).json()["reference"]
    caller.post(f"reactivations/{reference}/withdraw/")
    answer = caller.post("reactivations/password/", {"password": PASSWORD})
    problem(answer, 429, "too_many_starts")
    assert int(answer["Retry-After"]) > 86_000


def test_staff_learn_first_that_it_changed_then_what_is_wrong(ana: Account, now: datetime) -> None:
    row, person = make_reactivation(ana, S.SUBMITTED, now=now), make_staff("sam")
    here, sam = f"staff/reactivations/{row.reference}/decisions/", Caller(person)
    looked_at(row, Actor.staff(person), now=now)
    problem(sam.post(here, {"decision": "nonsense", "seen_version": 7}), 409, "changed_since")
    problem(sam.post(here, {"decision": "nonsense", "seen_version": 0}), 400, "invalid")
    problem(sam.post(here, {"decision": "refuse", "seen_version": 0, "reason": "x"}), 400, "rule_required")
    problem(sam.post(here, {"decision": "refuse", "seen_version": 0, "broken": ["ugly"]}), 400, "invalid")
    problem(sam.post(here, {"decision": "approve", "seen_version": 0}), 400, "reason_required")
    assert sam.post(here, {"decision": "approve", "seen_version": 0, "reason": "x"}).status_code == 200
    lea = Caller(make_staff("lea", Role.LEAD))
    problem(sam.post(here, {"decision": "approve", "seen_version": 1, "reason": "x"}), 403, "second_person_required")
    ben = Caller(make_staff("ben"))
    problem(ben.post(here, {"decision": "approve", "seen_version": 1, "reason": "x"}), 403, "not_allowed")
    draft = make_reactivation(disabled("ben", now=now), S.DRAFT, now=now)
    problem(lea.post(f"staff/reactivations/{draft.reference}/decisions/"), 404, "unknown_reactivation")


@pytest.mark.row("L06")
def test_lead_who_proposed_is_told_that_a_second_person_decides(ana: Account, now: datetime) -> None:
    row, person = make_reactivation(ana, S.SUBMITTED, now=now), make_staff("lea", Role.LEAD)
    here, lea = f"staff/reactivations/{row.reference}/decisions/", Caller(person)
    looked_at(row, Actor.staff(person), now=now)
    lea.post(here, {"decision": "approve", "seen_version": 0, "reason": "x"})
    problem(lea.post(here, {"decision": "approve", "seen_version": 1, "reason": "x"}), 403, "second_person_required")


@pytest.mark.row("J15")
def test_decision_in_the_words_of_closures_is_the_same(ana: Account, now: datetime) -> None:
    row = make_reactivation(ana, S.SUBMITTED, now=now)
    here, sam = f"staff/reactivations/{row.reference}/decisions/", Caller(make_staff("sam"))
    said = {"decision": "reject", "reason": "Not hers.", "seen_version": 0, "template": "name"}
    problem(sam.post(here, {**said, "case": "SC-AAAA-AAAA"}), 404, "unknown_case")
    problem(sam.post(here, {**said, "template": "rejected"}), 400, "invalid")
    problem(sam.post(here, {**said, "decision": "cancel"}), 400, "invalid")
    answer = sam.post(here, {**said, "case": row.case.reference})
    done = check("staff/reactivations/{reference}/decisions/", "post", answer)
    row.refresh_from_db()
    assert (done["state"], done["version"], done["due"], row.broken) == ("refused", 1, None, ["name"])


@pytest.mark.row("L06")
def test_list_says_until_when_and_keeps_what_is_due(now: datetime) -> None:
    sam = Caller(make_staff("sam"))
    for name, hours in (("old", 73), ("ana", 49), ("new", 1)):
        handed_in = now - timedelta(hours=hours)
        make_reactivation(disabled(name, now=now), S.SUBMITTED, now=now, submitted_at=handed_in)
    make_reactivation(disabled("bea", now=now), S.NEEDS_MORE, now=now)

    def listed(query: str) -> list[str | None]:
        answer = check("staff/reactivations/", "get", sam.get(f"staff/reactivations/?{query}"))
        return [each["due"] for each in answer["results"]]

    due = [
        (now - timedelta(hours=hours) + timedelta(days=3)).isoformat().replace("+00:00", "Z") for hours in (73, 49, 1)
    ]
    assert [listed(query) for query in ("", "due=overdue", "due=today", "due=week", "due=")] == [
        due,
        due[:1],
        due[:2],
        due,
        due,
    ]
    assert (listed("state=needs_more"), listed("state=needs_more&due=week")) == ([None], [])
    problem(sam.get("staff/reactivations/?due=soon"), 400, "invalid")


@pytest.mark.row("G05", "G06", "J13")
def test_list_flags_what_needs_a_closer_look(ana: Account, now: datetime) -> None:
    sam, bob = Caller(make_staff("sam")), make_account("bob")
    row = make_reactivation(ana, S.SUBMITTED, now=now)

    def flags() -> list[str]:
        (found,) = sam.get("staff/reactivations/?q=" + row.reference).json()["results"]
        return list(found["flags"])

    assert flags() == []
    found = identity_check.conflicts([(IdentifierKind.DOCUMENT, "X-ANA-1")], account_id=bob.pk, now=now)
    with transaction.atomic():
        identity_check.refuse(found, account_id=bob.pk, now=now)
        for kind in (RestrictionKind.FRAUD_ALERT, RestrictionKind.RISK_CONTROL):
            restrictions.place(Account.objects.select_for_update().get(pk=ana.pk), kind, actor=CORE, note="", now=now)
    Account.objects.filter(pk=ana.pk).update(name="")
    assert flags() == ["duplicate", "no_name", "held", "restricted"]
    Reactivation.objects.filter(pk=row.pk).update(state="refused")
    assert flags() == []


def test_list_says_whose_desk_it_lies_on(ana: Account, now: datetime) -> None:
    person, row = make_staff("sam"), make_reactivation(ana, S.SUBMITTED, now=now)
    until = now + timedelta(minutes=15)
    Case.objects.filter(pk=row.case_id).update(desk_by=person.pk, desk_until=until)
    (found,) = check("staff/reactivations/", "get", Caller(person).get("staff/reactivations/"))["results"]
    assert (found["claimed_by"], found["claimed_until"]) == (person.email, until.isoformat().replace("+00:00", "Z"))


@pytest.mark.parametrize("rows", [1, 3])
def test_list_costs_the_same_for_one_and_for_three(rows: int, now: datetime, django_assert_num_queries: Any) -> None:
    sam = Caller(make_staff("sam"))
    for number in range(rows):
        make_reactivation(disabled(f"ana{number}", now=now), S.SUBMITTED, now=now)
    with django_assert_num_queries(8):
        found = sam.get("staff/reactivations/").json()["results"]
    assert len(found) == rows
