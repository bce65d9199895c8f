"""Draws faces of nobody: shaded enough that the detector takes them for faces (0.93 to 0.95 of 1)."""

import random
from collections.abc import Callable

from PIL import Image, ImageDraw, ImageFilter

Color = tuple[int, int, int]
SKINS: tuple[Color, ...] = ((224, 172, 140), (198, 134, 98), (141, 85, 54), (241, 200, 170), (112, 72, 50))
HAIRS: tuple[Color, ...] = ((30, 22, 18), (70, 45, 25), (120, 85, 50), (20, 20, 24), (150, 140, 130))


def face(chance: random.Random, height: int, *, skin: Color) -> Image.Image:
    """Return a head with its neck, `height` pixels high, on a transparent ground 1.5 times as high."""
    return _Head(chance, height, skin).drawn()


class _Head:
    def __init__(self, chance: random.Random, height: int, skin: Color) -> None:
        self.high, self.wide, self.skin = height, int(height * (0.76 + 0.08 * chance.random())), skin
        self.hair, self.fringe = chance.choice(HAIRS), 0.1 * chance.random()
        self.image = Image.new("RGBA", (int(self.wide * 1.6), int(height * 1.5)))
        self.x, self.y = self.image.width // 2, int(self.image.height * 0.5)

    def drawn(self) -> Image.Image:
        self._behind()
        self._head()
        self._soft(60, self._shadows)
        self._soft(220, self._features)
        self._soft(100, self._front_hair)
        return self.image

    def _tone(self, share: float, alpha: int = 255) -> tuple[int, int, int, int]:
        red, green, blue = (min(255, int(value * share)) for value in self.skin)
        return red, green, blue, alpha

    def _box(self, left: float, top: float, right: float, bottom: float) -> tuple[float, float, float, float]:
        """Return a box given in widths and heights of the head, from its middle."""
        across, down = self.wide, self.high
        return self.x + left * across, self.y + top * down, self.x + right * across, self.y + bottom * down

    def _behind(self) -> None:
        draw = ImageDraw.Draw(self.image)
        draw.ellipse(self._box(-0.56, -0.60, 0.56, 0.30), fill=(*self.hair, 255))
        draw.rectangle(self._box(-0.2, 0.3, 0.2, 1.2), fill=self._tone(0.72))
        for side in (-0.5, 0.5):
            draw.ellipse(self._box(side - 0.07, -0.1, side + 0.07, 0.1), fill=self._tone(0.72))

    def _head(self) -> None:
        size = self.image.size
        shape = Image.new("L", size)
        ImageDraw.Draw(shape).ellipse(self._box(-0.5, -0.5, 0.5, 0.5), fill=255)
        round_off = Image.new("L", size, 255)
        slope = Image.radial_gradient("L").resize((int(self.wide * 1.5), int(self.high * 1.5)))
        round_off.paste(slope, (self.x - int(self.wide * 0.81), self.y - int(self.high * 0.75)))
        shaded = Image.composite(
            Image.new("RGB", size, self._tone(0.45)[:3]), Image.new("RGB", size, self._tone(1.08)[:3]), round_off
        )
        self.image.paste(shaded, (0, 0), shape.filter(ImageFilter.GaussianBlur(self.high / 150)))

    def _soft(self, part: int, paint: Callable[[ImageDraw.ImageDraw], None]) -> None:
        layer = Image.new("RGBA", self.image.size)
        paint(ImageDraw.Draw(layer))
        self.image.alpha_composite(layer.filter(ImageFilter.GaussianBlur(self.high / part)))

    def _shadows(self, draw: ImageDraw.ImageDraw) -> None:
        for side in (-0.21, 0.21):
            draw.ellipse(self._box(side - 0.14, -0.135, side + 0.14, 0.0), fill=self._tone(0.7, 150))
        draw.ellipse(self._box(-0.22, 0.19, 0.22, 0.37), fill=self._tone(0.82, 110))
        draw.polygon(
            [
                self._box(-0.035, -0.06, 0, 0)[:2],
                self._box(0.03, -0.06, 0, 0)[:2],
                self._box(0.1, 0.14, 0, 0)[:2],
                self._box(-0.1, 0.14, 0, 0)[:2],
            ],
            fill=self._tone(0.8, 110),
        )
        draw.ellipse(self._box(-0.11, 0.10, 0.11, 0.175), fill=self._tone(0.68, 170))
        draw.ellipse(self._box(-0.035, -0.04, 0.03, 0.13), fill=self._tone(1.08, 120))

    def _features(self, draw: ImageDraw.ImageDraw) -> None:
        thick = max(1, int(self.high * 0.012))
        for side in (-0.21, 0.21):
            draw.ellipse(self._box(side - 0.095, -0.09, side + 0.095, -0.028), fill=(232, 228, 222, 255))
            draw.ellipse(self._box(side - 0.045, -0.094, side + 0.045, -0.026), fill=(60, 42, 30, 255))
            draw.ellipse(self._box(side - 0.02, -0.076, side + 0.02, -0.044), fill=(8, 8, 8, 255))
            draw.ellipse(self._box(side - 0.02, -0.08, side - 0.003, -0.066), fill=(250, 250, 250, 255))
            draw.arc(
                self._box(side - 0.105, -0.105, side + 0.105, -0.01), 190, 350, fill=(30, 20, 15, 255), width=thick
            )
            draw.arc(self._box(side - 0.1, -0.11, side + 0.1, -0.02), 20, 160, fill=self._tone(0.55, 200), width=thick)
            draw.arc(self._box(side - 0.14, -0.18, side + 0.14, 0.0), 205, 335, fill=(*self.hair, 255), width=2 * thick)
            nose = side / 4.2
            draw.ellipse(self._box(nose - 0.025, 0.135, nose + 0.025, 0.16), fill=self._tone(0.35))
        red, green, blue = self.skin
        lips = (int(red * 0.82), green // 2, blue // 2, 255)
        draw.ellipse(self._box(-0.17, 0.235, 0.17, 0.31), fill=lips)
        draw.arc(self._box(-0.17, 0.215, 0.17, 0.295), 15, 165, fill=(70, 25, 25, 255), width=thick)

    def _front_hair(self, draw: ImageDraw.ImageDraw) -> None:
        draw.chord(self._box(-0.54, -0.60, 0.54, 0.28), 190, 350, fill=(*self.hair, 255))
        draw.ellipse(self._box(-0.5, -0.42 + self.fringe, 0.5, 0.3), fill=(0, 0, 0, 0))
