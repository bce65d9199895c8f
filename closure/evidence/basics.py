"""Checks that need pixels and no more: size, light, blur, glare, signs of a screenshot (J11-J13, J18).

Pure: a photo in, verdicts out. The thresholds stand between labelled photos that are fine and ones that are not;
`python -m tests.campaigns.photos` measures them.
"""

from PIL import Image, ImageChops, ImageFilter

from closure.evidence.decode import Photo
from closure.evidence.enums import Fault, PhotoCheck, Subject
from closure.evidence.verdicts import Verdict, ok, refused

P = PhotoCheck
CHECKS = {
    Subject.PERSON: (P.SIZE, P.LIGHT, P.BLUR, P.SCREEN),
    Subject.DOCUMENT: (P.SIZE, P.LIGHT, P.BLUR, P.GLARE, P.SCREEN),
}
LEAST_SIDE = 720
LOOK_SIDE = 1200
SMALLEST = 36
# Of 255: where the lightest tenth of a photo is darker than this, nothing in it can be read.
DARK_BELOW = 80
WHITE_FROM = 250
# Of the photo: where so much is white, what was on it is gone; where a little is, a lamp is reflected.
BRIGHT_SHARE = 0.2
GLARE_SHARE = 0.003
# Of the contrast around it: how steep the steepest step is, from one pixel to the next.
SHARP_FROM = 0.15
LEAST_CONTRAST = 50
TILES = 6
FLAT_SHARE = 0.62
PLAIN_SHARE = 0.08
PLAIN_SPREAD = 6

_RIGHT = ImageFilter.Kernel((3, 3), [0, 0, 0, -1, 0, 1, 0, 0, 0], scale=2, offset=128)
_DOWN = ImageFilter.Kernel((3, 3), [0, -1, 0, 0, 0, 0, 0, 1, 0], scale=2, offset=128)


def check(photo: Photo, subject: Subject) -> list[Verdict]:
    """Return what is plain from the pixels alone; glare is looked for on documents, where it hides what is printed."""
    if min(photo.image.size) < SMALLEST:
        return [refused(PhotoCheck.SIZE, Fault.TOO_SMALL)]
    gray = photo.image.convert("L")
    gray.thumbnail((LOOK_SIDE, LOOK_SIDE), Image.Resampling.BOX)
    white = whiteness(gray)
    verdicts = [
        _say(PhotoCheck.SIZE, Fault.TOO_SMALL, is_against=min(photo.sent_width, photo.sent_height) < LEAST_SIDE),
        _say(PhotoCheck.LIGHT, Fault.BRIGHT, is_against=white > BRIGHT_SHARE),
        _say(PhotoCheck.BLUR, Fault.BLURRED, is_against=sharpness(gray) < SHARP_FROM),
    ]
    if level(gray, 0.9) < DARK_BELOW:
        verdicts[1] = refused(PhotoCheck.LIGHT, Fault.DARK)
    if subject is Subject.DOCUMENT:
        verdicts.append(_say(PhotoCheck.GLARE, Fault.GLARE, is_against=white > GLARE_SHARE))
    is_screen = flatness(gray) > FLAT_SHARE or plainness(gray) > PLAIN_SHARE
    verdicts.append(_say(PhotoCheck.SCREEN, Fault.SCREENSHOT, is_against=is_screen))
    return verdicts


def sharpness(gray: Image.Image) -> float:
    """Return how steep the steepest steps in the middle of a photo are, as a share of the contrast around them.

    Grain is smoothed away first. The third best of 16 tiles counts; where none has contrast, nothing is sharp.
    """
    smooth = gray.filter(ImageFilter.GaussianBlur(1.2))
    right, down = smooth.filter(_RIGHT), smooth.filter(_DOWN)
    width, height = gray.width // TILES, gray.height // TILES
    found = []
    for row in range(1, TILES - 1):
        for column in range(1, TILES - 1):
            tile = (column * width, row * height, (column + 1) * width, (row + 1) * height)
            low, high = _extremes(smooth.crop(tile))
            if high - low >= LEAST_CONTRAST:
                step = max(abs(each - 128) for turned in (right, down) for each in _extremes(turned.crop(tile)))
                found.append(step / (high - low))
    return sorted([0.0, 0.0, 0.0, *found])[-3]


def whiteness(gray: Image.Image) -> float:
    """Return the share of small squares that are white through and through, as paper in good light is not."""
    squares = gray.point(lambda value: 255 if value >= WHITE_FROM else 0).reduce(8)
    return float(squares.histogram()[255]) / (squares.width * squares.height)


def flatness(gray: Image.Image) -> float:
    """Return the share of pixels that equal their neighbors to the right and below: a lens gives none of one color."""
    inner = (0, 0, gray.width - 1, gray.height - 1)
    here = gray.crop(inner)
    right = ImageChops.difference(here, gray.crop((1, 0, gray.width, gray.height - 1)))
    below = ImageChops.difference(here, gray.crop((0, 1, gray.width - 1, gray.height)))
    return float(ImageChops.lighter(right, below).histogram()[0]) / (here.width * here.height)


def plainness(gray: Image.Image) -> float:
    """Return the share of rows, or of columns, of one color from side to side, as around what a screen shows."""
    return max(_plain_rows(gray), _plain_rows(gray.transpose(Image.Transpose.ROTATE_90)))


def _plain_rows(gray: Image.Image) -> float:
    spreads = [_extremes(gray.crop((0, row, gray.width, row + 1))) for row in range(0, gray.height, 4)]
    return sum(high - low <= PLAIN_SPREAD for low, high in spreads) / len(spreads)


def level(gray: Image.Image, share: float) -> int:
    """Return the gray under which this share of the pixels lies."""
    left = share * gray.width * gray.height
    for value, count in enumerate(gray.histogram()):
        left -= count
        if left <= 0:
            return value
    return 255


def _extremes(gray: Image.Image) -> tuple[int, int]:
    low, high = gray.getextrema()
    return int(low), int(high)  # type: ignore[arg-type]


def _say(check_: PhotoCheck, fault: Fault, *, is_against: bool) -> Verdict:
    return refused(check_, fault) if is_against else ok(check_)
