"""Every field of every model is classed erase, archive or keep, and the classes can be carried out (F02)."""

import pytest
from django.apps import apps
from django.db import models

from closure.retention.fields import CLASSES, FieldClass

MODELS = {model._meta.label: model for model in apps.get_models(include_auto_created=True)}
# Rows that only tie two others together go with the row of class erase on one side.
TIES = {label for label, model in MODELS.items() if model._meta.auto_created}
CLASSED = sorted(MODELS.keys() & CLASSES.keys())


def own_fields(label: str) -> list[str]:
    """Return the names of columns and ties that a model declares, not those that others point at it with."""
    options = MODELS[label]._meta
    return sorted(field.name for field in [*options.fields, *options.many_to_many])


def column(label: str, name: str) -> models.Field[object, object]:
    found = MODELS[label]._meta.get_field(name)
    assert isinstance(found, models.Field)
    return found


@pytest.mark.row("F02")
def test_models_are_all_classed() -> None:
    assert sorted(MODELS.keys() - TIES) == sorted(CLASSES)


@pytest.mark.row("F02")
@pytest.mark.parametrize("label", CLASSED)
def test_fields_are_all_classed(label: str) -> None:
    assert own_fields(label) == sorted(CLASSES[label].fields)


@pytest.mark.parametrize("label", CLASSED)
def test_account_column_exists(label: str) -> None:
    name = CLASSES[label].account
    attnames = {field.attname for field in MODELS[label]._meta.fields}
    assert {name} - {None} <= attnames


@pytest.mark.parametrize("label", CLASSED)
def test_deleted_rows_keep_nothing_and_have_an_account(label: str) -> None:
    classed = CLASSES[label]
    kept = [name for name, of in classed.fields.items() if of is FieldClass.KEEP]
    assert not classed.delete or (kept == [] and classed.account is not None)


@pytest.mark.parametrize("label", CLASSED)
def test_rows_that_stay_say_why_and_can_be_blanked(label: str) -> None:
    classed = CLASSES[label]
    if classed.delete:
        return
    gone = [name for name, of in classed.fields.items() if of is not FieldClass.KEEP]
    stuck = [name for name in gone if name not in classed.blank and not can_be_blank(column(label, name))]
    ours = MODELS[label].__module__.startswith(("accounts", "closure", "portal"))
    assert (stuck, bool(classed.basis) or not ours) == ([], True)


@pytest.mark.parametrize("label", CLASSED)
def test_what_is_written_afterwards_has_an_account_and_columns(label: str) -> None:
    afterwards = CLASSES[label].afterwards
    if afterwards is None:
        return
    attnames = {field.attname for field in MODELS[label]._meta.fields}
    assert {afterwards.account, *(afterwards.blank or ())} <= attnames
    # Rows that go whole have nothing that is kept.
    assert afterwards.blank is not None or CLASSES[label].delete


def can_be_blank(field: models.Field[object, object]) -> bool:
    """Tell whether "" or None can be written where the table has no value of its own for blanking."""
    return field.null or isinstance(field, models.CharField | models.TextField | models.ManyToManyField)
