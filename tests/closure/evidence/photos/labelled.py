"""The labelled set: photos as they should be, and photos with one fault each, the same for the same number."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PIL import Image, ImageEnhance

from closure.evidence.enums import Fault, Subject
from tests.closure.evidence.drawing import encoded
from tests.closure.evidence.photos.camera import taken
from tests.closure.evidence.photos.documents import document, shining
from tests.closure.evidence.photos.people import nobody, only_head, person, soften, two_people
from tests.closure.evidence.photos.screens import screenshot_of

Make = Callable[[random.Random], Image.Image]


@dataclass(frozen=True, kw_only=True)
class Labelled:
    """One photo: what it is of, and the fault that it was drawn with, if any."""

    name: str
    subject: Subject
    fault: Fault | None
    file: bytes


def _photo(
    scene: Callable[..., Image.Image],
    *,
    light: tuple[float, float] = (0.75, 1.1),
    blur: tuple[float, float] = (0.0, 0.3),
    **facts: object,
) -> Make:
    def make(chance: random.Random) -> Image.Image:
        drawn = soften(scene(chance, **facts), chance.uniform(*blur))
        return taken(drawn, chance, grain=chance.randrange(4, 12), light=chance.uniform(*light))

    return make


def _small(scene: Make) -> Make:
    def make(chance: random.Random) -> Image.Image:
        image = scene(chance)
        image.thumbnail((700, 700))
        return image

    return make


def _bright(scene: Make) -> Make:
    return lambda chance: ImageEnhance.Brightness(scene(chance)).enhance(chance.uniform(3.5, 6.0))


def _turned(scene: Make) -> Make:
    return lambda chance: scene(chance).transpose(Image.Transpose.ROTATE_180)


_person, _document = _photo(person), _photo(document)
GOOD: dict[Subject, Make] = {Subject.PERSON: _person, Subject.DOCUMENT: _document}
FAULTY: dict[tuple[Subject, Fault], Make] = {
    (Subject.PERSON, Fault.TOO_SMALL): _small(_person),
    (Subject.PERSON, Fault.DARK): _photo(person, light=(0.15, 0.33)),
    (Subject.PERSON, Fault.BRIGHT): _bright(_person),
    (Subject.PERSON, Fault.BLURRED): _photo(person, blur=(4.0, 8.0)),
    (Subject.PERSON, Fault.SCREENSHOT): lambda chance: screenshot_of(_person(chance), chance),
    (Subject.PERSON, Fault.NO_FACE): _photo(nobody),
    (Subject.PERSON, Fault.SEVERAL_FACES): _photo(two_people),
    (Subject.PERSON, Fault.FACE_SMALL): _photo(person, head=90),
    (Subject.PERSON, Fault.ONLY_HEAD): _photo(only_head),
    (Subject.PERSON, Fault.TYPED): _photo(person, printed=True),
    (Subject.PERSON, Fault.UPSIDE_DOWN): _turned(_person),
    (Subject.DOCUMENT, Fault.TOO_SMALL): _small(_document),
    (Subject.DOCUMENT, Fault.DARK): _photo(document, light=(0.15, 0.33)),
    (Subject.DOCUMENT, Fault.BRIGHT): _bright(_document),
    (Subject.DOCUMENT, Fault.BLURRED): _photo(document, blur=(4.0, 8.0)),
    (Subject.DOCUMENT, Fault.GLARE): lambda chance: shining(_document(chance), chance),
    (Subject.DOCUMENT, Fault.SCREENSHOT): lambda chance: screenshot_of(_document(chance), chance),
    (Subject.DOCUMENT, Fault.EDGES): _photo(document, cut=True),
    (Subject.DOCUMENT, Fault.UPSIDE_DOWN): _turned(_document),
}


def labelled(*, good: int, faulty: int, first: int = 0) -> Iterator[Labelled]:
    """Yield so many good photos of each subject and so many with each fault, counted from `first`."""
    for subject, make in GOOD.items():
        for number in range(first, first + good):
            yield _one(subject, None, number, make)
    for (subject, fault), make in FAULTY.items():
        for number in range(first, first + faulty):
            yield _one(subject, fault, number, make)


def _one(subject: Subject, fault: Fault | None, number: int, make: Make) -> Labelled:
    name = f"{subject.value} {fault.value if fault else 'good'} {number}"
    image = make(random.Random(name))
    if fault is Fault.SCREENSHOT and number % 2:
        return Labelled(name=name, subject=subject, fault=fault, file=encoded(image, "PNG", compress_level=1))
    return Labelled(name=name, subject=subject, fault=fault, file=encoded(image, quality=(92, 75, 60)[number % 3]))
