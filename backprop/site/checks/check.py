"""All checks of a folder of pages, `docs/LANGUAGE/**/*.md`."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from .exceptions import excuse
from .findings import Finding, shown
from .freshness import check_freshness
from .model import Page
from .notation import check_notation
from .page import read_page
from .parity import compare
from .rejected import Rejected, load_rejected
from .terms import Glossary, check_terms, load_glossary

_CODE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]+)*")

Pages = dict[str, dict[str, Page]]
"""The pages of each language, by their path in the language's folder."""


def check_site(
    docs_dir: Path, source: str, languages: Sequence[str], glossary: Path | None = None, rejected: Path | None = None
) -> list[Finding]:
    """Check every page of every language; translations against the pages of the language `source`.

    Args:
        docs_dir: folder with one folder of pages a language.
        source: code of the language that the others are translated from.
        languages: codes of all languages, the source among them.
        glossary: CSV file with the terms of each language (see `terms`), or None.
        rejected: TOML file with strings to reject (see `rejected`), or None.

    Returns:
        All findings, by file and line.

    Raises:
        ValueError: a language code that is none, or a source that is not among the languages.
        FileNotFoundError: `docs_dir`, the source's folder, `glossary` or `rejected` does not exist.

    """
    codes = tuple(languages)
    pages = read_pages(docs_dir, source, codes)
    terms, term_findings = load_glossary(glossary, codes) if glossary else ({}, [])
    strings, string_findings = load_rejected(rejected, codes) if rejected else ([], [])
    findings = [*term_findings, *string_findings]
    for language in codes:
        if language != source:
            findings.extend(_translation(docs_dir, source, language, pages))
        for page in pages[language].values():
            findings.extend(page.problems)
            findings.extend(_language(page, terms, strings))
    return sorted(set(findings))


def read_pages(docs_dir: Path, source: str, languages: Sequence[str]) -> Pages:
    """Parse all pages of all languages; errors as for `check_site`."""
    for code in languages:
        if not _CODE.fullmatch(code):
            raise ValueError(f"{code!r} is not a language code: expected one such as es or pt-BR")
    if source not in languages:
        raise ValueError(f"the source language {source!r} is not among the languages {', '.join(languages)}")
    if not (docs_dir / source).is_dir():
        raise FileNotFoundError(f"{shown(docs_dir / source)} does not exist: expected the pages of the source language")
    return {
        language: {
            name: read_page(path, language, name)
            for path in sorted((docs_dir / language).rglob("*.md"))
            if not any(part.startswith(".") for part in path.relative_to(docs_dir).parts)
            for name in [path.relative_to(docs_dir / language).as_posix()]
        }
        for language in languages
    }


def _translation(docs_dir: Path, source: str, language: str, pages: Pages) -> Iterator[Finding]:
    originals, translations = pages[source], pages[language]
    for name, original in originals.items():
        if name in translations:
            yield from compare(original, translations[name])
            yield from check_freshness(original, translations[name])
        else:
            message = f"the page is missing: translate {shown(original.path)}"
            yield Finding(docs_dir / language / name, 1, "parity/page", message)
    for name, page in translations.items():
        if name not in originals:
            expected = shown(docs_dir / source / name)
            yield Finding(page.path, 1, "parity/page", f"there is no {expected}: write it, or remove this page")


def _language(page: Page, terms: Glossary, strings: list[Rejected]) -> Iterator[Finding]:
    breaches = [*check_terms(page, terms, strings), *check_notation(page, strings)]
    return excuse(page, breaches)
