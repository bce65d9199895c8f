"""Classes of the tables of what stays: sealed, or by opaque key, and gone with the keys of their month."""

from closure.retention.classes import A, Afterwards, K, ModelClass
from closure.retention.classes import all_of as _all
from closure.retention.enums import RecordClass

SEALED = "what the law wants kept, sealed; its key is destroyed when its time is over"
# What names somebody in a hold, and the rest of it.
ORDER: dict[str, object] = {"case_number": "", "basis": ""}
HELD = (
    "record_id review_on placed_at placed_by confirmed_at confirmed_by lift_proposed_at lift_proposed_by lifted_at "
    "lifted_by"
)

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
        account="account_id",
        delete=False,
        fields={
            **_all(f"id shard account_id {HELD}", K),
            **_all("case_number basis", A),
        },
        basis="orders of a court or an authority, by opaque key",
        archive=RecordClass.CLOSURE_FILE,
        beside=HELD,
        blank=ORDER,
        # An order names whom it is about. That it was, who placed and lifted it when, stays.
        afterwards=Afterwards(blank=ORDER),
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
        # An authority's reference is free text of theirs, and may name whom it is about.
        afterwards=Afterwards(blank={"case_reference": ""}),
    ),
}
