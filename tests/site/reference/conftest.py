"""A small package in a folder of its own, and what the worker reads of it."""

import sys
from pathlib import Path
from textwrap import dedent

import pytest

from backprop.site.reference.worker import read_entries

FILES = {
    "__init__.py": '''
        """Resistors."""

        from .laws import Law, NotPositiveError, Number, Resistor, parallel, power, table
        from .series import series
        ''',
    "laws.py": '''
        """Laws."""

        from collections.abc import Callable
        from functools import partial
        from typing import Any

        Number = float | int
        Rule = Callable[[Number, Number], Any]


        class NotPositiveError(ValueError):
            """A resistance that is not positive."""


        class _Named:
            def label(self) -> str:
                """Its name."""
                return ""


        class Law(_Named):
            """A law; see `Resistor` and `value()`.

            With a rule u::

                u = r i

            >>> 1 < 2
            True

            Then more, such as `<y>` and a < b.
            """

            def value(self, x: Number) -> Number:
                """Its value; `x` and `series` are not links here, `parallel()` is."""
                return x

            def _own(self) -> None:
                """Nobody's business."""


        class Resistor(Law):
            """A resistor.

            Args:
                ohms: how much; see `Law.value`.
                name: `power` is a parameter of no one.

            Attributes:
                series: in which it stands.

            Raises:
                NotPositiveError: it is not.
            """

            limit: float = 2.5
            """Largest current."""
            series = 3

            def __init__(self, ohms: Number, *, name: str = "R") -> None:
                self.ohms = ohms

            def value(self, x: Number) -> Number:
                """Documented at its base."""
                return x

            @property
            def conductance(self) -> float:
                """One over the resistance."""
                return 1 / self.ohms

            @classmethod
            def of(cls, rule: Rule, law: Law) -> "Resistor":
                """Make one of a law."""
                return cls(1)

            def __call__(self, i: float, /) -> float:
                """The voltage."""
                return i


        def parallel(*resistors: Resistor, rule: Rule | None = None, **options: Any) -> Resistor:
            """Beside each other.

            Returns:
                One that has the same effect: the sum of conductances.
            """
            return resistors[0]


        class _Power:
            """Power: u i."""

            def __call__(self, u, i):
                return u * i


        power = _Power()
        table = {"a": 1}
        """Laws by name."""
        ''',
    "series.py": '''
        """Not the function, although the module has its name."""

        def series(first: float, second: float, third: float, fourth: float, fifth: float) -> float:
            """One after the other."""
            return 0.0
        ''',
}


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "ohmic"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(dedent(text).lstrip(), "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield folder
    for name in [name for name in sys.modules if name.partition(".")[0] == "ohmic"]:
        del sys.modules[name]


@pytest.fixture
def entries(package: Path) -> dict:
    names = ["Law", "NotPositiveError", "Resistor", "parallel", "power", "table", "series"]
    answer = read_entries([f"ohmic.{name}" for name in names])
    assert answer["problems"] == {}
    return {name.removeprefix("ohmic."): entry for name, entry in answer["entries"].items()}
