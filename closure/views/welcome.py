"""Welcome back: what happened while somebody was away, and the list to look through (I07-I10, J05, J06, N01-N07)."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts import announcements, clock
from accounts.exceptions import PortalError
from accounts.models import Account
from accounts.views.pages import Page, SignedIn
from accounts.views.sign_in import WELCOME
from closure import reading
from closure.enums import Area, CoreNewsKind, WelcomeTask
from closure.models import CoreNews, WelcomeBack
from closure.views.check import found_item
from closure.welcome import gate, news, progress

T, K = WelcomeTask, CoreNewsKind
# What a task asks for, the page where it is done, and what its owner says of it afterwards.
WORDS = {
    T.WALLETS: (
        gettext_lazy("Look through your wallets"),
        gettext_lazy("Spot, funding, futures, Earn and every other one."),
        "welcome-back-wallets",
        "",
    ),
    T.PASSWORD: (
        gettext_lazy("Choose a new password"),
        gettext_lazy("12 characters or more, of four kinds, and none that you used here before."),
        "security-password",
        "",
    ),
    T.CONTACTS: (
        gettext_lazy("Check your e-mail address and phone number"),
        gettext_lazy("Are both still yours? Change what is not."),
        "security-contact",
        gettext_lazy("They are mine"),
    ),
    T.AUTHENTICATOR: (
        gettext_lazy("Set up an authenticator app"),
        gettext_lazy("Or a passkey. A phone number can be stolen."),
        "security-factors",
        "",
    ),
    T.WORDS: (
        gettext_lazy("Choose anti-phishing words"),
        gettext_lazy("Our mails show them, so that you can tell them from others."),
        "security-anti-phishing",
        "",
    ),
    T.WHITELIST: (
        gettext_lazy("Turn on the withdrawal whitelist"),
        gettext_lazy("Remove every address that you do not know."),
        "security-addresses",
        gettext_lazy("I know every address"),
    ),
    T.DEVICES: (
        gettext_lazy("Look through devices and sign-ins"),
        gettext_lazy("Report what was not you: it locks the account and calls our staff."),
        "security-sign-ins",
        gettext_lazy("They were all me"),
    ),
    T.API_KEYS: (
        gettext_lazy("Revoke old API keys"),
        gettext_lazy("Programs from before must not act for you. Make new keys where you need them."),
        "security-api-keys",
        gettext_lazy("There are none left"),
    ),
}


@dataclass(frozen=True, kw_only=True)
class Row:
    """One task as the page shows it; `says` is empty where nothing is pressed."""

    code: str
    title: str
    note: str
    url: str
    says: str
    done: bool


class WelcomeBackView(SignedIn, Page):
    """The list; who has none is told so. Looking at it asks the core, and changes nothing."""

    template_name = "closure/welcome_back.html"

    def context(self) -> dict[str, Any]:
        """Return what happened, and the tasks."""
        row = gate.standing(self.account.pk)
        if row is None:
            return {"row": None}
        held = reading.balances(self.account, now=clock.now())
        orders = [each for each in held if each.area in {Area.ORDERS, Area.P2P}]
        found = [_row(each) for each in progress.tasks(row, self.account)]
        return {
            "row": row,
            "rows": found,
            "done": sum(each.done for each in found),
            "announcements": _announced(self.account, row),
            "news": [(each.at, _said(each)) for each in news.since(self.account.pk, row.away_since)],
            "orders": sum(len(each.found or ()) for each in orders),
            "orders_unknown": any(each.found is None for each in orders),
        }

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Note that a task is looked through, or end the list."""
        try:
            if "finish" in request.POST:
                progress.finish(self.account, now=clock.now())
                request.session.pop(WELCOME, None)
                messages.success(request, _("Welcome back. Everything is open to you again."))
            elif request.POST.get("task") in T.values:
                progress.review(self.account, T(request.POST["task"]), now=clock.now())
        except PortalError as error:
            messages.error(request, error.message)
        return redirect("welcome-back")


class WalletsView(SignedIn, Page):
    """Every wallet with what it holds now; one press says that its owner has seen it."""

    template_name = "closure/welcome_back_wallets.html"

    def context(self) -> dict[str, Any]:
        """Return each area with what it holds."""
        held = reading.balances(self.account, now=clock.now())
        areas = [
            (str(each.area.label), None if each.found is None else [found_item(item) for item in each.found])
            for each in held
        ]
        holds = {each.area for each in held}
        empty = [str(area.label) for area in reading.SHOWN_AREAS if area not in holds]
        unread = any(found is None for _area, found in areas)
        return {"areas": areas, "empty": empty, "unread": unread, "standing": gate.standing(self.account.pk)}


def _announced(account: Account, row: WelcomeBack) -> list[announcements.Shown]:
    """Return what leads announced since the owner was last here: that is what changed in the portal."""
    place = (account.country, account.region, get_language() or "")
    return announcements.since(*place, at=row.away_since, now=clock.now())


def _row(each: progress.Standing) -> Row:
    title, note, page, says = WORDS[each.task]
    return Row(
        code=each.task.value, title=str(title), note=str(note), url=reverse(page), says=str(says), done=each.done
    )


def _said(each: CoreNews) -> str:
    facts = {name: each.facts.get(name, "?") for name in news.FACTS}
    sentences = {
        K.MIGRATED: _("%(asset)s became %(into)s: you have %(amount)s %(into)s now."),
        K.MATURED: _("A product matured: %(amount)s %(asset)s went to your spot wallet."),
        K.ORDER_GONE: _("Your order in %(symbol)s was canceled: it is not traded any more."),
    }
    return sentences[K(each.kind)] % facts
