"""What the portal knows of a person. Of what it keeps as a fingerprint only, there is no more than the masked hint."""

from typing import Any

from django.utils.translation import gettext as _

from accounts import identifiers
from accounts.enums import IdentifierKind
from accounts.models import Account
from accounts.verification import upkeep
from closure import causes, exchange
from closure.exports.history import moment
from closure.models import ClosureRequest
from closure.timeline import of_requests

# The words of every hold of the law: never which, by whom or since when (tipping-off).
HOLD = "hold"


def identity(account: Account) -> dict[str, Any]:
    """Return contacts, identity verification, factors and restrictions as facts by name."""
    return {
        "account": {
            "id": str(account.pk),
            "status": account.status,
            "created": moment(account.created_at),
            "last_active": moment(account.last_active_at),
            "vip": account.vip,
            "language": account.language,
        },
        "contact": {"email": account.email, "phone": account.phone},
        "identity": _verification(account),
        "factors": [
            {"kind": each.kind.value, "name": each.name, "since": moment(each.since)}
            for each in upkeep.enrolled(account)
        ],
        "restrictions": _restrictions(account),
    }


def _verification(account: Account) -> dict[str, Any]:
    return {
        "name": account.name,
        "level": account.identity_level,
        "status": account.identity_status,
        "country": account.country,
        "region": account.region,
        "document": {
            "type": account.document_type,
            "country": account.document_country,
            "expires": account.document_expires.isoformat() if account.document_expires else None,
            "number_hint": identifiers.hint(account, IdentifierKind.DOCUMENT),
        },
        "national_number_hint": identifiers.hint(account, IdentifierKind.NATIONAL_NUMBER),
        "note": _("We keep numbers of documents as fingerprints only, so we cannot show more than these hints."),
    }


def _restrictions(account: Account) -> list[dict[str, str]]:
    open_ones, held = causes.for_owner(account.pk)
    told = [{"kind": each.kind, "since": moment(each.placed_at)} for each in open_ones]
    if held:
        told.append({"kind": HOLD, "text": _("A legal or risk hold applies; we cannot say more.")})
    return told


def addresses(account: Account) -> list[dict[str, Any]]:
    """Return the saved withdrawal addresses; raises GatewayError."""
    return [
        {
            "asset": each.asset,
            "network": each.network,
            "address": each.address,
            "label": each.label,
            "whitelisted": each.whitelisted,
        }
        for each in exchange.get_gateway().addresses(account.pk)
    ]


def closures(account: Account) -> list[dict[str, Any]]:
    """Return the requests to close this account and what happened to them, as their owner may read it."""
    requests = list(ClosureRequest.objects.filter(account=account).order_by("id"))
    told = of_requests(requests)
    return [
        {
            "reference": request.reference,
            "state": request.state,
            "created": moment(request.created_at),
            "policy": {"name": request.policy_name, "version": request.policy_version},
            "timeline": [{"at": moment(each.at), "code": each.code, "text": each.text} for each in told[request.pk]],
        }
        for request in requests
    ]
