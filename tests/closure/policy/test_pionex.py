"""The preset `pionex`: every cell of its column in the published table, and nothing beside them."""

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
    "name": "pionex",
    "channels": frozenset({RequestChannel.WEB}),
    "preflight": {
        "dust_per_coin": Decimal(0),
        "dust_total": None,
        "dust_within": DustAbove.RESOLVE_EACH,
        "api_keys": ApiKeys.DELETED_FIRST,
        "identity_verified_required": False,
    },
    "verification": {
        "password": False,
        "required": (),
        "accepted": CODES,
        "needed": 2,
        "all_enrolled": False,
        "face_from_level": None,
        "document_number": AskDocument.IF_ON_FILE,
        "captcha": True,
        "final_reauthentication": FinalReauthentication.NONE,
        "window": 10 * MINUTE,
        "extensions": 10,
    },
    "waiting": {
        "wait": timedelta(),
        "due": HOUR,
        "brake_adds": 72 * HOUR,
        "brake_looks_back": 72 * HOUR,
        "max_frozen": 30 * DAY,
        "status_shows": frozenset({S.TIMELINE}),
        "export_until": ExportUntil.SUBMISSION,
    },
    "cancelling": {"by": frozenset()},
    "review": {
        "mode": Review.NONE,
        "four_eyes_above": None,
        "four_eyes_under_brake": False,
        "flagged_above": Decimal(10000),
    },
    "reregistration": {
        "email": 30 * DAY,
        "email_for_ever_review": None,
        "phone": 30 * DAY,
        "document": 30 * DAY,
        "national_number": 30 * DAY,
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
    assert asdict(loader.load("pionex")) == CELLS


@pytest.mark.row("A02", "E01", "E03")
def test_what_is_odd_about_it_is_told() -> None:
    assert loader.warnings(loader.load("pionex")) == [
        "[cancelling] by: nobody may cancel, whatever happens while it waits",
        "[waiting] wait is nothing: a mistaken closure cannot be stopped in time",
        "[preflight] dust_total: any number of small coins may be left behind",
    ]
