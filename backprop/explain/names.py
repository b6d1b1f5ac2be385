r"""Names of nodes as mathematics: `w_1`, `a^(2)`, `theta`, `loss` in text, LaTeX and SVG.

In a name, `_` begins a subscript and `^` a superscript; the English name of a Greek letter stands for the
letter. One letter is set in italics, a word upright.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from unicodedata import name as unicode_name

_SUBSCRIPTS = dict(zip("0123456789+-()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True))
_SUPERSCRIPTS = dict(zip("0123456789+-()inT", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁱⁿᵀ", strict=True))
_GREEK_LETTERS = "αβγδεζηθικλμνξπρστυφχψω"
GREEK = {unicode_name(c).rsplit(" ")[-1].lower().replace("lamda", "lambda"): c for c in _GREEK_LETTERS}
_LATEX_OF = {letter: f"\\{name}" for name, letter in GREEK.items()}


@dataclass(frozen=True, slots=True)
class Name:
    """A name taken apart: what stands on the line, below it and above it."""

    base: str
    below: str = ""
    above: str = ""

    @classmethod
    def parse(cls, name: str) -> "Name":
        """Take a name apart; one that does not follow the form is a word as it stands.

        >>> Name.parse("w^(1)_11")
        Name(base='w', below='11', above='(1)')
        """
        if match := re.fullmatch(r"([^_^]+)\^([^_^]+)_([^^]+)", name):
            base, above, below = match.groups()
        elif match := re.fullmatch(r"([^_^]+)(?:_([^^]+))?(?:\^(.+))?", name):
            base, below, above = match.groups()
        else:
            base, below, above = name, None, None
        if "_" in (below or ""):  # more words than a letter and an index
            base, below, above = name, None, None
        bare = [(part or "").strip("{}") for part in (below, above)]
        return cls(GREEK.get(base, base), *bare)

    @property
    def is_word(self) -> bool:
        """Whether the name is set upright, as a word is, and not in italics, as a variable is."""
        return len(self.base.rstrip("'")) > 1

    @property
    def text(self) -> str:
        """The name in Unicode, such as w₁."""
        below = _shift(self.below, _SUBSCRIPTS, "_")
        return self.base.replace("'", "′") + below + _shift(self.above, _SUPERSCRIPTS, "^")

    @property
    def latex(self) -> str:
        r"""The name in LaTeX, such as w_{1}."""
        base = _LATEX_OF.get(self.base) or (_upright(self.base) if self.is_word else escape_latex(self.base))
        below = f"_{{{_script(self.below)}}}" if self.below else ""
        return base + below + (f"^{{{_script(self.above)}}}" if self.above else "")

    @property
    def svg(self) -> str:
        """The name as the inside of an SVG text element."""
        style = "bp-word" if self.is_word else "bp-symbol"
        inside = f'<tspan class="{style}">{escape(self.base.replace(chr(39), "′"))}</tspan>'
        # The second script starts where the first one ends: SVG has no way to stack them that all programs know.
        shift = 0
        for script, offset in ((self.below, 4), (self.above, -7)):
            if script:
                inside += f'<tspan class="bp-script" dy="{offset - shift}">{escape(script)}</tspan>'
                shift = offset
        return inside + (f'<tspan dy="{-shift}">\u200b</tspan>' if shift else "")


def escape_latex(text: str) -> str:
    """Text with the characters that LaTeX reserves written so that they are printed."""
    return re.sub(r"[#$%&_{}]", r"\\\g<0>", text.replace("\\", r"\backslash ").replace("^", r"\char94 "))


def unique_names(names: Iterable[str | None], prefix: str = "v") -> list[str]:
    """Give every node a name of its own: unnamed ones become v_1, v_2, …; a name used n times gets indices.

    >>> unique_names(["x", None, "h", "h", None, "w_1", "w_1"])
    ['x', 'v_1', 'h_1', 'h_2', 'v_2', 'w_1,1', 'w_1,2']
    """
    given = list(names)
    counts = Counter(given)
    taken = {name for name in given if name is not None and counts[name] == 1}
    numbers: dict[str, int] = {}
    result = []
    for name in given:
        if name is not None and counts[name] == 1:
            result.append(name)
            continue
        stem = prefix if name is None else name
        while True:
            numbers[stem] = numbers.get(stem, 0) + 1
            candidate = f"{stem}{',' if '_' in stem else '_'}{numbers[stem]}"
            if candidate not in taken:
                break
        taken.add(candidate)
        result.append(candidate)
    return result


def _shift(script: str, characters: dict[str, str], mark: str) -> str:
    """The script in small Unicode characters if it has them all, else after its mark."""
    if all(c in characters for c in script):
        return "".join(characters[c] for c in script)
    return mark + script


def _script(script: str) -> str:
    return _upright(script) if re.search(r"[^\W\d_]{2}", script) else escape_latex(script)


def _upright(word: str) -> str:
    command = r"\mathrm" if word.isascii() else r"\text"
    return f"{command}{{{escape_latex(word)}}}"
