"""Words that answers begin with, by code, in the customer's language; staff edit them before they send anything."""

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.enums import CaseKind

# The codes of kinds of cases come first: the page of such a case offers them.
TEMPLATES: dict[str, tuple[str | Promise, str | Promise]] = {
    CaseKind.DOCUMENT_NUMBER.value: (
        _("Document number: questions first"),
        _(
            "We can help you go on without the number of that document. First we have to be sure that it is you.\n\n"
            "Please answer here: which kind of document was it, which country issued it, and in which month did you "
            "open your account? Do not send pictures or codes."
        ),
    ),
    CaseKind.LOST_FACTOR.value: (
        _("Lost factor: how to get back in"),
        _(
            "You can get back in by yourself. Open the sign-in page and choose another of your factors, or use one of "
            "your backup codes. With the password gone, choose “Forgot your password?” there.\n\n"
            "Then open Security and remove the factor that you lost. No way is left, or no second factor? Open the "
            "sign-in page, choose “I cannot give any of these”, and send documents there. You also need your password, "
            "or a code that comes another way. You have none of them either? Answer here: then our staff can let "
            "documents stand for them. Nobody of us ever asks you for a code."
        ),
    ),
    CaseKind.SUSPICIOUS_SIGN_IN.value: (
        _("Suspicious sign-in: what we do"),
        _(
            "Thank you for telling us. We are looking at the sign-ins of your account.\n\n"
            "Please change the password of your e-mail account too, and answer here: which of the sign-ins was not "
            "you, and did you give a code to anybody?"
        ),
    ),
    CaseKind.DISPUTE.value: (
        _("Dispute: what happens now"),
        _(
            "You told us that you did not ask for this. It is stopped, and nobody can sign in.\n\n"
            "Two of our staff look at it before the account opens again. We write here when they are done."
        ),
    ),
    CaseKind.REACTIVATION.value: (
        _("Reactivation: where it stands"),
        _("We look at what you sent. We write to you when it is decided, or when we need a better picture."),
    ),
    CaseKind.CLAIM.value: (
        _("Claim: what we need"),
        _(
            "Something arrived for your account after it could take deposits. We keep it for you.\n\n"
            "Please answer here from which address or bank account you sent it, and when. We write when it is settled."
        ),
    ),
    CaseKind.RESIDENCY.value: (
        _("Residency: what we need"),
        _(
            "You told us that you moved. Please sign in, open Security and then “What restricts your account”, and "
            "choose “I have moved”. Say there where you live now, and send a photo of a proof. If your identity is not "
            "verified yet, the same page asks for your document.\n\nOur staff look at both, and tell you."
        ),
    ),
    CaseKind.OTHER.value: (
        _("We have your message"),
        _("Thank you for writing. We look into it and answer here."),
    ),
    "documents": (
        _("Lost password and factors: documents stand for them"),
        _(
            "You can give neither your password nor a code, so documents stand for them now. We have told all your "
            "contacts until when, and where you begin: the page that is named there sends you a link.\n\n"
            "On the page that asks for your password or a code, choose “Go on with documents alone”. Two of us look at "
            "what you send. Nobody of us ever asks you for a code."
        ),
    ),
    "more": (
        _("We need to know more"),
        _("To help you we need to know a little more. Please write here what happened, when, and what you expected."),
    ),
    "done": (
        _("It is done"),
        _("It is done. If something is still open, write to us again under Help."),
    ),
}


def choices() -> list[tuple[str, str | Promise]]:
    """Return the codes with their names, for staff."""
    return [(code, name) for code, (name, _text) in TEMPLATES.items()]


def text_of(code: str, *, language: str) -> str:
    """Return the words of a code in a language that we speak; empty for a code that there is not."""
    if code not in TEMPLATES:
        return ""
    spoken = language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    with translation.override(spoken):
        return str(TEMPLATES[code][1])
