"""Policies as mappings: the standard one with some cells changed."""

from typing import Any

from closure.policy import loader

Changes = dict[str, dict[str, Any]]


def standard() -> dict[str, Any]:
    """Return the mapping of `standard`, new each time."""
    return loader.to_mapping(loader.load("standard"))


def changed(changes: Changes, **top: Any) -> dict[str, Any]:
    """Return the mapping of `standard` with cells changed: `{"waiting": {"wait": "3 d"}}`."""
    mapping = standard() | top
    return mapping | {section: mapping[section] | cells for section, cells in changes.items()}


# The published systems, cell by cell; where a source is silent, `standard` holds.
COLUMNS: dict[str, Changes] = {
    "binance": {
        "preflight": {"dust_per_coin": "1", "dust_total": "none", "dust_within": "warn", "api_keys": "deleted_first"},
        "verification": {
            "password": False,
            "required": [["email"], ["sms"], ["totp", "passkey"]],
            "all_enrolled": True,
            "needed": 2,
            "face_from_level": 2,
            "document_number": "no",
            "final_reauthentication": "none",
            "extensions": 0,
        },
        "waiting": {
            "wait": "24 h",
            "due": "72 h",
            "brake_adds": "72 h",
            "status_shows": ["timeline"],
            "export_until": "submission",
        },
        "cancelling": {"by": ["support"]},
        "review": {"mode": "if_flagged", "four_eyes_above": "none", "four_eyes_under_brake": False},
        "reregistration": {"email": "90 d", "email_for_ever_review": "365 d"},
        "reactivation": {"disable_offered": False},
        "dormancy": {
            "dormant_years": "none",
            "locks": False,
            "wake_factors": 1,
            "withdrawals_held_after_reset": "24 h",
        },
        "retention": {"jurisdiction_may_lengthen": False},
    },
    "binance-cooling-off": {
        "preflight": {"dust_per_coin": "0", "dust_total": "none", "identity_verified_required": True},
        "verification": {"accepted": ["sms", "totp"], "needed": 1, "document_number": "no"},
        "waiting": {"status_shows": ["balances", "history", "export"]},
        "review": {"four_eyes_above": "none", "four_eyes_under_brake": False},
        "reregistration": {"email": "365 d", "phone": "none", "document": "none"},
        "reactivation": {"disable_offered": False},
        "dormancy": {"dormant_years": "none", "locks": False, "wake_factors": 1},
    },
    "binance-us": {
        "preflight": {"dust_per_coin": "0", "dust_total": "none"},
        "verification": {
            "password": False,
            "accepted": ["email", "totp"],
            "required": [["email"], ["totp"]],
            "document_number": "no",
        },
        "review": {"mode": "one_agent", "four_eyes_above": "none", "four_eyes_under_brake": False},
        "reregistration": {
            "email": "none",
            "phone": "none",
            "document": "none",
            "national_number_while_archived": True,
        },
        "reactivation": {"offered_first": True},
        "dormancy": {"unclaimed_years": 3},
        "retention": {"jurisdiction_may_lengthen": False},
    },
    "pionex": {
        "preflight": {"dust_per_coin": "0", "dust_total": "none", "api_keys": "deleted_first"},
        "verification": {"password": False, "captcha": True, "final_reauthentication": "none"},
        "waiting": {
            "wait": "0 d",
            "due": "1 h",
            "brake_adds": "72 h",
            "status_shows": ["timeline"],
            "export_until": "submission",
        },
        "cancelling": {"by": []},
        "review": {"mode": "none", "four_eyes_above": "none", "four_eyes_under_brake": False},
        "reregistration": {"phone": "30 d", "document": "30 d", "national_number": "30 d"},
        "reactivation": {"disable_offered": False},
        "dormancy": {"dormant_years": "none", "locks": False, "wake_factors": 1},
    },
}
