"""How much of its time a review has used, by the dates that its own policy gave it."""

from datetime import datetime, timedelta

import pytest

from closure.ageing import age
from closure.enums import Age, ClosureState
from tests.closure.scenes import make_request
from tests.factories import make_account

pytestmark = pytest.mark.django_db
# `standard`: eight days from submission to due; a policy of its own an hour.
STANDARD, SHORT = timedelta(days=8), timedelta(hours=1)


@pytest.mark.row("L06")
@pytest.mark.parametrize("time", [STANDARD, SHORT], ids=["standard", "an hour"])
def test_age_is_a_part_of_the_time_that_the_request_has(now: datetime, time: timedelta) -> None:
    request = make_request(make_account(), ClosureState.IN_REVIEW, now=now, finalizes_before=now + time)
    tick = timedelta(microseconds=1)
    found = [
        age(request, now + at)
        for at in (timedelta(), time / 2 - tick, time / 2, time * 0.75 - tick, time * 0.75, time - tick, time)
    ]
    assert found == [Age.FRESH, Age.FRESH, Age.HALF, Age.HALF, Age.LAST_QUARTER, Age.LAST_QUARTER, Age.OVERDUE]


@pytest.mark.parametrize("state", [state for state in ClosureState if state != ClosureState.IN_REVIEW])
def test_only_what_waits_for_a_decision_has_an_age(now: datetime, state: ClosureState) -> None:
    assert age(make_request(make_account(), state, now=now), now + timedelta(days=99)) is None
