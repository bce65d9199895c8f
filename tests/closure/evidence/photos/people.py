"""Draws people who hold a note before them, as another takes the photo (J10-J12)."""

import random

from PIL import Image, ImageDraw, ImageFilter

from tests.closure.evidence.photos.camera import room
from tests.closure.evidence.photos.faces import SKINS, Color, face
from tests.closure.evidence.photos.writing import note

SIZE = (1200, 1600)


def person(chance: random.Random, *, printed: bool = False, head: int | None = None) -> Image.Image:
    """Return somebody with a note; `head` is the height of the head in pixels, some 300 unless told."""
    scene = room(chance, SIZE)
    high = head or chance.randrange(260, 340)
    _stand(scene, chance, (SIZE[0] // 2 + chance.randrange(-60, 60), int(SIZE[1] * 0.3)), high, printed=printed)
    return scene


def two_people(chance: random.Random) -> Image.Image:
    """Return two, one beside the other."""
    scene = room(chance, SIZE)
    for x in (330, 860):
        _stand(scene, chance, (x, 480), chance.randrange(250, 290), printed=False)
    return scene


def only_head(chance: random.Random) -> Image.Image:
    """Return a head that fills the photo."""
    scene, skin, high = room(chance, SIZE), chance.choice(SKINS), chance.randrange(900, 1100)
    head = face(chance, high, skin=skin)
    scene.paste(head, (SIZE[0] // 2 - head.width // 2, SIZE[1] // 2 - head.height // 2), head)
    return scene


def nobody(chance: random.Random) -> Image.Image:
    """Return a note that is taped to a wall."""
    scene = room(chance, SIZE)
    sheet = note(chance, 700)
    scene.paste(sheet, (250, 600))
    return scene


def _stand(scene: Image.Image, chance: random.Random, at: tuple[int, int], high: int, *, printed: bool) -> None:
    skin, shirt = chance.choice(SKINS), tuple(chance.randrange(30, 170) for _channel in range(3))
    x, y = at
    draw = ImageDraw.Draw(scene)
    shoulders = y + int(high * 0.75)
    draw.rounded_rectangle(
        (x - high * 1.15, shoulders, x + high * 1.15, scene.height + high), radius=high * 0.4, fill=shirt
    )
    head = face(chance, high, skin=skin)
    scene.paste(head, (x - head.width // 2, y - head.height // 2), head)
    wide = int(high * 1.75)
    sheet = note(chance, wide, printed=printed).rotate(
        chance.uniform(-3, 3), Image.Resampling.BICUBIC, expand=True, fillcolor=shirt
    )
    top = y + int(high * 1.15)
    scene.paste(sheet, (x - sheet.width // 2, top))
    for side in (-1, 1):
        _arm(
            scene, (x + side * int(high * 1.05), shoulders), (x + side * wide // 2, top + sheet.height // 2), high, skin
        )


def _arm(scene: Image.Image, shoulder: tuple[int, int], hand: tuple[int, int], high: int, skin: Color) -> None:
    draw = ImageDraw.Draw(scene)
    elbow = (shoulder[0] + (shoulder[0] - hand[0]) // 2, hand[1] + high // 2)
    dark = tuple(value * 4 // 5 for value in skin)
    draw.line([shoulder, elbow, hand], fill=dark, width=int(high * 0.22), joint="curve")
    x, y = hand
    draw.ellipse((x - high * 0.16, y - high * 0.2, x + high * 0.16, y + high * 0.2), fill=skin)
    for finger in range(4):
        down = y - high * 0.16 + finger * high * 0.09
        draw.rounded_rectangle((x - high * 0.15, down, x + high * 0.15, down + high * 0.07), high * 0.03, fill=dark)


def soften(scene: Image.Image, by: float) -> Image.Image:
    """Return the scene out of focus."""
    return scene.filter(ImageFilter.GaussianBlur(by))
