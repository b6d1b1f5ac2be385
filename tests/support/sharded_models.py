"""Models whose forward pass does, in a worker, what the tests of parallel training need: workers import them."""

import os
import signal
from contextlib import suppress
from pathlib import Path
from typing import Any

from backprop import nn


class RefusalError(Exception):
    """Its `__init__` does not take what is in its `args`: pickle alone could not bring it back."""

    def __init__(self, row: int, reason: str) -> None:
        super().__init__(f"row {row}: {reason}")
        self.row = row


class Wrapped(nn.Module):
    """A multilayer perceptron and what happens before it computes."""

    def __init__(self, dropout: float = 0.0, dtype: str = "float64") -> None:
        self.inner = nn.MLP((4, 8, 3), activation="tanh", dropout=dropout, seed=3, dtype=dtype)

    def forward(self, x: Any) -> Any:
        self.before()
        return self.inner(x)

    def before(self) -> None:
        pass


class DyingOnce(Wrapped):
    """Kills the process of a worker, in the middle of a step, when it computes for the fifth time; once in all.

    Args:
        marker: a file that is made then.

    """

    def __init__(self, marker: Path, dropout: float = 0.0) -> None:
        super().__init__(dropout)
        self.marker = marker
        self.caller = os.getpid()
        self.calls = 0

    def before(self) -> None:
        if os.getpid() == self.caller:
            return
        self.calls += 1
        if self.calls >= 5 and not self.marker.exists():
            with suppress(FileExistsError):  # the other worker was faster
                self.marker.touch(exist_ok=False)
                os.kill(os.getpid(), signal.SIGKILL)


class Refusing(Wrapped):
    """Raises in training."""

    def before(self) -> None:
        if self.training:
            raise RefusalError(7, "no such colour")


def die() -> None:
    """Initializer of a pool that cannot work."""
    os.kill(os.getpid(), signal.SIGKILL)
