"""What a check reports: one finding is one thing to mend, at one line of one file."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, order=True, slots=True)
class Finding:
    """A mistake: its file, its line (from 1), the rule it breaks and what was found and expected.

    >>> print(Finding(Path("docs/ko/x.md"), 12, "parity/formula", "found $x$, expected $y$"))
    docs/ko/x.md:12: [parity/formula] found $x$, expected $y$
    """

    path: Path
    line: int
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{shown(self.path)}:{self.line}: [{self.rule}] {self.message}"


def shown(path: Path) -> str:
    """The path as a reader wants it: from the working directory where it lies below it, with `/` everywhere."""
    if path.is_absolute():
        relative = os.path.relpath(path)
        path = path if relative.startswith("..") else Path(relative)
    return path.as_posix()
