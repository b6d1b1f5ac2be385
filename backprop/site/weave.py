"""Puts values, formulas and results into the HTML that Markdown made of a page."""

import re
from dataclasses import dataclass, field
from html import escape

from .checks.findings import Finding
from .execution import Result
from .formulas import FormulaError, Formulas
from .programs import Page
from .scan import TOKEN, Expression, Formula, read_token

_PARAGRAPH = re.compile(rf"<p>\s*({TOKEN.pattern})\s*</p>")
# Punctuation, a plural or a Korean particle stays on the line of its formula.
_COMPANY = re.compile(rf"([(\[“‘«¿¡（「]*)({TOKEN.pattern})([-A-Za-z0-9가-힣,.;:!?)\]»”’…，。；：！？）、」]{{0,12}})")
_TAG = re.compile(r"<[^<>]*\ue000[^<>]*>")
MISSING = "?"
LONGEST_TOGETHER = 20
"""Signs up to which a formula and its company fit a line of a phone."""


@dataclass
class Prepared:
    """A page with its results, and with its formulas converted; `findings` are what was wrong with them."""

    page: Page
    result: Result
    mathml: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def results(self, number: int) -> str:
        """HTML of what the block of that number printed and showed."""
        items = []
        for item in self.result.outputs[number] if number < len(self.result.outputs) else ():
            if "html" in item:
                items.append(f'<div class="bp-view">{item["html"][self.page.language]}</div>')
            elif item["text"].strip():
                items.append(f'<pre class="bp-printed"><samp>{escape(item["text"].rstrip())}</samp></pre>')
        failures = [error["message"] for error in self.result.errors if error.get("block") == number]
        items += [f'<pre class="bp-error">{escape(failure)}</pre>' for failure in failures]
        return f'<div class="bp-results">{"".join(items)}</div>' if items else ""

    def value(self, index: int, style: str) -> str | None:
        """An expression's value: as `text`, as `latex` or as `html`; None where it has none."""
        expression = self.page.scan.expressions[index]
        value = self.result.value(expression)
        if style == "html" and "html" not in value:
            return escape(value["text"]) if "text" in value else None
        shown = value.get(style)
        return shown[self.page.language] if isinstance(shown, dict) else shown

    def fill(self, html: str) -> str:
        """HTML with every token replaced: MathML and HTML in text, plain text inside tags."""
        html = _TAG.sub(lambda tag: TOKEN.sub(lambda match: escape(self.fill_text(match[0])), tag[0]), html)
        html = _PARAGRAPH.sub(self._paragraph, html)
        html = _COMPANY.sub(self._together, html)
        return TOKEN.sub(self._inline, html)

    def fill_text(self, text: str) -> str:
        """Plain text with every token replaced: values as text, formulas as TeX."""

        def replace(match: re.Match[str]) -> str:
            kind, index = read_token(match)
            if kind == "f":
                return self.tex(self.page.scan.formulas[index])
            return self.value(index, "text") or MISSING

        return TOKEN.sub(replace, text)

    def tex(self, formula: Formula) -> str:
        """TeX of a formula with the values of the expressions inside it."""
        return TOKEN.sub(lambda match: self.value(read_token(match)[1], "latex") or MISSING, formula.tex)

    def _inline(self, match: re.Match[str]) -> str:
        kind, index = read_token(match)
        return self.mathml[index] if kind == "f" else self.value(index, "html") or MISSING

    def _together(self, match: re.Match[str]) -> str:
        kind, index = read_token(TOKEN.search(match[2]) or match)
        company = match[1] or match[match.re.groups]
        if kind == "f" and company and _signs(self.page.scan.formulas[index].tex) <= LONGEST_TOGETHER:
            return f'<span class="bp-together">{match[0]}</span>'
        return match[0]

    def _paragraph(self, match: re.Match[str]) -> str:
        token = TOKEN.search(match[1])
        assert token is not None
        kind, index = read_token(token)
        if kind == "f" and self.page.scan.formulas[index].display:
            return f'<div class="bp-formula">{self.mathml[index]}</div>'
        return match[0]


def _signs(tex: str) -> int:
    """About how many signs a formula shows: a command is one, and braces and spaces are none."""
    return len(re.sub(r"\\[a-zA-Z]+", "x", re.sub(r"\\[,;:! ]|[{}_^\s]", "", tex)))


def prepare(page: Page, result: Result, formulas: Formulas) -> Prepared:
    """Convert the page's formulas; one that does not convert is a finding, and stands as it was written."""
    prepared = Prepared(page, result)
    for formula in page.scan.formulas:
        inside = [page.scan.expressions[read_token(match)[1]] for match in TOKEN.finditer(formula.tex)]
        prepared.findings += [_not_tex(page, expression) for expression in inside if _is_view(result, expression)]
        tex = prepared.tex(formula)
        try:
            prepared.mathml.append(formulas.convert(tex, display=formula.display))
        except FormulaError as error:
            at = formula.line + error.line
            prepared.findings.append(Finding(page.path, at, "formula", str(error)))
            prepared.mathml.append(f'<code class="bp-error">{escape(tex)}</code>')
    return prepared


def _is_view(result: Result, expression: Expression) -> bool:
    value = result.value(expression)
    return bool(value) and value["latex"] is None


def _not_tex(page: Page, expression: Expression) -> Finding:
    message = f"{{{{ {expression.code} }}}} is a view without TeX: put it outside of the formula, or show() it"
    return Finding(page.path, expression.line, "formula", message)
