"""Drawings of figures: numbers in, SVG out, with nothing that a strict content security policy refuses."""

import re
from xml.etree import ElementTree as ET

from django.db.models import TextChoices

from closure.admin.charts import draw
from closure.figures.small import Figure


class Kind(TextChoices):
    A = "a", "First"
    B = "b", "Second & <last>"
    C = "c", "Third"


def drawn(**numbers: int) -> ET.Element:
    found = [(0, kind, number) for kind, number in numbers.items()]
    figure = Figure.of(Kind, found, code="x", title="Made up", unit="Rows", note="")
    return ET.fromstring(draw(figure))  # noqa: S314  (our own drawing)


def test_bars_are_shares_of_the_longest() -> None:
    bars = [bar for bar in drawn(a=200, b=65, c=3).iter("rect") if bar.get("class") == "bar"]
    assert [(bar.get("width"), bar.get("y")) for bar in bars] == [("100%", "24"), ("32.5%", "72")]


def test_labels_and_numbers_stand_over_their_bars() -> None:
    texts = [(text.get("class"), text.get("y"), text.text) for text in drawn(a=201, b=65, c=3).iter("text")]
    assert texts == [
        ("label", "16", "First"),
        ("number", "16", "200+"),
        ("label", "64", "Second & <last>"),
        ("number", "64", "65+"),
        ("label", "112", "Third"),
        ("few", "132", "fewer than 5"),
    ]


def test_drawing_tells_what_it_shows_to_who_does_not_see_it() -> None:
    picture = drawn(a=5, b=9)
    named = [part.get("id") for part in picture if part.tag in {"title", "desc"}]
    assert (picture.get("role"), (picture.get("aria-labelledby") or "").split()) == ("img", named)
    assert [picture[0].text, picture[1].text] == [
        "Made up",
        "Rows. First: 5+. Second & <last>: 5+. Third: fewer than 5.",
    ]


def test_drawing_of_nothing_is_words_alone() -> None:
    picture = drawn()
    assert [part.text for part in picture.iter("text")] == [
        word for kind in Kind for word in (kind.label, "fewer than 5")
    ]
    assert list(picture.iter("rect")) == []


def test_drawing_has_neither_style_nor_script() -> None:
    figure = Figure.of(Kind, [(0, "a", 50)], code="x", title="<script>", unit="Rows", note="")
    assert re.findall(r"style|<script|\son\w+=|href", draw(figure)) == []
