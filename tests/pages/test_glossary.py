"""The page of terms: in every language it has all of them, its links lead somewhere, and lessons link to it."""

import csv

import pytest

from backprop.explain import glossary
from backprop.site.checks.model import Page
from backprop.site.checks.page import read_page

from .test_lessons import LANGUAGES, LESSONS, ROOT

DOCS = ROOT / "docs"
TERMS = glossary(DOCS / "glossary.csv")
every_language = pytest.mark.parametrize("language", LANGUAGES)


def page(language: str, name: str) -> Page:
    return read_page(DOCS / language / name, language, name)


def links_of(page: Page) -> list[str]:
    return [link.key for section in page.sections for link in section.links]


def headings_of(language: str, name: str) -> set[str]:
    return {section.id for section in page(language, name).sections}


def test_every_term_of_the_file_is_shown_in_every_language() -> None:
    with (DOCS / "glossary.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) > 150
    assert list(TERMS.languages) == LANGUAGES
    for language in LANGUAGES:
        assert {term.key: term.words for term in TERMS.in_order(language)} == {
            row["key"]: {code: row[code] for code in LANGUAGES} for row in rows
        }


@every_language
def test_every_term_leads_to_a_page_of_the_course_and_a_heading_of_it(language: str) -> None:
    linked = [term for term in TERMS.terms if term.lesson]
    assert len(linked) > 70
    headings: dict[str, set[str]] = {}
    for term in linked:
        name, _, heading = term.lesson.partition("#")
        assert name in LESSONS, f"{term.key}: {name} is not in the navigation"
        if heading:
            headings.setdefault(name, headings_of(language, name))
            assert heading in headings[name], f"{term.key}: {language}/{name} has no heading #{heading}"


@every_language
def test_the_page_has_no_heading_with_the_id_of_a_term(language: str) -> None:
    assert headings_of(language, "glossary.md").isdisjoint(term.key for term in TERMS.terms)


@every_language
def test_links_to_terms_lead_to_terms(language: str) -> None:
    keys = {term.key for term in TERMS.terms}
    remarks = [link[1:] for link in links_of(page(language, "glossary.md")) if link != "#notes"]
    assert len(remarks) > 10
    assert keys.issuperset(remarks)
    for path in sorted((DOCS / language).glob("*.md")):
        terms = [link for link in links_of(page(language, path.name)) if link.startswith("glossary.md#")]
        assert keys.issuperset(link.partition("#")[2] for link in terms), path


@every_language
@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_links_to_the_glossary_and_names_its_terms_as_the_glossary_does(language: str, lesson: str) -> None:
    last = page(language, lesson).sections[-1]
    links = [link.key for link in last.links if link.key.startswith("glossary.md")]
    assert links[0] == "glossary.md"
    assert len(links) == 3
    text = " ".join(" ".join(passage.text for passage in last.passages).split())
    words = {term.key: term.words[language].partition(" (")[0] for term in TERMS.terms}
    for link in links[1:]:
        assert words[link.partition("#")[2]] in text
