"""Classes of the tables of the embedded core."""

from closure.retention.classes import A, E, K, ModelClass
from closure.retention.classes import all_of as _all
from closure.retention.enums import RecordClass

OWED = "what was left behind is still owed to the person: never destroyed, never income"
CORE = "the core's own record, by opaque key: a closed account takes nothing in"

# The embedded core (closure.exchange.ledger). A core elsewhere erases its own.
LEDGER: dict[str, ModelClass] = {
    "closure.LedgerHolding": ModelClass(
        account="account_id",
        delete=False,
        fields={
            **_all("id shard account_id area asset amount value_usdt unlocks redeemable unbonding", K),
            **_all("external_id", E),
        },
        basis=OWED,
    ),
    "closure.LedgerPosition": ModelClass(
        account="account_id", delete=True, fields=_all("id shard account_id area symbol side amount value_usdt", E)
    ),
    "closure.LedgerOrder": ModelClass(
        account="account_id",
        delete=True,
        fields=_all("id shard account_id area kind symbol side amount price external_id", E),
    ),
    "closure.LedgerLoan": ModelClass(
        account="account_id", delete=True, fields=_all("id shard account_id area asset amount", E)
    ),
    "closure.LedgerDebt": ModelClass(
        account="account_id", delete=True, fields=_all("id shard account_id asset amount network address", E)
    ),
    "closure.LedgerTransfer": ModelClass(
        account="account_id",
        delete=True,
        fields={**_all("id shard account_id", E), **_all("direction kind asset amount fee settles", A)},
        archive=RecordClass.TRANSACTIONS,
    ),
    "closure.LedgerApiKey": ModelClass(
        account="account_id",
        delete=True,
        fields=_all("id shard account_id key_id label scopes last_used revoked", E),
    ),
    "closure.LedgerAddress": ModelClass(
        account="account_id",
        delete=True,
        fields=_all("id shard account_id asset network address label whitelisted", E),
    ),
    "closure.LedgerTransaction": ModelClass(
        account="account_id",
        delete=True,
        fields={**_all("id shard account_id value_usdt", E), **_all("time kind asset amount fee reference", A)},
        archive=RecordClass.TRANSACTIONS,
        streamed=True,
    ),
    "closure.LedgerReferral": ModelClass(
        account="account_id", delete=True, fields=_all("id shard account_id asset amount settled", E)
    ),
    "closure.LedgerNft": ModelClass(
        account="account_id",
        delete=True,
        fields={**_all("id shard account_id", E), **_all("collection token chain", A)},
        archive=RecordClass.TRANSACTIONS,
    ),
    "closure.LedgerAccountState": ModelClass(
        account=None,
        delete=False,
        fields=_all("id shard account_id deposits_locked whitelist_on frozen closed", K),
        basis=CORE,
    ),
    "closure.LedgerEffect": ModelClass(
        account="account_id",
        delete=False,
        fields={**_all("id shard account_id key call digest done_at", K), **_all("answer", E)},
        basis=CORE,
        blank={"answer": {}},
    ),
    "closure.LedgerEvent": ModelClass(
        account="account_id",
        delete=False,
        fields={**_all("id shard account_id position at kind", K), **_all("data", E)},
        basis=CORE,
        blank={"data": {}},
        # Perhaps nobody has read it yet, and what it tells is owed.
        spare={"kind": "late_deposit"},
    ),
    "closure.LedgerCounter": ModelClass(account=None, delete=False, fields=_all("name last", K), basis="nobody's"),
    "closure.LedgerImport": ModelClass(
        account="account_id", delete=True, fields=_all("id account_id digest key_version imported_at", E)
    ),
}
