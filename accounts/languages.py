"""Which language somebody is spoken to in (M07): chosen in the session, kept in the account, else what browsers ask."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.contrib.auth import SESSION_KEY as SIGNED_IN
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation.trans_real import get_supported_language_variant, parse_accept_lang_header

from accounts.actors import Actor
from accounts.enums import Action
from accounts.journal import record
from accounts.models import Account

SESSION_KEY = "language"


def of_request(request: HttpRequest) -> str:
    """Return the language of a page: asks the session and the account only of who came with a cookie."""
    if settings.SESSION_COOKIE_NAME in request.COOKIES:
        chosen = request.session.get(SESSION_KEY)
        if chosen is None and SIGNED_IN in request.session and isinstance(request.user, Account):
            chosen = request.user.language
        if chosen in dict(settings.LANGUAGES):
            return str(chosen)
    return _asked_for(request.headers.get("Accept-Language", ""))


def choose(account_id: UUID, language: str, *, now: datetime) -> bool:
    """Have mails and texts speak a language from now on; returns whether that is a change, which is journaled."""
    if language not in dict(settings.LANGUAGES):
        return False
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=account_id)
        if account.language == language:
            return False
        account.language = language
        account.save(update_fields=["language"])
        actor = Actor.staff(account) if account.is_staff else Actor.customer(account)
        record(Action.ACCOUNT_UPDATED, actor=actor, at=now, account=account, data={"fields": ["language"]})
    return True


def _asked_for(header: str) -> str:
    for language, _weight in parse_accept_lang_header(header):
        if language == "*":
            break
        try:
            return get_supported_language_variant(language)
        except LookupError:
            continue
    return settings.LANGUAGE_CODE
