"""Ctrl-C is put off, never lost."""

import signal
from threading import Thread

import pytest

from backprop.training.interruption import undisturbed


def press():
    signal.raise_signal(signal.SIGINT)


class Handler:
    """A handler of Ctrl-C that counts."""

    def __init__(self):
        self.calls = 0

    def __call__(self, number, frame):
        assert number == signal.SIGINT
        self.calls += 1


@pytest.fixture
def handler():
    counting = Handler()
    before = signal.signal(signal.SIGINT, counting)
    yield counting
    signal.signal(signal.SIGINT, before)


def pressing(times, done):
    with undisturbed():
        for i in range(times):
            press()
            done.append(i)
    done.append("after")


def test_it_waits_for_the_end():
    done = []
    with pytest.raises(KeyboardInterrupt):
        pressing(1, done)
    assert done == [0]


def test_the_second_time_does_not_wait():
    done = []
    with pytest.raises(KeyboardInterrupt):
        pressing(3, done)
    assert done == [0]


def test_not_even_an_error_makes_it_forgotten():
    def fail():
        with undisturbed():
            press()
            raise ZeroDivisionError

    with pytest.raises(KeyboardInterrupt) as caught:
        fail()
    assert isinstance(caught.value.__context__, ZeroDivisionError)


def test_another_handler_is_called_and_stays(handler):
    with undisturbed():
        press()
        assert handler.calls == 0
    assert handler.calls == 1
    assert signal.getsignal(signal.SIGINT) is handler


def test_nothing_happens_without_it(handler):
    with undisturbed():
        pass
    assert handler.calls == 0
    assert signal.getsignal(signal.SIGINT) is handler


def test_an_error_inside_comes_out(handler):
    with pytest.raises(ZeroDivisionError), undisturbed():
        1 / 0  # noqa: B018
    assert signal.getsignal(signal.SIGINT) is handler


def test_it_stays_ignored_where_it_is():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with undisturbed():
            press()
        assert signal.getsignal(signal.SIGINT) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_in_another_thread_nothing_is_done():
    found = []

    def run():
        before = signal.getsignal(signal.SIGINT)
        with undisturbed():
            found.append(signal.getsignal(signal.SIGINT) is before)

    thread = Thread(target=run)
    thread.start()
    thread.join()
    assert found == [True]
