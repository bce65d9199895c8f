"""Keys, addresses and locks at the embedded core."""

from uuid import UUID

from closure.exchange.contract import Address
from closure.exchange.errors import Refused
from closure.exchange.ledger.books import Detail, rows
from closure.exchange.ledger.models import LedgerAccountState, LedgerAddress, LedgerApiKey


def revoke_keys(account_id: UUID, *, key_ids: tuple[str, ...] | None) -> Detail:
    """Revoke the named keys, or all; revoked ones stay revoked. Raises Refused(`unknown_key`)."""
    keys = rows(LedgerApiKey, account_id)
    if key_ids is not None:
        known = set(keys.values_list("key_id", flat=True))
        if not set(key_ids) <= known:
            raise Refused("unknown_key")
        keys = keys.filter(key_id__in=key_ids)
    return {"revoked": str(keys.filter(revoked=False).update(revoked=True))}


def addresses(account_id: UUID) -> tuple[Address, ...]:
    """Return the saved withdrawal addresses, oldest first."""
    return tuple(
        Address(
            address_id=str(row.pk),
            asset=row.asset,
            network=row.network,
            address=row.address,
            label=row.label,
            whitelisted=row.whitelisted,
        )
        for row in rows(LedgerAddress, account_id).order_by("id")
    )


def remove_addresses(account_id: UUID, *, address_ids: tuple[str, ...] | None) -> Detail:
    """Remove the named addresses for good, or all (F03); those already gone stay gone."""
    found = [row for row in rows(LedgerAddress, account_id) if address_ids is None or str(row.pk) in address_ids]
    count, _by_model = rows(LedgerAddress, account_id).filter(pk__in=[row.pk for row in found]).delete()
    return {"removed": str(count)}


def set_whitelist(state: LedgerAccountState, *, on: bool) -> Detail:
    """Let crypto leave to whitelisted addresses alone, or to every saved one."""
    state.whitelist_on = on
    state.save(update_fields=["whitelist_on"])
    return {}


def set_state(state: LedgerAccountState, *, deposits_locked: bool | None = None, frozen: bool | None = None) -> Detail:
    """Write what the locked state row lets the account do from now on."""
    if deposits_locked is not None:
        state.deposits_locked = deposits_locked
    if frozen is not None:
        state.frozen = frozen
    state.save(update_fields=["deposits_locked", "frozen"])
    return {}


def close(state: LedgerAccountState) -> Detail:
    """End the account at the core for good; balances stay on the books as owed. Raises Refused(`deposits_open`)."""
    if not state.deposits_locked:
        raise Refused("deposits_open")
    state.closed = state.frozen = True
    # Nothing of addresses and whitelists is kept (F03).
    state.whitelist_on = False
    state.save(update_fields=["closed", "frozen", "whitelist_on"])
    return {}
