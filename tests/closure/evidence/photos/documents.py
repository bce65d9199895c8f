"""Draws cards and passports on tables, seen a little from the side (J13)."""

import random

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from tests.closure.evidence.photos.faces import SKINS, face

SIZE = (1600, 1200)
CARD = (1000, 630)
Corners = list[tuple[float, float]]


def card(chance: random.Random) -> Image.Image:
    """Return the front of a card: a picture, a name, dates, a number, a pattern behind them."""
    tint = tuple(chance.randrange(175, 225) for _channel in range(3))
    page = Image.new("RGB", CARD, tint)
    draw = ImageDraw.Draw(page)
    line = tuple(value - 14 for value in tint)
    for at in range(-600, 1000, chance.randrange(14, 30)):
        draw.line([(at, 0), (at + 600, 630)], fill=line, width=3)
    draw.rectangle((0, 0, 1000, 90), fill=tuple(value // 3 for value in tint))
    draw.text((30, 20), "REPUBLIC OF NOWHERE", fill=(240, 240, 240), font=ImageFont.load_default(46))
    picture = Image.new("RGB", (270, 350), tuple(chance.randrange(150, 200) for _channel in range(3)))
    head = face(chance, 235, skin=chance.choice(SKINS))
    picture.paste(head, (135 - head.width // 2, -10), head)
    page.paste(picture, (45, 135))
    words = ("DIAZ", "ANA MARIA", f"{chance.randrange(1, 29)} 05 1990", f"X{chance.randrange(10**8):08}", "NOWHERE")
    for number, word in enumerate(words):
        draw.text((360, 130 + number * 74), word, fill=(30, 30, 40), font=ImageFont.load_default(44))
    draw.text((40, 540), "P<NWHDIAZ<<ANA<MARIA<<<<<<<<<<<<<<<", fill=(30, 30, 30), font=ImageFont.load_default(40))
    return page


def table(chance: random.Random) -> Image.Image:
    """Return a table of wood or stone, darker than paper."""
    base = tuple(chance.randrange(35, 110) for _channel in range(3))
    top = Image.new("RGB", SIZE, base)
    draw = ImageDraw.Draw(top)
    for _number in range(60):
        y = chance.randrange(SIZE[1])
        tone = tuple(max(0, value + chance.randrange(-9, 9)) for value in base)
        draw.line([(0, y), (SIZE[0], y + chance.randrange(-30, 30))], fill=tone, width=chance.randrange(2, 14))
    return top.filter(ImageFilter.GaussianBlur(2))


def document(chance: random.Random, *, cut: bool = False) -> Image.Image:
    """Return a card on a table, all of it, or `cut` at the border of the photo."""
    scene, page = table(chance), card(chance).convert("RGBA")
    page = page.rotate(chance.uniform(-7, 7), Image.Resampling.BICUBIC, expand=True)
    scale = chance.uniform(0.95, 1.2)
    page = page.resize((int(page.width * scale), int(page.height * scale)))
    x, y = (SIZE[0] - page.width) // 2, (SIZE[1] - page.height) // 2
    if cut:
        x += chance.choice((-1, 1)) * (x + page.width // chance.randrange(4, 8))
    page = _seen_from_the_side(page, chance)
    scene.paste(page, (x, y), page)
    return scene


def shining(scene: Image.Image, chance: random.Random) -> Image.Image:
    """Return the scene with a lamp reflected on the document."""
    light = Image.new("L", scene.size)
    x, y, wide = chance.randrange(550, 950), chance.randrange(450, 700), chance.randrange(130, 220)
    ImageDraw.Draw(light).ellipse((x, y, x + wide, y + wide * 2 // 3), fill=255)
    light = light.filter(ImageFilter.GaussianBlur(wide / 9)).point(lambda value: min(255, value * 2))
    return Image.composite(Image.new("RGB", scene.size, (255, 255, 255)), scene, light)


def _seen_from_the_side(page: Image.Image, chance: random.Random) -> Image.Image:
    wide, high = page.size
    inward = chance.uniform(0.0, 0.05)
    corners = (-inward * wide, 0, 0, high, wide, high, wide * (1 + inward), 0)
    return page.transform(page.size, Image.Transform.QUAD, corners, Image.Resampling.BICUBIC)
