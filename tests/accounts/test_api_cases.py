"""Writing to us by the API: one answer whoever asks, and an owner who is signed in needs no address (D05)."""

from datetime import datetime
from typing import Any

import pytest

from accounts.models import Case, CaseContact
from tests.api import Caller
from tests.factories import make_account
from tests.writing import TEXT

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("D05")]


def test_stranger_opens_a_case(now: datetime) -> None:
    given: dict[str, Any] = {"kind": "residency", "text": TEXT, "contact": "ana@example.test"}
    answer = Caller().post("cases/", given)
    assert (answer.status_code, sorted(answer.json())) == (202, ["detail"])
    case = Case.objects.get()
    assert (case.kind, case.account_id, CaseContact.objects.count()) == ("residency", None, 1)


def test_owner_who_is_signed_in_opens_a_case_of_their_own(now: datetime) -> None:
    ana = make_account("ana")
    caller = Caller(ana)
    given = {"kind": "other", "text": TEXT, "contact": "somebody@example.test"}
    assert [caller.post("cases/", given, Idempotency_Key="one").status_code for _time in range(2)] == [202, 202]
    assert (Case.objects.get().account_id, CaseContact.objects.count()) == (ana.pk, 0)


@pytest.mark.parametrize(
    "wrong",
    [{"kind": "complaint"}, {"text": ""}, {"text": "x" * 4001}, {"contact": "nobody"}, {"contact": ""}],
)
def test_bad_shape_is_refused(now: datetime, wrong: dict[str, str]) -> None:
    given = {"kind": "other", "text": TEXT, "contact": "ana@example.test", **wrong}
    answer = Caller().post("cases/", given)
    assert (answer.status_code, Case.objects.count()) == (400, 0)
