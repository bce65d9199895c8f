"""Checks as data: the shape of `POST preflight/`, and the way there and back."""

import json
from datetime import timedelta

import pytest
from django.utils import translation

from closure.enums import Area, Verdict
from closure.preflight.findings import finding, unknown
from closure.preflight.verdict import AreaResult, Check, CheckNote, Finding, Found, from_dict, to_text, worst
from tests.closure.preflight.builders import NOW, holding

LOCK = finding(
    "earn_locked_waiting",
    "locked",
    area=Area.EARN_LOCKED,
    found=[holding("ETH", "1.25", "4375.00", Area.EARN_LOCKED, unlocks=NOW + timedelta(days=41))],
    params={"until_at": (NOW + timedelta(days=41)).isoformat()},
    clears_at=NOW + timedelta(days=41),
)
CHECK = Check(
    verdict=Verdict.UNKNOWN,
    checked_at=NOW,
    earliest=None,
    areas=(AreaResult(area=Area.SPOT, verdict=Verdict.UNKNOWN),),
    blockers=(unknown(Area.SPOT), LOCK),
    warnings=(Finding(code="nft_1", area=Area.NFT, verdict=Verdict.WARNING, why="w", how="h", remedy="withdraw_nft"),),
    notes=(CheckNote(code="irreversible", text="For ever."),),
    earliest_condition="As soon as the check gets an answer.",
)


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ([], Verdict.CLEAR),
        ([Verdict.CLEAR, Verdict.WARNING], Verdict.WARNING),
        ([Verdict.BLOCKED, Verdict.WARNING], Verdict.BLOCKED),
        ([Verdict.BLOCKED, Verdict.UNKNOWN, Verdict.CLEAR], Verdict.UNKNOWN),
    ],
)
def test_worst_verdict_wins(verdicts: list[Verdict], expected: Verdict) -> None:
    assert worst(verdicts) is expected


@pytest.mark.row("A01")
def test_check_has_the_shape_of_the_contract() -> None:
    said = CHECK.as_dict()
    assert {name: said[name] for name in ("verdict", "checked_at", "earliest", "areas", "notes")} == {
        "verdict": "unknown",
        "checked_at": "2026-11-20T08:00:00Z",
        "earliest": None,
        "areas": [{"area": "spot", "verdict": "unknown"}],
        "notes": [{"code": "irreversible", "text": "For ever."}],
    }
    blocker = said["blockers"][1]
    assert {"code", "area", "found", "why", "how", "remedy", "clears_at", "condition"} <= blocker.keys()
    assert (blocker["clears_at"], blocker["remedy"]) == ("2026-12-31T08:00:00Z", None)
    assert blocker["found"] == [
        {"asset": "ETH", "amount": "1.25", "value_usdt": "4375.00", "until": "2026-12-31T08:00:00Z"}
    ]
    assert said["warnings"][0]["remedy"] == {"code": "withdraw_nft"}


def test_check_comes_back_from_json_as_it_was() -> None:
    assert from_dict(json.loads(json.dumps(CHECK.as_dict()))) == CHECK


def test_found_without_a_date_has_three_facts() -> None:
    assert Found(asset="BTC", amount="1").as_dict() == {"asset": "BTC", "amount": "1", "value_usdt": None}


def test_finding_of_a_forgotten_wording_keeps_its_stored_texts() -> None:
    stored = {**LOCK.as_dict(), "wording": "no longer known", "why": "As it was said."}
    assert Finding.from_dict(stored).why == "As it was said."


def test_finding_of_a_known_wording_is_said_anew() -> None:
    with translation.override("en"):
        assert Finding.from_dict({**LOCK.as_dict(), "why": "stale words"}).why == LOCK.why


@pytest.mark.row("A19")
def test_unknown_area_is_named_and_could_not_be_checked() -> None:
    found = unknown(Area.USDM_FUTURES)
    assert (found.code, found.verdict, found.clears_at) == ("usdm_futures_unknown", Verdict.UNKNOWN, None)
    assert "could not be checked: USD-margined futures" in found.why


@pytest.mark.row("A16")
@pytest.mark.parametrize(
    ("verdict", "may"),
    [(Verdict.CLEAR, True), (Verdict.WARNING, True), (Verdict.BLOCKED, False), (Verdict.UNKNOWN, False)],
)
def test_check_may_submit_unless_blocked_or_unknown(verdict: Verdict, may: bool) -> None:
    assert Check(verdict=verdict, checked_at=NOW, earliest=NOW, areas=()).may_submit is may


def test_check_without_its_time_is_refused() -> None:
    with pytest.raises(ValueError, match="without its time"):
        from_dict({**CHECK.as_dict(), "checked_at": None})


def test_time_is_printed_in_utc() -> None:
    assert to_text(NOW.astimezone()) == "2026-11-20T08:00:00Z"
