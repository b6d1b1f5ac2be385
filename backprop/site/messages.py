"""What the site itself says, in the language of each page."""

import tomllib
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("messages.toml")


def message(key: str, language: str, **names: object) -> str:
    """The message in a language; in English where the site has a language that the file has not.

    Without names, places for them are left as they are, for a script to fill in.

    >>> message("figure", "zh", number=2)
    '图 2'
    """
    texts = _messages()[key]
    text = texts.get(language, texts["en"])
    return text.format(**names) if names else text


@cache
def _messages() -> dict[str, dict[str, str]]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))
