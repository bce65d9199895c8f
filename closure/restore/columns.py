"""Rows as JSON and back, to the last microsecond and byte: what the book of closures is made of."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from django.db.models import Field, Model

Row = TypeVar("Row", bound=Model)


def told(row: Model, *, less: Collection[str] = ()) -> dict[str, Any]:
    """Return the columns of a row as JSON has them, but for those in `less`."""
    return {field.attname: _told(field, row) for field in row._meta.concrete_fields if field.name not in less}


def _told(field: Field[Any, Any], row: Model) -> Any:
    value = field.value_from_object(row)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if value is None or isinstance(value, str | int):
        return value
    return field.value_to_string(row)


def read(model: type[Model], columns: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of columns that `told` gave; raises FieldDoesNotExist, ValidationError."""
    by_name = {field.attname: field for field in model._meta.concrete_fields}
    return {name: _read(by_name[name], value) for name, value in columns.items()}


def row_of(model: type[Row], columns: Mapping[str, Any], **more: Any) -> Row:
    """Return an unsaved row of such columns; `more` are columns beside them."""
    return model(**{**read(model, columns), **more})


def _read(field: Field[Any, Any], value: Any) -> Any:
    found = field.to_python(value)
    return bytes(found) if isinstance(found, memoryview) else found
