"""E-mail, phone, document and national number: one normal form, one keyed fingerprint, one masked hint each."""

import hmac
import re
import unicodedata
from datetime import datetime
from uuid import UUID

import email_validator
import phonenumbers
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts import blocked, keys
from accounts.enums import IdentifierKind
from accounts.exceptions import BadIdentifier
from accounts.fingerprints import every, fingerprint
from accounts.models import Account, FormerContact, Identifier

MAX_LENGTH = 320
NOBODY = UUID(int=0)
_SEPARATORS = re.compile(r"[\s\-./·]+")


class IdentifierTaken(BadIdentifier):
    """Another account has this identifier, or had it and was closed: which of these is not told (G05, G06)."""

    code = "identifier_taken"

    def __init__(self) -> None:
        super().__init__(_("This cannot be used for an account."))


def normalize_email(text: str, *, allow_test: bool = True) -> str:
    """Return the comparable form of an e-mail address; raises BadIdentifier.

    `.test` addresses are reserved by RFC 2606, never delivered, and used by the demo and the tests.
    """
    try:
        found = email_validator.validate_email(
            text[: MAX_LENGTH + 1], check_deliverability=False, test_environment=allow_test
        )
    except email_validator.EmailNotValidError as error:
        raise BadIdentifier(_("This is not an e-mail address: %(reason)s") % {"reason": str(error)}) from error
    # Whole address in lower case: no provider of note tells upper from lower, and two accounts must not differ by it.
    return found.normalized.casefold()


def normalize_phone(text: str, *, region: str | None = None) -> str:
    """Return a phone number in E.164; raises BadIdentifier. `region` (ISO 3166) reads national numbers."""
    try:
        number = phonenumbers.parse(text[:64], region)
    except phonenumbers.NumberParseException as error:
        raise BadIdentifier(_("This is not a phone number. Start with + and the country code.")) from error
    if not phonenumbers.is_possible_number(number):
        raise BadIdentifier(_("This phone number is too long or too short for its country."))
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def normalize_document(text: str) -> str:
    """Return a document or national number without spaces and separators, upper case; raises BadIdentifier."""
    plain = _SEPARATORS.sub("", unicodedata.normalize("NFKC", text[:128])).upper()
    if not plain:
        raise BadIdentifier(_("Enter the number printed on the document."))
    return plain


def normalize(kind: IdentifierKind, value: str) -> str:
    """Return the normal form for any kind."""
    if kind is IdentifierKind.EMAIL:
        return normalize_email(value)
    if kind is IdentifierKind.PHONE:
        return normalize_phone(value)
    return normalize_document(value)


def mask(kind: IdentifierKind, normal: str) -> str:
    """Return a hint that its owner recognizes and nobody else can use."""
    if kind is IdentifierKind.EMAIL:
        local, _at, domain = normal.rpartition("@")
        return f"{local[:1]}•••@{domain}"[:64]
    if kind is IdentifierKind.PHONE:
        return f"{normal[:2]}•••{normal[-2:]}"
    return f"•••{normal[-2:]}" if len(normal) > 4 else "•••"


def attach(account: Account, kind: IdentifierKind, value: str, *, now: datetime) -> Identifier:
    """Tie an identifier to an account, replacing its former one of that kind; raises IdentifierTaken (invariant 16).

    The block list is asked after the row is written: whoever closes blocks first and erases later, so either the
    row that is there already keeps this one out, or the block can be seen by now.
    """
    normal = normalize(kind, value)
    facts = {
        "fingerprint": fingerprint(kind, normal),
        "key_version": keys.newest_version(),
        "hint": mask(kind, normal),
        "created_at": now,
    }
    if is_taken(account.pk, kind, normal, now=now):
        raise IdentifierTaken
    try:
        with transaction.atomic():
            attached = Identifier.objects.update_or_create(account=account, kind=kind, defaults=facts)[0]
            if blocked.until(kind, normal, now=now) is not None:
                raise IdentifierTaken
    except IntegrityError as error:
        raise IdentifierTaken from error
    return attached


def is_taken(account_id: UUID, kind: IdentifierKind, normal: str, *, now: datetime) -> bool:
    """Tell whether another account has this identifier, or had it until lately and may still take it back."""
    held = FormerContact.objects.filter(fingerprint__in=every(kind, normal), held_until__gt=now)
    return lookup(kind, normal).exclude(account_id=account_id).exists() or held.exclude(account_id=account_id).exists()


def lookup(kind: IdentifierKind, normal: str) -> QuerySet[Identifier]:
    """Return the queryset of identifiers with this normal form, under every key on the ring."""
    return Identifier.objects.filter(kind=kind, fingerprint__in=every(kind, normal))


def read(text: str) -> tuple[IdentifierKind, str]:
    """Tell an e-mail address from a phone number as people type them; raises BadIdentifier."""
    text = text.strip()
    if "@" in text:
        return IdentifierKind.EMAIL, normalize_email(text)
    return IdentifierKind.PHONE, normalize_phone(text)


def find_account(text: str) -> Account | None:
    """Return the account of an e-mail address or phone number, or None; malformed text finds nobody.

    Fetching an account is work that shows in time (0.15 ms), so one is fetched either way: where nobody has the
    identifier, somebody's, which is dropped unseen (invariant 17; docs/security.md, Enumeration).
    """
    try:
        kind, normal = read(text)
    except BadIdentifier:
        # The same work as for a well-formed one: nobody has this fingerprint.
        kind, normal = IdentifierKind.EMAIL, "\x00"
    wanted = lookup(kind, normal).values_list("account_id", flat=True).first()
    fetched = Account.objects.filter(pk__gte=wanted or NOBODY).order_by("pk").first()
    return fetched if fetched is not None and fetched.pk == wanted else None


def matches(account: Account, kind: IdentifierKind, value: str) -> bool:
    """Tell whether `value` is what this account gave for `kind` at identity verification (D03, D04)."""
    kept = Identifier.objects.filter(account=account, kind=kind).first()
    if kept is None:
        return False
    try:
        normal = normalize(kind, value)
        expected = fingerprint(kind, normal, kept.key_version)
    except (BadIdentifier, KeyError):
        return False
    if not hmac.compare_digest(expected, bytes(kept.fingerprint)):
        return False
    if kept.key_version != keys.newest_version():
        renew(kept, normal)
    return True


def renewed(row: Identifier, normal: str) -> Identifier:
    """Return a row with the fingerprint of its plain value under the newest key, not saved yet."""
    return Identifier(
        pk=row.pk,
        fingerprint=fingerprint(IdentifierKind(row.kind), normal),
        key_version=keys.newest_version(),
    )


def renew(row: Identifier, normal: str) -> bool:
    """Fingerprint a row anew with the newest key, from its plain value; False where two accounts have the same."""
    new = renewed(row, normal)
    try:
        with transaction.atomic():
            Identifier.objects.filter(pk=row.pk, fingerprint=bytes(row.fingerprint)).update(
                fingerprint=new.fingerprint, key_version=new.key_version
            )
    except IntegrityError:
        return False
    return True


def hint(account: Account, kind: IdentifierKind) -> str | None:
    """Return the masked hint of what is on file, or None."""
    return Identifier.objects.filter(account=account, kind=kind).values_list("hint", flat=True).first()
