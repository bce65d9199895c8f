"""What was shown when it was acknowledged: a keyed digest of each text, for the journal (C12, C13, B08, B09).

Texts name amounts and collections; a digest without a key could be guessed from them after everything is erased.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from typing import Any

from accounts import keys
from closure.models import CheckRun, ClosureRequest
from closure.notes import NOTE_CODES, notes, warning_codes
from closure.policy import loader
from closure.preflight.verdict import Finding

KEY_PURPOSE = "acknowledged-text"
DIGEST_LENGTH = 32


def texts(request: ClosureRequest, run: CheckRun | None) -> dict[str, str]:
    """Return the text behind each code that can be acknowledged, in the language of now."""
    said = {note.code: str(note.text) for note in notes(loader.from_pinned(request.policy), vip=request.account.vip)}
    for entry in run.result.get("warnings", ()) if run is not None else ():
        said[str(entry["code"])] = _words(entry)
    return said


def _words(entry: Mapping[str, Any]) -> str:
    finding = Finding.from_dict(entry)
    found = [[item.amount, item.asset, item.value_usdt] for item in finding.found]
    return json.dumps([finding.area.value, found, finding.why, finding.how], ensure_ascii=False)


def digest(text: str, *, version: int | None = None) -> str:
    """Return the version of the key, then the keyed digest of a text; the same text and key give the same."""
    used = keys.newest_version() if version is None else version
    found = hmac.digest(keys.derive(KEY_PURPOSE, used), text.encode(), hashlib.sha256).hex()
    return f"{used}.{found[:DIGEST_LENGTH]}"


def record(request: ClosureRequest, run: CheckRun | None) -> dict[str, dict[str, str]]:
    """Return exactly what was acknowledged for a submission: each code with its time and the digest of its text."""
    wanted: Sequence[str] = [*NOTE_CODES, *(warning_codes(run.result) if run is not None else ())]
    return {
        code: {"at": request.acknowledged[code], "text": request.acknowledged_texts.get(code, "")}
        for code in wanted
        if code in request.acknowledged
    }
