"""The preset `binance`: every cell of its column in the published table, and nothing beside them."""

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
CODES = frozenset({K.EMAIL, K.SMS, K.TOTP, K.PASSKEY})
CELLS: dict[str, Any] = {
    "name": "binance",
    "channels": frozenset(RequestChannel),
    "preflight": {
        "dust_per_coin": Decimal(1),
        "dust_total": None,
        "dust_within": DustAbove.WARN,
        "api_keys": ApiKeys.DELETED_FIRST,
        "identity_verified_required": False,
    },
    "verification": {
        "password": False,
        "required": (frozenset({K.EMAIL}), frozenset({K.TOTP, K.PASSKEY}), frozenset({K.SMS})),
        "accepted": CODES,
        "needed": 2,
        "all_enrolled": True,
        "face_from_level": 2,
        "document_number": AskDocument.NO,
        "captcha": False,
        "final_reauthentication": FinalReauthentication.NONE,
        "window": 10 * MINUTE,
        "extensions": 0,
    },
    "waiting": {
        "wait": 24 * HOUR,
        "due": 72 * HOUR,
        "brake_adds": 72 * HOUR,
        "brake_looks_back": 72 * HOUR,
        "max_frozen": 30 * DAY,
        "status_shows": frozenset({S.TIMELINE}),
        "export_until": ExportUntil.SUBMISSION,
    },
    "cancelling": {"by": frozenset({CancelBy.SUPPORT})},
    "review": {
        "mode": Review.IF_FLAGGED,
        "four_eyes_above": None,
        "four_eyes_under_brake": False,
        "flagged_above": Decimal(10000),
    },
    "reregistration": {
        "email": 90 * DAY,
        "email_for_ever_review": 365 * DAY,
        "phone": 90 * DAY,
        "document": 90 * DAY,
        "national_number": None,
        "national_number_while_archived": False,
    },
    "reactivation": {"disable_offered": False, "offered_first": False},
    "dormancy": {
        "inactive_after": 180 * DAY,
        "dormant_years": None,
        "unclaimed_years": None,
        "locks": False,
        "wake_factors": 1,
        "withdrawals_held_after_reset": 24 * HOUR,
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
    *("G01", "G02", "G03", "G04", "H01", "I03", "I04", "I05", "J02", "J03"),
)
def test_every_cell_is_the_published_one() -> None:
    assert asdict(loader.load("binance")) == CELLS


@pytest.mark.row("A02", "E03")
def test_what_is_odd_about_it_is_told() -> None:
    assert loader.warnings(loader.load("binance")) == [
        "[cancelling] by: customers cannot cancel by themselves",
        "[preflight] dust_total: any number of small coins may be left behind",
    ]
