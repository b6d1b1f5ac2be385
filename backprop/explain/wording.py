"""What axes and curves are called: words in every language, or mathematics."""

import re
from collections.abc import Iterable
from html import escape
from typing import TypeAlias

from .labels import has_label, label
from .names import Name

Words: TypeAlias = str | Name
"""A text, or a name of mathematics."""

_ELSEWHERE = {
    "accuracy": "metric.accuracy",
    "epoch": "training.epoch",
    "learning_rate": "training.learning_rate",
    "loss": "training.loss",
    "relative_error": "table.error",
    "reverse_mode": "table.reverse",
    "training": "training.training",
    "validation": "training.validation",
    "value": "table.value",
}
"""Words that other views have too."""


def wording(key: str, language: str) -> Words:
    """What a key is called: a text of the labels if there is one, else mathematics.

    >>> wording("update", "es"), wording("loss", "ko"), wording("w_1", "ko").text
    ('Actualización', '손실', 'w₁')
    """
    place = _ELSEWHERE.get(key, f"plot.{key}")
    return label(place, language) if has_label(place) else Name.parse(key)


def markup(words: Words) -> str:
    """What stands inside of an SVG text element."""
    return words.svg if isinstance(words, Name) else escape(words)


def plain(words: Words) -> str:
    """The same without markup."""
    return words.text if isinstance(words, Name) else words


def within(words: Words) -> str:
    """As it is written within a sentence: without the capital of a heading, but for ReLU and the like.

    >>> within("Learning rate"), within("ReLU"), within(Name.parse("W_1"))
    ('learning rate', 'ReLU', 'W₁')
    """
    text = plain(words)
    return text[0].lower() + text[1:] if isinstance(words, str) and text.split()[0][1:].islower() else text


def on_scale(words: Words, logarithmic: bool, language: str) -> Words:
    """What an axis is called, with its scale if that is logarithmic."""
    return label("training.logarithmic", language, quantity=plain(words)) if logarithmic else words


def paragraph(sentences: Iterable[str]) -> str:
    """Sentences in a row: a space between them, but after a full stop of Chinese.

    >>> paragraph(["One.", "", "Two."]), paragraph(["一。", "二。"])
    ('One. Two.', '一。二。')
    """
    return re.sub(r"(?<=[。！？]) ", "", " ".join(filter(None, sentences)))
