"""Everything that can go wrong is tried here, before MkDocs touches the last published site."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mkdocs.utils.meta import get_data

from .cache import Store
from .checks import check_site
from .checks.findings import Finding
from .execution import ExecutionError, Result, execute, findings
from .formulas import Formulas
from .languages import Languages
from .programs import Page, Program, programs, read_page
from .reference.entries import ReadingError
from .reference.site import Reference
from .snippets import Examples
from .weave import Prepared, prepare

STALE = "freshness"


@dataclass
class Sources:
    """Where a site's material is; `glossary`, `rejected` and `labels` may be absent."""

    root: Path
    docs: Path
    examples: Path
    cache: Path
    languages: Languages
    macros: dict[str, str]
    glossary: Path | None = None
    rejected: Path | None = None
    labels: Path | None = None
    run: bool = True


@dataclass
class Preparation:
    """The pages of a site with results and formulas, what was found wrong, and what deserves a warning."""

    sources: Sources
    pages: dict[tuple[Path, str], Prepared] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    failure: str | None = None
    reference: Reference = field(init=False)

    def __post_init__(self) -> None:
        self.reference = Reference(self.sources.root, self.sources.cache, self.sources.languages.source)

    @classmethod
    def of_site(cls, sources: Sources) -> "Preparation":
        """Check, run and convert every page of every language."""
        preparation = cls(sources)
        with ThreadPoolExecutor(1) as pool:
            checked = pool.submit(_check, sources)  # meanwhile the code runs, in a process of its own
            pages = sources.languages.pages(sources.docs)
            examples = Examples(sources.examples)
            preparation.add([_read(path, key, code, examples, sources.root) for path, key, code in pages])
            preparation.findings += checked.result()
        preparation.findings = sorted(set(preparation.findings))
        return preparation

    def add(self, pages: Sequence[Page]) -> None:
        """Run the code of these pages, convert their formulas, and read the docstrings that they list."""
        self.reference.begin(pages)  # in a process of its own, while the code runs
        todo = programs(pages)
        results = self._results(todo)
        of_page = {page.path: result for program, result in zip(todo, results, strict=True) for page in program.pages}
        formulas = Formulas(self.sources.macros)
        for page in pages:
            prepared = prepare(page, of_page.get(page.path, Result()), formulas)
            self.pages[page.path, page.body] = prepared
            self.findings += [*page.findings, *(prepared.findings)]
        try:
            self.findings += self.reference.finish()
        except ReadingError as error:
            self.failure = self.failure or str(error)

    def of_text(self, path: Path, language: str, body: str) -> Prepared:
        """A page that is not as it stands in its file, because another plugin made or changed it."""
        examples = Examples(self.sources.examples)
        self.add([read_page(path, path.as_posix(), language, body, 1, examples, self.sources.root)])
        return self.pages[path, body]

    def stale(self, path: Path) -> list[Finding]:
        """The sections of a translation whose source has changed since."""
        return [finding for finding in self.findings if is_stale(finding) and finding.path == path]

    def _results(self, todo: Sequence[Program]) -> list[Result]:
        sources = self.sources
        if not sources.run:
            return [Result() for _ in todo]
        store = Store(sources.cache / "results")
        try:
            codes = sources.languages.codes
            results = execute(todo, codes, sources.examples, sources.root, store, sources.labels)
        except ExecutionError as error:
            self.failure = str(error)
            return [Result() for _ in todo]
        for program, result in zip(todo, results, strict=True):
            self.findings += findings(program, result)
            self.warnings += [f"{program.pages[0].name}: {warning}" for warning in result.warnings]
        return results


def _check(sources: Sources) -> list[Finding]:
    languages = sources.languages
    if not languages.folders:
        return []
    return check_site(sources.docs, languages.source, languages.codes, sources.glossary, sources.rejected)


def is_stale(finding: Finding) -> bool:
    """Whether the finding says that a translation is older than its source."""
    return finding.rule.split("/")[0] == STALE


def _read(path: Path, key: str, language: str, examples: Examples, root: Path) -> Page:
    text = path.read_text(encoding="utf-8-sig")
    data: Any = get_data(text)
    body, meta = data
    first_line = text[: len(text) - len(body)].count("\n") + 1
    page = read_page(path, key, language, body, first_line, examples, root)
    page.downloads = meta.get("notebook") is not False
    return page
