"""Links that open one case: asked for with its reference and an address, made when the message is sent (E07).

Asking is closure.status_links.ask, for every reference alike; here is what the sender finds out about a case.
"""

from datetime import datetime, timedelta

from django.db.models import Q

from accounts import case_contacts, cases, mailed_links
from accounts.asking import LinkGone
from accounts.enums import MessageChannel
from accounts.messages.payload import Payload
from accounts.models import Account, Case, CaseLink, FormerContact, OutboxMessage

PREFIX = "SC-"


def complete(message: OutboxMessage, said: Payload, *, lives: timedelta, now: datetime) -> Payload | None:
    """Return the message with its link, None when the case and the address do not belong together."""
    case = Case.objects.filter(reference=str(said.context["reference"])).first()
    if case is None:
        return None
    may_open, owner = _who(case, said.to)
    if not may_open:
        return None
    token = mailed_links.new_token()
    CaseLink.objects.create(
        case=case,
        account_id=owner.pk if owner else None,
        channel=MessageChannel(message.channel),
        digest=mailed_links.digest(token),
        created_at=now,
        expires_at=now + lives,
    )
    context = {"reference": case.reference, "token": token, "minutes": int(lives.total_seconds() // 60)}
    language = owner.language if owner else case.contact.language
    return Payload(to=said.to, language=language, context=context, account_id=owner.pk if owner else None)


def read(token: str, *, now: datetime) -> CaseLink:
    """Return the link of a token with its case while it lives and is unused; changes nothing; raises LinkGone."""
    unused = CaseLink.objects.filter(digest=mailed_links.digest(token), used_at=None, expires_at__gt=now)
    link = unused.select_related("case").first()
    if link is None or _went_elsewhere(link):
        raise LinkGone
    return link


def use(link: CaseLink, *, now: datetime) -> bool:
    """Use a link up by compare-and-set; False when somebody was faster or its time is over."""
    return CaseLink.objects.filter(Q(pk=link.pk, used_at=None, expires_at__gt=now)).update(used_at=now) == 1


def _went_elsewhere(link: CaseLink) -> bool:
    """Tell whether the account gave up the address that the link went to: a link is for who has the address now."""
    changed = FormerContact.objects.filter(kind=link.channel, replaced_at__gte=link.created_at)
    return link.account_id is not None and changed.filter(account_id=link.account_id).exists()


def _who(case: Case, to: str) -> tuple[bool, Account | None]:
    """Return whether this address opens the case, and the account behind it.

    An owner who has shown up opens it by any contact of the account that is not said to be lost in it. Until then the
    address that was typed does, and where it is an account's, only while it still is.
    """
    if case.account_id is not None:
        owner = Account.objects.filter(pk=case.account_id).first()
        mine = owner is not None and to in {value for _channel, value in case_contacts.of_owner(case, owner)}
        return mine and cases.shown_to(case.account_id).filter(pk=case.pk).exists(), owner
    typed = case_contacts.of_case(case)
    if typed is None or case_contacts.value_of(typed) != to:
        return False, None
    if typed.account_id is None:
        return True, None
    owner = Account.objects.filter(pk=typed.account_id).first()
    return owner is not None and to in {owner.email, owner.phone}, owner
