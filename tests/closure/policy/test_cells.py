"""Every field of a policy is proven as behavior, and for every preset: the table of tests that do it is whole."""

from dataclasses import fields, is_dataclass
from importlib import import_module
from typing import get_type_hints

import pytest

from closure.policy import loader
from closure.policy.schema import Policy
from tests.closure.policy.cells import CELLS


def leaves() -> set[str]:
    """Return every field of a policy, with its section."""
    found = set()
    for name, hint in get_type_hints(Policy).items():
        section = isinstance(hint, type) and is_dataclass(hint)
        found |= {f"{name}.{field.name}" for field in fields(hint)} if section else {name}
    return found


def test_every_field_of_a_policy_has_its_test() -> None:
    assert set(CELLS) == leaves()


@pytest.mark.parametrize("proof", sorted(set(CELLS.values())))
def test_proof_is_asked_for_every_preset(proof: str) -> None:
    module, _colons, name = proof.partition("::")
    function = getattr(import_module(module), name)
    asked = [
        [each if isinstance(each, str) else each[0] for each in mark.args[1]]
        for mark in function.pytestmark
        if mark.name == "parametrize" and "preset" in mark.args[0]
    ]
    assert [sorted(names) for names in asked] == [loader.presets()]
