"""Pages for everybody: home and language."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import get_language

from accounts import announcements, clock, languages
from accounts.models import Account
from accounts.views.pages import Page, customer_of, safe_next


class HomeView(Page):
    """Where everything starts: at most two clicks from here to closing (C01)."""

    template_name = "accounts/home.html"

    def context(self) -> dict[str, Any]:
        """Return what is announced to everybody, or where the reader lives."""
        reader = customer_of(self.request)
        country, part = (reader.country, reader.region) if reader else ("", "")
        return {"announcements": announcements.shown_to(country, part, get_language() or "", now=clock.now())}


class LanguageView(Page):
    """Choose a language: kept in the session, because the portal sets one cookie only, and for mails in the account."""

    template_name = "accounts/language.html"

    def context(self) -> dict[str, Any]:
        """Return the languages there are."""
        return {"languages": settings.LANGUAGES, "next": safe_next(self.request, self.request.GET.get("next", ""))}

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Keep the choice and go back."""
        chosen = request.POST.get("language", "")
        if chosen in dict(settings.LANGUAGES):
            request.session[languages.SESSION_KEY] = chosen
            if isinstance(request.user, Account):
                languages.choose(request.user.pk, chosen, now=clock.now())
        return redirect(safe_next(request, request.POST.get("next", "")) or "home")
