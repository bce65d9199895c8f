"""Imports go down only, between floors and between the layers of a floor; none hides inside a function."""

import ast

import pytest

from tests.architecture.layers import FLOORS, LAYERS, floor_of, layer_of
from tests.architecture.source import Module, product

APPS_FILE = "apps.py"


def upward_floors(module: Module) -> list[str]:
    own = floor_of(module.name)
    targets = [(floor_of(target), target, line) for target, line in module.imports()]
    return [
        f"{module.relative}:{line} {target}"
        for floor, target, line in targets
        if floor is not None and own is not None and floor > own
    ]


def upward_layers(module: Module) -> list[str]:
    targets = [(target, line) for target, line in module.imports() if floor_of(target) == floor_of(module.name)]
    return [
        f"{module.relative}:{line} {target}" for target, line in targets if layer_of(target) > layer_of(module.name)
    ]


def test_floors_imports_go_down_only() -> None:
    assert [found for module in product() for found in upward_floors(module)] == []


def test_layers_imports_go_down_only() -> None:
    wired = [
        module
        for module in product()
        if module.path.name != APPS_FILE and floor_of(module.name) != FLOORS.index("portal")
    ]
    assert [found for module in wired for found in upward_layers(module)] == []


def test_apps_nothing_imports_tests() -> None:
    assert [
        module.relative for module in product() for target, _line in module.imports() if target.startswith("tests")
    ] == []


def test_functions_import_nothing_outside_of_apps() -> None:
    hidden = [
        module.at(node)
        for module in product()
        if module.path.name != APPS_FILE
        for function in module.functions()
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert hidden == []


def test_domain_of_closure_sees_no_request_of_the_web() -> None:
    web = ("django.http", "django.shortcuts", "rest_framework")
    seen = [
        f"{module.relative}:{line} {target}"
        for module in product()
        if module.name.startswith("closure") and layer_of(module.name) <= LAYERS.index("domain")
        for target, line in module.imports()
        if target.startswith(web)
    ]
    assert seen == []


@pytest.mark.parametrize(
    ("name", "floor"),
    [
        ("accounts.models.account", "accounts"),
        ("closure.lifecycle", "closure"),
        ("closure.retention", "closure.retention"),
        ("closure.retention.fields", "closure.retention"),
        ("closure.retention_notes", "closure"),
        ("portal.urls", "portal"),
        ("django.urls", None),
    ],
)
def test_floor_of_name(name: str, floor: str | None) -> None:
    assert floor_of(name) == (None if floor is None else FLOORS.index(floor))


@pytest.mark.parametrize(
    ("name", "layer"),
    [
        ("accounts.enums.Role", "ground"),
        ("accounts.models.Account", "models"),
        ("closure.exchange.ledger.models", "models"),
        ("closure.operations.submit", "domain"),
        ("closure.management.commands.finalize_closures", "edges"),
        ("closure.views.close", "pages"),
    ],
)
def test_layer_of_name(name: str, layer: str) -> None:
    assert layer_of(name) == LAYERS.index(layer)
