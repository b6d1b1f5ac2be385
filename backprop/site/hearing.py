"""The warnings that are logged while something is done."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager


class _Heard(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


@contextmanager
def hearing(name: str) -> Iterator[list[str]]:
    """The messages of warnings and errors to the logger of that name, or to one below it, as they come."""
    heard, logger = _Heard(), logging.getLogger(name)
    logger.addHandler(heard)
    try:
        yield heard.messages
    finally:
        logger.removeHandler(heard)
