"""Running programs, or finding their results on disk."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .cache import FORMAT, Store, digest, file_digest, folder_digest, installed
from .checks.findings import Finding
from .programs import Program
from .scan import Expression

_PACKAGE = Path(__file__).resolve().parents[1]


class ExecutionError(Exception):
    """The process that runs the code ended without an answer."""


@dataclass
class Result:
    """What a program gave: outputs of each block, values of each section, and what went wrong."""

    outputs: list[list[dict[str, Any]]] = field(default_factory=list)
    values: list[dict[str, dict[str, Any]]] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)

    def value(self, expression: Expression) -> dict[str, Any]:
        """The renderings of an expression's value; empty if it has none."""
        section = self.values[expression.section] if expression.section < len(self.values) else {}
        return section.get(expression.code, {})

    @property
    def current(self) -> bool:
        """Whether the files that the code read are still the same."""
        return all(file_digest(Path(path)) == known for path, known in self.files.items())


def environment(languages: Sequence[str], labels: Path | None = None, package: Path = _PACKAGE) -> str:
    """Digest of everything but the code that results depend on."""
    own_labels = file_digest(labels) if labels else None
    return digest([FORMAT, list(languages), own_labels, installed(), folder_digest(package, ["templates"])])


def execute(
    programs: Sequence[Program],
    languages: Sequence[str],
    examples: Path,
    root: Path,
    store: Store,
    labels: Path | None = None,
) -> list[Result]:
    """Results of the programs, in order; those not found in the store are run, in one process.

    Raises:
        ExecutionError: the process ended without an answer.

    """
    before = environment(languages, labels)
    keys = [digest([before, program.identity()]) for program in programs]
    results = [_known(store, key) for key in keys]
    missing = [number for number, result in enumerate(results) if result is None]
    if missing:
        request = {
            "languages": list(languages),
            "labels": str(labels) if labels else None,
            "examples": str(examples),
            "programs": [programs[number].request() for number in missing],
        }
        answers = _work(request, root)
        unchanged = environment(languages, labels) == before
        for number, answer in zip(missing, answers, strict=True):
            results[number] = Result(**answer)
            if unchanged and not answer["errors"]:
                store.write(keys[number], answer)
    store.prune()
    return [result for result in results if result is not None]


def _known(store: Store, key: str) -> Result | None:
    value = store.read(key)
    try:
        result = Result(**value) if value is not None else None
    except TypeError:
        return None
    return result if result is not None and result.current else None


def _work(request: dict[str, Any], root: Path) -> list[dict[str, Any]]:
    process = subprocess.run(
        [sys.executable, "-m", "backprop.site.worker"],
        input=json.dumps(request).encode(),
        stdout=subprocess.PIPE,
        cwd=root,
        env={**os.environ, "MPLBACKEND": "Agg", "PYTHONIOENCODING": "utf-8"},
        check=False,
    )
    try:
        answers: list[dict[str, Any]] = json.loads(process.stdout)
    except ValueError:
        raise ExecutionError(
            f"the process that runs the code of the pages ended with code {process.returncode} and no answer; "
            f"run the examples in {request['examples']} one by one in a terminal to see why"
        ) from None
    return answers


def findings(program: Program, result: Result) -> list[Finding]:
    """What went wrong, at the line of the page and, where it is another file, of the example."""
    found = []
    for error in result.errors:
        if "block" in error:
            page = program.pages[0]
            place = f"{error['file']}:{error['line']}: " if error["file"] not in {None, page.name} else ""
            line = error["line"] if error["file"] == page.name else page.scan.executed[error["block"]].line
            found.append(Finding(page.path, line, "execution", place + error["message"]))
        else:
            found += [
                Finding(page.path, at.line, "expression", f"{{{{ {at.code} }}}}: {error['message']}")
                for page in program.pages
                for at in page.scan.expressions
                if at.code == error["expression"] and at.section == error["section"]
            ]
    return found
