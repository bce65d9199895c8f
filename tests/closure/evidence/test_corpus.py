"""The upload corpus, ten files of each of the 21 families: refused with a clear reason, or clean, within the limits.

`python -m tests.campaigns.uploads` takes more of each.
"""

from collections import Counter

import pytest

from closure.evidence.enums import Refusal
from tests.closure.evidence.corpus import FAMILIES, samples_of
from tests.closure.evidence.taking import NO_FILE, outcome

pytestmark = pytest.mark.row("J13", "J15")
EACH = 10
CLEAN = ""
# What becomes of ten; of flipped bits and garbage only that it is one or the other.
EXPECTED: dict[str, dict[str, int]] = {
    "plain jpeg": {CLEAN: 10},
    "plain png": {CLEAN: 10},
    "plain webp": {CLEAN: 10},
    "plain heic": {CLEAN: 10},
    "exif": {CLEAN: 10},
    "color profiles": {CLEAN: 10},
    "jpeg segments": {CLEAN: 10},
    "png chunks": {CLEAN: 10},
    "trailing data": {CLEAN: 10},
    "polyglots": {CLEAN: 4, Refusal.UNKNOWN_TYPE: 5, Refusal.BROKEN: 1},
    "other types": {Refusal.UNKNOWN_TYPE: 10},
    "pixel bombs": {Refusal.TOO_MANY_PIXELS: 7, Refusal.BROKEN: 3},
    "packed bombs": {CLEAN: 7, Refusal.BROKEN: 3},
    "moving": {Refusal.MOVING: 8, CLEAN: 2},
    "truncated": {Refusal.BROKEN: 10},
    "wrong headers": {Refusal.BROKEN: 8, Refusal.TOO_MANY_PIXELS: 1, CLEAN: 1},
    "many scans": {CLEAN: 9, Refusal.TOO_MUCH_WORK: 1},
    "colors": {CLEAN: 8, Refusal.COLORS: 2},
    "names": {CLEAN: 9, NO_FILE: 1},
}


@pytest.mark.parametrize("family", FAMILIES)
def test_file_is_refused_with_a_reason_or_clean(family: str) -> None:
    outcomes = {sample.name: outcome(sample) for sample in samples_of(family, EACH)}
    assert {name: each.wrong for name, each in outcomes.items() if each.wrong} == {}
    counts = Counter(str(each.refusal) for each in outcomes.values())
    assert counts == EXPECTED.get(family, counts)


def test_corpus_has_its_families() -> None:
    assert (len(FAMILIES), len(FAMILIES) * EACH) == (21, 210)
    assert set(FAMILIES) - set(EXPECTED) == {"flipped bits", "garbage"}
