"""Words that a language's pages must not use: the glossary's `avoid` column, and rejected strings in prose.

The glossary is a CSV file with the columns `key`, one for each language, `avoid`, `note`, and others that are not used
here, such as `lesson` (see `explain.glossary`). `avoid` lists wrong terms by language, `es:degradado|zh:渐变`. Words of
alphabets match whole and in either case; Chinese and Korean match wherever they stand. A required term may contain an
avoided one.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from .exceptions import Breach
from .findings import Finding
from .formula import words
from .model import Page, Passage
from .rejected import Rejected

_CJK = "\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff"
_HAN = re.compile("[\u2e80-\u9fff\uf900-\ufaff]")
_LETTER = rf"[^\W{_CJK}]"
_FOR_LANGUAGES = re.compile(r"(?:^|(?<=[.;])\s)((?:[a-z]{2}/)*[a-z]{2})(?: [A-Z]+)?: ")
_BRACKETS = re.compile(r"\s*\([^()]*\)")


@dataclass(slots=True)
class Avoided:
    """A wrong term: the entries that avoid it, and required terms that contain it."""

    pattern: str
    plain: str
    keys: list[str] = field(default_factory=list)
    required: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    containing: list[str] = field(default_factory=list)


Glossary = dict[str, dict[str, Avoided]]
"""Wrong terms (in lower case) of each language."""


def load_glossary(path: Path, languages: tuple[str, ...]) -> tuple[Glossary, list[Finding]]:
    """Read the glossary; entries that are wrong are findings, with their line."""
    try:
        text = unicodedata.normalize("NFC", path.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        return {}, [Finding(path, 1, "glossary/encoding", f"not UTF-8 at byte {error.start}: save the file as UTF-8")]
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    glossary: Glossary = {language: {} for language in languages}
    required: dict[str, list[str]] = {language: [] for language in languages}
    findings: list[Finding] = []

    def problem(rule: str, message: str) -> None:
        findings.append(Finding(path, max(reader.reader.line_num, 1), f"glossary/{rule}", message))

    try:
        columns = list(reader.fieldnames or ())
        if missing := [name for name in ("key", *languages, "avoid", "note") if name not in columns]:
            problem("columns", f"no column {', '.join(missing)}: found {', '.join(columns) or 'none'}")
            return {}, findings
        for row in reader:
            if None in row or None in row.values():
                problem("row", f"expected {len(columns)} cells, as in the first line: quote cells that contain commas")
                continue
            for language in languages:
                required[language].append(_BRACKETS.sub("", row[language]).strip().lower())
            for entry in filter(None, row["avoid"].split("|")):
                language, _, wrong = entry.strip().partition(":")
                if language not in columns or not wrong.strip():
                    problem("avoid", f"found “{entry}”, expected LANGUAGE:WRONG TERM with a language of the first line")
                elif language in glossary:
                    avoided = _avoided(glossary[language], wrong.strip())
                    avoided.keys.append(row["key"])
                    avoided.required.append(row[language])
                    avoided.notes.append(_note(row["note"], language))
    except csv.Error as error:
        problem("csv", f"not CSV: {error}")
    for language, terms in glossary.items():
        for wrong, avoided in terms.items():
            avoided.containing = [_pattern(right) for right in required[language] if wrong in right and wrong != right]
    return glossary, findings


def _avoided(terms: dict[str, Avoided], wrong: str) -> Avoided:
    return terms.setdefault(wrong.lower(), Avoided(_pattern(wrong), _plain(wrong)))


def _pattern(term: str) -> str:
    # A line of Chinese may end within a word.
    words = (r"\n?".join(map(re.escape, word)) if _HAN.search(word) else re.escape(word) for word in term.split())
    before = rf"(?<!{_LETTER})" if re.match(_LETTER, term) else ""
    after = rf"(?!{_LETTER})" if re.match(_LETTER, term[-1]) else ""
    return before + r"\s+".join(words) + after


def _plain(text: str) -> str:
    return "".join(text.split()).lower()


def passages(page: Page) -> list[Passage]:
    """The prose of a page: headings, paragraphs, titles, alternative texts, front matter, words in formulas."""
    prose = [passage for section in page.parts for passage in section.passages]
    formulas = (formula for section in page.parts for formula in section.formulas)
    return prose + [Passage(text, formula.line) for formula in formulas for text in words(formula.source)]


def check_terms(page: Page, glossary: Glossary, rejected: Iterable[Rejected]) -> Iterator[Breach]:
    """Wrong terms and rejected strings in the prose of a page."""
    prose = passages(page)
    # Most terms occur nowhere: one quick look at the whole page saves searching each passage for them.
    everything = _plain("".join(passage.text for passage in prose))
    suspects = [term for term in glossary.get(page.language, {}).values() if term.plain in everything]
    if suspects:
        yield from _avoided_terms(page, prose, suspects)
    for rule in rejected:
        if rule.prose and rule.concerns(page.language, page.name):
            for passage in prose:
                for match in rule.prose.finditer(passage.text):
                    yield _breach(page, passage, match, rule.name, rule.message(match[0]))


def _avoided_terms(page: Page, prose: list[Passage], suspects: list[Avoided]) -> Iterator[Breach]:
    # The longest alternative first, so that a term within a longer one counts once; what is required, before all.
    suspects = sorted(suspects, key=lambda term: -len(term.plain))
    right = sorted({pattern for term in suspects for pattern in term.containing}, key=len, reverse=True)
    wrong = (f"(?P<t{index}>{term.pattern})" for index, term in enumerate(suspects))
    pattern = re.compile("|".join((*right, *wrong)), re.IGNORECASE)
    for passage in prose:
        for match in pattern.finditer(passage.text):
            if match.lastgroup:
                term = suspects[int(match.lastgroup[1:])]
                yield _breach(page, passage, match, term.keys[0], _message(term, match[0]))


def _message(term: Avoided, found: str) -> str:
    required = " or ".join(f"“{right}”" for right in dict.fromkeys(term.required))
    notes = " ".join(note for note in dict.fromkeys(term.notes) if note)
    return f"found “{' '.join(found.split())}”, expected {required}" + (f" ({notes})" if notes else "")


def _note(note: str, language: str) -> str:
    """What a note says to all languages and to this one: "es/pt: …" is for two."""
    common, *parts = _FOR_LANGUAGES.split(note)
    own = (text for codes, text in zip(parts[::2], parts[1::2], strict=True) if language in codes.split("/"))
    kept = [common, *own]
    return " ".join(text.strip() for text in kept if text.strip())


def _breach(page: Page, passage: Passage, match: re.Match[str], name: str, message: str) -> Breach:
    finding = Finding(page.path, passage.line_at(match.start()), f"terms/{name}", message)
    return Breach(finding, match[0], passage.text)
