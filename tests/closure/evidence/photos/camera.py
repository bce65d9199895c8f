"""What a camera adds to a scene: grain, a lens that is not perfect, less light at the corners."""

import random

from PIL import Image, ImageChops, ImageFilter


def taken(scene: Image.Image, chance: random.Random, *, grain: int = 7, light: float = 1.0) -> Image.Image:
    """Return the photo of a scene; `light` 1 is daylight."""
    fall = (
        Image.radial_gradient("L")
        .resize(scene.size)
        .point(lambda value: min(255, int(light * (255 - max(0, value - 140) // 2))))
    )
    photo = ImageChops.multiply(scene.filter(ImageFilter.GaussianBlur(0.7)), Image.merge("RGB", [fall] * 3))
    noise = Image.merge("RGB", [Image.effect_noise(scene.size, grain + chance.random()) for _channel in range(3)])
    return ImageChops.add(photo, noise, offset=-128)


def room(chance: random.Random, size: tuple[int, int]) -> Image.Image:
    """Return a wall with what stands before it."""
    base = tuple(chance.randrange(90, 190) for _channel in range(3))
    darker = tuple(value * 3 // 4 for value in base)
    slope = Image.linear_gradient("L").rotate(90 * chance.randrange(4)).resize(size)
    wall = Image.composite(Image.new("RGB", size, base), Image.new("RGB", size, darker), slope)
    for _number in range(chance.randrange(3, 7)):
        x, y = chance.randrange(size[0]), chance.randrange(size[1] // 2)
        color = tuple(chance.randrange(60, 200) for _channel in range(3))
        wall.paste(color, (x, y, x + size[0] // chance.randrange(4, 12), y + size[1] // chance.randrange(3, 9)))
    return wall.filter(ImageFilter.GaussianBlur(3))
