"""Cursor pages: stable while rows come and go, and as fast on the last page as on the first."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound, ParseError
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request


class Pages(CursorPagination):
    """Fifty rows a page; a cursor that is not ours is refused in words."""

    page_size = 50

    def __init__(self, *ordering: str) -> None:
        self.ordering = ordering

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any] | None:
        """Return the rows of the page that the cursor of the query names."""
        try:
            return super().paginate_queryset(queryset, request, view)
        except (NotFound, ValidationError, ValueError, OverflowError) as error:
            raise ParseError(_("This cursor is not one of ours.")) from error
