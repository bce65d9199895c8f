"""Classes of the tables about staying away, coming back, what restricts, and photos: gone with the account."""

from closure.retention.classes import A, E, K, ModelClass
from closure.retention.classes import all_of as _all
from closure.retention.enums import RecordClass

AWAY: dict[str, ModelClass] = {
    "accounts.FactorRecovery": ModelClass(
        account="account_id",
        delete=True,
        fields=_all(
            "id shard account case state version carried_by given lost new_kind new_value new_confirmed_at "
            "created_at touched_at submitted_at broken proposed_at proposed_by confirmed_at confirmed_by due_at "
            "ended_at end_reason",
            E,
        ),
    ),
    "accounts.RecoveryInvitation": ModelClass(
        account="account_id",
        delete=True,
        fields=_all(
            "id shard account opens cause case created_at proposed_at proposed_by confirmed_at confirmed_by expires_at "
            "begun_id ended_at end_reason",
            E,
        ),
    ),
    "accounts.DormancyNotice": ModelClass(
        account="account_id",
        delete=True,
        fields=_all("id shard account matter on days_before channel first_sent_at sent_at handled_at handled_by", E),
    ),
    "closure.WelcomeBack": ModelClass(
        account="account_id",
        delete=True,
        fields=_all("id shard account began_at away_since password_since mandatory reviewed finished_at", E),
    ),
    "closure.CoreNews": ModelClass(
        account="account_id", delete=True, fields=_all("id shard account_id event_id kind at facts", E)
    ),
    "closure.Disabling": ModelClass(
        account="account_id",
        delete=True,
        fields=_all("id shard account_id freeze due_at tries looked_at left case", E),
    ),
    "closure.Reactivation": ModelClass(
        account="account_id",
        delete=True,
        fields={
            **_all("id shard account case version touched_at policy note document_chosen_at asked", E),
            **_all("reference state created_at policy_name policy_version document_type submitted_at asked_at", A),
            **_all("broken proposed_at proposed_by decided_at decided_by end_reason", A),
        },
        archive=RecordClass.CLOSURE_FILE,
    ),
    "closure.Readmission": ModelClass(
        account="account_id",
        delete=True,
        fields=_all("id shard account case proposed_at proposed_by confirmed_at confirmed_by dropped_at dropped_by", E),
    ),
    "closure.Evidence": ModelClass(
        account="account_id",
        delete=True,
        fields=_all(
            "id shard account_id case kind taken_at keep_for verdicts file key size width height taken_away_at", E
        ),
    ),
    "closure.Sighting": ModelClass(
        account="account_id", delete=True, fields=_all("id evidence account_id is_file mark key_version", E)
    ),
    "accounts.Matter": ModelClass(
        account="account_id",
        delete=True,
        fields=_all(
            "id shard account kind case country region opened_at accepted_at accepted_by asked_at refused_at "
            "refused_by broken",
            E,
        ),
    ),
    "accounts.SweepMark": ModelClass(
        account=None,
        delete=False,
        fields=_all("line reached_at reached_id round_began_at", K),
        basis="how far we have looked: an opaque key, replaced by the next",
    ),
}
