"""The take-over brake is told: by mail and text, at the contacts of now and at those that were replaced (D08)."""

from django.utils import translation

from accounts import contacts
from closure.facts import Context
from closure.flags import BRAKE
from closure.policy import loader
from closure.spans import duration

TEMPLATE = "closure_brake"


def tell(context: Context) -> None:
    """Queue the notices of a submission under the brake; the account row is locked."""
    submission, account = context.facts.submission, context.account
    if submission is None or BRAKE not in submission.flags:
        return
    waiting = loader.from_pinned(context.request.policy).waiting
    with translation.override(account.language):
        said = {
            "reference": context.request.reference,
            "looks_back": duration(waiting.brake_looks_back),
            "longer": duration(waiting.brake_adds),
            "finalizes_after": submission.finalizes_after,
        }
    since = context.now - waiting.brake_looks_back
    places = [*contacts.current(account), *contacts.former(account, since=since)]
    contacts.tell(places, account, TEMPLATE, said, now=context.now)
