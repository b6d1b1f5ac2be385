import io
import sys
from types import ModuleType, SimpleNamespace

import pytest

from backprop.explain.display import View, collecting, show


class Greeting(View):
    def text(self, language: str | None = None) -> str:
        return f"hello − {language}"

    def html(self, language: str | None = None) -> str:
        return f"<b>{language}</b>"


def test_a_terminal_gets_text(capsys: pytest.CaptureFixture[str]) -> None:
    show(Greeting(), Greeting())
    assert capsys.readouterr().out == "hello − None\n\nhello − None\n\n"


def test_a_console_of_another_encoding_loses_typography_only(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", out)
    show(Greeting())
    out.flush()
    assert out.buffer.getvalue().split() == [b"hello", b"-", b"None"]  # type: ignore[attr-defined]


def test_a_sink_collects_and_nothing_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    outer: list[View] = []
    inner: list[View] = []
    greeting = Greeting()
    with collecting(outer.append):
        show(greeting)
        with collecting(inner.append):
            show(greeting)
        show(greeting)
    assert (outer, inner) == ([greeting, greeting], [greeting])
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("kernel", [True, False])
def test_only_a_notebook_gets_rich_display(
    kernel: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    displayed: list[View] = []
    ipython = ModuleType("IPython")
    shell = SimpleNamespace(kernel=object()) if kernel else SimpleNamespace()
    ipython.get_ipython = lambda: shell  # type: ignore[attr-defined]
    ipython.display = SimpleNamespace(display=displayed.append)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    show(Greeting())
    assert len(displayed) == kernel
    assert bool(capsys.readouterr().out) != kernel


def test_a_notebook_cell_knows_its_language() -> None:
    assert 'lang="en"' in Greeting()._repr_html_()
    assert "<b>en</b>" in Greeting()._repr_html_()


def test_what_is_not_a_view_is_refused_before_anything_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(TypeError, match=r"not float.*forward_table"):
        show(Greeting(), 3.0)  # type: ignore[arg-type]
    assert capsys.readouterr().out == ""


def test_a_view_at_the_prompt_is_its_text() -> None:
    assert repr(Greeting()) == "hello − None"
