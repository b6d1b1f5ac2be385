"""Rejected strings in formulas: notation that is wrong in any language, or in the example of some pages."""

from collections.abc import Iterable, Iterator

from .exceptions import Breach
from .findings import Finding
from .formula import squeeze, without_words
from .model import Page
from .rejected import Rejected


def check_notation(page: Page, rejected: Iterable[Rejected]) -> Iterator[Breach]:
    """Rejected strings in the formulas of a page."""
    rules = [(rule, rule.formula) for rule in rejected if rule.formula and rule.concerns(page.language, page.name)]
    for section in page.parts:
        for formula in section.formulas:
            tex = without_words(formula.source)
            squeezed = squeeze(tex)
            for rule, pattern in rules:
                for match in pattern.finditer(squeezed if rule.squeezed else tex):
                    message = f"{rule.message(match[0])} in {formula.source}"
                    finding = Finding(page.path, formula.line, f"notation/{rule.name}", message)
                    yield Breach(finding, match[0], formula.source)
