"""Every lesson, in every language, is built as the others are, short enough, and shows no number that was typed."""

import re
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
import yaml

from backprop.explain.labels import label
from backprop.site.checks.inline import OBJECT
from backprop.site.checks.model import Page, Section
from backprop.site.checks.page import read_page
from backprop.site.scan import scan

ROOT = Path(__file__).parents[2]
NO_LESSONS = {"index.md", "glossary.md"}
SECTIONS = ("mistakes", "exercises", "summary", "next", "reading")
"""What every lesson has, in this order, after its own sections."""
MOST_MINUTES = 15
WORDS, CHARACTERS = 180, 400
"""Of prose, read in a minute: characters of Chinese and Korean, words of the other languages."""
BY_CHARACTERS = {"zh", "ko"}
CODE_SECONDS, FORMULA_SECONDS = 10, 5
"""For a block of code and for a displayed formula; a formula within a line is read as a word."""


class _Loader(yaml.SafeLoader):
    """Leaves out what only MkDocs knows: variables of the environment, names of Python."""


_Loader.add_multi_constructor("", lambda loader, tag, node: None)
CONFIGURATION = yaml.load((ROOT / "mkdocs.yml").read_text("utf-8"), _Loader)
LANGUAGES = [
    language["locale"]
    for plugin in CONFIGURATION["plugins"]
    for language in (plugin["i18n"]["languages"] if "i18n" in plugin else ())
]


def pages_of(nav: Any) -> Iterator[str]:
    """The pages of a navigation, which may have parts and titles."""
    if isinstance(nav, str):
        yield nav
    else:
        for entry in nav.values() if isinstance(nav, dict) else nav:
            yield from pages_of(entry)


LESSONS = [
    page for page in pages_of(CONFIGURATION["nav"]) if page not in NO_LESSONS and not page.startswith("reference/")
]
FILES = [(language, ROOT / "docs" / language / lesson) for language in LANGUAGES for lesson in LESSONS]
every_page = pytest.mark.parametrize(
    "page",
    [read_page(path, language, path.name) for language, path in FILES if path.is_file()],
    ids=lambda page: f"{page.language}-{page.path.stem}",
)


def exercises_of(page: Page) -> list[Section]:
    """The sections of level 3 below the exercises."""
    following = iter(page.sections)
    for section in following:
        if section.id == "exercises":
            return [s for s in takewhile(lambda s: s.level > 2, following) if s.level == 3]
    return []


def faults_of(page: Page) -> Iterator[str]:
    """What a lesson has to have and this page has not."""
    ids = [section.id for section in page.sections if section.level == 2]
    missing = [f"## … {{ #{id_} }}" for id_ in SECTIONS if id_ not in ids]
    if missing:
        yield f"no section {', '.join(missing)}"
    elif tuple(ids[-len(SECTIONS) :]) != SECTIONS:
        yield f"ends with the sections {', '.join(ids[-len(SECTIONS) :])}, not with {', '.join(SECTIONS)}"
    introduction = takewhile(lambda section: section.level < 2, page.sections)
    if not any(a.key.startswith("!!! abstract") for section in introduction for a in section.admonitions):
        yield "no box `!!! abstract` before its first section"
    exercises = exercises_of(page)
    if len(exercises) < 4:
        yield f"has {len(exercises)} exercises, four at least are wanted"
    for section in exercises:
        if not section.id.startswith("exercise-"):
            yield f"line {section.line}: write ### … {{ #exercise-{section.id or 'its-name'} }}"
        if not any(a.key.startswith("??? success") for a in section.admonitions):
            yield f"line {section.line}: the exercise has no solution, ??? success"


def minutes_of(page: Page) -> float:
    """How long a reader takes who leaves the solutions closed."""
    solutions = [a for section in page.sections for a in section.admonitions if a.key.startswith("??? success")]

    def counted(line: int) -> bool:
        return not any(solution.line <= line <= solution.end for solution in solutions)

    prose = " ".join(p.text for section in page.sections for p in section.passages if counted(p.line))
    lines = [item.line for section in page.sections for item in section.codes if counted(item.line)]
    formulas = [f for section in page.sections for f in section.formulas if f.key.startswith("$$") and counted(f.line)]
    if page.language in BY_CHARACTERS:
        minutes = sum(character.isalnum() or character == OBJECT for character in prose) / CHARACTERS
    else:
        minutes = sum(any(c.isalnum() or c == OBJECT for c in word) for word in prose.split()) / WORDS
    return minutes + (len(lines) * CODE_SECONDS + len(formulas) * FORMULA_SECONDS) / 60


_DECIMAL = re.compile(r"(?<![\w.])(?<!arXiv:)(?<!arXiv )\d+\.\d+(?![\d.]*\.\d)")
_EXPRESSION = re.compile(r"\{\{.*?\}\}", re.DOTALL)


def typed_numbers_of(page: Page) -> list[str]:
    """Decimal numbers of four or more significant digits outside of code and expressions, with their lines."""
    passages = [(p.text, p.line) for section in page.sections for p in section.passages]
    formulas = [(_EXPRESSION.sub("", f.source), f.line) for section in page.sections for f in section.formulas]
    return [
        f"line {line + text.count(chr(10), 0, match.start())}: {match[0]}"
        for text, line in passages + formulas
        for match in _DECIMAL.finditer(text)
        if len(match[0].replace(".", "").lstrip("0")) >= 4
    ]


@every_page
def test_structure(page: Page) -> None:
    faults = list(faults_of(page))
    assert not faults, "\n".join([f"{page.path.relative_to(ROOT)}:", *faults])


@every_page
def test_reading_time(page: Page) -> None:
    minutes = minutes_of(page)
    assert minutes <= MOST_MINUTES, f"{page.path.relative_to(ROOT)} takes {minutes:.1f} minutes to read"
    assert minutes > 2, f"{page.path.relative_to(ROOT)} has hardly anything to read: {minutes:.1f} minutes"


@every_page
def test_no_computed_number_is_typed(page: Page) -> None:
    typed = typed_numbers_of(page)
    assert not typed, f"{page.path.relative_to(ROOT)}: write {{{{ expression }}}} instead of {', '.join(typed)}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sine_is_written_as_in_the_language(language: str) -> None:
    """As generated formulas and figures write it; the checks of the build take both spellings for the same."""
    own, other = r"\operatorname{sen}", r"\sin"
    if label("symbol.sin", language) == "sin":
        own, other = other, own
    pages = [scan(path.read_text("utf-8")) for path in sorted((ROOT / "docs" / language).glob("*.md"))]
    formulas = [formula.tex for page in pages for formula in page.formulas]
    assert any(own in tex for tex in formulas)
    assert [tex for tex in formulas if re.search(re.escape(other) + r"(?![a-z])", tex)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_lesson_is_there(language: str) -> None:
    missing = [str(path.relative_to(ROOT)) for code, path in FILES if code == language and not path.is_file()]
    assert not missing, f"in the nav of mkdocs.yml, but not there: {', '.join(missing)}"


def test_there_are_lessons() -> None:
    assert {"computational-graph.md", "forward-pass.md", "backward-pass.md"} <= set(LESSONS)
    assert LANGUAGES == ["en", "es", "zh", "ko", "pt"]


LESSON = r"""---
title: A lesson
description: A page with 3.14159 in its front matter
---

# A lesson { #lesson }

One two three, $x^2$ five [six](https://doi.org/10.1038/323533a0).

!!! abstract "Seven"
    Eight.

## Nine { #nine }

<!-- not read -->
```python exec="on" source="above"
x = 3.14159
```

$$
y = {{ 2.71828 }}
$$

## Ten { #mistakes }
## Eleven { #exercises }
### Twelve { #exercise-a }
??? success "Not read"
    Not read, and not $$z$$

    ```python
    z = 1
    ```

### Thirteen { #exercise-b }
??? success "Not read"
    Not read.

### Fourteen { #exercise-c }
??? success "Not read"
    Not read.

### Fifteen { #exercise-d }
??? success "Not read"
    Not read.

## Sixteen { #summary }
## Seventeen { #next }
## Eighteen { #reading }
arXiv:1502.05767, 12.5, 0.0012
"""


class TestMeasures:
    """The measures themselves, on a page that is as it should be, and then is not."""

    @staticmethod
    def page(folder: Path, text: str = LESSON, language: str = "en") -> Page:
        path = folder / "lesson.md"
        path.write_text(text, "utf-8")
        return read_page(path, language, "lesson.md")

    def test_as_it_should_be(self, tmp_path: Path) -> None:
        page = self.page(tmp_path)
        assert list(faults_of(page)) == []
        assert typed_numbers_of(page) == []
        words = 2 + 6 + 1 + 1 + 1 + 1 + 9 + 3  # title, sentence, box, heading, display, headings, last line
        assert minutes_of(page) == pytest.approx(words / WORDS + (CODE_SECONDS + FORMULA_SECONDS) / 60)

    def test_chinese_is_counted_by_characters(self, tmp_path: Path) -> None:
        text = "# 计算图 { #graph }\n\n扇出，$w$ 被使用两次。\n"
        assert minutes_of(self.page(tmp_path, text, "zh")) == pytest.approx((3 + 2 + 1 + 5) / CHARACTERS)

    @pytest.mark.parametrize(
        ("old", "new", "fault"),
        [
            ("{ #summary }", "{ #last }", "no section ## … { #summary }"),
            ("## Ten { #mistakes }\n", "", "no section ## … { #mistakes }"),
            ("## Eighteen", "## More { #more }\n## Eighteen", "ends with the sections"),
            ("!!! abstract", "!!! note", "no box"),
            ("{ #exercise-b }", "{ #b }", "### … { #exercise-b }"),
            ('### Fifteen { #exercise-d }\n??? success "Not read"\n    Not read.\n', "", "has 3 exercises"),
            ('### Fifteen { #exercise-d }\n??? success "', '### Fifteen { #exercise-d }\n??? note "', "no solution"),
        ],
    )
    def test_fault(self, tmp_path: Path, old: str, new: str, fault: str) -> None:
        assert old in LESSON
        assert any(fault in found for found in faults_of(self.page(tmp_path, LESSON.replace(old, new))))

    @pytest.mark.parametrize("typed", ["1.234", "$x = -0.6931$", "**12.345**", "3.1416.", "(0.00123456)", "$$0.2829$$"])
    def test_typed_number(self, tmp_path: Path, typed: str) -> None:
        [found] = typed_numbers_of(self.page(tmp_path, LESSON.replace("One two", f"One\n{typed} two")))
        assert found.startswith("line 9: ")

    @pytest.mark.parametrize(
        "fine", ["1.23", "0.0005", "{{ 1.23456 }}", "$a = {{ 1.23456 }}$", "`1.23456`", "Python 3.11.4"]
    )
    def test_number_that_may_be_typed(self, tmp_path: Path, fine: str) -> None:
        assert typed_numbers_of(self.page(tmp_path, LESSON.replace("One two", f"One {fine} two"))) == []
