"""Says findings in words: a wording's code and its parameters give why, how and condition in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils.dateformat import format as format_date

from accounts.enums import FactorKind
from closure.enums import Area
from closure.preflight.wordings import CONDITIONS, WORDINGS

# Parameters with these endings are ISO times, said as full dates with their time zone or as days, and kinds of factors.
TIME_ENDING, DAY_ENDING, KINDS_ENDING = "_at", "_day", "_kinds"


@dataclass(frozen=True, kw_only=True)
class Said:
    """The texts of one finding."""

    why: str
    how: str
    condition: str


def say(wording: str, *, area: Area, params: Mapping[str, str]) -> Said:
    """Return the texts of a wording; `params["condition"]` may name another condition than the wording's own."""
    texts = WORDINGS[wording]
    condition = CONDITIONS.get(params.get("condition", ""), texts.condition)
    facts = {name: readable(name, value) for name, value in params.items()} | {"area": str(area.label)}
    return Said(why=str(texts.why) % facts, how=str(texts.how) % facts, condition=str(condition) % facts)


def readable(name: str, value: str) -> str:
    """Return a parameter as people read it: times as full dates, kinds of factors by their names."""
    if name.endswith(TIME_ENDING):
        return format_date(datetime.fromisoformat(value).astimezone(UTC), "j M Y, H:i") + " UTC"
    if name.endswith(DAY_ENDING):
        return format_date(datetime.fromisoformat(value).astimezone(UTC), "j M Y") + " UTC"
    if name.endswith(KINDS_ENDING):
        return ", ".join(str(FactorKind(kind).label) for kind in value.split(",") if kind)
    return value


__all__ = ["CONDITIONS", "WORDINGS", "Said", "say"]
