"""Every field of every model is classed: erased at closing, archived then erased, or kept, and why.

A test walks all models and fails on a field without a class. Erasure, the archive and the receipt are driven by these
tables. Labels are text: this floor never imports its parent.
"""

from django.db.models import F

from closure.retention.away_fields import AWAY
from closure.retention.classes import A, Afterwards, E, FieldClass, K, ModelClass
from closure.retention.classes import all_of as _all
from closure.retention.enums import RecordClass
from closure.retention.journal_fields import JOURNAL
from closure.retention.ledger_fields import LEDGER
from closure.retention.own_fields import RETENTION

__all__ = ["CLASSES", "FieldClass", "ModelClass"]

TOMBSTONE = "the tombstone that keeps a closed account closed"
RECORD = "the record that the closure happened as it was asked for"

ACCOUNTS: dict[str, ModelClass] = {
    "accounts.Account": ModelClass(
        account="id",
        delete=False,
        fields={
            **_all("id shard status status_changed_at session_epoch created_at is_staff is_superuser", K),
            **_all("journal_head withdrawals_held_until", K),
            **_all("email phone name identity_level identity_status document_type document_country", A),
            **_all("document_expires country region", A),
            **_all("password language vip last_active_at last_here_at password_chosen_at", E),
            **_all("anti_phishing_code groups user_permissions", E),
        },
        basis=TOMBSTONE,
        archive=RecordClass.IDENTITY,
        beside="created_at",
        blank={
            "password": "!",
            "language": "en",
            "vip": 0,
            "identity_level": 0,
            "identity_status": "none",
            "last_active_at": F("created_at"),
        },
    ),
    "accounts.Identifier": ModelClass(
        account="account_id",
        delete=True,
        fields={**_all("id shard account fingerprint key_version", E), **_all("kind hint created_at", A)},
        archive=RecordClass.IDENTITY,
    ),
    "accounts.FormerContact": ModelClass(
        account="account_id",
        delete=True,
        fields=_all("id shard account kind value fingerprint replaced_at held_until", E),
    ),
    "accounts.Restriction": ModelClass(
        account="account_id",
        delete=True,
        fields=_all(
            "id shard account kind placed_at placed_by placer_id confirmed_at confirmed_by lifted_at lifted_by "
            "withdrawals_until released_by lift_asked_at lift_proposed_at lift_proposed_by lift_confirmed_by "
            "debt_asked_at",
            E,
        ),
        afterwards=Afterwards(),
    ),
    "accounts.RestrictionReport": ModelClass(
        account=None,
        delete=False,
        fields=_all("id event_id account_id kind move at taken_at outcome", K),
        basis="codes and opaque keys: what the exchange core told is taken once, after closing too",
    ),
    "accounts.SignIn": ModelClass(
        account="account_id",
        delete=True,
        fields=_all("id shard account at result factor address_hint user_agent device", E),
    ),
    "accounts.Session": ModelClass(
        account="account_id",
        delete=True,
        fields=_all("id key_digest kind account_id data created_at active_at expires_at", E),
        # Opaque keys, for half an hour: who is looking sees the closing end.
        spare={"kind": "status"},
    ),
    "accounts.MailedLink": ModelClass(
        account="account_id",
        delete=True,
        fields=_all("id shard account purpose subject_id channel digest created_at expires_at used_at", E),
    ),
    "accounts.PasswordUsed": ModelClass(
        account="account_id", delete=True, fields=_all("id shard account encoded replaced_at", E)
    ),
    "accounts.RegistrationLink": ModelClass(
        account=None,
        delete=False,
        fields=_all("id channel contact language digest created_at expires_at used_at", K),
        basis="nobody's yet: the address is sealed, the row is deleted within an hour",
    ),
    "accounts.Tally": ModelClass(
        account=None,
        delete=False,
        fields=_all("id subject purpose started_at used", K),
        basis="keyed digests and numbers, deleted after a day",
    ),
    "accounts.EmailDevice": ModelClass(
        account="user_id", delete=True, fields=_all("id shard user name confirmed created_at barred_until", E)
    ),
    "accounts.SmsDevice": ModelClass(
        account="user_id", delete=True, fields=_all("id shard user name confirmed created_at barred_until", E)
    ),
    "accounts.TotpDevice": ModelClass(
        account="user_id", delete=True, fields=_all("id shard user name confirmed created_at secret last_step", E)
    ),
    "accounts.Passkey": ModelClass(
        account="user_id",
        delete=True,
        fields=_all(
            "id shard user name confirmed created_at last_used_at credential_type credential_id credential_id_sha256 "
            "public_key transports sign_count backup_eligible backup_state aaguid discoverable",
            E,
        ),
    ),
    "accounts.BackupCode": ModelClass(
        account="account_id", delete=True, fields=_all("id shard account device digest created_at used_at", E)
    ),
    "accounts.BackupDevice": ModelClass(
        account="user_id", delete=True, fields=_all("id shard user name confirmed created_at", E)
    ),
    "accounts.ContactChange": ModelClass(
        account="account_id",
        delete=True,
        fields=_all("id shard account kind value created_at expires_at authorized_at done_at ended_at former", E),
    ),
    "accounts.OneTimeCode": ModelClass(
        account="account_id",
        delete=True,
        fields=_all("id shard account device_id step_up_id purpose digest created_at expires_at used_at", E),
    ),
    "accounts.IdempotentAnswer": ModelClass(
        account="account_id",
        delete=True,
        fields=_all("id shard account_id key_digest body_digest created_at http_status answer", E),
    ),
    "accounts.StepUp": ModelClass(
        account="account_id",
        delete=True,
        fields=_all(
            "id shard account purpose digest kinds needed second_factor_required passed window_seconds "
            "extensions_left created_at expires_at used_at replaced_at",
            E,
        ),
    ),
    "accounts.Attempt": ModelClass(
        account="subject", delete=True, fields=_all("id subject purpose window started_at failures", E)
    ),
    "accounts.OutboxMessage": ModelClass(
        account=None,
        delete=False,
        fields=_all(
            "id account_id channel template payload state in_bulk attempts created_at due_at finished_at last_error", K
        ),
        basis="the last mail: sealed, deleted on delivery or after 72 hours; earlier ones go by the erase step",
    ),
    "accounts.DeliveryEvent": ModelClass(
        account="account_id",
        delete=True,
        fields=_all("id report_digest account_id channel outcome fingerprint key_version at received_at case", E),
    ),
    "accounts.Announcement": ModelClass(
        account=None,
        delete=False,
        fields=_all("id texts regions starts_at ends_at published_at published_by ended_at ended_by", K),
        basis="what was told to everybody; nobody's data",
    ),
    "accounts.BlockedIdentity": ModelClass(
        account=None,
        delete=False,
        fields=_all(
            "id shard account_id file_id kind fingerprint key_version counted_from blocked_until while_archived "
            "review_every for_ever_at for_ever_by review_due_at release_proposed_at release_proposed_by released_at "
            "released_by",
            K,
        ),
        basis="blocks identifiers of a closed account until their date: keyed, deleted afterwards (G08)",
    ),
    "accounts.Case": ModelClass(
        account=None,
        delete=False,
        fields=_all("id reference account_id kind state created_at resolved_at desk_by desk_until", K),
        basis="opaque reference, kind and keys only",
    ),
    # Cases that nobody has shown to be theirs lapse, and lose their texts (accounts.case_upkeep).
    "accounts.CaseContact": ModelClass(
        account="account_id", delete=True, fields=_all("id case account_id channel value language matched_at", E)
    ),
    "accounts.CaseMessage": ModelClass(
        account="account_id", delete=True, fields=_all("id case account_id from_staff text at", E)
    ),
    "accounts.CaseLink": ModelClass(
        account="account_id",
        delete=True,
        fields=_all("id case account_id channel digest created_at expires_at used_at", E),
    ),
}

CLOSURE: dict[str, ModelClass] = {
    "closure.ClosureRequest": ModelClass(
        account=None,
        delete=False,
        fields=_all(
            "id shard account reference state version channel created_at touched_at policy policy_name "
            "policy_version progress acknowledged acknowledged_texts submitted_at finalizes_after finalizes_before "
            "release_at flags review_due four_eyes_due face_due face_consent face_outcome face_recorded_at "
            "face_recorded_by reviewed_at reviewed_by proposed_at proposed_by assigned_to desk_by desk_until held_from "
            "held_reasons held_at plan sealed_at parked_at next_try_at ended_at first_ended_at end_reason",
            K,
        ),
        basis=RECORD,
    ),
    "closure.CheckRun": ModelClass(
        account="account_id",
        delete=False,
        fields={
            **_all("id shard account request moment verdict policy_version snapshot_at deposits_locked created_at", K),
            **_all("withdrawn_usdt result", A),
        },
        basis=RECORD,
        blank={"result": {}},
        archive=RecordClass.CLOSURE_FILE,
        beside="moment verdict policy_version snapshot_at deposits_locked created_at",
    ),
    "closure.RemedyRun": ModelClass(
        account="account_id",
        delete=True,
        fields=_all(
            "id shard account code key_digest confirmed moves state attempts created_at working_until next_try_at "
            "ended_at",
            E,
        ),
    ),
    "closure.Residual": ModelClass(
        account=None,
        delete=False,
        fields=_all("id shard account asset amount refusals state asked_at decided_at decided_by ended_at", K),
        basis="what was given up stays owed to the person under the sealed identity: never destroyed, never income",
    ),
    "closure.Effect": ModelClass(
        account=None,
        delete=False,
        fields=_all("id shard account_id request kind key state attempts created_at due_at done_at last_error", K),
        basis=RECORD,
    ),
    "closure.Receipt": ModelClass(
        account=None,
        delete=False,
        fields=_all("id shard account_id request body signature written_at", K),
        basis="proof for its holder: numbers, codes and dates, nothing personal",
    ),
    "closure.DepositClaim": ModelClass(
        account=None,
        delete=False,
        fields=_all(
            "id shard account_id event_id asset amount arrived_at opened_at case outcome proposed_at proposed_by "
            "settled_at settled_by",
            K,
        ),
        basis="what arrived too late is owed to the person, known by opaque key: never lost, never income",
    ),
    "closure.CoreCursor": ModelClass(
        account=None, delete=False, fields=_all("stream cursor", K), basis="how far we have read, nobody's"
    ),
    "closure.HelpFeedback": ModelClass(
        account=None, delete=False, fields=_all("id slug helped not_helped", K), basis="counts, nobody's"
    ),
    # Photos are never archived: decisions are (closure.evidence.upkeep).
    "closure.Export": ModelClass(
        account="account_id",
        delete=True,
        fields=_all(
            "id shard account_id kind state created_at expires_at due_at attempts last_error lines reason file key "
            "size sha256 ready_at",
            E,
        ),
    ),
}

FRAMEWORK: dict[str, ModelClass] = {
    "auth.Permission": ModelClass(account=None, delete=False, fields=_all("id name content_type codename", K)),
    "auth.Group": ModelClass(account=None, delete=False, fields=_all("id name permissions", K)),
    "contenttypes.ContentType": ModelClass(account=None, delete=False, fields=_all("id app_label model", K)),
    "admin.LogEntry": ModelClass(
        account=None,
        delete=False,
        fields=_all("id action_time user content_type object_id object_repr action_flag change_message", K),
        basis="never written: the journal tells who did what",
    ),
    "django_otp_webauthn.WebAuthnUserHandle": ModelClass(
        account="user_id", delete=True, fields=_all("handle_hex user", E)
    ),
    "django_otp_webauthn.WebAuthnCredential": ModelClass(
        account=None,
        delete=False,
        fields=_all(
            "id user name confirmed created_at last_used_at credential_type credential_id credential_id_sha256 "
            "public_key transports sign_count backup_eligible backup_state aaguid discoverable",
            K,
        ),
        basis="never written: accounts.Passkey is in its place",
    ),
    "django_otp_webauthn.WebAuthnAttestation": ModelClass(
        account=None,
        delete=False,
        fields=_all("id fmt data client_data_json credential", K),
        basis="never written: we ask for no attestation",
    ),
    "django_q.Schedule": ModelClass(
        account=None,
        delete=False,
        fields=_all(
            "id name func hook args kwargs schedule_type minutes repeats next_run cron task cluster "
            "intended_date_kwarg",
            K,
        ),
        basis="never written: the scheduler is off",
    ),
    "django_q.Task": ModelClass(
        account=None,
        delete=False,
        fields=_all("id name func hook args kwargs result group cluster started stopped success attempt_count", K),
        basis="ids only",
    ),
    "django_q.OrmQ": ModelClass(
        account=None, delete=False, fields=_all("id key payload lock", K), basis="a wake-up hint: ids only"
    ),
}
# The same table in other words.
FRAMEWORK |= dict.fromkeys(("django_q.Success", "django_q.Failure"), FRAMEWORK["django_q.Task"])

CLASSES: dict[str, ModelClass] = {**ACCOUNTS, **JOURNAL, **CLOSURE, **LEDGER, **RETENTION, **AWAY, **FRAMEWORK}
