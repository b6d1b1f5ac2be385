"""The process in which a site's code runs: programs come in as JSON, results go out as JSON.

A process of its own starts from the package as it is on disk, also under `mkdocs serve`, and keeps what the code
does to its interpreter away from the build.
"""

import importlib.util
import io
import json
import os
import sys
import traceback
import warnings
from collections.abc import Callable
from contextlib import suppress
from functools import cache, partial
from pathlib import Path
from types import ModuleType
from typing import Any, TypeAlias

from backprop.explain.display import View, collecting
from backprop.explain.formulas import Formula
from backprop.explain.labels import load_labels
from backprop.explain.mathml import formulas_as_text
from backprop.explain.numbers import format_value

from .cache import file_digest

Json: TypeAlias = dict[str, Any]

_PACKAGE = Path(__file__).resolve().parents[1]
# Python's own files and those of installed packages are told apart by their versions.
_INSTALLED = tuple(os.path.realpath(place) + os.sep for place in (sys.prefix, sys.base_prefix, _PACKAGE))


class _Outputs(io.TextIOBase):
    """What a block prints and shows, in order; takes the place of standard output."""

    def __init__(self, languages: list[str]) -> None:
        self.items: list[Json] = []
        self._languages = languages

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if self.items and "text" in self.items[-1]:
            self.items[-1]["text"] += text
        elif text:
            self.items.append({"text": text})
        return len(text)

    def show(self, view: View) -> None:
        self.items.append(_in_languages(view, self._languages))


def _in_languages(view: View, languages: list[str]) -> Json:
    """A view as HTML for the page, and as text; for notebooks, formulas as LaTeX, and HTML without MathML."""
    html = {language: view.html(language) for language in languages}
    forms = {"html": html, "plain": {language: view.text(language) for language in languages}}
    if isinstance(view, Formula):
        return forms | {"latex": {language: view.latex_in(language) for language in languages}}
    with formulas_as_text():
        plainer = {language: view.html(language) for language in languages}
    return forms | ({"without_mathml": plainer} if plainer != html else {})


class _Reads:
    """Remembers the files that the code opens, so that results are made again when one of them changes."""

    def __init__(self) -> None:
        self.paths: set[str] | None = None
        sys.addaudithook(self._hook)

    def _hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" and self.paths is not None and isinstance(arguments[0], str):
            _, mode, flags = arguments
            if (not mode or "r" in mode) and not (flags or 0) & (os.O_WRONLY | os.O_CREAT):
                self.paths.add(arguments[0])

    def digests(self) -> dict[str, str]:
        """Digest of every file read by the program, or imported by it or by one before it."""
        paths = {file for module in list(sys.modules.values()) if (file := getattr(module, "__file__", None))}
        files = {_own_file(path) for path in paths | (self.paths or set())}
        return {file: file_digest(Path(file)) for file in sorted(files - {""})}


@cache
def _own_file(path: str) -> str:
    """The real path of a file of the site; empty for a file of Python, of a package or of the system."""
    if path.endswith(".pyc"):
        with suppress(ValueError):
            path = importlib.util.source_from_cache(path)
    file = os.path.realpath(path)
    return "" if file.startswith((*_INSTALLED, "/proc/", "/sys/", "/dev/")) or not os.path.isfile(file) else file


def run(program: Json, languages: list[str], reads: _Reads) -> Json:
    """Run a page's blocks in one fresh namespace, evaluating after each block the expressions that follow it.

    A block that raises ends the program; an expression that raises does not. Returns `outputs` of every block,
    `values` of every section, `errors`, `warnings` and the digests of the `files` that were read.
    """
    result: Json = {"outputs": [], "values": [], "errors": []}
    module = ModuleType("__main__")
    main, sys.modules["__main__"] = sys.modules["__main__"], module
    files = {segment["file"] for block in program["blocks"] for segment in block}
    reads.paths = set()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        try:
            for number, expressions in enumerate(program["expressions"]):
                if number:
                    outputs = _Outputs(languages)
                    result["outputs"].append(outputs.items)
                    block = program["blocks"][number - 1]
                    if error := _guarded(partial(_execute, block, vars(module), outputs), files):
                        result["errors"].append({"block": number - 1, **error})
                        break
                values: Json = {}
                result["values"].append(values)
                for code in expressions:
                    if error := _guarded(partial(_evaluate, code, vars(module), languages, values), set()):
                        result["errors"].append({"section": number, "expression": code, **error})
        finally:
            sys.modules["__main__"] = main
            result["files"] = reads.digests()
            reads.paths = None
    result["warnings"] = [f"{w.filename}:{w.lineno}: {w.category.__name__}: {w.message}" for w in caught]
    return result


def _execute(block: list[Json], namespace: Json, outputs: _Outputs) -> None:
    stdout, sys.stdout = sys.stdout, outputs
    try:
        with collecting(outputs.show):
            for segment in block:
                # Empty lines before it give every line its number in the file it comes from.
                source = "\n" * (segment["line"] - 1) + segment["code"]
                exec(compile(source, segment["file"], "exec", dont_inherit=True), namespace)
    finally:
        sys.stdout = stdout


def _evaluate(code: str, namespace: Json, languages: list[str], values: Json) -> None:
    value = eval(compile(code.strip(), "<expression>", "eval", dont_inherit=True), namespace)
    if isinstance(value, str):
        values[code] = {"text": value, "latex": value}
    elif isinstance(value, View):
        values[code] = {"latex": None} | _in_languages(value, languages)
    else:
        values[code] = {"text": format_value(value, "text"), "latex": format_value(value, "latex")}


def _guarded(action: Callable[[], None], files: set[str]) -> Json | None:
    """Run the action; where it raises, say what, and in which line of these files."""
    try:
        action()
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # SystemExit too: an example that exits is one that fails
        frames = [(f.filename, f.lineno) for f in traceback.extract_tb(error.__traceback__) if f.filename in files]
        if isinstance(error, SyntaxError) and error.filename in files:
            frames.append((error.filename or "", error.lineno))
        file, line = frames[-1] if frames else (None, None)
        return {"file": file, "line": line, "message": "".join(traceback.format_exception_only(error)).strip()}
    return None


def main() -> None:
    """Serve one request from standard input."""
    answer = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what compiled code prints must not end up in the answer
    request = json.load(io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8"))
    if request["labels"]:
        load_labels(request["labels"])
    sys.path.insert(0, request["examples"])  # as for a script that is started there
    reads = _Reads()
    results = [run(program, request["languages"], reads) for program in request["programs"]]
    with answer:
        json.dump(results, answer)


if __name__ == "__main__":
    main()
