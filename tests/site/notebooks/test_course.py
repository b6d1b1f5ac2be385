"""The notebooks of our own course, in all languages: valid, complete, and with the numbers of the site."""

import json
import re
from html import unescape
from urllib.parse import unquote

import nbformat
import pytest
from course import LANGUAGES, PAGES, course

from backprop.site.formulas import Formulas

MATH = re.compile(r"<math\b.*?</math>", re.DOTALL)
TEX = re.compile(r"\$\$(?P<display>.+?)\$\$|(?<!\\)\$(?P<inline>[^$]+?)(?<!\\)\$", re.DOTALL)
VERBATIM = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
EVERY = [(language, page) for language in LANGUAGES for page in PAGES]


@pytest.fixture(params=EVERY, ids="/".join)
def pair(request, tutorial):
    """A notebook as it is published, and the article of its page."""
    language, name = request.param
    notebook = nbformat.reads((tutorial / f"notebooks/{language}/{name}.ipynb").read_text("utf-8"), as_version=4)
    place = tutorial / ("" if language == "en" else language) / ("" if name == "index" else name) / "index.html"
    article = re.search(r"<article.*</article>", place.read_text("utf-8"), re.DOTALL)[0]
    return language, name, notebook, article


def prose(notebook):
    own = [cell for cell in notebook.cells if cell.cell_type == "markdown" and not cell.id.startswith("first-")]
    return "\n\n".join(cell.source for cell in own)


def test_it_is_valid_and_has_nothing_of_the_source_left(pair):
    _, _, notebook, _ = pair
    nbformat.validate(notebook)
    text = VERBATIM.sub("", prose(notebook))
    for rest in ("{{ ", "--8<--", "!!!", "???", "<!--", ".md)", ".md#", "{ #", "{ ."):
        assert rest not in text
    assert not re.search("[\ue000-\uf8ff]", json.dumps(notebook, ensure_ascii=False))


def test_its_formulas_are_those_of_the_page(pair):
    """The values in them included: each formula, made MathML, is the page's, in the same order."""
    _, _, notebook, article = pair
    tex = [(match["display"] or match["inline"], bool(match["display"])) for match in TEX.finditer(prose(notebook))]
    formulas = Formulas()
    found = [unescape(formulas.convert(source.strip(), display=display)) for source, display in tex]
    expected = [unescape(math) for math in MATH.findall(_without_results(article))]
    assert found == expected


def test_its_code_and_its_results_are_those_of_the_page(pair):
    language, name, notebook, _ = pair
    prepared = course()[language, name]
    cells = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.id.startswith("code-")]
    assert len(cells) == len(prepared.page.blocks)
    for cell, block, items in zip(cells, prepared.page.blocks, prepared.result.outputs, strict=True):
        code = "\n".join(segment.code for segment in block)
        source = cell.source.split("\n", 1)[1] if "jupyter" in cell.metadata else cell.source
        assert _lines(source) == _lines(code)
        texts = [output.get("text") or output.data["text/plain"] for output in cell.outputs]
        assert texts == [item.get("text") or item["plain"][language] for item in items]


def test_what_the_page_folds_is_folded(pair):
    _, _, notebook, article = pair
    own = _without_results(article)
    assert prose(notebook).count("<details>") == len(re.findall(r"<details\b", own))
    folded = [cell for cell in notebook.cells if cell.metadata.get("jupyter", {}).get("source_hidden")]
    codes, listings = (
        sum(details.count(code) for details in re.findall(r"<details\b.*?</details>", text, re.DOTALL))
        for text, code in ((own, 'class="highlight"'), (prose(notebook), "\n```python\n"))
    )
    assert len(folded) == codes - listings  # what is only shown stays prose
    assert all(cell.source.startswith("# ") and cell.metadata.jupyter.outputs_hidden for cell in folded)


def test_its_links_lead_somewhere(pair, tutorial):
    language, _, notebook, article = pair
    text = VERBATIM.sub("", prose(notebook))
    for target in re.findall(r"\]\(([^)\s]+)", text):
        if target.startswith("#"):
            assert f'<a id="{target[1:]}"></a>' in text
        elif not target.startswith("https://"):
            assert (tutorial / "notebooks" / language / unquote(target.split("#")[0])).exists(), target
    assert f"notebooks/{language}/" in re.search(r'<div class="bp-notebook".*?</div>', article)[0]


def _lines(code):
    return [line for line in code.split("\n") if line.strip()]


def _without_results(article):
    """The article without the results of its blocks."""
    kept, rest = [], article
    while (start := rest.find('<div class="bp-results">')) >= 0:
        kept.append(rest[:start])
        depth = 0
        for tag in re.finditer(r"<(/?)div\b[^>]*>", rest[start:]):
            depth += -1 if tag[1] else 1
            if not depth:
                rest = rest[start + tag.end() :]
                break
    return "".join([*kept, rest])
