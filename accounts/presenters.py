"""Journal events in words, for timelines and the staff console."""

from accounts.models import Event

WORDS: dict[str, str] = {
    "account.created": "Account created",
    "account.updated": "Account details updated",
    "account.status_changed": "Account status changed",
    "restriction.placed": "Restriction placed",
    "restriction.lifted": "Restriction lifted",
    "restriction.withdrawals_released": "Withdrawals released under a failed verification",
    "sign_in.completed": "Signed in",
    "sign_in.ended": "Signed out",
    "factor.added": "Factor added",
    "factor.removed": "Factor removed",
    "factor.replaced": "Factor replaced",
    "factor.renamed": "Factor renamed",
    "contact.changed": "E-mail address or phone number changed",
    "anti_phishing.changed": "Anti-phishing words changed",
    "sessions.ended": "All other sessions ended",
    "api_keys.revoked": "API keys revoked",
    "addresses.removed": "Withdrawal addresses removed",
    "whitelist.on": "Withdrawal whitelist turned on",
    "whitelist.off_allowed": "Owner allowed the withdrawal whitelist to be turned off; withdrawals held",
    "whitelist.off": "Withdrawal whitelist turned off",
    "remedy.confirmed": "Owner confirmed a remedy",
    "remedy.done": "Remedy done",
    "remedy.partly_done": "Remedy done in part",
    "remedy.refused": "Remedy refused by the exchange: nothing moved",
    "residual.asked": "Owner gives up an asset",
    "residual.confirmed": "Giving up an asset confirmed",
    "residual.refused": "Giving up an asset refused",
    "residual.taken_back": "Owner keeps the asset after all",
    "export.requested": "Records asked for",
    "export.opened": "Records opened after a fresh code",
    "export.ready": "Records ready to download",
    "export.failed": "Records could not be made",
    "export.expired": "Records removed at their date",
    "reading.opened": "Balances and history opened after a fresh code",
    "password.changed": "Password changed",
    "password.reset": "Password reset",
    "link.used": "Mailed link used",
    "staff.enrolled": "Staff member enrolled",
    "block.for_ever": "Identifier blocked for ever",
    "block.reviewed": "Block for ever looked at again",
    "block.release_proposed": "Early release of a block proposed",
    "block.release_dropped": "Proposed release of a block taken back",
    "block.released": "Block released early",
}


def sentence(event: Event) -> str:
    """Return what an event says in words; an action without words shows its code."""
    return WORDS.get(event.action, event.action)
