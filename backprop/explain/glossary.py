"""A glossary as a view: the terms of several languages, for a reader of one of them.

It is read from a CSV file with the column `key`, a column for each language, named by its code, and perhaps `lesson`:
the page, with or without a heading, that explains the term, such as `backward-pass.md#local`. Other columns are for
authors.
"""

import csv
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from .display import View
from .labels import label, languages, resolve_language
from .table import display_width

_WITHOUT_ALPHABET = {"zh", "ja"}
"""Languages whose characters do not tell in which order readers look for them."""
_KEY = re.compile(r"[\w-]+")
_BRACKETS = re.compile(r"\([^()]*\)")


@dataclass(frozen=True)
class Term:
    """One idea, and what it is called in each language."""

    key: str
    words: Mapping[str, str]
    lesson: str = ""


@dataclass(frozen=True, repr=False)
class Glossary(View):
    """Terms in several languages; the reader's own comes first, and decides the order."""

    languages: Sequence[str]
    terms: Sequence[Term]

    def columns(self, language: str | None = None) -> list[str]:
        """The languages, that of the reader first.

        Raises:
            ValueError: the glossary has no terms in this language.

        """
        own = resolve_language(language)
        if own not in self.languages:
            raise ValueError(f"the glossary has no column {own!r}, only {', '.join(self.languages)}")
        return [own, *(other for other in self.languages if other != own)]

    def in_order(self, language: str | None = None) -> list[Term]:
        """The terms in the order of the reader's language; for Chinese and Japanese in that of the first one."""
        own = resolve_language(language)
        leading = self.languages[0] if own in _WITHOUT_ALPHABET else own
        return sorted(self.terms, key=lambda term: _alphabetical(term.words[leading]))

    def text(self, language: str | None = None) -> str:
        """One line for each term: the reader's word, then the others in the order of the heading."""
        columns = self.columns(language)
        heads = [label("glossary.language", code) for code in columns]
        lines = [heads, *([term.words[code] for code in columns] for term in self.in_order(language))]
        width = max(display_width(own) for own, *_ in lines)
        texts = [own + " " * (width - display_width(own) + 3) + " · ".join(others) for own, *others in lines]
        rule = "─" * display_width(texts[0])
        return "\n".join([label("glossary.title", language), rule, texts[0], rule, *texts[1:], rule])

    def html(self, language: str | None = None) -> str:
        """A table in which every row has the key of its term as id, and a term the page of its lesson."""
        columns = self.columns(language)
        heads = "".join(
            f'<th scope="col" lang="{code}">{escape(label("glossary.language", code))}</th>' for code in columns
        )
        rows = "".join(_row(term, columns) for term in self.in_order(language))
        return (
            f'<table class="bp-table bp-glossary"><caption>{escape(label("glossary.title", language))}</caption>'
            f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
        )


def glossary(path: Path | str | None = None) -> Glossary:
    """The terms of a CSV file, for readers of any of its languages that have labels.

    Args:
        path: the file; without one, the glossary of the course, which comes with the package.

    Raises:
        ValueError: the file has no column `key` or no language, a key is not an id of its own, or a word is missing.

    """
    path = _of_the_course() if path is None else path
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        columns = reader.fieldnames or ()
        codes = [column for column in columns if column in languages()]
        if "key" not in columns or not codes:
            raise ValueError(f"{path} has the columns {', '.join(columns)}: expected key and one for each language")
        return Glossary(codes, list(_terms(reader, codes, path)))


def _of_the_course() -> Path:
    """The file beside this one in an installed package, or where it is written in a copy of the project."""
    packaged = Path(__file__).with_name("glossary.csv")
    return packaged if packaged.is_file() else Path(__file__).parents[2] / "docs" / "glossary.csv"


def _terms(reader: "csv.DictReader[str]", codes: Sequence[str], path: Path | str) -> Iterator[Term]:
    known: set[str] = set()
    for row in reader:
        words = {code: (row[code] or "").strip() for code in codes}
        where = f"{path}, line {reader.line_num}"
        if not _KEY.fullmatch(row["key"]) or row["key"] in known:
            raise ValueError(f"{where}: {row['key']!r} is not a key of its own; letters, digits, _ and - make one")
        if missing := [code for code, word in words.items() if not word]:
            raise ValueError(f"{where}: {row['key']} has no word in {', '.join(missing)}")
        known.add(row["key"])
        yield Term(row["key"], words, (row.get("lesson") or "").strip())


def _row(term: Term, columns: Sequence[str]) -> str:
    own, *others = columns
    first = escape(term.words[own])
    if term.lesson:
        first = f'<a data-page="{escape(term.lesson)}">{first}</a>'
    cells = "".join(f'<td lang="{code}">{escape(term.words[code])}</td>' for code in others)
    return f'<tr id="{term.key}"><th scope="row" lang="{own}">{first}</th>{cells}</tr>'


def _alphabetical(word: str) -> tuple[str, str]:
    """What a word is sorted by: letters without accents, of either case; what stands in brackets comes last."""
    letters = (c for c in unicodedata.normalize("NFD", word.casefold()) if not unicodedata.combining(c))
    plain = unicodedata.normalize("NFC", "".join(letters))
    return re.sub(r"\W+", " ", _BRACKETS.sub("", plain)).strip(), plain
