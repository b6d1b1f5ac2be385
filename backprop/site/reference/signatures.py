"""Signatures as HTML: highlighted, and with a link at every type that has an entry."""

import inspect
from collections.abc import Iterator
from functools import cache
from html import escape
from itertools import chain
from typing import Protocol

import griffe
from pygments.lexers.python import PythonLexer  # type: ignore[import-untyped]
from pygments.token import STANDARD_TYPES, Name, Token  # type: ignore[import-untyped]

LONGEST_LINE = 66
"""Signs up to which a signature stands on one line."""

Piece = tuple[str, str | None]
"""Text, and the target of its link, if it has one."""


class Types(Protocol):
    """What is known of the types that signatures name."""

    def of_path(self, path: str) -> str | None:
        """The target of a type, if it has an entry."""

    def meaning(self, path: str) -> griffe.Expr | str | None:
        """What a name stands for that has no entry, if that says more."""


def signature_of(name: str, thing: griffe.Object, types: Types) -> str:
    """The signature of a function or a class, or the type of an attribute, as HTML."""

    def pieces(expression: griffe.Expr | str | None) -> list[Piece]:
        return list(_pieces(expression, types))

    if isinstance(thing, griffe.Attribute):
        kind = [(": ", None), *pieces(thing.annotation)] if thing.annotation else []
        return _html([], name, kind)
    before: list[Piece] = [("class ", None)] if thing.is_class else []
    before += [(f"{label} ", None) for label in ("classmethod", "staticmethod") if label in thing.labels]
    parameters = list(_parameters(thing, types))
    returns = thing.returns if isinstance(thing, griffe.Function) else None
    after: list[Piece] = [(" -> ", None), *pieces(returns)] if returns else []
    if not parameters:
        return _html(before, name, after if thing.is_class else [("()", None), *after])
    length = len(name) + sum(len(text) for text, _ in [*before, *after, *chain.from_iterable(parameters)])
    start, between, end = ("(\n    ", ",\n    ", ",\n)") if length > LONGEST_LINE else ("(", ", ", ")")
    inner: list[Piece] = [(start, None), *parameters[0]]
    for parameter in parameters[1:]:
        inner += [(between, None), *parameter]
    return _html(before, name, [*inner, (end, None), *after])


def signature_at_runtime(name: str, thing: object) -> str:
    """The signature of something that can be called, by inspection, as HTML."""
    try:
        signature = inspect.signature(thing)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return _html([], name, [("(…)", None)])
    return _html([], name, [(str(signature), None)])


def parameters_of(thing: griffe.Object) -> set[str]:
    """Names of the parameters of a function or a class."""
    return {parameter.name.lstrip("*") for parameter in getattr(thing, "parameters", ())}


def _parameters(thing: griffe.Object, types: Types) -> Iterator[list[Piece]]:
    kinds = griffe.ParameterKind
    parameters = list(getattr(thing, "parameters", ()))
    if parameters and (thing.is_class or (isinstance(thing.parent, griffe.Class) and _is_bound(thing))):
        parameters = parameters[1:]
    star = False
    for number, parameter in enumerate(parameters):
        if parameter.kind is kinds.keyword_only and not star:
            yield [("*", None)]
            star = True
        star = star or parameter.kind is kinds.var_positional
        prefix = {kinds.var_positional: "*", kinds.var_keyword: "**"}.get(parameter.kind, "")
        pieces: list[Piece] = [(prefix + parameter.name.lstrip("*"), None)]
        if parameter.annotation is not None:
            pieces += [(": ", None), *_pieces(parameter.annotation, types)]
        if parameter.default is not None and not prefix:
            pieces += [(" = " if parameter.annotation is not None else "=", None), *_pieces(parameter.default, types)]
        yield pieces
        following = parameters[number + 1].kind if number + 1 < len(parameters) else None
        if parameter.kind is kinds.positional_only and following is not kinds.positional_only:
            yield [("/", None)]


def _is_bound(function: griffe.Object) -> bool:
    return "staticmethod" not in function.labels


def _pieces(expression: griffe.Expr | str | None, types: Types) -> Iterator[Piece]:
    if not isinstance(expression, griffe.Expr):
        yield str(expression or ""), None
        return
    for part in expression.iterate(flat=True):
        path = _path(part)
        target = types.of_path(path) if path else None
        meaning = types.meaning(path) if path and not target else None
        yield str(meaning or part), target


def _path(part: griffe.Expr | str) -> str | None:
    try:
        return part.canonical_path if isinstance(part, griffe.ExprName) else None
    except griffe.GriffeError:
        return None


def _html(before: list[Piece], name: str, after: list[Piece]) -> str:
    """Lines of highlighted Python; a piece that is a link is one token of it."""
    links: dict[int, Piece] = {}
    text = "".join(piece for piece, _ in before)
    own = len(text)
    text += name
    for piece, target in after:
        if target:
            links[len(text)] = (piece, target)
        text += piece
    html = []
    for start, kind, value in _lexer().get_tokens_unprocessed(text):
        style = "" if kind in Token.Text else STANDARD_TYPES.get(Name.Function if start == own else kind, "")
        token = f'<span class="{style}">{escape(value)}</span>' if style else escape(value)
        piece, target = links.get(start, ("", None))
        html.append(f'<a href="{escape(target)}">{token}</a>' if target and piece == value else token)
    return "".join(map(_line, "".join(html).split("\n")))


def _line(line: str) -> str:
    inner = " bp-inner" if line.startswith(" ") else ""
    return f'<span class="bp-line{inner}">{line.strip()}</span>\n'


@cache
def _lexer() -> PythonLexer:
    return PythonLexer(stripnl=False, ensurenl=False)
