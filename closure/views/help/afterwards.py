"""Answers about what stays and who can come back."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from closure.policy.schema import CancelBy
from closure.views import words
from closure.views.help import own
from closure.views.help.answer import About, Answer


def _kept(about: About) -> Sequence[str]:
    said = [
        _("We erase what you used day to day: saved addresses, settings, keys, and sign-in history."),
        *words.stays(about.policy)[:2],
    ]
    if about.policy.retention.jurisdiction_may_lengthen:
        said.append(_("The law of your country can ask for longer. Your receipt says the exact dates."))
    return [
        *said,
        _("What we keep is sealed. It is used for nothing else, and destroyed when its time is over."),
        words.export_until(about.policy),
    ]


def _public(_about: About) -> Sequence[str]:
    return [
        _("What we keep about you is not public. It is sealed."),
        _("Transactions on a public blockchain stay public. Nobody can erase them, and closing changes nothing there."),
    ]


def _reactivate(about: About) -> Sequence[str]:
    said = [_("A closed account can never be opened again. Not by you, and not by us.")]
    if CancelBy.CUSTOMER in about.policy.cancelling.by:
        said.append(_("While the closure waits, you can cancel it. Then the account is yours again."))
    elif CancelBy.SUPPORT in about.policy.cancelling.by:
        said.append(_("While the closure waits, only support can cancel it. Write to us and give your reference."))
    else:
        said.append(_("A closure cannot be cancelled once you asked for it."))
    if about.policy.reactivation.disable_offered:
        said += [
            _("An account that you disabled is another matter: that one can be reactivated."),
            _("You need a note in your handwriting, a photo of you holding it, and an identity document."),
            _("We check each photo when you send it. Then two people of our staff decide, in several days."),
            _("A photo that breaks a rule is refused with that rule. You can send another one at once."),
        ]
    return said


def _same_email(about: About) -> Sequence[str]:
    blocked, again = words.blocks(about.policy), about.policy.reregistration
    if again.email is None and again.phone is None:
        yes = _("Yes. After your account is closed, you can use the same e-mail address and phone at once.")
        return [yes, *blocked]
    return [
        _("Not at once. To protect you, they stay blocked for some time after closing."),
        *blocked,
        _("If you only want another address for this account, change it under Security."),
    ]


def _sign_up(about: About) -> Sequence[str]:
    return [
        _("Yes, with a new account. It begins without history, level and privileges."),
        *(words.blocks(about.policy) or [_("Nothing is blocked: you can register at once.")]),
        _("With an e-mail address, phone and document that we do not know, you can register at any time."),
    ]


ANSWERS = (
    Answer(
        slug="data-kept",
        question=gettext_lazy("Which of my data do you keep?"),
        words=gettext_lazy("records erase delete privacy gdpr retention years archive law"),
        says=_kept,
        own=own.kept_until,
        links=(("receipt-verify", gettext_lazy("Check a receipt")),),
    ),
    Answer(
        slug="records-public",
        question=gettext_lazy("Are my records public?"),
        words=gettext_lazy("blockchain transactions visible private explorer"),
        says=_public,
    ),
    Answer(
        slug="reactivate",
        question=gettext_lazy("Can I get my account back?"),
        words=gettext_lazy("reactivate reopen undo cancel restore return disabled photo selfie note"),
        says=_reactivate,
        own=own.closes,
        links=(("status", gettext_lazy("Check a request")), ("reactivate", gettext_lazy("Reactivate your account"))),
    ),
    Answer(
        slug="same-email",
        question=gettext_lazy("Can I use the same e-mail address again?"),
        words=gettext_lazy("mail phone number block reuse register new account"),
        says=_same_email,
        own=own.free_again,
    ),
    Answer(
        slug="sign-up-again",
        question=gettext_lazy("Can I sign up again later?"),
        words=gettext_lazy("register new account return come back second"),
        says=_sign_up,
        own=own.free_again,
        links=(("register", gettext_lazy("Register")),),
    ),
)
