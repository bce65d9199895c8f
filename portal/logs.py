"""What logs must not hold: the token of a mailed link and the address of a receipt, which open what they name."""

import logging
import re

from accounts.failures import kind_and_place

PLACES = "status|stop|reactivate|reactivations|enroll|register|password-reset|receipts?"
TOKEN = re.compile(rf"(/(?:{PLACES})/)[A-Za-z0-9_:.-]{{24,}}")
HIDDEN = r"\1…"


def hide(text: str) -> str:
    """Return a line without the tokens of links."""
    return TOKEN.sub(HIDDEN, text)


class HideTokens(logging.Filter):
    """Takes tokens out of what is logged about a request."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record; nothing is dropped."""
        message = record.getMessage()
        hidden = hide(message)
        if hidden != message:
            record.msg, record.args = hidden, ()
        return True


class NoTraces(logging.Filter):
    """Takes the words of errors out of what a library logs of them: they may be personal. Kind and place are left."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep the first line, rewrite the trace; nothing is dropped."""
        said, error = record.getMessage().partition("\n")[0], record.exc_info and record.exc_info[1]
        record.msg, record.args = f"{said}: {kind_and_place(error)}" if error else said, ()
        record.exc_info = record.exc_text = None
        return True
