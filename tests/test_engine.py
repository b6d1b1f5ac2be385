import asyncio
import threading

import pytest

from backprop import Tensor, engine, no_grad
from backprop.engine import is_recording, recording


class TestNoGrad:
    def test_nothing_is_kept(self):
        x = Tensor([1.0, 2.0])
        with no_grad():
            y = (x * 2).sum()
        assert (y.value, y.operation, y.inputs) == (6.0, None, ())
        assert (x * 2).operation is not None

    def test_nests(self):
        with no_grad():
            with no_grad():
                assert not is_recording()
            assert not is_recording()
            with recording():
                assert is_recording()
            assert not is_recording()
        assert is_recording()

    def test_error_inside(self):
        with pytest.raises(ZeroDivisionError), no_grad():
            raise ZeroDivisionError
        assert is_recording()

    def test_decorator(self):
        @no_grad()
        def predict(x, depth):
            if depth:
                predict(x, depth - 1)
            return x * 2

        assert predict(Tensor(1.0), 3).operation is None
        assert is_recording()

    def test_other_threads_record(self):
        found = []
        with no_grad():
            thread = threading.Thread(target=lambda: found.append((Tensor(1.0) * 2).operation))
            thread.start()
            thread.join()
        assert found[0] is not None

    def test_decorated_function_in_two_threads(self):
        """The calls overlap: each must restore its own thread's state."""
        barrier, errors, states = threading.Barrier(2, timeout=10), [], []

        @no_grad()
        def overlap():
            barrier.wait()
            states.append(is_recording())

        def work():
            try:
                for _ in range(20):
                    overlap()
                    states.append(not is_recording())
            except Exception as error:
                errors.append(error)
                barrier.abort()

        threads = [threading.Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not errors
        assert not any(states)

    def test_tasks(self):
        async def quiet():
            with no_grad():
                await asyncio.sleep(0.001)
                return is_recording()

        async def loud():
            await asyncio.sleep(0)
            return is_recording()

        async def both():
            return await asyncio.gather(quiet(), loud())

        assert asyncio.run(both()) == [False, True]


def test_an_assignment_that_another_thread_overtakes(monkeypatch):
    following = engine.next_number

    def overtaken():
        number = following()
        monkeypatch.undo()
        overtaking.append(engine.number_of_assignment())
        return number

    overtaking: list[int] = []
    monkeypatch.setattr(engine, "next_number", overtaken)
    assert engine.number_of_assignment() < overtaking[0]
    assert engine.last_assignment() == overtaking[0]
