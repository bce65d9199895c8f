"""Requests by the million, written by the database itself: customers, their addresses' fingerprints, their closures.

Of each hundred sixteen wait for a decision and forty are not over; due times are spread over weeks, in no order. The
first thousand hold what there is little of, so that lists have as many rows at every size.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Model

from accounts.models import Account, Identifier
from closure.models import ClosureRequest

# Of each hundred, by the last two digits of the number.
STATES = (
    (16, "in_review"),
    (31, "cooling_off"),
    (37, "held"),
    (38, "approved"),
    (40, "finalizing"),
    (80, "closed"),
    (90, "cancelled"),
    (100, "rejected"),
)
IS_REVIEW, IS_LIVE = "n % 100 < 16", "n % 100 < 40"
NULL = "NULL"
SPREAD_SECONDS = 40 * 24 * 3600


def crowd(first: int, last: int, *, like: ClosureRequest, person: UUID, now: datetime) -> None:
    """Write the requests of these numbers, each with its customer, who are as that of `like`.

    `person` is a member of staff: sixty-four reviews of the first thousand are theirs.
    """
    prefix, today = int(now.timestamp() * 1000) - 10**8, int(now.timestamp())
    account, request = _key(prefix), _key(prefix + 10**7)
    state = "CASE " + " ".join(f"WHEN n % 100 < {end} THEN '{name}'" for end, name in STATES) + " END"
    seconds = f"{today} + (n * 7919) % {SPREAD_SECONDS} - {SPREAD_SECONDS // 2}"
    due, begun, at = _moment(seconds), _moment(f"{seconds} - {8 * 24 * 3600}"), _moment(str(today))
    proposed, none = "n % 100 >= 10 AND n % 100 < 16", _json("[]")
    few = _when(f"{IS_REVIEW} AND n <= 400", _flag("name_mismatch"), none)
    known = Identifier.objects.filter(account=like.account_id)[0].pk
    _insert(Account, like.account_id, first, last, {"id": account, "email": NULL, "phone": NULL})
    keys = {"id": request, "account_id": account, "fingerprint": _digest()}
    _insert(Identifier, known, first, last, keys)
    columns = {
        "id": request,
        "account_id": account,
        "reference": "'CL-' || n",
        "state": state,
        "submitted_at": begun,
        "finalizes_after": due,
        "finalizes_before": due,
        "held_at": _when("n % 100 >= 31 AND n % 100 < 37", at, NULL),
        "ended_at": _when(IS_LIVE, NULL, at),
        "policy": _when(IS_LIVE, 't."policy"', _json("{}")),
        "flags": _when("n % 100 < 8 AND n > 400", _flag("brake"), few),
        "proposed_at": _when(proposed, due, NULL),
        "proposed_by": _when(proposed, _uuid(person), NULL),
        "assigned_to": _when(f"{IS_REVIEW} AND n > 400 AND n <= 800", _uuid(person), NULL),
    }
    _insert(ClosureRequest, like.pk, first, last, columns)


def _insert(model: type[Model], like: UUID, first: int, last: int, given: Mapping[str, str]) -> None:
    columns = [str(field.column) for field in model._meta.concrete_fields]
    values = ", ".join(given.get(column, f't."{column}"') for column in columns)
    names = ", ".join(f'"{column}"' for column in columns)
    series = f"SELECT generate_series({first}::bigint, {last}::bigint)"
    if connection.vendor == "sqlite":
        series = f"SELECT {first} UNION ALL SELECT n + 1 FROM s WHERE n < {last}"  # noqa: S608  (numbers of ours)
    table = f'"{model._meta.db_table}"'
    source = f'WITH RECURSIVE s(n) AS ({series}) SELECT {values} FROM {table} t, s WHERE t."id" = {_uuid(like)}'  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({names}) {source}")


def _key(start: int) -> str:
    """Return the expression of a time-ordered key: two from one start never meet."""
    if connection.vendor == "sqlite":
        return f"printf('%012x70008%015x', {start} + n, n)"
    return f"(lpad(to_hex({start} + n), 12, '0') || '70008' || lpad(to_hex(n), 15, '0'))::uuid"


def _uuid(key: UUID) -> str:
    return f"'{key.hex}'" if connection.vendor == "sqlite" else f"'{key}'::uuid"


def _moment(seconds: str) -> str:
    if connection.vendor == "sqlite":
        return f"datetime({seconds}, 'unixepoch')"
    return f"to_timestamp({seconds})"


def _digest() -> str:
    return "randomblob(32)" if connection.vendor == "sqlite" else "sha256(n::text::bytea)"


def _json(text: str) -> str:
    return f"'{text}'" if connection.vendor == "sqlite" else f"'{text}'::jsonb"


def _flag(name: str) -> str:
    return _json(f'["{name}"]')


def _when(condition: str, then: str, otherwise: str) -> str:
    return f"CASE WHEN {condition} THEN {then} ELSE {otherwise} END"
