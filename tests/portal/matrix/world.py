"""Everybody of the matrix with a thing of each kind, and rows of everything that staff decide about. Made once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import Group
from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY

from accounts.actors import Actor
from accounts.enums import CaseKind, Role
from accounts.models import Account, Case, EmailDevice, SignIn
from accounts.models import TotpDevice as Totp
from closure.enums import ClosureState, RemedyState, RequestChannel
from closure.lifecycle import pin
from closure.models import CheckRun, ClosureRequest, Export, Receipt, RemedyRun, Residual
from closure.operations.release import release_dispute
from closure.policy import loader
from tests.closure import closing
from tests.closure.links import in_status
from tests.console import console
from tests.factories import PASSWORD, make_account, make_staff, totp_code
from tests.pages import sign_in
from tests.portal.matrix.rows import rows_of_staff
from tests.portal.matrix.tokens import tokens_of

STAFF = {"agent": Role.AGENT, "lead": Role.LEAD, "compliance": Role.COMPLIANCE, "auditor": Role.AUDITOR}
DUE = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class Person:
    """A browser, and what the parts of addresses stand for when this person asks."""

    cookies: Mapping[str, str]
    known: Mapping[str, str]


def everybody(now: datetime) -> dict[str, Person]:
    """Make everything and return the people by the names of the table."""
    pia = make_staff("pia", Role.LEAD)
    pia.groups.add(Group.objects.get(name=Role.COMPLIANCE))
    rows = rows_of_staff(pia, now)
    ana, fay, dan = make_account("ana"), make_account("fay"), make_account("dan")
    browsers = {"owner": _browser(ana), "frozen owner": _browser(fay), "disabled owner": _browser(dan)}
    draft = ClosureRequest.objects.create(
        **pin(loader.load("standard")),
        account=ana,
        state=ClosureState.DRAFT,
        channel=RequestChannel.WEB,
        created_at=now,
        touched_at=now,
    )
    later = {"finalizes_after": now + DUE, "finalizes_before": now + DUE}
    frozen = closing.make_request(fay, now=now, state=ClosureState.COOLING_OFF, **later)
    ended = closing.make_request(dan, now=now, state=ClosureState.CANCELLED, end_reason="disputed", ended_at=now)
    Account.objects.filter(pk=dan.pk).update(status="disabled")
    CheckRun.objects.filter(request=ended).delete()
    release_dispute(ended.pk, actor=Actor.staff(pia), reason="It was a mistake.", now=now)
    sent = tokens_of(ana, frozen, now)
    rows["admin:closure_closurerequest_release.key"] = str(ended.pk)
    owned = {
        "owner": {**_things(ana, draft, now), **sent},
        "frozen owner": {**_things(fay, frozen, now), **sent},
        "disabled owner": {**_things(dan, ended, now), **sent},
    }
    browsers["status session"] = in_status(Client(), frozen)
    browsers["other customer"] = _browser(make_account("cid"))
    browsers |= {name: console(make_staff(name, role)) for name, role in STAFF.items()}
    browsers["proposer"] = console(pia)
    browsers["staff without a second factor"] = _without_factor(now)
    browsers["visitor"] = Client()
    things = {**dict.fromkeys(browsers, owned["owner"]), **owned, "status session": owned["frozen owner"]}
    cookies = {name: {key: each.value for key, each in client.cookies.items()} for name, client in browsers.items()}
    return {name: Person(cookies=cookies[name], known={**rows, **things[name]}) for name in browsers}


def _browser(account: Account) -> Client:
    client = Client()
    assert sign_in(client, account.email or "", PASSWORD, totp_code(account)).status_code == 302
    return client


def _without_factor(now: datetime) -> Client:
    """Return the browser of one whose session passed a mailed code alone: none comes about by signing in."""
    ida = make_staff("ida", Role.LEAD)
    client = console(ida)
    session: Any = client.session
    session[DEVICE_ID_SESSION_KEY] = EmailDevice.objects.get(user=ida).persistent_id
    session.save()
    return client


def _things(account: Account, request: ClosureRequest, now: datetime) -> dict[str, str]:
    """Give an account one of everything that has an address, and return the addresses' parts."""
    ended = {"state": RemedyState.DONE, "created_at": now, "next_try_at": now, "ended_at": now}
    run = RemedyRun.objects.create(
        account=account, code="cancel_orders", key_digest="k", confirmed="c", moves=[], **ended
    )
    residual = Residual.objects.create(account=account, asset="LUNA", amount="3", refusals={}, asked_at=now)
    export = Export.objects.create(
        account_id=account.pk, kind="transactions", created_at=now, expires_at=now + DUE, due_at=now + DUE
    )
    # Opened by itself, so that its owner was told of it.
    case = Case.objects.create(account_id=account.pk, kind=CaseKind.SUSPICIOUS_SIGN_IN, created_at=now)
    return {
        "factor": str(Totp.objects.get(user=account).pk),
        "sign_in": str(SignIn.objects.filter(account=account).latest("at").pk),
        "run": str(run.pk),
        "residual": str(residual.pk),
        "export": str(export.pk),
        "case.reference": case.reference,
        "reference": request.reference,
        "receipt": str(Receipt.objects.get().pk),
        "code_kind": "email",
        "contact": "email",
        "record": "transactions",
        "slug": "how-long",
        "code": "cancel_orders",
        "matter": "fraud_alert",
        "which": "any",
    }
