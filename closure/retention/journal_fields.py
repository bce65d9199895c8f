"""Classes of the journal: what happened stays, what people wrote about it is archived, then goes."""

from closure.retention.classes import A, Afterwards, E, K, ModelClass
from closure.retention.classes import all_of as _all
from closure.retention.enums import RecordClass

SEAL = "the seal of the journal: places, digests and signatures"

JOURNAL: dict[str, ModelClass] = {
    "accounts.Event": ModelClass(
        account=None,
        delete=False,
        fields=_all("id at account_id actor action body key_version leaf", K),
        basis="the journal: codes, opaque ids and digests only",
    ),
    "accounts.Note": ModelClass(
        account="account_id",
        delete=True,
        fields={**_all("id account_id", E), **_all("event_id text salt", A)},
        archive=RecordClass.CLOSURE_FILE,  # what people wrote of their decisions; the salt shows it is unchanged
        afterwards=Afterwards(),  # reasons of what was decided since; their salted digests stay in the journal
    ),
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
