"""Checks that need pixels and no more: size, light, blur, glare, signs of a screenshot (J11-J13, J18).

Pure: a photo in, verdicts out. The thresholds stand between labelled photos that are fine and ones that are not;
docs/photos.md has the figures.
"""

from PIL import Image, ImageChops, ImageFilter, ImageStat

from closure.evidence.decode import Photo
from closure.evidence.enums import Fault, PhotoCheck, Subject
from closure.evidence.verdicts import Verdict, ok, refused

LEAST_SIDE = 720
LOOK_SIDE = 1200
# Of 255: where the lightest tenth of a photo is darker than this, nothing in it can be read.
DARK_BELOW = 95
# Half of the photo is white: what was on it is gone.
BRIGHT_FROM = 252
TILES = 6
SHARP_FROM = 9.0
GLARE_FROM = 250
GLARE_SHARE = 0.004
FLAT_SHARE = 0.62
BAR_SHARE = 0.10
BAR_SPREAD = 6

_EDGES = ImageFilter.Kernel((3, 3), [0, 1, 0, 1, -4, 1, 0, 1, 0], scale=1, offset=128)


def check(photo: Photo, subject: Subject) -> list[Verdict]:
    """Return what is plain from the pixels alone; glare is looked for on documents, where it hides what is printed."""
    if min(photo.image.size) < TILES * TILES:
        return [refused(PhotoCheck.SIZE, Fault.TOO_SMALL)]
    gray = photo.image.convert("L")
    gray.thumbnail((LOOK_SIDE, LOOK_SIDE), Image.Resampling.BOX)
    verdicts = [
        _say(PhotoCheck.SIZE, Fault.TOO_SMALL, is_against=min(photo.sent_width, photo.sent_height) < LEAST_SIDE),
        light(gray),
        _say(PhotoCheck.BLUR, Fault.BLURRED, is_against=sharpness(gray) < SHARP_FROM),
    ]
    if subject is Subject.DOCUMENT:
        verdicts.append(_say(PhotoCheck.GLARE, Fault.GLARE, is_against=glare(gray) > GLARE_SHARE))
    is_screen = flatness(gray) > FLAT_SHARE or bars(gray) > BAR_SHARE
    verdicts.append(_say(PhotoCheck.SCREEN, Fault.SCREENSHOT, is_against=is_screen))
    return verdicts


def light(gray: Image.Image) -> Verdict:
    """Tell whether there is enough light, and not too much."""
    if _level(gray, 0.9) < DARK_BELOW:
        return refused(PhotoCheck.LIGHT, Fault.DARK)
    if _level(gray, 0.5) >= BRIGHT_FROM:
        return refused(PhotoCheck.LIGHT, Fault.BRIGHT)
    return ok(PhotoCheck.LIGHT)


def sharpness(gray: Image.Image) -> float:
    """Return how sharp the sharpest parts are: the spread of second differences in the third best of 36 tiles."""
    edges = gray.filter(_EDGES)
    width, height = edges.width // TILES, edges.height // TILES
    spreads = sorted(
        ImageStat.Stat(
            edges.crop((column * width + 1, row * height + 1, (column + 1) * width - 1, (row + 1) * height - 1))
        ).stddev[0]
        for row in range(TILES)
        for column in range(TILES)
    )
    return float(spreads[-3])


def glare(gray: Image.Image) -> float:
    """Return the share of small squares that are white through and through, as paper in good light is not."""
    squares = gray.point(lambda value: 255 if value >= GLARE_FROM else 0).reduce(8)
    full = squares.histogram()[255]
    return full / (squares.width * squares.height)


def flatness(gray: Image.Image) -> float:
    """Return the share of pixels that equal their neighbors to the right and below: a lens gives none of one color."""
    inner = (0, 0, gray.width - 1, gray.height - 1)
    here = gray.crop(inner)
    right = ImageChops.difference(here, gray.crop((1, 0, gray.width, gray.height - 1)))
    below = ImageChops.difference(here, gray.crop((0, 1, gray.width - 1, gray.height)))
    return ImageChops.lighter(right, below).histogram()[0] / (here.width * here.height)


def bars(gray: Image.Image) -> float:
    """Return the share of the photo in bars of one color along its sides, as viewers and phones draw them."""
    upright = gray.resize((gray.width, gray.height)), gray.transpose(Image.Transpose.ROTATE_90)
    return max(_bars_of(turned) for turned in upright)


def _bars_of(gray: Image.Image) -> float:
    """Return the share of rows of one color at top and bottom together."""
    rows = [gray.crop((0, row, gray.width, row + 1)).getextrema() for row in range(0, gray.height, 4)]
    plain = [high - low <= BAR_SPREAD for low, high in rows]  # type: ignore[operator]
    top = next((at for at, is_plain in enumerate(plain) if not is_plain), len(plain))
    bottom = next((at for at, is_plain in enumerate(reversed(plain)) if not is_plain), len(plain))
    return min(1.0, (top + bottom) / len(plain))


def _level(gray: Image.Image, share: float) -> int:
    """Return the gray under which this share of the pixels lies."""
    left = share * gray.width * gray.height
    for value, count in enumerate(gray.histogram()):
        left -= count
        if left <= 0:
            return value
    return 255


def _say(check_: PhotoCheck, fault: Fault, *, is_against: bool) -> Verdict:
    return refused(check_, fault) if is_against else ok(check_)
