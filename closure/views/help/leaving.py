"""Answers about closing itself: whether to, what stops it, how long it takes, what is asked for."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from closure.guards import DRAFT_IDLE_WITH_CASE
from closure.policy.schema import AskDocument
from closure.spans import duration
from closure.views import words
from closure.views.help import own
from closure.views.help.answer import About, Answer


def _need(about: About) -> Sequence[str]:
    said = [
        _("No. An account costs nothing while you do not use it."),
        _(
            "Closing makes sense when your identity changed, when you worry about a leak, or when you must start clean "
            "for compliance."
        ),
        _("For a new e-mail address or phone number, change it under Security. You keep the account."),
        _("To leave it idle: withdraw what you hold, change the password, and keep the second factor on."),
    ]
    if about.policy.reactivation.disable_offered:
        said.append(_("You can also disable the account. Nobody can use it then, and you can reactivate it."))
    return said


def _stops(about: About) -> Sequence[str]:
    rules = about.policy.preflight
    dust = _("Balances: withdraw, sell or convert what is left.")
    if rules.dust_per_coin:
        dust += " " + _("Coins worth less than %(limit)s USDT each count as small balances.") % {
            "limit": rules.dust_per_coin
        }
    return [
        _("The account check names each thing that stops you, why, and what to do about it. These are the usual ones."),
        dust,
        _("Open orders, margin, loans and futures: cancel, repay or close them first."),
        _("Locked and staked assets: redeem them. Some have a date before which they cannot be redeemed."),
        _("Transfers on their way: wait until they have arrived."),
        _("A legal or risk hold can stop closing too. Then we cannot say more, and cannot lift it for you."),
    ]


def _takes(about: About) -> Sequence[str]:
    waiting = about.policy.waiting
    return [
        _("The steps take about 10 minutes, if nothing stops you."),
        _("Waiting time: %(text)s") % {"text": words.wait(about.policy)},
        words.due(about.policy) + ".",
        _("After a change of e-mail, phone, password or factor in the last %(looks)s, it is %(adds)s longer.")
        % {"looks": duration(waiting.brake_looks_back), "adds": duration(waiting.brake_adds)},
        words.refusal(),
        _("We keep no account frozen for longer than %(time)s, unless a hold stands.")
        % {"time": duration(waiting.max_frozen)},
    ]


def _expired(about: About) -> Sequence[str]:
    said = [_("It does not stop you. An expired document, or one that we want to see again, never stops closing.")]
    if about.policy.verification.document_number is AskDocument.IF_ON_FILE:
        said.append(_("We ask for the number only. Use that of the document we checked, even after you renewed it."))
    return said


def _number(about: About) -> Sequence[str]:
    if about.policy.verification.document_number is AskDocument.NO:
        return [_("We do not ask for a document number when you close your account.")]
    return [
        _("Use the number of the document that you used when we checked your identity."),
        _("After a renewal, that is the number of the old document. Look for a copy or a photo of it."),
        _("If you do not know it, write to us. Our staff check who you are and can resolve it."),
        _("Your other steps are kept while the case is open, for %(time)s.") % {"time": duration(DRAFT_IDLE_WITH_CASE)},
    ]


def _privileges(about: About) -> Sequence[str]:
    return [
        _("VIP level, fee discounts and staking privileges end when your account closes. There is no grace."),
        _("A new account begins without them."),
    ]


def _referrals(_about: About) -> Sequence[str]:
    return [
        _("Referral commission that is not settled at closing is lost. The account check shows how much it is."),
        _("You can wait until it is settled, or accept the loss for each item."),
        _("Your referral links bring you nothing any more after closing."),
    ]


def _nfts(_about: About) -> Sequence[str]:
    return [
        _("NFTs that stay in the account are lost for ever."),
        _("Withdraw each one first, to a wallet of your own for Ethereum or BSC."),
        _("The account check lists them. You can also accept the loss, item by item."),
    ]


ANSWERS = (
    Answer(
        slug="need-to-close",
        question=gettext_lazy("Do I need to close my account?"),
        words=gettext_lazy("delete remove idle leave alternative disable why makes sense"),
        says=_need,
        links=(("close", gettext_lazy("What happens when you close")),),
    ),
    Answer(
        slug="what-stops-me",
        question=gettext_lazy("Why can I not close my account now?"),
        words=gettext_lazy("blocker dust balance margin locked earn p2p order hold refused restriction fail reason"),
        says=_stops,
        links=(("close", gettext_lazy("Close your account")),),
    ),
    Answer(
        slug="how-long",
        question=gettext_lazy("How long does closing take?"),
        words=gettext_lazy("wait time days cooling frozen date when"),
        says=_takes,
        own=own.closes,
    ),
    Answer(
        slug="expired-document",
        question=gettext_lazy("My identity document has expired. Can I still close?"),
        words=gettext_lazy("passport id card renew expiry old"),
        says=_expired,
        own=own.document,
    ),
    Answer(
        slug="document-number",
        question=gettext_lazy("My document number changed, or I do not know it"),
        words=gettext_lazy("passport id card lost renewed original"),
        says=_number,
        links=(("help-contact", gettext_lazy("Write to us")),),
    ),
    Answer(
        slug="vip",
        question=gettext_lazy("What happens to my VIP level?"),
        words=gettext_lazy("tier fee discount staking privilege status"),
        says=_privileges,
        own=own.privileges,
    ),
    Answer(
        slug="referrals",
        question=gettext_lazy("What happens to my referrals?"),
        words=gettext_lazy("commission invite friend bonus"),
        says=_referrals,
    ),
    Answer(
        slug="nfts",
        question=gettext_lazy("What happens to my NFTs?"),
        words=gettext_lazy("token collection art wallet ethereum bsc"),
        says=_nfts,
    ),
)
