"""What a photo looks like in 256 bits: alike for the same photo in another size, type or quality.

Runs in the limited process; the portal keeps it under a key only (closure.evidence.sightings).
"""

from PIL import Image

ROWS = 16
# Of 255: a wall that gets lighter by less is plain.
STEP = 4


def likeness(image: Image.Image) -> int:
    """Return one bit for each place of a 16 x 16 grid: whether it gets clearly lighter to the right."""
    grid = image.convert("L").resize((ROWS + 1, ROWS), Image.Resampling.BOX)
    values, bits = grid.tobytes(), 0
    for row in range(ROWS):
        for column in range(ROWS):
            at = row * (ROWS + 1) + column
            bits = bits << 1 | (values[at] + STEP < values[at + 1])
    return bits
