"""Showing a view where the code runs: text in a terminal, HTML and SVG in a notebook, the page on the site."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeAlias

from .labels import resolve_language

Sink: TypeAlias = Callable[["View"], None]

_sink: ContextVar[Sink | None] = ContextVar("backprop_sink", default=None)


class View:
    """Something a learner looks at: made once from computed data, rendered later in any language.

    Subclasses give `text` and `html`. Without a language they use the one of `set_language`.
    """

    def text(self, language: str | None = None) -> str:
        """Render for a terminal: plain text, lines of a fixed-width font."""
        raise NotImplementedError

    def html(self, language: str | None = None) -> str:
        """Render as a fragment of HTML, with classes that begin with `bp-` and no script."""
        raise NotImplementedError

    def __repr__(self) -> str:
        """The text itself, so that a view typed at the prompt is seen, as a table of data would be."""
        return self.text()

    def _repr_html_(self) -> str:
        language = resolve_language(None)
        return in_notebook(self.html(language), language)


def in_notebook(html: str, language: str) -> str:
    """The HTML of a view in that language with the style that a notebook lacks."""
    return f'<div class="bp-view" lang="{language}">{_NOTEBOOK_STYLE}{html}</div>'


def show(*views: Any) -> None:
    """Show views where the code runs: printed in a terminal, rendered in a notebook, on the page of a site.

    Args:
        views: views, or what has one, such as the history of a training.

    Raises:
        TypeError: an argument is not a view, and has none.

    """
    views = tuple(map(_view_of, views))
    for view in views:
        if not isinstance(view, View):
            raise TypeError(
                f"show() takes views, not {type(view).__name__}: give it figure(…), forward_table(…), "
                "backward_table(…), check_table(…), derivation(…), plot(…) or boundary(…); "
                "for anything else use print()"
            )
    sink = _sink.get() or _notebook_display() or _print
    for view in views:
        sink(view)


@contextmanager
def collecting(sink: Sink) -> Iterator[None]:
    """Within the block, hand every shown view to `sink` instead of printing it."""
    token = _sink.set(sink)
    try:
        yield
    finally:
        _sink.reset(token)


def _view_of(thing: Any) -> Any:
    """The view of something that has one; anything else as it is."""
    has_one = not isinstance(thing, View) and callable(getattr(thing, "view", None))
    return thing.view() if has_one else thing


def _notebook_display() -> Sink | None:
    """IPython's display function under a notebook kernel; None in a terminal, also in that of IPython."""
    ipython: Any = sys.modules.get("IPython")  # only if somebody else imported it: importing it is slow
    shell = ipython.get_ipython() if ipython else None
    if getattr(shell, "kernel", None) is None:
        return None
    display: Sink = ipython.display.display
    return display


def _print(view: View) -> None:
    text = view.text()
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:  # an old Windows console: lose the typography rather than the output
        text = text.replace("−", "-").encode(encoding, "replace").decode(encoding)
    print(text, end="\n\n")


_NOTEBOOK_STYLE = (
    "<style>.bp-view table{border-collapse:collapse;font-variant-numeric:tabular-nums;margin:.5em 0}"
    ".bp-view caption{caption-side:top;text-align:start;font-weight:600;padding:.3em 0}"
    ".bp-view :is(th,td){text-align:start;padding:.25em .8em}"
    ".bp-view :is(th,td).bp-number{text-align:end}</style>"
)
