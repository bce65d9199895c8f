"""What each matter says to its owner: what to write, what to send, and what follows (K02-K05, J05)."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.enums import IdentityStatus, MatterKind
from accounts.models import Account
from closure.enums import EvidenceKind

M, E = MatterKind, EvidenceKind
Text = str | Promise


@dataclass(frozen=True, kw_only=True)
class Words:
    """One matter on its page; `photos` are what may be sent, with words for each; without any it is writing alone.

    `written` is what the case begins with where its owner has nothing to add; empty where they have to write.
    """

    title: Text
    button: Text
    lead: Text
    ask: Text
    hint: Text
    then: Text
    written: Text = ""
    photos: tuple[tuple[EvidenceKind, Text], ...] = ()


DOCUMENT = (
    (E.DOCUMENT_FRONT, _("The front, or the page with your photo")),
    (E.DOCUMENT_BACK, _("The back, where there is one")),
)
WORDS: dict[MatterKind, Words] = {
    M.FRAUD_ALERT: Words(
        title=_("Help us clear the fraud alert"),
        button=_("Tell us what happened"),
        lead=_("Somebody may have tried to misuse your account. A person goes through it with you."),
        ask=_("What do you know about it?"),
        hint=_("Payments or sign-ins that were not yours, who asked you for codes, and when. Never write a password."),
        then=_("We read it and ask you in the case if we need more. Our staff clear the alert once they are sure."),
        photos=((E.DOCUMENT_FRONT, _("A letter, a receipt or another paper that shows it")),),
    ),
    M.UNSUPPORTED_REGION: Words(
        title=_("You have moved"),
        button=_("I have moved"),
        lead=_("Tell us where you live now, and send a proof of it. A person looks at it."),
        ask=_("Anything to add?"),
        hint=_("You can leave this empty."),
        then=_("When our staff have accepted the proof, your account has the new region and the restriction ends."),
        written=_("I have moved."),
        photos=(
            (
                E.DOCUMENT_FRONT,
                _("A proof of where you live: a bill, a bank letter or a permit, not older than 3 months"),
            ),
            (E.DOCUMENT_BACK, _("Its second page, where there is one")),
        ),
    ),
    M.FAILED_VERIFICATION: Words(
        title=_("Send further documents"),
        button=_("Send documents"),
        lead=_("Your identity could not be verified. Send photos of a document that is valid. A person looks at them."),
        ask=_("Anything to add?"),
        hint=_("You can leave this empty. What went wrong last time helps us."),
        then=_("When our staff have accepted it, you are verified and the restriction ends."),
        written=_("I send further documents."),
        photos=DOCUMENT,
    ),
    M.IDENTITY_REFRESH: Words(
        title=_("Show your identity document again"),
        button=_("Show your document"),
        lead=_("Your identity check is due again. Send photos of a document that is valid. A person looks at them."),
        ask=_("Anything to add?"),
        hint=_("You can leave this empty."),
        then=_("Until it is done you cannot sell, unless you close your account. Everything else stays open."),
        written=_("I show my document again."),
        photos=DOCUMENT,
    ),
    M.REVIEW: Words(
        title=_("Review of your account"),
        button=_("Ask for a review"),
        lead=_("Everything that you can do is done. A person looks at the whole."),
        ask=_("Anything to add?"),
        hint=_("You can leave this empty."),
        then=_("We answer in the case."),
        written=_("Please review my account: I have done what each restriction asks for."),
    ),
}

# Who moved and was never verified shows a document for the first time (K03).
FIRST_SHOWN = Words(
    title=_("Show your identity document"),
    button=_("Show your document"),
    lead=_("Your identity is not verified, and a new home needs that. Send photos of a document that is valid."),
    ask=_("Anything to add?"),
    hint=_("You can leave this empty."),
    then=_("A person looks at them. Once you are verified, we can accept the proof of where you live now."),
    written=_("I show my document."),
    photos=DOCUMENT,
)


def of(kind: MatterKind, account: Account) -> Words:
    """Return the words of a kind of matter, for the account as it is."""
    is_first = kind is M.IDENTITY_REFRESH and account.identity_status != IdentityStatus.REFRESH_DUE
    return FIRST_SHOWN if is_first else WORDS[kind]
