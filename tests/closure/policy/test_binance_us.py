"""The preset `binance-us`: every cell of its column in the published table, and nothing beside them."""

from dataclasses import asdict
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.enums import FactorKind
from closure.enums import RequestChannel
from closure.policy import loader
from closure.policy.schema import (
    ApiKeys,
    AskDocument,
    CancelBy,
    DustAbove,
    ExportUntil,
    FinalReauthentication,
    Review,
    StatusShows,
)

K, S = FactorKind, StatusShows
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
CELLS: dict[str, Any] = {
    "name": "binance-us",
    "channels": frozenset(RequestChannel),
    "preflight": {
        "dust_per_coin": Decimal(0),
        "dust_total": None,
        "dust_within": DustAbove.RESOLVE_EACH,
        "api_keys": ApiKeys.REVOKE,
        "identity_verified_required": False,
    },
    "verification": {
        "password": False,
        "required": (frozenset({K.EMAIL}), frozenset({K.TOTP})),
        "accepted": frozenset({K.EMAIL, K.TOTP}),
        "needed": 2,
        "all_enrolled": False,
        "face_from_level": None,
        "document_number": AskDocument.NO,
        "captcha": False,
        "final_reauthentication": FinalReauthentication.PASSWORD,
        "window": 10 * MINUTE,
        "extensions": 10,
    },
    "waiting": {
        "wait": 7 * DAY,
        "due": 8 * DAY,
        "brake_adds": 7 * DAY,
        "brake_looks_back": 72 * HOUR,
        "max_frozen": 30 * DAY,
        "status_shows": frozenset({S.TIMELINE, S.EXPORT}),
        "export_until": ExportUntil.WAIT_ENDS,
    },
    "cancelling": {"by": frozenset(CancelBy)},
    "review": {
        "mode": Review.ONE_AGENT,
        "four_eyes_above": None,
        "four_eyes_under_brake": False,
        "flagged_above": Decimal(10000),
    },
    "reregistration": {
        "email": None,
        "email_for_ever_review": None,
        "phone": None,
        "document": None,
        "national_number": None,
        "national_number_while_archived": True,
    },
    "reactivation": {"disable_offered": True, "offered_first": True},
    "dormancy": {
        "inactive_after": 180 * DAY,
        "dormant_years": 2,
        "unclaimed_years": 3,
        "locks": True,
        "wake_factors": 2,
        "withdrawals_held_after_reset": 48 * HOUR,
    },
    "retention": {
        "identity_years": 5,
        "transactions_years": 7,
        "images_days": 30,
        "jurisdiction_may_lengthen": False,
    },
}


@pytest.mark.row(
    *("A02", "A11", "A14", "B11", "C02", "D01", "D02", "E01", "E02", "E03"),
    *("E06", "G01", "G02", "G03", "G04", "G05", "H01", "I03", "I04", "I05", "J02", "J03"),
)
def test_every_cell_is_the_published_one() -> None:
    assert asdict(loader.load("binance-us")) == CELLS


@pytest.mark.row("A02")
def test_what_is_odd_about_it_is_told() -> None:
    assert loader.warnings(loader.load("binance-us")) == [
        "[preflight] dust_total: any number of small coins may be left behind",
    ]
