"""Classes of the journal: what happened stays, what people wrote about it goes."""

from closure.retention.classes import E, K, ModelClass
from closure.retention.classes import all_of as _all

SEAL = "the seal of the journal: places, digests and signatures"

JOURNAL: dict[str, ModelClass] = {
    "accounts.Event": ModelClass(
        account=None,
        delete=False,
        fields=_all("id at account_id actor action body key_version leaf", K),
        basis="the journal: codes, opaque ids and digests only",
    ),
    "accounts.Note": ModelClass(account="account_id", delete=True, fields=_all("id event_id account_id text salt", E)),
    "accounts.JournalLeaf": ModelClass(
        account=None, delete=False, fields=_all("position event_id digest", K), basis=SEAL
    ),
    "accounts.JournalNode": ModelClass(
        account=None, delete=False, fields=_all("id level number digest", K), basis=SEAL
    ),
    "accounts.Checkpoint": ModelClass(
        account=None, delete=False, fields=_all("tree_size root previous at note", K), basis=SEAL
    ),
}
