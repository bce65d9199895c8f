"""Code that our documents give to others, taken out of them as it stands there."""

import re
from pathlib import Path

from django.conf import settings

_BLOCK = re.compile(r"```(sh|python)\n(.*?)```", re.DOTALL)
_ROW = re.compile(r"^\| (`[^|]*) \|", re.MULTILINE)
_NAME = re.compile(r"`(\w+)`")


def text_of(name: str) -> str:
    """Return a document."""
    return (Path(settings.BASE_DIR) / "docs" / name).read_text()


def block(name: str, language: str) -> str:
    """Return the block of a document in this language; there is one of each."""
    found = [code for spoken, code in _BLOCK.findall(text_of(name)) if spoken == language]
    assert len(found) == 1
    return str(found[0])


def explained(name: str) -> set[str]:
    """Return the names that begin the rows of a document's tables."""
    return set(_NAME.findall(" ".join(_ROW.findall(text_of(name)))))
