"""The wording of the note, and the documents and rules beside it."""

from datetime import date

import pytest
from django.utils import translation

from accounts.enums import DocumentType
from closure.enums import EvidenceKind
from closure.reactivation import documents, note, rules
from closure.reactivation.rules import Rule


@pytest.mark.row("J08")
@pytest.mark.parametrize("language", ["en", "de"])
def test_note_is_the_published_wording_filled_in(language: str) -> None:
    with translation.override(language):
        text = note.text(brand="Northbank", email="ana@example.test", on=date(2026, 3, 9))
    assert text == "Northbank (09/03/2026) Reactivate my account associated with (ana@example.test)"


@pytest.mark.row("J09")
def test_accepted_documents_are_those_published_with_their_sides() -> None:
    front, both = ["document_front"], ["document_front", "document_back"]
    assert {each.type.value: [side.value for side in each.sides] for each in documents.ACCEPTED} == {
        "passport": front,
        "passport_card": both,
        "driving_licence": both,
        "state_id": both,
        "federal_id": both,
        "visa": front,
        "employment_authorization": both,
        "permanent_resident": both,
    }
    said = {each.type: str(each.rule) for each in documents.ACCEPTED}
    assert "Real ID" in said[DocumentType.STATE_ID]
    assert "B1, B2 or F1" in said[DocumentType.VISA]
    assert "at least one more year" in said[DocumentType.VISA]
    assert (documents.sides(""), documents.sides("id_card")) == ((), ())


@pytest.mark.row("J10", "J11", "J12", "J13", "J15")
def test_every_rule_says_what_to_do_and_about_which_photo() -> None:
    said = {rule: rules.words(rule) for rule in Rule}
    assert len(set(said.values())) == len(Rule)
    about = {rule: rules.about(rule) for rule in Rule}
    assert {frozenset(kinds) for kinds in about.values()} == {
        frozenset({EvidenceKind.NOTE}),
        frozenset({EvidenceKind.DOCUMENT_FRONT, EvidenceKind.DOCUMENT_BACK}),
        frozenset(EvidenceKind),
    }
    assert about[Rule.NAME] == frozenset({EvidenceKind.DOCUMENT_FRONT, EvidenceKind.DOCUMENT_BACK})


def test_rules_are_read_from_codes_in_their_order_and_no_others() -> None:
    assert rules.read(["name", "light", "name"]) == (Rule.LIGHT, Rule.NAME)
    with pytest.raises(ValueError, match="ugly"):
        rules.read(["ugly"])
