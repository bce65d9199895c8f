"""The rules by which staff refuse what was sent for a matter, or ask for more, in words for its owner (K02-K04, L04).

Those about a document are the rules of reactivations (closure.reactivation.rules); what only a matter asks is here.
"""

from collections.abc import Iterable

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.enums import MatterKind
from closure.reactivation import rules as documents
from closure.reactivation.rules import Rule

M, R = MatterKind, Rule


class MatterRule(models.TextChoices):
    """One rule of matters alone; the label is what staff choose by."""

    PROOF_HOME = "proof_home", _("proof does not show the home that is named")
    PROOF_OLD = "proof_old", _("proof of the home is older than 3 months")
    DOCUMENT_VALID = "document_valid", _("document is not valid any more")
    TOLD_LITTLE = "told_little", _("what is written does not say what happened")
    NOT_CLEARED = "not_cleared", _("what was sent does not clear it")


AnyRule = Rule | MatterRule
_WORDS: dict[MatterRule, str | Promise] = {
    MatterRule.PROOF_HOME: _("The proof must show your name and the address where you live now."),
    MatterRule.PROOF_OLD: _("The proof must not be older than 3 months."),
    MatterRule.DOCUMENT_VALID: _("Send a document that is valid."),
    MatterRule.TOLD_LITTLE: _("Tell us what happened and when, and which payments or sign-ins were not yours."),
    MatterRule.NOT_CLEARED: _("What you sent does not clear it. Send a paper that shows it, and tell us more."),
}
_PICTURE: tuple[AnyRule, ...] = (R.DOCUMENT_LIVE, R.DOCUMENT_EDGES, R.DOCUMENT_LEGIBLE, R.DOCUMENT_COVERED)
_IDENTITY: tuple[AnyRule, ...] = (MatterRule.DOCUMENT_VALID, R.DOCUMENT_SIDES, *_PICTURE, R.NAME)
# What can be wrong with each; a review is answered in its case.
OF: dict[MatterKind, tuple[AnyRule, ...]] = {
    M.FRAUD_ALERT: (MatterRule.TOLD_LITTLE, MatterRule.NOT_CLEARED, R.DOCUMENT_LEGIBLE),
    M.UNSUPPORTED_REGION: (MatterRule.PROOF_HOME, MatterRule.PROOF_OLD, *_PICTURE),
    M.FAILED_VERIFICATION: _IDENTITY,
    M.IDENTITY_REFRESH: _IDENTITY,
    M.REVIEW: (),
}


def words(rule: AnyRule) -> str:
    """Return what the owner reads of a rule that was broken: what to do, in the language of now."""
    return documents.words(rule) if isinstance(rule, Rule) else str(_WORDS[rule])


def read(kind: MatterKind, codes: Iterable[str]) -> list[AnyRule]:
    """Return the rules of a kind of matter that have these codes, in their order; raises ValueError for another one."""
    given = set(codes)
    found = [rule for rule in OF[kind] if rule.value in given]
    if len(found) != len(given):
        raise ValueError("a rule of something else")
    return found


def choices(kind: MatterKind) -> list[tuple[str, str]]:
    """Return the rules of a kind of matter by code, as staff choose them."""
    return [(rule.value, str(rule.label)) for rule in OF[kind]]
