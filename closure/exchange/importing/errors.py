"""Why a line is not imported."""

LONGEST_REASON = 200


class LineRefused(Exception):
    """A line that changes nothing; the reason is short, names the field and never repeats its value."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason if len(reason) <= LONGEST_REASON else f"{reason[: LONGEST_REASON - 1]}…")
        self.reason = str(self)
