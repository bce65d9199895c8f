"""The page of the case that a disabled account opened says what stands at the exchange (E06)."""

from datetime import datetime

import pytest

from accounts.enums import CaseKind
from accounts.models import Case
from closure.models import Disabling
from tests.closure.reactivating import disabled
from tests.console import console
from tests.factories import make_staff
from tests.pages import read

pytestmark = [pytest.mark.django_db, pytest.mark.row("E06", "L04")]


def test_case_says_which_areas_nobody_looks_after(now: datetime) -> None:
    ana, sam = disabled("ana", now=now), console(make_staff("sam"))
    case = Case.objects.create(account_id=ana.pk, kind=CaseKind.OTHER, created_at=now)
    page = f"/staff/accounts/case/{case.pk}/"
    assert "Looked at since disabled" not in read(sam.get(page)).text
    left = {"loans": "unknown", "usdm_futures": "blocked"}
    Disabling.objects.filter(account_id=ana.pk).update(looked_at=now, left=left, case=case)
    said = " ".join(read(sam.get(page)).text.split())
    assert "USD-margined futures something stands there Loans could not be read: look at the exchange" in said
