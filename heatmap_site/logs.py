"""How this site's log reads: what a stranger sent can never look like a line of its own."""

import logging

BREAKS = str.maketrans({"\n": "\\n", "\r": "\\r", "\x1b": "\\x1b", "\u2028": " ", "\u2029": " "})


class OneLineFormatter(logging.Formatter):
    """The message on one line, with level and logger where something is wrong.

    A traceback follows on lines of its own.
    """

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  (its name in logging)
        told = record.message.translate(BREAKS)
        return (
            told
            if record.levelno < logging.WARNING
            else f"{record.levelname} {record.name}: {told}"
        )
