"""Operations as a teacher reads them aloud, for what a screen reader says: "t squared", "x plus y"."""

import re
from collections.abc import Sequence

from ..operations.operation import Operation
from .labels import has_label, label

_I_SOUND = re.compile(r"[iíιI]|[yY](?![a-zA-Zà-ÿ])|[hH]i(?![ae])")
"""How a word begins before which the Spanish "y" becomes "e"; the letter y itself is one."""


def spoken(operation: Operation, operands: Sequence[str], language: str) -> str:
    """An operation with its operands, in words.

    >>> from backprop.operations import REGISTRY
    >>> spoken(REGISTRY["power"](), ["t", "2"], "en"), spoken(REGISTRY["maximum"](), ["x", "y"], "es")
    ('t squared', 'máximo de x e y')
    """
    names = dict(zip(operation.argument_names(len(operands)), operands, strict=True))
    key = f"spoken.{_sentence(operation, operands)}"
    if has_label(key):
        return label(key, language, **names, operands=enumeration(operands, language))
    of = label(
        "spoken.of", language, operation=operation_name(operation, language), operands=enumeration(operands, language)
    )
    return re.sub(r"(?<=[\u4e00-\u9fff])(?=[A-Za-z])", " ", of)  # x 的 ReLU


def enumeration(items: Sequence[str], language: str) -> str:
    """A list in words: a, b and c."""
    *before, last = items
    if not before:
        return last
    key = "list.last_before_i" if _I_SOUND.match(last) else "list.last"
    return label(key, language, before=label("list.separator", language).join(before), last=last)


def operation_name(operation: Operation, language: str) -> str:
    """The name of an operation; its name in Python if the labels do not have it."""
    key = f"operation.{operation.name}"
    return label(key, language) if has_label(key) else operation.name


def _sentence(operation: Operation, operands: Sequence[str]) -> str:
    """The name of the sentence: of the operation, but of squares and cubes their own."""
    if operation.name == "power":
        return {"2": "square", "3": "cube"}.get(operands[1], "power")
    return operation.name
