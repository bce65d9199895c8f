"""What is new about a request since somebody opened its page: shown instead of deciding."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.forms import Form

from closure import queries
from closure.admin import dossier, story
from closure.models import CheckRun, ClosureRequest
from closure.operations.review import differ


@dataclass(frozen=True, kw_only=True)
class News:
    """What happened meanwhile, and how the account check differs; None where it does not."""

    lines: Sequence[story.Line]
    checks: dossier.Comparison | None


def since(request: ClosureRequest, form: Form) -> News | None:
    """Return what is new since the page was opened that this form was on; None where nothing is."""
    seen = form.cleaned_data.get("seen_version")
    looked_at = form.cleaned_data.get("seen_check")
    lines = [line for line in story.lines(request) if line.version > seen] if seen is not None else []
    before = CheckRun.objects.filter(request=request, pk=looked_at).first() if looked_at else None
    latest = queries.latest_run(request)
    changed = before is not None and latest is not None and differ(before, latest)
    checks = dossier.comparison(before, latest, changes_only=True) if changed else None
    return News(lines=lines, checks=checks) if lines or checks else None
