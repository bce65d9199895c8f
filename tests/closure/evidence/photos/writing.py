"""Writes on paper: by hand, each letter off by a little, or printed."""

import random

from PIL import Image, ImageDraw, ImageFont

INK = (25, 30, 90)
WORDS = ("Northbank (29/11/2026)", "Reactivate my account", "associated with", "ana@example.test")


def note(chance: random.Random, width: int, *, printed: bool = False, words: tuple[str, ...] = WORDS) -> Image.Image:
    """Return a sheet of paper with these lines on it."""
    sheet = Image.new("RGB", (width, int(width * 0.68)), _paper(chance))
    size = int(width / max(len(line) for line in words) * (1.75 if printed else 1.6))
    for number, line in enumerate(words):
        top = int(sheet.height * 0.1 + number * sheet.height * 0.21)
        _write(sheet, line, (int(width * 0.06), top), size, None if printed else chance)
    return sheet


def _paper(chance: random.Random) -> tuple[int, int, int]:
    light = chance.randrange(214, 238)
    return light, light, light - chance.randrange(12)


def _write(sheet: Image.Image, line: str, at: tuple[int, int], size: int, hand: random.Random | None) -> None:
    font = ImageFont.load_default(size)
    if hand is None:
        ImageDraw.Draw(sheet).text(at, line, fill=(20, 20, 22), font=font)
        return
    x, slope = float(at[0]), hand.uniform(-0.03, 0.03)
    for letter in line:
        wide = font.getlength(letter)
        if letter != " ":
            own = ImageFont.load_default(size * hand.uniform(0.82, 1.18))
            layer = Image.new("L", (int(wide * 2) + size, size * 2))
            ImageDraw.Draw(layer).text((size / 2, size * 0.3), letter, fill=255, font=own)
            layer = layer.rotate(hand.uniform(-14, 14), Image.Resampling.BICUBIC)
            down = hand.uniform(-0.16, 0.16) * size + slope * (x - at[0])
            sheet.paste(INK, (int(x - size / 2), int(at[1] + down - size * 0.3)), layer)
        x += wide * hand.uniform(0.92, 1.12)
