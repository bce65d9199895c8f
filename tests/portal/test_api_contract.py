"""What the API answers is what its document says."""

from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from closure.exchange.ledger.models import LedgerApiKey, LedgerOrder
from closure.notes import NOTE_CODES
from portal import api_schema
from tests.api import Caller
from tests.factories import PASSWORD, document_number, make_account, make_staff, totp_code
from tests.outbox import last_code

pytestmark = pytest.mark.django_db


def strict(schema: Any) -> Any:
    """Return an OpenAPI 3.0 schema as JSON Schema in which an unknown member is an error."""
    if isinstance(schema, list):
        return [strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    found = {name: strict(value) for name, value in schema.items() if name != "nullable"}
    if found.get("type") == "object":
        found["additionalProperties"] = False
    return {"anyOf": [found, {"type": "null"}]} if schema.get("nullable") else found


def check(path: str, method: str, answer: Any) -> Any:
    """Compare an answer with the document and return its body."""
    document = api_schema.document()
    told = document["paths"][f"/api/v1/{path}"][method]["responses"][str(answer.status_code)]
    schema = strict({**told["content"]["application/json"]["schema"], "components": document["components"]})
    jsonschema.validate(answer.json(), schema, cls=jsonschema.Draft7Validator)
    return answer.json()


def test_answers_are_as_documented() -> None:
    ana = make_account("ana")
    caller, one = Caller(), "closures/{reference}/"
    check("session/", "get", caller.get("session/"))
    given = {"identifier": "ana@example.test", "password": PASSWORD}
    factors = check("session/", "post", caller.post("session/", given))["factors"]
    email, totp = (next(each["id"] for each in factors if each["kind"] == kind) for kind in ("email", "totp"))
    check("session/challenge/", "post", caller.post("session/challenge/", {"factor": email}))
    signed_in = caller.post("session/code/", {"factor": totp, "code": totp_code(ana)})
    caller.csrf = check("session/code/", "post", signed_in)["csrf"]
    check("session/", "get", caller.get("session/"))
    check("account/", "get", caller.get("account/"))
    check("preflight/", "post", caller.post("preflight/"))
    key = LedgerApiKey.objects.create(account_id=ana.pk, key_id="k_1")
    order = {"area": "orders", "kind": "limit", "symbol": "SOL/USDT", "side": "buy", "amount": "0.05"}
    LedgerOrder.objects.create(account_id=ana.pk, **order)
    found = check("preflight/", "post", caller.post("preflight/"))
    assert (len(found["blockers"]), len(found["warnings"])) == (1, 1)
    key.delete()
    shown = check("remedies/{code}/", "get", caller.get("remedies/cancel_orders/"))
    done = caller.post("remedies/cancel_orders/", {"confirm": shown["confirm"]}, Idempotency_Key="k")
    assert check("remedies/{code}/", "post", done)["state"] == "done"
    LedgerOrder.objects.all().delete()
    check("exports/verification/", "post", caller.post("exports/verification/", {"kind": "transactions"}))
    proving, proving_path = f"exports/verification/{totp}/", "exports/verification/{factor}/"
    check(f"{proving_path}challenge/", "post", caller.post(f"{proving}challenge/"))
    check(proving_path, "post", caller.post(proving, {"code": totp_code(ana)}))
    caller.token()
    export = check("exports/", "post", caller.post("exports/", {"kind": "transactions"}))
    check("exports/{export}/", "get", caller.get(f"exports/{export['id']}/"))
    opened = check("closures/", "post", caller.post("closures/", {"acknowledged": list(NOTE_CODES)}))
    here = f"closures/{opened['reference']}/"
    check("closures/", "get", caller.get("closures/"))
    check(one, "get", caller.get(here))
    check(f"{one}verification/", "post", caller.post(f"{here}verification/"))
    factor, factor_path = f"{here}verification/{email}/", f"{one}verification/{{factor}}/"
    check(f"{factor_path}challenge/", "post", caller.post(f"{factor}challenge/"))
    check(factor_path, "post", caller.post(factor, {"code": last_code(ana)}))
    check(factor_path, "post", caller.post(f"{here}verification/{totp}/", {"code": totp_code(ana)}))
    check(f"{one}document/", "post", caller.post(f"{here}document/", {"number": document_number("ana")}))
    check(f"{one}submit/", "post", caller.post(f"{here}submit/", {"password": PASSWORD}))
    sam = Caller(make_staff("sam"))
    entry = check("staff/closures/", "get", sam.get("staff/closures/"))["results"][0]
    body = {"decision": "reject", "reason": "Asked twice.", "seen_version": entry["version"]}
    decided = sam.post(f"staff/{here}decisions/", body)
    check(f"staff/{one}decisions/", "post", decided)
