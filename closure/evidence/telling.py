"""What is checked of a photo here, and what was, in words for customers; what was not checked is never told as fine."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from closure.evidence import basics, looks, words
from closure.evidence.enums import Outcome, PhotoCheck, Subject
from closure.evidence.verdicts import Verdict


def checks(subject: Subject) -> tuple[PhotoCheck, ...]:
    """Return every check that there is for a subject, in the order in which checks are told."""
    every = {*basics.CHECKS[subject], *looks.CHECKS[subject]}
    return tuple(check for check in PhotoCheck if check in every)


def checked_here(subject: Subject) -> tuple[PhotoCheck, ...]:
    """Return those that this installation makes: without the extra `photos` there are fewer (docs/photos.md)."""
    return checks(subject) if looks.model() is not None else basics.CHECKS[subject]


def left_open(subject: Subject, verdicts: Iterable[Verdict]) -> tuple[PhotoCheck, ...]:
    """Return what was not checked of a photo: what says so, and what nothing was said about."""
    told = {verdict.check for verdict in verdicts if verdict.outcome is not Outcome.NOT_CHECKED}
    return tuple(check for check in checks(subject) if check not in told)


def promise(subject: Subject) -> str:
    """Return what will be checked when a photo is sent, and what will not (J18)."""
    here = checked_here(subject)
    said = _("When you send it, we check at once: %(checks)s.") % {"checks": _named(here)}
    return _sentences(said, _open([check for check in checks(subject) if check not in here]))


def rules(verdicts: Iterable[Verdict]) -> list[str]:
    """Return the rules that a photo breaks, in words."""
    return [words.rule(verdict) for verdict in verdicts if verdict.outcome is Outcome.REFUSED]


def found(subject: Subject, verdicts: Sequence[Verdict]) -> str:
    """Return what was checked of a photo and is fine, and what was not checked."""
    fine = [verdict.check for verdict in verdicts if verdict.outcome is Outcome.OK]
    said = _("Checked, and fine: %(checks)s.") % {"checks": _named(fine)} if fine else ""
    return _sentences(said, unchecked(subject, verdicts))


def unchecked(subject: Subject, verdicts: Iterable[Verdict]) -> str:
    """Return which checks of a photo were not made; "" where all were."""
    return _open(left_open(subject, verdicts))


def _open(open_checks: Sequence[PhotoCheck]) -> str:
    if not open_checks:
        return ""
    return _("Not checked at once: %(checks)s. A person looks at that.") % {"checks": _named(open_checks)}


def _named(named: Iterable[PhotoCheck]) -> str:
    names = [str(words.CHECKS[check]) for check in named]
    return _("; ").join(name[:1].lower() + name[1:] for name in names)


def _sentences(*parts: str) -> str:
    return " ".join(part for part in parts if part)
