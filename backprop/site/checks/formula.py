r"""When two formulas are the same: spaces aside, whatever the language of the words in them.

>>> canonical(r"\frac {\partial g} {\partial x}") == canonical(r"\frac{\partial g}{\partial x}")
True
>>> canonical(r"\operatorname{sen} x \text{ si } x > 0") == canonical(r"\sin x\text{ if }x>0")
True
"""

import re
from functools import lru_cache

_TOKEN = re.compile(r"\{\{\s+[^\n]+?\s+\}\}|\\[A-Za-z]+|\\.|\s+|.", re.DOTALL)
_COMMAND = re.compile(r"\\[A-Za-z]+")
_WORDS = re.compile(
    r"\\(?P<command>text|textrm|textbf|textit|textnormal|mbox|mathrm|operatorname\*?)\s*"
    r"\{(?P<words>(?:[^{}]|\{\{[^{}]*\}\}|\{[^{}]*\})*)\}"
)
# A letter of an alphabet, at least twice: `\mathrm{d}` is a symbol, `\mathrm{train}` a word.
_WORD = re.compile(r"[^\W\d_]{2}")
_CONTENT = re.compile(r"\{\{\s+[^\n]+?\s+\}\}|\d+")

_OPERATORS = {
    "sen": "sin",
    "tg": "tan",
    "ctg": "cot",
    "cotg": "cot",
    "cosec": "csc",
    "arcsen": "arcsin",
    "arctg": "arctan",
    "senh": "sinh",
    "tgh": "tanh",
    "cotgh": "coth",
    "máx": "max",
    "mín": "min",
    "lím": "lim",
    "ínf": "inf",
    "mcd": "gcd",
    "mdc": "gcd",
    "núcleo": "ker",
    "argmáx": "argmax",
    "argmín": "argmin",
    "signo": "sgn",
    "sinal": "sgn",
    "sign": "sgn",
    "traza": "tr",
    "traço": "tr",
    "rango": "rank",
    "posto": "rank",
}
_COMMANDS = re.compile(
    r"(?:arc)?(?:sin|cos|tan)|(?:sin|cos|tan|cot)h|cot|sec|csc|exp|log|ln|max|min|sup|inf|lim|arg|det|dim|gcd|ker|deg"
)


@lru_cache(maxsize=8192)
def without_words(tex: str) -> str:
    r"""The formula with the words of `\text{…}` taken out (not their digits) and operators by their English name."""
    return " ".join(_WORDS.sub(_without, tex).split())


def words(tex: str) -> list[str]:
    """The words in a formula that belong to a language."""
    found = (m["words"].strip() for m in _WORDS.finditer(tex) if not m["command"].startswith("operatorname"))
    return [text for text in found if _WORD.search(text)]


@lru_cache(maxsize=8192)
def canonical(tex: str) -> str:
    """The formula as it is compared: without words, without the spaces that TeX ignores."""
    return squeeze(without_words(tex))


def squeeze(tex: str) -> str:
    """TeX without the spaces that TeX ignores; its words are kept."""
    pieces: list[str] = []
    for token in _TOKEN.findall(tex):
        if token.isspace():
            continue
        if token.startswith("{{"):
            token = f"{{{{ {' '.join(token[2:-2].split())} }}}}"
        if pieces and token[0].isascii() and token[0].isalpha() and _COMMAND.fullmatch(pieces[-1]):
            pieces.append(" ")
        pieces.append(token)
    return "".join(pieces)


def _without(match: re.Match[str]) -> str:
    command, content = match["command"], match["words"]
    if command.startswith("operatorname"):
        name = re.sub(r"\\[,;:! ]|\s", "", content)
        name = _OPERATORS.get(name, name)
        return f"\\{name} " if _COMMANDS.fullmatch(name) else f"\\operatorname{{{name}}}"
    if command == "mathrm" and not _WORD.search(content):
        return match[0]
    kept = ",".join(" ".join(part.split()) for part in _CONTENT.findall(content))
    return f"\\{'text' if command != 'mathrm' else 'mathrm'}{{{kept}}}"
