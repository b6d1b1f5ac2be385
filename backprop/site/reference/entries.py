"""The entries of names, read by a process of its own, or found on disk."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Any

from .. import hearing
from ..cache import Store, digest, file_digest, folder_digest, installed

_OURS = Path(__file__).parent
_SHARED = Path(hearing.__file__)
"""What the worker calls of the plugin outside of this room."""


class ReadingError(Exception):
    """The process that reads the docstrings ended without an answer."""


@dataclass
class Entries:
    """What the worker answers: entries by name, and problems by name."""

    entries: dict[str, Any] = field(default_factory=dict)
    problems: dict[str, list[str]] = field(default_factory=dict)


class Reading:
    """A request for entries: at once if they are on disk, else under way until `finish`."""

    def __init__(self, names: Sequence[str], root: Path, store: Store) -> None:
        self._names = sorted(set(names))
        self._root, self._store = root, store
        self._key = self._identity()
        self._known = store.read(self._key)
        self._process = None if self._known or not names else self._start()

    def finish(self) -> Entries:
        """The entries.

        Raises:
            ReadingError: the process ended without an answer.

        """
        if self._process is None:
            return Entries(**(self._known or {}))
        output, _ = self._process.communicate()
        try:
            answer = json.loads(output)
        except ValueError:
            raise ReadingError(
                f"the process that reads the docstrings ended with code {self._process.returncode} and no answer; "
                f"import {', '.join(self._packages())} in a terminal to see why"
            ) from None
        if not answer["problems"] and self._identity() == self._key:
            self._store.write(self._key, answer)
        self._store.prune()
        return Entries(**answer)

    def _start(self) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, "-m", "backprop.site.reference.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=self._root,
            encoding="utf-8",
        )
        assert process.stdin is not None
        json.dump(self._names, process.stdin)
        process.stdin.close()
        process.stdin = None
        return process

    def _packages(self) -> list[str]:
        return sorted({name.partition(".")[0] for name in self._names})

    def _identity(self) -> str:
        """Digest of all that the entries depend on."""
        ours = folder_digest(_OURS), file_digest(_SHARED)
        return digest([self._names, installed(), *ours, *map(self._source, self._packages())])

    def _source(self, package: str) -> str:
        spec = PathFinder.find_spec(package, [str(self._root), *sys.path])
        if spec is None:
            return ""
        places = spec.submodule_search_locations
        return digest([folder_digest(Path(p)) for p in places]) if places else file_digest(Path(spec.origin or ""))
