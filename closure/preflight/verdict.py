"""An account check as data: what was found, what it means, and when it can clear; the shape of `POST preflight/`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from closure.enums import Area, Verdict
from closure.preflight import words
from closure.preflight.caps import Load

# From best to worst: the verdict of a whole is its worst part.
ORDER = (Verdict.CLEAR, Verdict.WARNING, Verdict.BLOCKED, Verdict.UNKNOWN)
STOPPING = frozenset({Verdict.BLOCKED, Verdict.UNKNOWN})


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the worst of some verdicts; clear when there is none."""
    return max(verdicts, key=ORDER.index, default=Verdict.CLEAR)


@dataclass(frozen=True, kw_only=True)
class Found:
    """One holding, order, key or the like; texts are as imported, `until` is a date that the core gave."""

    asset: str
    amount: str
    value_usdt: str | None = None
    until: datetime | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the entry; `until` only where there is one."""
        entry: dict[str, Any] = {"asset": self.asset, "amount": self.amount, "value_usdt": self.value_usdt}
        return entry if self.until is None else {**entry, "until": to_text(self.until)}

    @classmethod
    def from_dict(cls, entry: Mapping[str, Any]) -> "Found":
        """Read an entry back."""
        value, until = entry["value_usdt"], from_text(entry.get("until"))
        return cls(asset=entry["asset"], amount=entry["amount"], value_usdt=value, until=until)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that blocks, warns or could not be checked.

    `clears_at` is the earliest time at which it can clear (A20); None: nobody can name one, and `condition` says what
    it waits for. `actionable`: the customer can start now. `wording` and `params` are the code behind the texts, so
    that a stored finding is read in the reader's language.
    """

    code: str
    area: Area
    verdict: Verdict
    found: tuple[Found, ...] = ()
    why: str = ""
    how: str = ""
    remedy: str | None = None
    clears_at: datetime | None = None
    condition: str = ""
    actionable: bool = False
    wording: str = ""
    params: Mapping[str, str] = field(default_factory=dict, hash=False)
    # For the planner alone, not kept: what must be withdrawn before this clears.
    loads: tuple[Load, ...] = field(default=(), repr=False, compare=False)

    def as_dict(self) -> dict[str, Any]:
        """Return the finding as `blockers` and `warnings` list it."""
        return {
            "code": self.code,
            "area": self.area.value,
            "verdict": self.verdict.value,
            "found": [entry.as_dict() for entry in self.found],
            "why": self.why,
            "how": self.how,
            "remedy": None if self.remedy is None else {"code": self.remedy},
            "clears_at": to_text(self.clears_at),
            "condition": self.condition,
            "actionable": self.actionable,
            "wording": self.wording,
            "params": dict(self.params),
        }

    @classmethod
    def from_dict(cls, entry: Mapping[str, Any]) -> "Finding":
        """Read a finding back; texts whose wording is still known are said in the language of now."""
        area, wording, params = Area(entry["area"]), entry.get("wording", ""), entry.get("params", {})
        said = words.say(wording, area=area, params=params) if wording in words.WORDINGS else None
        remedy = entry["remedy"]
        return cls(
            code=entry["code"],
            area=area,
            verdict=Verdict(entry["verdict"]),
            found=tuple(Found.from_dict(each) for each in entry["found"]),
            why=said.why if said else entry["why"],
            how=said.how if said else entry["how"],
            remedy=None if remedy is None else remedy["code"],
            clears_at=from_text(entry["clears_at"]),
            condition=said.condition if said else entry.get("condition", ""),
            actionable=entry.get("actionable", False),
            wording=wording,
            params=params,
        )


@dataclass(frozen=True, kw_only=True)
class AreaResult:
    """The verdict of one area."""

    area: Area
    verdict: Verdict


@dataclass(frozen=True, kw_only=True)
class CheckNote:
    """A risk note that goes with a check: the journey's, by its code."""

    code: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Check:
    """A whole account check; not before `earliest` (None: no date can be given), nor before `earliest_condition`."""

    verdict: Verdict
    checked_at: datetime
    earliest: datetime | None
    areas: tuple[AreaResult, ...]
    blockers: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()
    notes: tuple[CheckNote, ...] = ()
    earliest_condition: str = ""

    @property
    def may_submit(self) -> bool:
        """Whether nothing is blocked and nothing unknown (A16); warnings still have to be acknowledged."""
        return self.verdict not in STOPPING

    def as_dict(self) -> dict[str, Any]:
        """Return the check in the shape of `POST preflight/` (docs/contract of the portal)."""
        return {
            "verdict": self.verdict.value,
            "checked_at": to_text(self.checked_at),
            "earliest": to_text(self.earliest),
            "earliest_condition": self.earliest_condition,
            "areas": [{"area": each.area.value, "verdict": each.verdict.value} for each in self.areas],
            "blockers": [finding.as_dict() for finding in self.blockers],
            "warnings": [finding.as_dict() for finding in self.warnings],
            "notes": [{"code": note.code, "text": note.text} for note in self.notes],
        }

    @classmethod
    def from_dict(cls, entry: Mapping[str, Any]) -> "Check":
        """Read a stored check back."""
        checked_at = from_text(entry["checked_at"])
        if checked_at is None:
            message = "a check without its time"
            raise ValueError(message)
        return cls(
            verdict=Verdict(entry["verdict"]),
            checked_at=checked_at,
            earliest=from_text(entry["earliest"]),
            areas=tuple(
                AreaResult(area=Area(each["area"]), verdict=Verdict(each["verdict"])) for each in entry["areas"]
            ),
            blockers=_findings(entry["blockers"]),
            warnings=_findings(entry["warnings"]),
            notes=tuple(CheckNote(code=each["code"], text=each["text"]) for each in entry["notes"]),
            earliest_condition=entry.get("earliest_condition", ""),
        )


def from_dict(entry: Mapping[str, Any]) -> Check:
    """Read a stored check back."""
    return Check.from_dict(entry)


def _findings(entries: Sequence[Mapping[str, Any]]) -> tuple[Finding, ...]:
    return tuple(Finding.from_dict(entry) for entry in entries)


def to_text(moment: datetime | None) -> str | None:
    """Return a time as the API prints it, ISO 8601 in UTC."""
    return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def from_text(text: str | None) -> datetime | None:
    """Read such a time back."""
    return None if text is None else datetime.fromisoformat(text)
