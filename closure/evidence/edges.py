"""Whether all four edges of a document are in a photo (J13, J18). Pure: an array in, a verdict out."""

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from closure.evidence.enums import Fault, PhotoCheck
from closure.evidence.verdicts import Verdict, ok, refused

LOOK_SIDE = 800
# Of the photo: a document that is smaller cannot be read.
LEAST_SHARE = 0.12
# Of the photo's sides: what comes nearer to its border may go on beyond it.
MARGIN = 0.008
# Of its outline: how far a corner may be off, for cards with round corners.
SLACK = 0.025
# Of the four-sided figure: how much of it the outline has to fill.
FILLS = 0.9


def check(pixels: NDArray[np.uint8]) -> Verdict:
    """Return whether one large figure with four edges lies inside the photo."""
    scale = min(1.0, LOOK_SIDE / max(pixels.shape[:2]))
    small = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    smooth = cv2.GaussianBlur(small, (5, 5), 0)
    for mask in _masks(np.asarray(smooth, np.uint8)):
        outlines, _tree = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
        if any(_is_whole(np.asarray(outline), small.shape) for outline in outlines):
            return ok(PhotoCheck.EDGES)
    return refused(PhotoCheck.EDGES, Fault.EDGES)


def _masks(smooth: NDArray[np.uint8]) -> Iterator[NDArray[np.uint8]]:
    """Yield guesses of where the document is: by its edges, then by what is lighter or more colorful than the rest."""
    lightness, saturation = cv2.split(cv2.cvtColor(smooth, cv2.COLOR_BGR2HSV))[2:0:-1]
    close = np.ones((5, 5), np.uint8)
    for channel in (lightness, saturation):
        for low in (20, 50, 90):
            edges = cv2.dilate(cv2.Canny(channel, low, low * 3), np.ones((3, 3), np.uint8))
            yield np.asarray(cv2.morphologyEx(edges, cv2.MORPH_CLOSE, close), np.uint8)
        _level, mask = cv2.threshold(channel, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
        for each in (mask, 255 - mask):
            yield np.asarray(cv2.morphologyEx(np.asarray(each, np.uint8), cv2.MORPH_CLOSE, np.ones((15, 15))), np.uint8)


def _is_whole(outline: NDArray[np.int32], shape: tuple[int, ...]) -> bool:
    """Tell whether an outline is a large figure of four edges, with all corners inside the photo."""
    height, width = shape[:2]
    hull = cv2.convexHull(outline)
    if cv2.contourArea(hull) < LEAST_SHARE * width * height:
        return False
    corners = cv2.approxPolyDP(hull, SLACK * cv2.arcLength(hull, closed=True), closed=True).reshape(-1, 2)
    if len(corners) != 4 or cv2.contourArea(corners) * FILLS > cv2.contourArea(hull):
        return False
    sides = np.array([width, height])
    inside = (corners > MARGIN * sides) & (corners < (1 - MARGIN) * sides)
    return bool(inside.all())
