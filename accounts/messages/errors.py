"""Why a message was not handed over."""

from datetime import timedelta


class SendFailed(Exception):
    """The other side refused, hung or answered nonsense; `code` is kept in the row, never the message's contents.

    `wait` is how long the other side asked us to wait; `final` says that trying again is of no use.
    """

    def __init__(self, code: str, *, wait: timedelta | None = None, final: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.wait = wait
        self.final = final
