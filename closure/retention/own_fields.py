"""Classes of the tables of what stays: sealed, or by opaque key, and gone with the keys of their month."""

from closure.retention.classes import Afterwards, K, ModelClass
from closure.retention.classes import all_of as _all

SEALED = "what the law wants kept, sealed; its key is destroyed when its time is over"

RETENTION: dict[str, ModelClass] = {
    "retention.PurgeMonth": ModelClass(
        account=None,
        delete=False,
        fields=_all("month state generation ring_version destroyed_at seen_at problem", K),
        basis="months, nobody's",
    ),
    "retention.ArchiveRecord": ModelClass(
        account=None,
        delete=False,
        fields=_all(
            "id shard account_id file_id record_class part key_month key_generation wrapped_key box sealed_at years "
            "jurisdiction expires_at",
            K,
        ),
        basis=SEALED,
    ),
    "retention.ArchivePrint": ModelClass(
        account=None,
        delete=False,
        fields=_all("id shard account_id record kind fingerprint base_version box", K),
        basis="how a sealed identity is found again: keyed, and gone with the key of its month",
    ),
    "retention.LegalHold": ModelClass(
        account=None,
        delete=False,
        fields=_all(
            "id shard account_id record_id case_number basis review_on placed_at placed_by confirmed_at confirmed_by "
            "lift_proposed_at lift_proposed_by lifted_at lifted_by",
            K,
        ),
        basis="orders of a court or an authority, by opaque key",
        # An order names whom it is about. Who placed and lifted it when stays.
        afterwards=Afterwards(blank={"case_number": "", "basis": ""}),
    ),
    "retention.Extension": ModelClass(
        account=None,
        delete=False,
        fields=_all("id shard account_id reason reference_id opened_at closed_at", K),
        basis="what is not settled yet, by opaque key",
    ),
    "retention.Disclosure": ModelClass(
        account=None,
        delete=False,
        fields=_all(
            "id shard account_id purpose case_reference asked_at asked_by agent_approved_at agent_approved_by "
            "lead_approved_at lead_approved_by opened_at opened_by bundle_digest",
            K,
        ),
        basis="who was given what from an archive, by opaque key",
    ),
}
