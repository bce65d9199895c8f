"""A language that nobody speaks: every string that goes through gettext stands in brackets, and what does not shows.

The catalogue holds what can be found in the sources, as a translator's tools would find it: a string that is put
together at run time, or never marked, is not in it. It is made for a test and shipped to nobody.
"""

import ast
import gettext
import re
import struct
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import django
from django.utils.translation.template import templatize

CODE, FOLDER = "en-xa", "en_XA"
OPEN, CLOSE = "⟦", "⟧"
HEAD = "Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=2; plural=(n != 1);\n"
PLAIN = frozenset({"_", "gettext", "gettext_lazy", "gettext_noop"})
PLURAL = frozenset({"ngettext", "ngettext_lazy"})
IN_CONTEXT = frozenset({"pgettext", "pgettext_lazy"})
MARKED = re.compile(r"\b(?:_|gettext|ngettext|pgettext)\(")
SHOWN_ATTRIBUTES = frozenset({"aria-label", "alt", "title", "placeholder"})
# Between brackets, nested ones from the inside out.
INNERMOST = re.compile(f"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}")

Messages = dict[str, list[str]]


def write_catalogue(base: Path, folder: Path) -> Path:
    """Write the catalogue of the sources below `base`, and of Django's own strings; returns the folder for settings."""
    place = folder / FOLDER / "LC_MESSAGES"
    place.mkdir(parents=True)
    (place / "django.mo").write_bytes(_machine_object({**_of_django(), **messages(base)}))
    return folder


def messages(base: Path) -> Messages:
    """Return every marked string of the sources, with its forms."""
    found: Messages = {}
    for app in ("accounts", "closure", "portal"):
        for path in sorted((base / app).rglob("*.py")):
            found.update(_calls(ast.parse(path.read_text())))
    for path in sorted((base / "templates").rglob("*")):
        if path.is_file():
            found.update(_of_template(path.read_text()))
    return found


def _calls(tree: ast.AST) -> Iterator[tuple[str, list[str]]]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        said = [each.value for each in node.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
        if name in PLAIN and said:
            yield said[0], said[:1]
        elif name in PLURAL and len(said) > 1:
            yield f"{said[0]}\0{said[1]}", said[:2]
        elif name in IN_CONTEXT and len(said) > 1:
            yield f"{said[0]}\x04{said[1]}", said[1:2]


def _of_template(text: str) -> Messages:
    """Return the strings of a template, through Django's own rewriting for translators' tools."""
    code = templatize(text)
    found: Messages = {}
    for marked in MARKED.finditer(code):
        for end in (place.end() for place in re.finditer(r"\)", code[marked.start() :])):
            try:
                call = ast.parse(code[marked.start() : marked.start() + end].replace("%%", "%%"), mode="eval")
            except SyntaxError:
                continue
            found.update(_calls(call))
            break
    return found


def _of_django() -> Messages:
    found: Messages = {}
    for path in Path(django.__file__).parent.rglob("locale/de/LC_MESSAGES/django.mo"):
        with path.open("rb") as file:
            known = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]  # no other way to list it
        for key in known:
            text = key[0] if isinstance(key, tuple) else key
            if text:
                plain = text.rpartition("\x04")[2]
                found[f"{text}\0{plain}" if isinstance(key, tuple) else text] = [plain] * (1 + isinstance(key, tuple))
    return found


def _machine_object(found: Messages) -> bytes:
    """Return a catalogue as gettext reads it."""
    entries = [(b"", HEAD.encode())]
    for key, forms in found.items():
        said = "\0".join(f"{OPEN}{form}{CLOSE}" for form in forms)
        entries.append((key.encode(), said.encode()))
    entries.sort()
    count, at, body = len(entries), 28 + 16 * len(entries), b""
    tables: tuple[list[bytes], list[bytes]] = ([], [])
    for table, column in zip(tables, (0, 1), strict=True):
        for entry in entries:
            table.append(struct.pack("<II", len(entry[column]), at + len(body)))
            body += entry[column] + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, count, 28, 28 + 8 * count, 0, 0)
    return head + b"".join(tables[0]) + b"".join(tables[1]) + body


class _Shown(HTMLParser):
    """What a page shows and says: its words in order, and attributes that are read out; no names marked as such."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.said: list[str] = []
        self.named = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.said += [value or "" for name, value in attrs if name in SHOWN_ATTRIBUTES]
        if ("translate", "no") in attrs:
            self.named = tag

    def handle_endtag(self, tag: str) -> None:
        if tag == self.named:
            self.named = ""

    def handle_data(self, data: str) -> None:
        if not self.named:
            self.words.append(data)


def outside(html: str, allowed: re.Pattern[str]) -> list[str]:
    """Return the words of a page that came past gettext and are not `allowed`: names, numbers, what people typed."""
    shown = _Shown(html)
    return [word for text in ("".join(shown.words), *shown.said) for word in outside_of_text(text, allowed)]


def outside_of_text(text: str, allowed: re.Pattern[str]) -> list[str]:
    """Return the words of a text that came past gettext."""
    while (less := INNERMOST.sub(" ", text)) != text:
        text = less
    return [word for word in allowed.sub(" ", text).split() if any(letter.isalpha() for letter in word)]
