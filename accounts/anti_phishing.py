"""The customer's anti-phishing code: words of theirs that our mails show, so that nobody else can look like us."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import contacts
from accounts.enums import Action, Purpose
from accounts.exceptions import NotAllowed
from accounts.journal import record
from accounts.models import Account
from accounts.verification import changes
from accounts.verification.enrollment import themselves
from accounts.verification.step_up import StepUpProof

SHORTEST, LONGEST = 4, 32
SHOWN = 2


def clean(text: str) -> str:
    """Return a code as it is kept, empty for none; raises NotAllowed for one that is too short or no plain words."""
    plain = " ".join(text.split())
    if plain and not SHORTEST <= len(plain) <= LONGEST:
        raise NotAllowed(_("Use %(least)d to %(most)d characters.") % {"least": SHORTEST, "most": LONGEST})
    if not all(letter.isalnum() or letter in " -" for letter in plain):
        raise NotAllowed(_("Use letters, digits, spaces and dashes."))
    return plain


def change(account: Account, text: str, *, proof: StepUpProof, now: datetime) -> str:
    """Set the code, or take it away with an empty text; raises ProofRefused, NotAllowed. The journal never has it."""
    plain = clean(text)
    with transaction.atomic():
        owner = Account.objects.select_for_update().get(pk=account.pk)
        changes.use(proof, owner, Purpose.ANTI_PHISHING, now=now)
        Account.objects.filter(pk=owner.pk).update(anti_phishing_code=plain)
        told = {"on": bool(plain)}
        record(Action.ANTI_PHISHING_CHANGED, actor=themselves(owner), at=now, account=owner, data=told)
        owner.anti_phishing_code = plain
        contacts.tell_change(owner, "words_changed" if plain else "words_removed", now=now)
    return plain


def masked(account: Account) -> str:
    """Return a hint of the code: a session alone must not learn what our mails look like."""
    code = account.anti_phishing_code
    return f"{code[:SHOWN]}•••" if code else ""
