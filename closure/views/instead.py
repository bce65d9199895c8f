"""What may be enough instead of closing, said once: another address, leaving it idle, disabling (C06-C08)."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.views.pages import Page
from closure.policy import loader
from closure.policy.schema import Policy
from closure.views import words


@dataclass(frozen=True, kw_only=True)
class Alternative:
    """One way that is not closing: what it is, why it may be enough, and the page where it is done."""

    title: str
    text: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Task:
    """One point of the checklist, with the page where it is done, if there is one here."""

    text: str
    note: str
    url: str = ""


def alternatives(policy: Policy) -> list[Alternative]:
    """Return what this policy offers instead; disabling comes first where the policy says so."""
    found = [
        Alternative(
            title=_("Change your e-mail address or phone"),
            text=_("You do not need a new account for a new address or number."),
            url=reverse("security-contact"),
        ),
        Alternative(
            title=_("Leave the account idle, safely"),
            text=_("Nothing is taken from it, and there is no fee. A short checklist says what to do first."),
            url=reverse("close-idle"),
        ),
    ]
    if not policy.reactivation.disable_offered:
        return found
    text = _("Nobody can sign in, trade or withdraw until you reactivate it.")
    disabling = Alternative(title=_("Disable the account"), text=text, url=reverse("disable"))
    return [disabling, *found] if policy.reactivation.offered_first else [*found, disabling]


def checklist() -> list[Task]:
    """Return what makes an idle account safe, in the order in which it is done (C07, I10)."""
    return [
        Task(
            text=_("Withdraw what you hold, to your own wallet or bank."),
            note=_("What stays in the account stays yours."),
        ),
        Task(
            text=_("Change the password to one that you use nowhere else."),
            note=_("Keep it in a password manager."),
            url=reverse("security-password"),
        ),
        Task(
            text=_("Keep the second factor on."),
            note=_("Some advise to turn its backup off. We do not: an account that nobody watches needs it most."),
            url=reverse("security-factors"),
        ),
        Task(
            text=_("Delete your API keys."),
            note=_("A forgotten key can still trade."),
            url=reverse("security-api-keys"),
        ),
        Task(
            text=_("Remove withdrawal addresses that you do not need."),
            note=_("Then nothing can be sent there by mistake."),
            url=reverse("security-addresses"),
        ),
        Task(
            text=_("Check that your e-mail address and phone are still yours."),
            note=_("We write there before anything changes."),
            url=reverse("security-contact"),
        ),
    ]


class IdleView(Page):
    """A short checklist for leaving an account alone (C07)."""

    template_name = "closure/idle.html"

    def context(self) -> dict[str, Any]:
        """Return the points, and what an idle account comes to by the policy in force."""
        return {"tasks": checklist(), "later": words.idle(loader.current())}
