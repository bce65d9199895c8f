"""The rules of matters: each has words for its owner, and belongs to the kinds that it can be broken by."""

import pytest

from accounts.enums import MatterKind
from closure.matter_rules import OF, MatterRule, choices, read, words
from closure.reactivation.rules import Rule

M = MatterKind
pytestmark = pytest.mark.row("L04")


def test_every_kind_but_the_review_has_rules_with_words() -> None:
    assert {kind for kind in M if not OF[kind]} == {M.REVIEW}
    assert set(MatterRule) <= {rule for rules in OF.values() for rule in rules}
    for kind in M:
        said = [words(rule) for rule in OF[kind]]
        assert (all(said), len(set(said)), [code for code, _name in choices(kind)]) == (
            True,
            len(OF[kind]),
            [rule.value for rule in OF[kind]],
        )


def test_codes_are_read_in_the_order_of_the_kind() -> None:
    assert read(M.FRAUD_ALERT, ["document_legible", "told_little"]) == [MatterRule.TOLD_LITTLE, Rule.DOCUMENT_LEGIBLE]
    assert read(M.REVIEW, []) == []


@pytest.mark.parametrize("code", ["proof_old", "nonsense"])
def test_rule_of_something_else_is_none(code: str) -> None:
    with pytest.raises(ValueError, match="something else"):
        read(M.FRAUD_ALERT, [code])
