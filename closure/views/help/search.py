"""Searching the answers: every word that is asked for must be somewhere; the question counts more than the text."""

import re
import unicodedata
from collections.abc import Sequence

from closure.views.help.afterwards import ANSWERS as AFTERWARDS
from closure.views.help.answer import About, Answer
from closure.views.help.leaving import ANSWERS as LEAVING
from closure.views.help.trouble import ANSWERS as TROUBLE

ANSWERS: tuple[Answer, ...] = (*LEAVING, *AFTERWARDS, *TROUBLE)
BY_SLUG = {answer.slug: answer for answer in ANSWERS}
MAX_QUERY = 100
WORD = re.compile(r"\w+")
# What a word is worth in the question, in what else people call it, and in the text.
IN_QUESTION, IN_WORDS, IN_TEXT = 9, 3, 1


def search(typed: str, about: About) -> list[Answer]:
    """Return the answers that have every word, or its beginning, the best first; none for an empty query."""
    wanted = _words(typed[:MAX_QUERY])
    if not wanted:
        return []
    found = [(_worth(answer, wanted, about), answer) for answer in ANSWERS]
    return [answer for worth, answer in sorted(found, key=lambda each: -each[0]) if worth]


def _worth(answer: Answer, wanted: Sequence[str], about: About) -> int:
    places = (
        (IN_QUESTION, _words(str(answer.question))),
        (IN_WORDS, _words(str(answer.words))),
        (IN_TEXT, _words(" ".join(answer.says(about)))),
    )
    each = [sum(worth for worth, there in places if any(one.startswith(word) for one in there)) for word in wanted]
    return sum(each) if all(each) else 0


def _words(text: str) -> list[str]:
    """Return the words without capitals and accents; what hyphens join counts as two and as one."""
    plain = "".join(each for each in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(each))
    return WORD.findall(plain) + [joined.replace("-", "") for joined in re.findall(r"\w+(?:-\w+)+", plain)]
