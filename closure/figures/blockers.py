"""What stands in the way most often, by area of the account check."""

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from closure.enums import Area, Moment, Verdict
from closure.figures import counting
from closure.figures.small import Figure, Found, said
from closure.figures.span import Span
from closure.models import CheckRun

# Reading what checks found costs more than counting rows, so no more are read; the page says so.
MOST_CHECKS = 20_000
MOST_AREAS = 7
# An account that was checked often counts once a month for each area.
COUNT = (
    "SELECT month, {area}, COUNT(DISTINCT account_id) FROM ({checks}) AS checks, {blockers} WHERE {verdict} = %s "
    "GROUP BY 1, 2"
)
DIALECTS = {
    "postgresql": {
        "blockers": "jsonb_array_elements(result->'blockers') AS blocker",
        "area": "blocker->>'area'",
        "verdict": "blocker->>'verdict'",
    },
    "sqlite": {
        "blockers": "json_each(result, '$.blockers') AS blocker",
        "area": "json_extract(blocker.value, '$.area')",
        "verdict": "json_extract(blocker.value, '$.verdict')",
    },
}


def checks() -> QuerySet[CheckRun]:
    """Return the checks that customers made and that did not come out clear."""
    stopping = [Verdict.BLOCKED, Verdict.UNKNOWN]
    return CheckRun.objects.filter(moment=Moment.CHECK, verdict__in=stopping)


def blockers(span: Span) -> Figure:
    """Return in which areas something blocked most accounts; what could not be checked is no finding."""
    found = _counted(span)
    shown = said(found)
    top = sorted((area for area in Area if shown.get(area)), key=lambda area: -shown[area])[:MOST_AREAS]
    return Figure.of(
        top,
        found,
        code="blockers",
        title=_("Top blockers"),
        unit=_("Accounts"),
        note=_(
            "Accounts whose check found something that blocks, once a month for each area: the newest %(most)s checks, "
            "without those of accounts that are closed by now. What is not named was found with fewer."
        )
        % {"most": f"{MOST_CHECKS:,}"},
        by_month=span.months > 1,
    )


def _counted(span: Span) -> list[Found]:
    columns = counting.within(checks(), "created_at", span).annotate(month=counting.month_of("created_at", span))
    newest = columns.order_by("-created_at").values("month", "account_id", "result")[:MOST_CHECKS]
    inner, given = newest.query.sql_with_params()
    asked = COUNT.format(checks=inner, **DIALECTS[connection.vendor])
    with connection.cursor() as cursor:
        cursor.execute(asked, [*given, Verdict.BLOCKED.value])
        return list(cursor.fetchall())
