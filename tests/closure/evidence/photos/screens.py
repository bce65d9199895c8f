"""Draws what phones save when somebody takes a picture of the screen: bars, flat color, letters without grain."""

import random

from PIL import Image, ImageDraw, ImageFont


def screenshot_of(photo: Image.Image, chance: random.Random) -> Image.Image:
    """Return a phone's screen that shows a photo, in a viewer or in a chat."""
    dark = chance.random() < 0.5
    ground, ink = ((0, 0, 0), (230, 230, 230)) if dark else ((250, 250, 250), (30, 30, 30))
    screen = Image.new("RGB", (1080, 2340), ground)
    draw = ImageDraw.Draw(screen)
    draw.text((60, 30), f"{chance.randrange(24)}:{chance.randrange(10, 60)}", fill=ink, font=ImageFont.load_default(44))
    draw.rectangle((930, 40, 1000, 72), outline=ink, width=4)
    shown = photo.copy()
    shown.thumbnail((1080, 1500) if chance.random() < 0.5 else (900, 1300))
    screen.paste(shown, ((1080 - shown.width) // 2, (2340 - shown.height) // 2))
    for number in range(4):
        draw.ellipse((150 + number * 230, 2160, 210 + number * 230, 2220), outline=ink, width=5)
    return screen
