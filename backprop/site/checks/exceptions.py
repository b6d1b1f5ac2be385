r"""Mistakes that a page quotes on purpose.

A page that shows a mistake, to warn of it, says so in the Markdown directly above the admonition that quotes it:

    <!-- quote: rule="notation" text="\frac{\partial x}{\partial g}"
         reason="the classic error" reviewed="Ana 2026-11-21" -->
    !!! failure "Upside down"
        $\frac{\partial x}{\partial g}$ would be the change of the input per change of the output.

- `rule` is `terms` or `notation`, or one rule of these, as a finding names it (`terms/gradient`).
- `text` is quoted in the admonition: all that is excused is what was found within it, there.
- `reason` and `reviewed` (a name and a date) say why, and who agreed; a reviewer sees them in the change.
- It holds for that one admonition, which has to be of a type that shows the reader a mistake: `failure`, `warning`,
  `danger` or `bug`.
- An exception that excuses nothing is a finding, and so is one without a reason.

There are none for parity: a quoted formula stands in every language, and is excused in each by its own exception.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .findings import Finding
from .formula import canonical
from .inline import COMMENT
from .model import Admonition, Item, Page

KINDS = ("failure", "warning", "danger", "bug")
"""Types of admonition that may quote a mistake."""

_FAMILIES = ("terms", "notation")
_QUOTE = re.compile(r"\s*quote\b:?")
_ATTRIBUTE = re.compile(r"""\s*(?P<name>\w+)=(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)')""")
_REVIEWED = re.compile(r"\S.* \d{4}-\d{2}-\d{2}")
_NAMES = ("rule", "text", "reason", "reviewed")
_EXAMPLE = '<!-- quote: rule="terms" text="…" reason="…" reviewed="NAME 2026-11-21" -->'


@dataclass(frozen=True, slots=True)
class Breach:
    """A finding that can be excused: what was found, in which formula or passage."""

    finding: Finding
    found: str
    where: str


@dataclass(frozen=True, slots=True)
class Quote:
    """An exception and the admonition it stands above."""

    rule: str
    text: str
    line: int
    admonition: Admonition

    def excuses(self, breach: Breach) -> bool:
        """Whether the breach is in the admonition and within the quoted text."""
        finding = breach.finding
        if not self.admonition.line <= finding.line <= self.admonition.end:
            return False
        if finding.rule != self.rule and finding.rule.split("/")[0] != self.rule:
            return False
        same = canonical if finding.rule.startswith("notation/") else _plain
        return same(breach.found) in same(self.text) and same(self.text) in same(breach.where)


def excuse(page: Page, breaches: Iterable[Breach]) -> Iterator[Finding]:
    """The findings of the breaches that no exception excuses, and those about the exceptions themselves."""
    quotes: list[Quote] = []
    for comment in (comment for section in page.sections for comment in section.comments):
        read = _read(page, comment)
        if isinstance(read, Quote):
            quotes.append(read)
        elif read is not None:
            yield read
    used: Counter[Quote] = Counter()
    for breach in breaches:
        excusing = [quote for quote in quotes if quote.excuses(breach)]
        used.update(excusing)
        if not excusing:
            yield breach.finding
    for quote in quotes:
        if not used[quote]:
            message = f"“{quote.text}” breaks no rule {quote.rule} in the admonition below: remove the exception"
            yield Finding(page.path, quote.line, "exceptions/unused", message)


def _read(page: Page, comment: Item) -> Quote | Finding | None:
    match = COMMENT.fullmatch(comment.source)
    content = match["comment"] if match else ""
    start = _QUOTE.match(content)
    if start is None:
        return None

    def problem(rule: str, message: str) -> Finding:
        return Finding(page.path, comment.line, f"exceptions/{rule}", message)

    values = {m["name"]: m["double"] or m["single"] or "" for m in _ATTRIBUTE.finditer(content, start.end())}
    rest = _ATTRIBUTE.sub("", content[start.end() :]).strip()
    missing = [name for name in _NAMES if not values.get(name, "").strip()]
    if rest or missing or len(values) > len(_NAMES):
        what = f"no {missing[0]}" if missing else f"not understood: {rest or ', '.join(values.keys() - set(_NAMES))}"
        return problem("form", f"{what}: write {_EXAMPLE}")
    if values["rule"].split("/")[0] not in _FAMILIES:
        return problem("form", f"rule is {values['rule']}: only terms and notation can be quoted")
    if not _REVIEWED.fullmatch(values["reviewed"]):
        return problem("form", f"reviewed is “{values['reviewed']}”: expected a name and a date, NAME 2026-11-21")
    admonition = _below(page, comment)
    if admonition is None or admonition.kind not in KINDS:
        found = f"found {admonition.key}" if admonition else "found none"
        return problem("place", f"{found}: expected an admonition below, of type {', '.join(KINDS)}")
    return Quote(values["rule"], values["text"], comment.line, admonition)


def _below(page: Page, comment: Item) -> Admonition | None:
    """The admonition that begins after a comment, other comments and empty lines aside."""
    comments = {c.line: c for section in page.sections for c in section.comments}
    admonitions = {a.line: a for section in page.sections for a in section.admonitions if a.kind != "tab"}
    line = comment.line
    while line <= len(page.lines):
        if line in comments:
            line += comments[line].source.count("\n") + 1
        elif not page.lines[line - 1].strip():
            line += 1
        else:
            return admonitions.get(line)
    return None


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
