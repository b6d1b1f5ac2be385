"""The words of tables and figures in each language, read from `labels.toml`.

Without being told otherwise, views speak English; `set_language("es")`, or the environment variable
`BACKPROP_LANGUAGE`, changes that for terminal and notebook. The locale of the computer is not consulted:
the same program shows the same text everywhere. A site names the language of each page itself.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

LABELS_FILE = Path(__file__).with_name("labels.toml")
ENVIRONMENT_VARIABLE = "BACKPROP_LANGUAGE"

_BETWEEN_HAN = re.compile("(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])")
"""The space of a Chinese template that is right before a name in letters, and too much before a Chinese word."""

_labels: dict[str, dict[str, str]] = {}
_languages: set[str] = set()
_chosen: str | None = None


def label(key: str, language: str | None = None, **names: object) -> str:
    """The text of `key`, such as `table.node`, with its placeholders filled in.

    >>> label("table.node", "es"), label("figure.structure", "zh", output="g")
    ('Nodo', 'g 的计算图')

    Raises:
        LookupError: the key is unknown, or has no text in this language; the message names both.

    """
    language = resolve_language(language)
    try:
        template = _labels[key][language]
    except KeyError:
        problem = f"has no text in {language!r}" if key in _labels else "does not exist"
        raise LookupError(f"the label {key!r} {problem}: see {LABELS_FILE.name} or the file of load_labels()") from None
    return _BETWEEN_HAN.sub("", template.format_map(names))


def has_label(key: str) -> bool:
    """Whether there is such a label."""
    return key in _labels


def languages() -> tuple[str, ...]:
    """The languages that have labels, perhaps not all of them, in alphabetical order."""
    return tuple(sorted(_languages))


def set_language(language: str) -> None:
    """Choose the language of what `show` prints in a terminal or a notebook.

    Raises:
        ValueError: there are no labels in this language.

    """
    global _chosen
    _chosen = resolve_language(language)


def resolve_language(language: str | None) -> str:
    """`language` itself; if it is None, the one chosen by `set_language` or the environment, else English.

    Raises:
        ValueError: there are no labels in this language.

    """
    resolved = language or _chosen or os.environ.get(ENVIRONMENT_VARIABLE) or "en"
    if resolved not in _languages:
        raise ValueError(
            f"no labels in the language {resolved!r}; there are {', '.join(languages())}. "
            "Another language needs a file of its own: backprop.explain.labels.load_labels(path)"
        )
    return resolved


def load_labels(path: Path | str) -> None:
    """Add languages, or replace texts, from a file of the same form as `labels.toml`."""
    for key, texts in _flatten(tomllib.loads(Path(path).read_text("utf-8"))).items():
        _labels.setdefault(key, {}).update(texts)
        _languages.update(texts)


def _flatten(table: Mapping[str, Any], prefix: str = "") -> dict[str, dict[str, str]]:
    """Texts by dotted key: a table whose values are all strings holds one text in several languages."""
    if table and all(isinstance(text, str) for text in table.values()):
        return {prefix.removesuffix("."): dict(table)}
    return {key: texts for name, inner in table.items() for key, texts in _flatten(inner, f"{prefix}{name}.").items()}


load_labels(LABELS_FILE)
