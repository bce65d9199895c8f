"""Policies in words: how long, what is needed, what stays. Every sentence a customer reads about them is here."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.enums import SECOND_FACTORS, FactorKind
from accounts.models import Account
from closure.enums import RequestChannel
from closure.policy.schema import AskDocument, CancelBy, ExportUntil, Policy, StatusShows
from closure.spans import DAYS_FROM, HOUR, duration
from closure.verification import asks_password, enrolled_kinds, groups_of


def years(number: int) -> str:
    """`5 years`."""
    return ngettext("%(n)d year", "%(n)d years", number) % {"n": number}


def wait(policy: Policy) -> str:
    """How long the waiting time is, and what can be done in it."""
    if not policy.waiting.wait:
        return _("No waiting time: we begin at once.")
    return f"{duration(policy.waiting.wait)}. {cancelling(policy)}"


def cancelling(policy: Policy) -> str:
    """Who may cancel while the closure waits (C10: how, not only that)."""
    if CancelBy.CUSTOMER in policy.cancelling.by:
        return _("You can cancel in this time. The mail tells you how.")
    if CancelBy.SUPPORT in policy.cancelling.by:
        return _("Only support can cancel it in this time. Open a case with us and give your reference.")
    return _("It cannot be cancelled.")


def due(policy: Policy) -> str:
    """When it is over at the latest (C11)."""
    return _("At the latest %(time)s after you ask") % {"time": duration(policy.waiting.due)}


def closes(asked: datetime, after: datetime, before: datetime) -> str:
    """When it closes, as a span from asking: `now`, `within 24-72 hours`, `in 7 days` (C11)."""
    first, last = after - asked, before - asked
    if not first:
        return _("Closing now.")
    if last < DAYS_FROM:
        return _("Your account closes within %(first)d-%(last)d hours.") % {
            "first": first // HOUR,
            "last": last // HOUR,
        }
    return _("Your account closes in %(time)s.") % {"time": duration(first)}


def frozen(policy: Policy) -> str:
    """What the freeze stops, and what stays to be seen (E02)."""
    stops = _("No sign-in, no trading, no withdrawals.")
    shows = policy.waiting.status_shows
    if shows & {StatusShows.BALANCES, StatusShows.HISTORY}:
        return stops + " " + _("You can still see balances and history on the status page.")
    if StatusShows.EXPORT in shows:
        return stops + " " + _("You can follow the request and save your records on the status page.")
    return stops + " " + _("You can follow the request on the status page.")


def export_until(policy: Policy) -> str:
    """Until when files to take along stay (B11)."""
    if policy.waiting.export_until is ExportUntil.WAIT_ENDS:
        return _("You can also get them on the status page, until the waiting time ends.")
    return _("You can get them until you ask us to close the account, not later.")


def refusal() -> str:
    """That a closure can still be refused after it was asked for, in general (A17)."""
    return _(
        "We can still refuse it: after a review, a late deposit or a new hold. "
        "Then we write to you, and the account is yours again unless a hold stands."
    )


def brake(policy: Policy) -> str:
    """Why it takes longer after a change (D08)."""
    return _(
        "Your e-mail, phone, password or a factor changed in the last %(looks)s. So the wait is %(adds)s longer. "
        "This protects you if somebody else made the change."
    ) % {"looks": duration(policy.waiting.brake_looks_back), "adds": duration(policy.waiting.brake_adds)}


def limit(policy: Policy) -> str:
    """The time limit of the codes, said before it starts (D02)."""
    words = _("You have %(time)s for all codes together. The time starts with the first code.") % {
        "time": duration(policy.verification.window)
    }
    if policy.verification.extensions:
        words += " " + _("You can ask for more time.")
    return words


def codes_to_come() -> str:
    """What the next step is about, before its time starts."""
    return _("We ask for codes that only you can receive.")


def codes(policy: Policy, account: Account) -> list[str]:
    """Which codes are needed: a sentence for each group, or how many of all, with the one that must be there (A13)."""
    rules = policy.verification
    ways = {
        FactorKind.EMAIL: _("the code from the mail"),
        FactorKind.SMS: _("the code from the text message"),
        FactorKind.TOTP: _("the code from the authenticator app"),
        FactorKind.PASSKEY: _("your passkey"),
    }
    groups = groups_of(policy, account)
    enrolled = enrolled_kinds(account, rules.accepted)
    said = [
        _("Give %(ways)s.") % {"ways": _(" or ").join(ways[kind] for kind in ways if kind in group & enrolled)}
        for group in groups
        if group & enrolled
    ]
    if len(groups) < rules.needed:
        text = ngettext("Give %(n)d of these codes.", "Give %(n)d of these codes.", rules.needed)
        said.append(text % {"n": rules.needed})
        if FactorKind.EMAIL in rules.accepted and not any(group <= SECOND_FACTORS for group in groups):
            said.append(_("One must come from a text message or the authenticator app."))
    return said


def needs(policy: Policy) -> list[str]:
    """What to have at hand before starting."""
    rules = policy.verification
    kinds = {FactorKind.EMAIL: _("mail"), FactorKind.SMS: _("text message"), FactorKind.TOTP: _("authenticator app")}
    names = [name for kind, name in kinds.items() if kind in rules.accepted]
    count = ngettext("%(n)d code, by: %(kinds)s.", "%(n)d codes, by: %(kinds)s.", rules.needed)
    if rules.required and rules.all_enrolled:
        count = _("A code by each of these that you have: %(kinds)s. At least %(n)d.")
    found = [count % {"n": rules.needed, "kinds": ", ".join(names)}, _second_factor(policy)]
    if asks_password(policy):
        found.append(_("Your password."))
    if rules.document_number is AskDocument.IF_ON_FILE:
        found.append(_("The number of your identity document, if we checked one. It may have expired."))
    found.append(_("An account that is empty: no balances, orders, loans or locked savings."))
    return found


def _second_factor(policy: Policy) -> str:
    """Which second factor has to be on, of those that this policy takes (A13)."""
    if FactorKind.SMS in policy.verification.accepted:
        return _("A second factor that is on: text message or authenticator app.")
    return _("A second factor that is on: authenticator app.")


def blocks(policy: Policy) -> list[str]:
    """How long e-mail, phone, document and national number stay blocked (C04, G05)."""
    rules = policy.reregistration
    said = [
        (_("Your e-mail address stays blocked for %(time)s after closing."), rules.email),
        (_("Your phone number stays blocked for %(time)s after closing."), rules.phone),
        (_("Your document stays blocked for %(time)s after closing."), rules.document),
        (_("Your national number stays blocked for %(time)s after closing."), rules.national_number),
    ]
    found = [text % {"time": duration(length)} for text, length in said if length]
    if rules.national_number_while_archived:
        found.append(_("Your national number stays blocked for as long as we keep your identity records."))
    return found


def stays(policy: Policy) -> list[str]:
    """What is kept, why and how long (H02)."""
    return [
        _("The law against money laundering makes us keep records after closing."),
        _("Identity records: %(time)s. Transaction records: %(other)s.")
        % {"time": years(policy.retention.identity_years), "other": years(policy.retention.transactions_years)},
        _("Transactions on a public blockchain stay public. Nobody can erase them."),
        *blocks(policy),
    ]


def idle(policy: Policy) -> list[str]:
    """What becomes of an account that nobody uses (I01-I06)."""
    rules = policy.dormancy
    found = [
        _("There is no fee, and we take nothing from it."),
        _("After %(time)s without a sign-in we call it inactive. Signing in ends that.")
        % {"time": duration(rules.inactive_after)},
    ]
    if rules.dormant_years is not None:
        text = _("After %(time)s we call it dormant.")
        if rules.locks:
            text = _("After %(time)s it is dormant: it is locked until you reactivate it.")
        found.append(text % {"time": years(rules.dormant_years)})
    found.append(_("After years without a sign of you, the law of some places claims what is in it. We write first."))
    return [*found, _("Sign in every few months, so that none of this happens.")]


def goes(vip: int) -> list[str]:
    """What ends at closing (C12, C13)."""
    found = [
        _("Saved addresses, settings, keys for programs, and sign-in history: erased for good."),
        _("Your trading history and balances can no longer be seen here."),
    ]
    if vip:
        ends = _("VIP level %(level)d, fee discounts and staking privileges end at closing, with no grace.")
        found.insert(0, ends % {"level": vip})
    return found


def web_open(policy: Policy) -> bool:
    """Whether this policy takes requests on the web (C02)."""
    return RequestChannel.WEB in policy.channels
