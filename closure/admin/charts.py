"""A figure as a drawing: numbers in, SVG out. Widths are shares of the page's: letters keep their size on any screen.

There is no style in it: colors are those of classes in staff.css, so the strict content security policy holds.
"""

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from closure.figures.small import Count, Figure

ROW, LABEL, LINE, BAR = 48, 16, 36, 12  # pixels: a row's height, and in it two base lines and the bar's height
PLACES = 2


def draw(figure: Figure) -> SafeString:
    """Return a figure as bars under their labels, with a title and a description for who does not see them."""
    rows = [_row(figure, count, number * ROW) for number, count in enumerate(figure.counts)]
    return format_html(
        '<svg class="bars" role="img" aria-labelledby="{code}-name {code}-told" width="100%" height="{height}">'
        '<title id="{code}-name">{title}</title><desc id="{code}-told">{told}</desc>{rows}</svg>',
        code=f"chart-{figure.code}",
        height=max(len(rows), 1) * ROW,
        title=figure.title,
        told=_told(figure),
        rows=format_html_join("", "{}", ((row,) for row in rows)),
    )


def _told(figure: Figure) -> str:
    told = (
        _("%(label)s: %(number)s") % {"label": count.label, "number": figure.said(count)} for count in figure.counts
    )
    return f"{figure.unit}. {'. '.join(told)}."


def _row(figure: Figure, count: Count, top: int) -> SafeString:
    """Return one row; what is too small to say is said in words, and has no bar to measure."""
    label = format_html('<text class="label" x="0" y="{}">{}</text>', top + LABEL, count.label)
    if not count.shown:
        return format_html('{}<text class="few" x="0" y="{}">{}</text>', label, top + LINE, figure.said(count))
    number = format_html(
        '<text class="number" x="100%" y="{}" text-anchor="end">{}</text>', top + LABEL, figure.said(count)
    )
    shape = format_html('y="{}" height="{}" rx="2"', top + LINE - BAR, BAR)
    width = round(100 * count.shown / figure.most, PLACES)
    return format_html(
        '{}{}<rect class="track" width="100%" {}/><rect class="bar" width="{}%" {}/>',
        label,
        number,
        shape,
        f"{width:g}",
        shape,
    )
