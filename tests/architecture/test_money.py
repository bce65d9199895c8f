"""Money is Decimal everywhere: no float column, no float in the rooms that count (invariant 25)."""

import ast

from django.apps import apps
from django.db import models

from tests.architecture.source import product

COUNTING_ROOMS = ("closure.exchange", "closure.preflight", "closure.policy", "closure.models")


def test_models_have_no_float_column() -> None:
    floats = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.FloatField)
    ]
    assert floats == []


def test_rooms_that_count_never_name_float() -> None:
    named = [
        module.at(node)
        for module in product()
        if module.name.startswith(COUNTING_ROOMS)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Name) and node.id == "float"
    ]
    assert named == []
