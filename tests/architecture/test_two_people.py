"""Where two people decide, the database itself tells them and the owner apart (invariant 14, L06)."""

from itertools import combinations
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.db import connection, models
from django.db.models import Q, Value

from accounts.enums import CaseState, RestrictionKind
from closure.enums import FaceOutcome

pytestmark = [pytest.mark.django_db, pytest.mark.row("L06")]


def people_of(model: type[models.Model]) -> list[str]:
    """Return the columns in which a person is known by their key."""
    return [
        field.name for field in model._meta.fields if isinstance(field, models.UUIDField) and field.name.endswith("_by")
    ]


# An announcement is about nobody.
MODELS = {
    model._meta.label: model
    for model in apps.get_models()
    if people_of(model) and any(field.attname == "account_id" for field in model._meta.fields)
}
# Acts that are not two steps of one decision: whoever did one may do the other.
MAY_BE_ONE = {
    # One person decides, either way; a matter that is accepted is never refused, whoever it was.
    "accounts.Matter": {("accepted_by", "refused_by")},
    "accounts.BlockedIdentity": {("for_ever_by", "release_proposed_by"), ("for_ever_by", "released_by")},
    "accounts.Restriction": {("confirmed_by", "lift_proposed_by"), ("confirmed_by", "lift_confirmed_by")},
    "closure.ClosureRequest": {
        ("reviewed_by", "face_recorded_by"),
        ("proposed_by", "face_recorded_by"),
        ("reviewed_by", "desk_by"),
        ("proposed_by", "desk_by"),
        ("face_recorded_by", "desk_by"),
    },
    "closure.Readmission": {("proposed_by", "dropped_by"), ("confirmed_by", "dropped_by")},
    "retention.LegalHold": {
        ("placed_by", "lift_proposed_by"),
        ("placed_by", "lifted_by"),
        ("confirmed_by", "lift_proposed_by"),
        ("confirmed_by", "lifted_by"),
    },
}
# What a row that came to its end says beside its people and times.
ENDED: dict[str, dict[str, Any]] = {
    "accounts.BlockedIdentity": {"for_ever_at": None},
    "accounts.Case": {"state": CaseState.RESOLVED.value},
    "accounts.RecoveryInvitation": {"cause": "staff", "opens": "recover"},
    "accounts.Restriction": {"kind": RestrictionKind.JUDICIAL_FREEZE.value, "placer_id": uuid4()},
    "closure.ClosureRequest": {"face_outcome": FaceOutcome.MATCH.value},
}


def finished(label: str, now: Any) -> dict[str, Any]:
    """Return the columns of a row in which everything was done, each by another person."""
    row: dict[str, Any] = {"account_id": uuid4()}
    for field in MODELS[label]._meta.fields:
        row |= {field.name: now} if isinstance(field, models.DateTimeField) else {}
    return row | {name: uuid4() for name in people_of(MODELS[label])} | ENDED.get(label, {})


def refusing(label: str, row: dict[str, Any], **same: UUID) -> list[str]:
    """Return the names of the constraints that take the row, and refuse it where these people are the same."""
    distinct, alike = columns(label, row), columns(label, {**row, **same})
    return [
        each.name
        for each in checks_of(label)
        if isinstance(each.condition, Q) and each.condition.check(distinct) and not each.condition.check(alike)
    ]


def checks_of(label: str) -> list[models.CheckConstraint]:
    """Return the conditions that every row of a model meets."""
    return [each for each in MODELS[label]._meta.constraints if isinstance(each, models.CheckConstraint)]


def columns(label: str, row: dict[str, Any]) -> dict[str, Value]:
    """Return a row as the database sees it, with nothing where nothing is said."""
    fields = {name: field for field in MODELS[label]._meta.fields for name in {field.name, field.attname}}
    return {name: Value(row.get(field.attname), output_field=field) for name, field in fields.items()}


def test_models_with_two_people_are_those_we_know() -> None:
    assert sorted(MODELS) == [
        "accounts.BlockedIdentity",
        "accounts.Case",
        "accounts.DormancyNotice",
        "accounts.FactorRecovery",
        "accounts.Matter",
        "accounts.RecoveryInvitation",
        "accounts.Restriction",
        "closure.ClosureRequest",
        "closure.DepositClaim",
        "closure.Reactivation",
        "closure.Readmission",
        "closure.Residual",
        "retention.Disclosure",
        "retention.LegalHold",
    ]


@pytest.mark.parametrize("label", sorted(MODELS))
def test_owner_decides_nothing_about_themselves(label: str, now: Any) -> None:
    row = finished(label, now)
    told = {name: refusing(label, row, **{name: row["account_id"]}) for name in people_of(MODELS[label])}
    assert [name for name, constraints in told.items() if not constraints] == []


@pytest.mark.parametrize("label", sorted(MODELS))
def test_second_person_is_never_the_first(label: str, now: Any) -> None:
    row = finished(label, now)
    pairs = list(combinations(people_of(MODELS[label]), 2))
    alone = {pair for pair in pairs if not refusing(label, row, **{pair[1]: row[pair[0]]})}
    assert alone == MAY_BE_ONE.get(label, set())


@pytest.mark.parametrize("label", sorted(MODELS))
def test_database_has_what_the_models_say(label: str) -> None:
    said = {each.name for each in checks_of(label)}
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, MODELS[label]._meta.db_table)
    assert said <= {name for name, about in found.items() if about["check"]}
