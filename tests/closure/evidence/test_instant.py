"""What the page's own look needs is what the server's looks by: its thresholds, and the words of its rules."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from closure.evidence import basics, instant, words
from closure.evidence.enums import Fault, PhotoCheck, Subject

pytestmark = pytest.mark.row("J18")


def check(*subjects: Subject) -> dict[str, Any]:
    return json.loads(instant.attributes(*subjects)["data-check"])  # type: ignore[no-any-return]  # JSON of ours


def test_page_looks_by_the_limits_of_the_server() -> None:
    told = check(Subject.DOCUMENT)
    assert told["mostBytes"] == 15 * 1024 * 1024
    names = [name for name in told if name not in {"words", "mostBytes"}]
    of_server = [getattr(basics, re.sub(r"(?=[A-Z])", "_", name).upper()) for name in names]
    assert ([told[name] for name in names], len(names)) == (of_server, 12)


def test_reflections_are_looked_for_where_every_photo_of_the_field_is_of_a_document() -> None:
    assert check(Subject.PERSON)["glareShare"] is None
    assert check(Subject.DOCUMENT, Subject.PERSON)["glareShare"] is None
    assert check(Subject.DOCUMENT, Subject.DOCUMENT)["glareShare"] == basics.GLARE_SHARE


def test_page_has_the_words_of_every_rule_that_pixels_tell_of() -> None:
    told = check(Subject.DOCUMENT)["words"]
    assert {fault: told[fault.value] for fault in instant.SEEN} == {
        fault: str(words.RULES[fault]) for fault in instant.SEEN
    }
    seen = {Fault.TOO_SMALL: PhotoCheck.SIZE, Fault.DARK: PhotoCheck.LIGHT, Fault.BRIGHT: PhotoCheck.LIGHT}
    seen |= {Fault.BLURRED: PhotoCheck.BLUR, Fault.GLARE: PhotoCheck.GLARE, Fault.SCREENSHOT: PhotoCheck.SCREEN}
    assert (tuple(seen), set(seen.values())) == (instant.SEEN, set(basics.CHECKS[Subject.DOCUMENT]))


def test_script_knows_every_limit_and_every_word_by_its_name() -> None:
    script = (Path(settings.BASE_DIR) / "static" / "js" / "photo.mjs").read_text()
    told = check(Subject.DOCUMENT)
    assert [name for name in (*told, *told["words"]) if not re.search(rf"\b{name}\b", script)] == []
