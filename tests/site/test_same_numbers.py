"""The values that readers see are the same in the five languages: every number, table cell and figure."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
PAGES = sorted(path.stem for path in (DOCS / "en").glob("*.md"))
TRANSLATIONS = ("es", "zh", "ko", "pt")
NUMBER = re.compile(r"[−-]?\d+(?:\.\d+)?(?:·10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?|NaN|∞")
VOID = {
    "area",
    "base",
    "br",
    "col",
    "hr",
    "img",
    "input",
    "link",
    "meta",
    "path",
    "rect",
    "circle",
    "polygon",
    "mspace",
}


class Article(HTMLParser):
    """What a page's article shows: text outside of code, cells of tables, texts of figures, formulas."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.prose: list[str] = []
        self.cells: list[str] = []
        self.figures: list[str] = []
        self.formulas: list[str] = []
        self.printed: list[str] = []
        self.path: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        if tag in VOID:
            return
        self.path.append(tag)
        if "article" in self.path:
            if tag == "td":
                self.cells.append("")
            elif tag == "text":
                self.figures.append("")
            elif tag == "math":
                self.formulas.append("")

    def handle_startendtag(self, tag, attributes):
        pass

    def handle_endtag(self, tag):
        if tag in self.path:
            while self.path.pop() != tag:
                pass

    def handle_data(self, data):
        path = self.path
        if "article" not in path or "style" in path or "title" in path or "desc" in path or "code" in path:
            return
        if "text" in path:
            self.figures[-1] += data
        elif "td" in path:
            self.cells[-1] += data
        elif "math" in path:
            self.formulas[-1] += data
        elif "samp" in path:
            self.printed.append(data)
        else:
            self.prose.append(data)


def read(tutorial: Path, language: str, name: str) -> Article:
    folder = tutorial / ("" if language == "en" else language) / ("" if name == "index" else name)
    return Article((folder / "index.html").read_text(encoding="utf-8"))


def numbers(texts: list[str]) -> list[str]:
    return [number for text in texts for number in NUMBER.findall(text)]


def in_order(cells: list[str], name: str) -> list[list[str]]:
    """The numbers of each cell; the glossary is sorted anew in every language."""
    found = [numbers([cell]) for cell in cells]
    return sorted(found) if name == "glossary" else found


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("language", TRANSLATIONS)
def test_numbers_are_those_of_the_source_page(tutorial, language, name):
    source, translation = read(tutorial, "en", name), read(tutorial, language, name)
    assert in_order(translation.cells, name) == in_order(source.cells, name)
    assert [numbers([text]) for text in translation.figures] == [numbers([text]) for text in source.figures]
    assert translation.printed == source.printed
    # Prose may tell things in another order.
    assert sorted(numbers(translation.prose)) == sorted(numbers(source.prose))
    assert sorted(map(str, (numbers([f]) for f in translation.formulas))) == sorted(
        map(str, (numbers([f]) for f in source.formulas))
    )


def test_there_is_something_to_compare(tutorial):
    pages = [read(tutorial, "en", name) for name in PAGES]
    for kind in ("cells", "figures", "formulas", "prose"):
        assert sum(len(numbers(getattr(page, kind))) for page in pages) > 10, kind
