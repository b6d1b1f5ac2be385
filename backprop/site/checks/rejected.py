r"""Strings to reject, from a TOML file that a translator can edit.

[[reject]]
name = "asterisk"              # the finding's rule: notation/asterisk in formulas, terms/asterisk in prose
text = '\ast'                  # literal (spaces that TeX ignores do not count in a formula), or
regex = '\\[a-z]*ast\b'        # a regular expression, on TeX with single spaces or on a line of prose, or
stages = [["x"], ["p"], ["g"]] # names from the inputs to the output: ∂(earlier)/∂(later) is upside down
scope = "formula"              # formula, prose or anywhere
languages = ["es"]             # where it is wrong; left out: in all of them
pages = ["forward-*.md"]       # paths in a language's folder; left out: all pages
reason = "denotes convolution"
instead = "juxtaposition or \\cdot"
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import combinations
from pathlib import Path
from typing import Any

from .findings import Finding
from .formula import squeeze

_TABLE = re.compile(r"[ \t]*\[\[[ \t]*reject[ \t]*\]\]")
_AT_LINE = re.compile(r"\(at line (\d+), column \d+\)")
_WAYS = ("text", "regex", "stages")
_SCOPES = ("formula", "prose", "anywhere")
_STRINGS = ("name", "text", "regex", "scope", "reason", "instead")
_LISTS = ("languages", "pages", "stages")


@dataclass(frozen=True, slots=True)
class Rejected:
    """One entry: `formula` is searched in a formula (squeezed if `squeezed`), `prose` in a passage."""

    name: str
    formula: re.Pattern[str] | None
    squeezed: bool
    prose: re.Pattern[str] | None
    languages: tuple[str, ...]
    pages: tuple[str, ...]
    reason: str
    instead: str

    def concerns(self, language: str, page: str) -> bool:
        """Whether the entry applies to a page of a language."""
        in_language = not self.languages or language in self.languages
        return in_language and (not self.pages or any(fnmatchcase(page, pattern) for pattern in self.pages))

    def message(self, found: str) -> str:
        """What was found, what to write instead and why."""
        return f"found “{' '.join(found.split())}”, expected {self.instead} ({self.reason})"


def load_rejected(path: Path, languages: tuple[str, ...]) -> tuple[list[Rejected], list[Finding]]:
    """Read the entries; those that are wrong are findings, with their line."""
    try:
        text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
        tables = tomllib.loads(text).get("reject", [])
    except UnicodeDecodeError as error:
        return [], [Finding(path, 1, "rejected/encoding", f"not UTF-8 at byte {error.start}: save the file as UTF-8")]
    except tomllib.TOMLDecodeError as error:
        place = _AT_LINE.search(str(error))
        line = int(place[1]) if place else len(text.splitlines())
        return [], [Finding(path, line, "rejected/toml", f"not TOML: {error}")]
    lines = [number for number, line in enumerate(text.split("\n"), 1) if _TABLE.match(line)]
    found: list[Rejected] = []
    findings: list[Finding] = []
    for table, line in zip(tables, lines, strict=False):
        if problem := next(_problems(table, languages), None):
            findings.append(Finding(path, line, "rejected/entry", problem))
        else:
            found.append(_rejected(table))
    return found, findings


def _problems(table: dict[str, Any], languages: tuple[str, ...]) -> Iterator[str]:
    if unknown := sorted(table.keys() - {*_STRINGS, *_LISTS}):
        yield f"unknown key {unknown[0]}: expected {', '.join((*_STRINGS, *_LISTS))}"
    for key in ("name", "reason", "instead"):
        if not table.get(key):
            yield f"no {key}: add {key} = …"
    if len([way for way in _WAYS if way in table]) != 1:
        yield f"expected exactly one of {', '.join(_WAYS)}"
    for key in table.keys() & _STRINGS:
        if not isinstance(table[key], str):
            yield f"{key} is not a string"
    for key in table.keys() & _LISTS:
        if not isinstance(table[key], list):
            yield f"{key} is not a list"
    if table.get("scope") not in _SCOPES:
        yield f"scope is {table.get('scope')!r}: expected {', '.join(_SCOPES)}"
    if unknown := [code for code in table.get("languages", []) if code not in languages]:
        yield f"unknown language {unknown[0]!r}: the site has {', '.join(languages)}"
    stages = table.get("stages", [["x"], ["y"]])
    if len(stages) < 2 or not all(isinstance(stage, list) and stage for stage in stages):
        yield 'stages are lists of names, from inputs to output: [["x", "y"], ["g"]]'
    try:
        re.compile(table.get("regex", ""))
    except re.error as error:
        yield f"regex is not a regular expression: {error}"


def _rejected(table: dict[str, Any]) -> Rejected:
    if "text" in table:
        formula, prose = _in_formula(table["text"]), _in_prose(table["text"])
    elif "regex" in table:
        formula = prose = table["regex"]
    else:
        formula = prose = upside_down(table["stages"])
    scope = table["scope"]
    return Rejected(
        name=table["name"],
        formula=re.compile(formula) if scope != "prose" else None,
        squeezed="regex" not in table,
        prose=re.compile(prose, re.MULTILINE) if scope != "formula" else None,
        languages=tuple(table.get("languages", ())),
        pages=tuple(table.get("pages", ())),
        reason=table["reason"],
        instead=table["instead"],
    )


def _in_formula(text: str) -> str:
    tex = squeeze(text)
    # `\ast` is not the beginning of `\asterisk`.
    return re.escape(tex) + (r"(?![A-Za-z])" if re.search(r"\\[A-Za-z]+$", tex) else "")


def _in_prose(text: str) -> str:
    return r"\s+".join(map(re.escape, text.split()))


def upside_down(stages: list[list[str]]) -> str:
    r"""Pattern of a derivative of a name of an earlier stage with respect to one of a later stage.

    >>> bool(re.search(upside_down([["x"], ["g"]]), r"\frac{\partial x}{\partial g}"))
    True
    >>> bool(re.search(upside_down([["x"], ["g"]]), r"\frac{\partial g}{\partial x}"))
    False
    """
    d = r"(?:\\partial\s?|∂|\\mathrm\{d\}|\bd)\s?"
    pairs = []
    for earlier, later in combinations(stages, 2):
        over, under = ("|".join(re.escape(squeeze(name)) for name in names) for names in (earlier, later))
        pairs.append(
            rf"\\[dt]?frac\{{{d}(?:{over})\}}\{{{d}(?:{under})\}}"
            rf"|{d}(?:{over})\s?/\s?{d}(?:{under})(?![A-Za-z_^])"
        )
    return "|".join(pairs)
