"""Ctrl-C comes at any moment; here is how it waits for one that leaves everything whole."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import current_thread, main_thread
from types import FrameType


@contextmanager
def undisturbed() -> Iterator[None]:
    """Context that Ctrl-C does not break off: it takes effect at the end. Pressed a second time, it does at once.

    Whatever handles Ctrl-C is only put off. In another thread than the main one nothing is done, since Python tells
    only the main thread of it.

    >>> try:
    ...     with undisturbed():
    ...         signal.raise_signal(signal.SIGINT)
    ...         print("whole")
    ... except KeyboardInterrupt:
    ...     print("then stopped")
    whole
    then stopped

    """
    handler = signal.getsignal(signal.SIGINT)
    if current_thread() is not main_thread() or not callable(handler):
        yield
        return
    pressed: list[FrameType | None] = []

    def put_off(number: int, frame: FrameType | None) -> None:
        pressed.append(frame)
        if len(pressed) > 1:
            handler(number, frame)

    signal.signal(signal.SIGINT, put_off)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)
        if pressed:
            handler(signal.SIGINT, pressed[0])
