"""Ana walks the closing journey through Django's client, as far as a test wants."""

from typing import Any

from django.test import Client

from accounts.models import Account, EmailDevice, StepUp, TotpDevice
from closure.enums import Step
from closure.models import ClosureRequest
from closure.notes import OWN_TICK
from tests.factories import PASSWORD, document_number, totp_code
from tests.pages import last_code

ORDER = tuple(Step)
PAGES = {step: f"/close/{step.value}/" for step in Step}


# Every tick of the risk notes.
UNDERSTOOD = dict.fromkeys(("understood", *OWN_TICK), "on")


def take_risks(client: Client, account: Account) -> Any:
    """Tick the notes, which starts the request and checks the account."""
    return client.post(PAGES[Step.RISKS], UNDERSTOOD)


def take_check(client: Client, account: Account) -> Any:
    """Go on from a check without warnings."""
    return client.post(PAGES[Step.CHECK], {})


def take_export(client: Client, account: Account) -> Any:
    """Say that the records are saved."""
    return client.post(PAGES[Step.EXPORT], {})


def codes(client: Client, account: Account) -> dict[str, str]:
    """Ask for the mailed code and return what Ana types into the code page."""
    mail, app = EmailDevice.objects.get(user=account), TotpDevice.objects.get(user=account)
    client.post(PAGES[Step.VERIFY], {"send": str(mail.pk)})
    return {str(mail.pk): last_code(account), str(app.pk): totp_code(account)}


def take_verify(client: Client, account: Account) -> Any:
    """Type the mailed code and the one of the authenticator."""
    return client.post(PAGES[Step.VERIFY], codes(client, account))


def take_document(client: Client, account: Account) -> Any:
    """Type the number of the passport."""
    return client.post(PAGES[Step.DOCUMENT], {"number": document_number("ana")})


def take_confirm(client: Client, account: Account) -> Any:
    """Press the last button."""
    return client.post(PAGES[Step.CONFIRM], {"password": PASSWORD})


TAKE = {
    Step.RISKS: take_risks,
    Step.CHECK: take_check,
    Step.EXPORT: take_export,
    Step.VERIFY: take_verify,
    Step.DOCUMENT: take_document,
    Step.CONFIRM: take_confirm,
}


def walk_to(client: Client, account: Account, step: Step) -> Any:
    """Take every step before `step`; returns the last answer."""
    answer = None
    for each in ORDER[: ORDER.index(step)]:
        answer = TAKE[each](client, account)
    return answer


def request_of(account: Account) -> ClosureRequest:
    """Return the newest request of an account."""
    return ClosureRequest.objects.filter(account=account).latest("created_at")


def step_up_of(account: Account) -> StepUp:
    """Return the newest verification for closing."""
    return StepUp.objects.filter(account=account, purpose="close_account").latest("created_at")
