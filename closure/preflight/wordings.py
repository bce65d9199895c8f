"""The catalogue of texts: for each wording why it matters, how to clear it, and what it waits for."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


@dataclass(frozen=True)
class Wording:
    """Why, how and the condition of one kind of finding."""

    why: Text
    how: Text
    condition: Text


# Conditions that several wordings share; a finding names one when its own does not fit.
CONDITIONS: dict[str, Text] = {
    "capped": _("You may withdraw %(cap)s BTC a day, so this takes %(count)s withdrawals, one each day."),
    "unpriced": _("As soon as it is withdrawn. We have no price for %(assets)s: each takes the limit of a whole day."),
    "too_long": _("As soon as it is withdrawn. At your daily limit that takes more than 100 years."),
    "no_end": _("When it is released. We were given no date; our support can tell you more."),
    "unlocks": _("On %(until_at)s, when it is released."),
    "settles": _("When it settles, expected on %(until_at)s."),
    "settling": _("When it settles, 1 to 5 business days after it was sent; by %(until_at)s at the latest."),
    "confirming": _("When the network confirms it. We cannot name the time."),
}

_LEFT = _("We found assets in this area: %(area)s. Closing never moves, converts or pays out what you leave.")
_POSITION = _("You have open positions in this area: %(area)s.")
_POSITION_CLOSED = _("As soon as the positions are closed.")
_MARGIN_LEFT = _("Your margin balance is not empty. Any amount here stops closing, however small.")
_WITHDRAWN = _("As soon as it is withdrawn.")
_LOAN = _("You owe a loan in this area: %(area)s.")
_LOAN_PAID = _("As soon as the loan is repaid in full.")
_REDEEMED = _("As soon as it is redeemed and withdrawn.")
_DUST_ABOVE = _("You have small balances worth %(total)s USDT together. At most %(limit)s USDT may be left behind.")

WORDINGS: dict[str, Wording] = {
    "unknown": Wording(
        _("This area could not be checked: %(area)s. We do not close what we cannot see."),
        _("Check again in a few minutes. If this stays, tell our support."),
        _("As soon as the check gets an answer."),
    ),
    "spot": Wording(
        _LEFT, _("Open Wallet, Spot. Withdraw to another wallet, or sell for USDT and withdraw."), _WITHDRAWN
    ),
    "funding": Wording(_LEFT, _("Open Wallet, Funding. Move it to your spot wallet and withdraw it."), _WITHDRAWN),
    "fiat": Wording(
        _LEFT,
        _("Open Wallet, Fiat. Withdraw by bank transfer, SWIFT or a local method."),
        _("When the transfer has settled: 1 to 5 business days, by %(until_at)s at the latest."),
    ),
    "dust": Wording(
        _("This balance is worth less than %(limit)s USDT. If you leave it, you lose it."),
        _("Convert it or withdraw it in your wallet before you close, or accept the loss."),
        _("As soon as it is converted or withdrawn, or you accept the loss."),
    ),
    "dust_above": Wording(
        _DUST_ABOVE, _("Convert the small balances in your wallet, or withdraw them."), _("As soon as less is left.")
    ),
    "margin": Wording(
        _MARGIN_LEFT,
        _("Open Wallet, %(area)s. Transfer everything to your spot wallet, then withdraw it."),
        _("As soon as the balance is moved out and withdrawn."),
    ),
    "position": Wording(_POSITION, _("Open Trade, %(area)s. Close every position."), _POSITION_CLOSED),
    "loan": Wording(_LOAN, _("Open Wallet, %(area)s. Repay the loan with its interest."), _LOAN_PAID),
    "collateral": Wording(
        _LEFT, _("Open Wallet, Loans. Repay the loan; the collateral returns to your spot wallet."), _LOAN_PAID
    ),
    "earn": Wording(_LEFT, _("Open Earn. Redeem it to your spot wallet, then withdraw it."), _REDEEMED),
    "locked": Wording(
        _("This product is locked and cannot be redeemed early."),
        _("Wait for its end: it then returns to your spot wallet. Then withdraw it there."),
        _("On %(until_at)s, when the lock ends."),
    ),
    "early": Wording(
        _("You hold a locked product that may be redeemed early."),
        _("Open Earn and redeem it early, or wait for its end. Then withdraw it."),
        _("As soon as it is redeemed. By itself it ends on %(until_at)s."),
    ),
    "liquidity": Wording(
        _LEFT, _("Open Earn, Liquidity pools. Remove your share, then withdraw what you receive."), _REDEEMED
    ),
    "staking": Wording(
        _LEFT,
        _("Open Earn, Staking. Unstake it; the network may ask for a wait. Then withdraw it."),
        _("As soon as it is unstaked and withdrawn."),
    ),
    "unstaking": Wording(
        _("This is staked, and the network releases it only after a wait."),
        _("Open Earn, Staking. Unstake it if you have not. Withdraw it when the wait is over."),
        _("On %(until_at)s, when the wait is over."),
    ),
    "unstake": Wording(
        _("This is staked, and the network releases it only after a wait."),
        _("Unstake it: the wait begins then. Withdraw it when the wait is over."),
        _("On %(until_at)s, if you unstake it now."),
    ),
    "given_up": Wording(
        _("You gave this up, and our staff confirmed it: nothing can be done with it here. It stays behind."),
        _("If you leave it, you accept the loss. It is listed on your receipt; it is never our income."),
        _("When you accept the loss."),
    ),
    "giving_up": Wording(
        _("You asked to give this up, because it can be neither withdrawn, sold nor converted."),
        _("Wait for our staff to confirm it. You can take it back until then."),
        _("When our staff have confirmed it."),
    ),
    "web3": Wording(
        _LEFT,
        _("Open the Web3 wallet. Send everything to a wallet of your own."),
        _("As soon as the wallet is empty."),
    ),
    "nft": Wording(
        _("NFTs that stay here are lost for ever when the account closes."),
        _("Open the NFT page. Withdraw it to an Ethereum- or BSC-compatible wallet first, or accept the loss."),
        _("As soon as it is withdrawn, or you accept the loss."),
    ),
    "orders": Wording(
        _("You have open orders. Each must be executed or cancelled first."),
        _("Open Orders. Cancel every spot, stop-limit, OCO and conditional order."),
        _("As soon as no order is open."),
    ),
    "p2p": Wording(
        _("You have P2P orders in progress. They cannot be forced to end."),
        _("Open P2P, Orders. Finish each order with the other person, or appeal it there."),
        _("When both sides have finished the order."),
    ),
    "transfers": Wording(
        _("Transfers are on their way. They must arrive before the account closes."),
        _("Wait until they arrive. Open Wallet, History, to follow them."),
        _("When the last transfer has arrived."),
    ),
    "keys_left": Wording(
        _("You have API keys. You delete each one before you close."),
        _("Open Security, API keys. Delete every key."),
        _("As soon as no key is left."),
    ),
    "keys_revoked": Wording(
        _("When you submit, we revoke all your API keys. Programs that use them stop working."),
        _("Open Security, API keys, to see them. You may delete them yourself first."),
        _("When you submit."),
    ),
    "referrals": Wording(
        _("These commissions are not settled. What is unsettled when the account closes is forfeited."),
        _("Open Referrals to see them. Wait for the payout, or accept the loss."),
        _("When they are paid out, or you accept the loss. They return if you cancel."),
    ),
    "referral": Wording(
        _("This commission is not settled. What is unsettled when the account closes is forfeited."),
        _("Open Referrals to see it. Wait for the payout, or accept the loss."),
        _("When it is paid out, or you accept the loss. It returns if you cancel."),
    ),
    "legal_hold": Wording(
        _("A legal or risk hold applies; we cannot say more."),
        _("Only our staff can lift it. There is nothing for you to clear; our support answers questions."),
        _("When the hold is lifted."),
    ),
    "negative_balance": Wording(
        _("Your balance is negative."),
        _("Open Wallet. Deposit what is missing, or buy USDT through a third party and deposit it."),
        _("As soon as the balance is settled. The restriction then lifts by itself."),
    ),
    "fraud_alert": Wording(
        _("A fraud alert protects your account."),
        _("Tell us what happened under What restricts your account. Our staff confirm with you and clear it."),
        _("When our staff have cleared the alert."),
    ),
    "unsupported_region": Wording(
        _("We do not serve your region."),
        _("Withdraw what you hold, then close your account. You have moved? Say so under What restricts your account."),
        _("When our staff have verified that you live in a region that we serve."),
    ),
    "failed_verification": Wording(
        _("Your identity verification failed. Until it is resolved, only an empty account may close."),
        _("Send further documents under What restricts your account. Our staff can release withdrawals: write to us."),
        _("When you are verified, or nothing is left in the account."),
    ),
    "failed_verification_always": Wording(
        _("Your identity verification failed, and closing needs a verified identity."),
        _("Send further documents under What restricts your account, or write to us under Help."),
        _("When our staff have verified you."),
    ),
    "second_factor": Wording(
        _("Closing needs a second factor, and an e-mail code is not one."),
        _("Open Security. Add an authenticator app, a phone for text messages or a passkey."),
        _("As soon as a second factor is confirmed."),
    ),
    "factor": Wording(
        _("Closing needs this factor, and you do not have it: %(any_kinds)s."),
        _("Open Security. Add it there."),
        _("As soon as the factor is confirmed."),
    ),
    "factors": Wording(
        _("Closing needs %(needed)s kinds of code, and you have only: %(have_kinds)s."),
        _("Open Security. Add another factor, such as an authenticator app."),
        _("As soon as another factor is confirmed."),
    ),
    "identity": Wording(
        _("Closing needs a verified identity, and yours is not verified."),
        _("Send your document for verification where you trade. Then check again here."),
        _("When your identity is verified."),
    ),
    "identity_pending": Wording(
        _("Closing needs a verified identity, and yours is still being verified."),
        _("Wait for our answer, which comes where you trade. Then check again here."),
        _("When your identity is verified."),
    ),
}
