"""Whether a note looks printed (J10, J18). Pure: an array in, a verdict out.

Print stands on straight lines; a hand does not. Where too little writing is found to tell, that is said.
"""

from dataclasses import dataclass
from statistics import median

import cv2
import numpy as np
from numpy.typing import NDArray

from closure.evidence.enums import Fault, PhotoCheck
from closure.evidence.verdicts import Verdict, not_checked, ok, refused

LOOK_SIDE = 1600
LEAST_LETTERS, LEAST_LINES = 7, 2
# Of the height of its letters: how far letters of a line stand off it.
PRINTED_BELOW = 0.04
# Of the photo's height: letters of a note, neither dust nor hair.
SMALLEST, LARGEST = 0.004, 0.05


@dataclass(frozen=True, kw_only=True)
class Letter:
    """The box of one letter, in pixels."""

    left: int
    width: int
    height: int
    foot: int


def check(pixels: NDArray[np.uint8]) -> Verdict:
    """Return whether the writing in the photo looks printed."""
    scale = min(1.0, LOOK_SIDE / max(pixels.shape[:2]))
    gray = cv2.cvtColor(cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY)
    found = [_unrest(line) for line in _lines(_letters(np.asarray(gray, np.uint8)))]
    if len(found) < LEAST_LINES:
        return not_checked(PhotoCheck.TYPED)
    is_printed = median(found) < PRINTED_BELOW
    return refused(PhotoCheck.TYPED, Fault.TYPED) if is_printed else ok(PhotoCheck.TYPED)


def _letters(gray: NDArray[np.uint8]) -> list[Letter]:
    """Return dark shapes of the size of letters that stand on something light."""
    ink = cv2.adaptiveThreshold(gray, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 31, 25)
    paper = cv2.dilate(gray, np.ones((25, 25), np.uint8)) > 150
    count, _labels, boxes, _centers = cv2.connectedComponentsWithStats(np.where(paper, ink, 0).astype(np.uint8))
    low, high = SMALLEST * gray.shape[0], LARGEST * gray.shape[0]
    found = [
        Letter(left=int(left), width=int(width), height=int(height), foot=int(top + height))
        for left, top, width, height, _area in boxes[1:count]
    ]
    return [each for each in found if low <= each.height <= high and each.width <= 3 * each.height]


def _lines(letters: list[Letter]) -> list[list[Letter]]:
    """Return rows of letters that follow each other, each a neighbor of the one before."""
    lines: list[list[Letter]] = []
    for letter in sorted(letters, key=lambda each: each.left):
        for line in lines:
            last = line[-1]
            gap, size = letter.left - last.left - last.width, max(last.height, letter.height)
            if gap < 2.5 * size and abs(letter.foot - last.foot) < 0.7 * size:
                line.append(letter)
                break
        else:
            lines.append([letter])
    return [line for line in lines if len(line) >= LEAST_LETTERS]


def _unrest(line: list[Letter]) -> float:
    """Return how far the feet of letters are off the straight line through them, in heights of a letter."""
    slopes = [
        (later.foot - letter.foot) / (later.left - letter.left)
        for at, letter in enumerate(line)
        for later in line[at + 1 :]
        if later.left > letter.left
    ]
    slope = median(slopes or [0.0])
    off = [letter.foot - slope * letter.left for letter in line]
    middle = median(off)
    return median(abs(each - middle) for each in off) / median(letter.height for letter in line)
