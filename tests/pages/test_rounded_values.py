"""In a formula of a page, an equals sign never stands between a number and a computed value that was rounded.

What is shown has six digits. `0.282856 · 1.28403 = 0.363195` is false in the digits that the reader sees, so such a
value is announced by `≈`. Prose may say "is 0.363195": there the word, and not a sign, makes the statement.
"""

import contextlib
import io
import re
from pathlib import Path

import pytest
from mkdocs.utils.meta import get_data

from backprop import Tensor
from backprop.explain.display import collecting
from backprop.explain.numbers import relation
from backprop.site.programs import Page, read_page
from backprop.site.scan import TOKEN, read_token
from backprop.site.snippets import Examples

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted((DOCS / "en").glob("*.md"))
EQUATED = re.compile(rf"(?<![<>:!])=\s*(?:\\left)?[(]?\s*-?\s*({TOKEN.pattern})")


def read(path: Path) -> Page:
    body = get_data(path.read_text(encoding="utf-8"))[0]
    return read_page(path, path.name, "en", body, 1, Examples(DOCS / "examples"), ROOT)


def values(page: Page, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The value of each expression at its place in the page."""
    monkeypatch.syspath_prepend(str(DOCS / "examples"))
    namespace: dict[str, object] = {"__name__": "__main__"}
    found: list[object] = [None] * len(page.scan.expressions)
    for section in range(len(page.blocks) + 1):
        if section:
            with collecting(lambda view: None), contextlib.redirect_stdout(io.StringIO()):
                for segment in page.blocks[section - 1]:
                    exec(compile(segment.code, segment.file, "exec"), namespace)
        for index, expression in enumerate(page.scan.expressions):
            if expression.section == section:
                found[index] = eval(expression.code, namespace)
    return found


def rounded_after_equals(page: Page, found: list[object]) -> list[str]:
    """Every formula with an equals sign before a value that is shown rounded."""
    wrong = []
    for formula in page.scan.formulas:
        for match in EQUATED.finditer(formula.tex):
            token = TOKEN.search(match[1])
            assert token is not None
            index = read_token(token)[1]
            value = found[index]
            number = value.value if isinstance(value, Tensor) else value
            if not isinstance(number, str | tuple) and hasattr(number, "__float__") and relation(number) != "=":
                wrong.append(f"{page.name}: = {{{{ {page.scan.expressions[index].code} }}}}, write \\approx")
    return wrong


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_rounded_values_are_announced(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = read(path)
    assert rounded_after_equals(page, values(page, monkeypatch)) == []


def test_an_equals_sign_before_a_rounded_value_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "page.md"
    path.write_text("$x = {{ 0.1 + 0.2 }}$, $y = -{{ 4 }}$\n\n$$\nx \\approx {{ 1 / 3 }} = ({{ -2 / 3 }})\n$$\n")
    page = read_page(path, "page.md", "en", path.read_text(), 1, Examples(tmp_path), tmp_path)
    assert rounded_after_equals(page, values(page, monkeypatch)) == ["page.md: = {{ -2 / 3 }}, write \\approx"]
