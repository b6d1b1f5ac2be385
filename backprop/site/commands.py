"""The commands `stamp`, after the review of a translation, and `check`, the checks of a build without the build.

Exit codes: 0 all is well, 1 something is wrong with pages, 2 with the command or with `mkdocs.yml`.
"""

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import MkDocsException

from .checks import check_site
from .checks.findings import Finding, shown
from .checks.freshness import stamp
from .checks.page import read_page
from .checks.parity import compare
from .languages import languages


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    options = _parser().parse_args(arguments)
    try:
        config = load_config(config_file=options.config_file)
        if options.command == "check":
            return _check(config)
        pages = _translations(config) if options.all else options.pages
        # All arguments are looked at before the first file is written.
        pairs = [(_source_of(page, config), page) for page in pages]
    except (MkDocsException, OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return max([_stamp(source, page, config) for source, page in pairs], default=0)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m backprop.site", description=__doc__.split("\n")[0])
    parser.add_argument("-f", "--config-file", metavar="FILE", help="the site's configuration (default: mkdocs.yml)")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("check", help="report everything that would stop a build, of pages and languages")
    command = commands.add_parser(
        "stamp", help="record in translations that they were reviewed against the present source pages"
    )
    pages = command.add_mutually_exclusive_group(required=True)
    pages.add_argument("pages", nargs="*", type=Path, default=[], metavar="PAGE", help="such as docs/es/index.md")
    pages.add_argument("--all", action="store_true", help="every translation of the site")
    return parser


def _check(config: MkDocsConfig) -> int:
    found = languages(config)
    options = config.plugins["backprop"].config if "backprop" in config.plugins else {}
    words = (Path(path) if path else None for path in (options.get("glossary"), options.get("rejected")))
    findings = check_site(Path(config.docs_dir), found.source, found.codes, *words)
    _report(findings)
    return 1 if findings else 0


def _stamp(source: Path, page: Path, config: MkDocsConfig) -> int:
    """Stamp one page, unless it differs from its source page in structure."""
    language, name = _language_and_name(page, Path(config.docs_dir))
    original = read_page(source, languages(config).source, name)
    translation = read_page(page, language, name)
    findings = sorted({*original.problems, *translation.problems, *compare(original, translation)})
    if findings:
        print(f"{shown(page)} is not stamped: it differs from {shown(source)}", file=sys.stderr)
        _report(findings)
        return 1
    changed = stamp(original, translation)
    print(f"{shown(page)}: " + (f"stamped {', '.join(changed)}" if changed else "up to date"))
    return 0


def _report(findings: Iterable[Finding]) -> None:
    for finding in findings:
        print(finding, file=sys.stderr)


def _translations(config: MkDocsConfig) -> list[Path]:
    """Every page that has a source page."""
    found, docs = languages(config), Path(config.docs_dir)
    names = [name for _, name, code in found.pages(docs) if code == found.source]
    return [docs / code / name for code in found.codes[1:] for name in names if (docs / code / name).is_file()]


def _source_of(page: Path, config: MkDocsConfig) -> Path:
    found, docs = languages(config), Path(config.docs_dir)
    language, name = _language_and_name(page, docs)
    source = docs / found.source / name
    if language == found.source:
        raise ValueError(f"{shown(page)} is a source page: stamp its translations")
    for path in (page, source):
        if not path.is_file():
            raise ValueError(f"{shown(path)} does not exist")
    return source


def _language_and_name(page: Path, docs: Path) -> tuple[str, str]:
    path = page.resolve()
    if not path.is_relative_to(docs.resolve()) or path.suffix != ".md":
        raise ValueError(f"{shown(page)} is not a page: expected {shown(docs)}/LANGUAGE/PAGE.md")
    language, *rest = path.relative_to(docs.resolve()).parts
    return language, "/".join(rest)
