"""Products of matrices and of arrays of any rank."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from string import ascii_letters
from typing import NamedTuple

import numpy as np

from .arithmetic import multiply
from .operation import Operation, Value
from .shapes import expand_dims, reshape, swapaxes, transpose


class MatMul(Operation):
    """Matrix product, for all shapes that NumPy takes: vectors, matrices, and stacks of matrices that broadcast.

    With matrices y = a b and upstream gradient g, the VJPs are g bᵀ and aᵀ g.
    """

    name, symbol = "matmul", "@"
    latex, precedence = r"<a>\,<b>", 2
    vjp_latex = {"a": r"<g>\,<b>^\top", "b": r"<a>^\top <g>"}
    shape_rule = "the last axis of the first must be as long as the last but one (or only) axis of the second"

    def forward(self, a: Value, b: Value) -> Value:
        return np.matmul(a, b)

    def vjp_a(self, g: Value, y: Value, a: Value, b: Value) -> Value:
        if np.ndim(b) == 1:
            return multiply(expand_dims(g, -1), b) if np.ndim(a) > 1 else multiply(g, b)
        if np.ndim(a) == 1:
            return _without_row(matmul(expand_dims(g, -2), swapaxes(b, -1, -2)))
        return matmul(g, swapaxes(b, -1, -2))

    def vjp_b(self, g: Value, y: Value, a: Value, b: Value) -> Value:
        if np.ndim(a) == 1:
            return multiply(expand_dims(a, -1), expand_dims(g, -2)) if np.ndim(b) > 1 else multiply(g, a)
        if np.ndim(b) == 1:
            return multiply(a, expand_dims(g, -1))  # summed over the rows by the engine
        return matmul(swapaxes(a, -1, -2), g)


class Dot(Operation):
    """NumPy's `dot`: a sum over the last axis of a and the last but one (or only) axis of b."""

    name, symbol = "dot", "·"
    latex, precedence = r"<a> \cdot <b>", 2
    vjp_latex = {"a": r"<g>\,<b>^\top", "b": r"<a>^\top <g>"}

    def forward(self, a: Value, b: Value) -> Value:
        return np.dot(a, b)

    def vjp_a(self, g: Value, y: Value, a: Value, b: Value) -> Value:
        if np.ndim(a) == 0 or np.ndim(b) == 0:
            return multiply(g, b)
        columns = _as_columns(b)
        rows = reshape(g, (_size(np.shape(a)[:-1]), np.shape(columns)[1]))
        return reshape(matmul(rows, transpose(columns)), np.shape(a))

    def vjp_b(self, g: Value, y: Value, a: Value, b: Value) -> Value:
        if np.ndim(a) == 0 or np.ndim(b) == 0:
            return multiply(g, a)
        rows = reshape(a, (_size(np.shape(a)[:-1]), np.shape(a)[-1]))
        others = np.shape(b)[:-2] + np.shape(b)[-1:] if np.ndim(b) > 1 else ()
        columns = matmul(transpose(rows), reshape(g, (np.shape(rows)[0], _size(others))))
        if np.ndim(b) == 1:
            return reshape(columns, np.shape(b))
        order = (*range(1, np.ndim(b) - 1), 0, np.ndim(b) - 1)
        return transpose(reshape(columns, (np.shape(b)[-2], *others)), order)


class Outer(Operation):
    """Outer product: all products of an entry of a with an entry of b; both are flattened."""

    name, symbol = "outer", "⊗"
    latex, precedence = r"<a> <b>^\top", 2
    vjp_latex = {"a": r"<g>\,<b>", "b": r"<g>^\top <a>"}

    def forward(self, a: Value, b: Value) -> Value:
        return np.outer(a, b)

    def vjp_a(self, g: Value, y: Value, a: Value, b: Value) -> Value:
        return reshape(matmul(g, reshape(b, -1)), np.shape(a))

    def vjp_b(self, g: Value, y: Value, a: Value, b: Value) -> Value:
        return reshape(matmul(reshape(a, -1), g), np.shape(b))


@dataclass(eq=False, repr=False, slots=True)
class Einsum(Operation):
    """Einstein summation, in NumPy's string notation, such as `ij,jk->ik`."""

    subscripts: str

    name, symbol = "einsum", "Σ"
    latex = r"\operatorname{einsum}(\ldots)"
    vjp_latex = {"x": r"\operatorname{einsum}(<g>, \ldots)"}

    def forward(self, *xs: Value) -> Value:
        return np.einsum(self.subscripts, *xs)

    def vjp(self, position: int, g: Value, y: Value, operands: Sequence[Value]) -> Value:
        """Contract g with the other operands.

        An index that only this operand has, or that has size 1 elsewhere, was summed away: a factor of ones
        brings it back. An index that it has twice was a diagonal: an identity matrix puts the numbers back on it.
        """
        terms = _einsum_terms(self.subscripts, tuple(np.ndim(x) for x in operands))
        own, shape = terms.operands[position], np.shape(operands[position])
        letters = [t for i, t in enumerate(terms.operands) if i != position]
        factors = [x for i, x in enumerate(operands) if i != position]
        fresh, target = terms.unused(), ""
        for letter, size in zip(own, shape, strict=True):
            if letter in target:
                twin = next(fresh)
                letters.append(letter + twin)
                factors.append(np.eye(size))
                target += twin
                continue
            sizes = zip((terms.result, *letters), (g, *factors), strict=True)
            if not any(np.shape(x)[term.index(letter)] >= size for term, x in sizes if letter in term):
                letters.append(letter)
                factors.append(np.ones(size))
            target += letter
        return einsum(",".join([terms.result, *letters]) + "->" + target, g, *factors)


class _Terms(NamedTuple):
    operands: tuple[str, ...]
    result: str

    def unused(self) -> Iterator[str]:
        """Letters that no term uses."""
        used = set("".join((*self.operands, self.result)))
        return (letter for letter in ascii_letters if letter not in used)


@lru_cache(maxsize=256)
def _einsum_terms(subscripts: str, ranks: tuple[int, ...]) -> _Terms:
    """Subscripts with the result written out and every ellipsis replaced by letters of its own."""
    left, arrow, result = subscripts.replace(" ", "").partition("->")
    operands = left.split(",")
    if not arrow:  # NumPy's rule: the indices that stand once, in alphabetical order
        letters = left.replace(",", "").replace("...", "")
        result = "..." * ("..." in left) + "".join(sorted(c for c in set(letters) if letters.count(c) == 1))
    spare = list(_Terms(tuple(operands), result).unused())
    hidden = [
        rank - len(term.replace("...", "")) if "..." in term else 0 for term, rank in zip(operands, ranks, strict=True)
    ]
    broadcast = "".join(spare[: max(hidden, default=0)])
    named = tuple(t.replace("...", broadcast[len(broadcast) - h :]) for t, h in zip(operands, hidden, strict=True))
    return _Terms(named, result.replace("...", broadcast))


def _without_row(x: Value) -> Value:
    """Drop the axis of size 1 that stands last but one."""
    return reshape(x, np.shape(x)[:-2] + np.shape(x)[-1:])


def _size(shape: tuple[int, ...]) -> int:
    return int(np.prod(shape, dtype=int))


def _as_columns(b: Value) -> Value:
    """`b` as a matrix whose rows are the axis that `dot` sums over."""
    if np.ndim(b) == 1:
        return expand_dims(b, -1)
    order = (np.ndim(b) - 2, *range(np.ndim(b) - 2), np.ndim(b) - 1)
    return reshape(transpose(b, order), (np.shape(b)[-2], _size(np.shape(b)[:-2] + np.shape(b)[-1:])))


matmul = MatMul()
dot = Dot()
outer = Outer()


def einsum(subscripts: str, *operands: Value) -> Value:
    """Einstein summation in NumPy's string notation; ellipses and repeated indices are understood.

    Raises:
        TypeError: the subscripts are not a string.

    >>> einsum("ij->ji", np.array([[1.0, 2.0]]))
    array([[1.],
           [2.]])

    """
    if not isinstance(subscripts, str):
        raise TypeError(f"einsum: give the subscripts first, as a string such as 'ij,jk->ik', not {subscripts!r:.80}")
    return Einsum(subscripts)(*operands)
