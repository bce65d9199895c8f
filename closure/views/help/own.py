"""The reader's own dates: of the request in a status session, or of an account that is signed in and asks today."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from closure import brake
from closure.enums import ClosureState
from closure.finalization.archiving import terms_of
from closure.models import ClosureRequest
from closure.retention import schedule
from closure.retention.enums import RecordClass
from closure.standing import WAITING
from closure.views import words
from closure.views.help.answer import About, Own


def closing(about: About) -> datetime | None:
    """Return when the request in this session is over, or was; None where no date is known."""
    request = about.request
    if request is None:
        return None
    if request.state == ClosureState.CLOSED:
        return request.ended_at
    return request.finalizes_after if request.state in WAITING and request.state != ClosureState.HELD else None


def asked_today(about: About) -> datetime | None:
    """Return the earliest time at which an account would close that is signed in and asks now; None for others."""
    if about.account is None or about.request is not None:
        return None
    waiting = about.policy.waiting
    longer = brake.brake_due(about.account, about.policy, about.now)
    return about.now + waiting.wait + (waiting.brake_adds if longer else timedelta(0))


def closes(about: About) -> Sequence[Own]:
    """When it closes: by the request, or if one asked today."""
    if (at := closing(about)) is not None:
        over = about.request is not None and about.request.state == ClosureState.CLOSED
        return [Own(text=_("Your account was closed:") if over else _("Your account closes:"), at=at)]
    if (at := asked_today(about)) is not None:
        return [Own(text=_("If you asked us today, your account would close at the earliest:"), at=at)]
    return []


def free_again(about: About) -> Sequence[Own]:
    """From when the e-mail address, phone and document can be used for a new account."""
    closed = closing(about) or asked_today(about)
    if closed is None:
        return []
    rules = about.policy.reregistration
    periods = (
        (_("Your e-mail address is free for a new account from:"), rules.email),
        (_("Your phone number is free for a new account from:"), rules.phone),
        (_("Your identity document is free for a new account from:"), rules.document),
    )
    found = [Own(text=text, at=closed + period) for text, period in periods if period is not None]
    return [*closes(about), *found] if found else []


def kept_until(about: About) -> Sequence[Own]:
    """Until when records are kept of the request in this session."""
    request, closed = about.request, closing(about)
    return list(_kept(request, closed)) if request is not None and closed is not None else []


def _kept(request: ClosureRequest, closed: datetime) -> Iterator[Own]:
    terms = terms_of(request)
    for record_class, text in (
        (RecordClass.IDENTITY, _("Your identity records are kept until:")),
        (RecordClass.TRANSACTIONS, _("Your transaction records are kept until:")),
    ):
        yield Own(text=text, at=schedule.expires_at(record_class, closed_at=closed, terms=terms))


def withdrawals_held(about: About) -> Sequence[Own]:
    """Until when withdrawals of the account are held."""
    account = about.request.account if about.request is not None else about.account
    until = account.withdrawals_held_until if account is not None else None
    return [Own(text=_("Your withdrawals are held until:"), at=until)] if until and until > about.now else []


def privileges(about: About) -> Sequence[Own]:
    """What the account that is signed in has that ends at closing: a link shows the request and no more (E07)."""
    account = about.account
    return [Own(text=text) for text in words.goes(account.vip)[:1]] if account is not None and account.vip else []


def document(about: About) -> Sequence[Own]:
    """When the document that we know expires, to who is signed in: a link shows the request and no more (E07)."""
    account = about.account
    if account is None or account.document_expires is None:
        return []
    text = _("The document that we checked is dated until %(day)s.")
    return [Own(text=text % {"day": account.document_expires.isoformat()})]
